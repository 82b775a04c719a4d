"""Forms around an entry: inviting, saying how it stands, taking it down, photographs, reports. Facts: entry_forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from places.care.stewardship import CHOSEN_STATUSES
from places.vocabulary import ReportKind, Status

STATUS_WORDS = {
    Status.ACTIVE: _("ist in Betrieb"),
    Status.DORMANT: _("ruht zurzeit"),
    Status.CLOSED: _("gibt es nicht mehr"),
}


class MailField(forms.EmailField):
    """An address as phones type it best."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput({"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **options)


class InvitationForm(forms.Form):
    """Whom to ask to look after the entry too, or instead."""

    email = MailField(
        label=_("E-Mail-Adresse der Person"),
        help_text=_("Wir schreiben ihr einmal. Die Adresse wird erst gespeichert, wenn sie annimmt."),
    )
    hands_over = forms.ChoiceField(
        label=_("Was soll geschehen?"),
        choices=[
            ("", _("Die Person betreut den Eintrag mit mir zusammen.")),
            ("yes", _("Die Person übernimmt. Sobald sie annimmt, endet meine Betreuung.")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )


class StatusForm(forms.Form):
    """How it stands with the entry now."""

    status = forms.ChoiceField(
        label=_("Wie steht es um den Eintrag?"),
        choices=[(status.value, STATUS_WORDS[status]) for status in CHOSEN_STATUSES],
        widget=forms.RadioSelect,
    )
    message = forms.CharField(
        label=_("Möchten Sie etwas dazu sagen?"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class TakeDownForm(forms.Form):
    """Why the entry should not be public any more."""

    reason = forms.CharField(
        label=_("Warum soll er nicht mehr öffentlich sein?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Die Prüfstelle liest den Grund."),
    )


class PhotoForm(forms.Form):
    """One photograph with the words that belong to it."""

    image = forms.FileField(
        label=_("Foto"),
        help_text=_("JPEG, PNG oder WebP, höchstens 10 MB. Aufnahmeort und andere Angaben der Kamera löschen wir."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Bitte wählen Sie ein Foto aus.")},
    )
    alternative_text = forms.CharField(
        label=_("Was ist zu sehen?"),
        max_length=300,
        help_text=_(
            "Ein Satz für alle, die das Bild nicht sehen, zum Beispiel „Menschen an einem langen Tisch im Hof“."
        ),
    )
    credit = forms.CharField(
        label=_("Wer hat es aufgenommen?"),
        max_length=200,
        required=False,
        help_text=_("Steht öffentlich unter dem Bild. Nur mit Einverständnis der Person."),
    )
    allowed = forms.BooleanField(
        label=_("Ich darf dieses Bild veröffentlichen, und alle, die man darauf erkennt, sind einverstanden."),
        error_messages={"required": _("Ohne dieses Einverständnis dürfen wir das Bild nicht zeigen.")},
    )


class ReportForm(forms.Form):
    """What is wrong with an entry."""

    kind = forms.ChoiceField(
        label=_("Worum geht es?"),
        choices=[
            (ReportKind.ERROR, _("Eine Angabe stimmt nicht.")),
            (ReportKind.CLOSED, _("Das gibt es nicht mehr.")),
            (ReportKind.UNLAWFUL, _("Der Inhalt verletzt Rechte oder ist verboten.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie aus, worum es geht.")},
    )
    text = forms.CharField(
        label=_("Was ist falsch, und wie wäre es richtig?"),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Wer den Eintrag betreut, bekommt diesen Text. Bitte nennen Sie keine Privatpersonen."),
    )
    email = MailField(
        label=_("Ihre E-Mail-Adresse"),
        required=False,
        help_text=_(
            "Nur, wenn Sie eine Antwort möchten. Nur die Prüfstelle schreibt an sie; danach wird sie gelöscht."
        ),
    )

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if asked.get("kind") in (ReportKind.ERROR, ReportKind.UNLAWFUL) and not asked.get("text", "").strip():
            self.add_error("text", _("Bitte schreiben Sie kurz, worum es geht."))
        return asked
