"""The forms around the questionnaire: the address, a word to the reviewers. The questions themselves: entry_forms."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

LONGEST_MESSAGE = 2000


def _address_field(help_text: Any) -> forms.EmailField:
    return forms.EmailField(
        label=_("E-Mail-Adresse"),
        help_text=help_text,
        error_messages={
            "required": _("Bitte geben Sie Ihre E-Mail-Adresse an."),
            "invalid": _("Das ist keine E-Mail-Adresse. Fehlt etwas, zum Beispiel das @?"),
        },
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class AddressForm(forms.Form):
    """An e-mail address to send a link to."""

    email = _address_field(_("Wir schicken den Link dorthin und speichern die Adresse nicht."))


class CorrectedAddressForm(forms.Form):
    """Another e-mail address than the one that was typed."""

    email = _address_field(_("Der Link in der ersten E-Mail gilt dann nicht mehr."))


class SendForm(forms.Form):
    """What is asked at the end: the address, unless somebody is signed in, and a word to the reviewers."""

    email = _address_field(
        _(
            "Wir schreiben Ihnen einmal, um sie zu bestätigen, dann wenn etwas entschieden ist oder gefragt wird, und "
            "einmal im Jahr, ob es den Eintrag noch gibt. Sie wird nie gezeigt."
        )
    )
    message = forms.CharField(
        label=_("Nachricht an die Prüfung"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: QueryDict | None = None, *, asks_address: bool) -> None:
        super().__init__(data, label_suffix="")
        if not asks_address:
            del self.fields["email"]


class ClaimForm(SendForm):
    """The address and why somebody wants to look after an entry."""

    def __init__(self, data: QueryDict | None = None, *, asks_address: bool) -> None:
        super().__init__(data, asks_address=asks_address)
        self.fields["message"].label = _("Was haben Sie damit zu tun?")
        self.fields["message"].help_text = _("Ein Satz genügt, zum Beispiel: „Ich leite den Trägerverein.“")


class AnswerForm(forms.Form):
    """The answer to what the reviewers asked."""

    message = forms.CharField(label=_("Ihre Antwort"), max_length=LONGEST_MESSAGE, widget=forms.Textarea({"rows": 4}))
