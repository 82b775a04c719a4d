"""Forms of decisions on entries: they read and check what was typed; the verbs decide and write. Of municipalities:
forms.py."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from places import wording
from places.facts import Facts
from places.models import Entry
from places.vocabulary import SubmissionKind

LONGEST = 2000  # characters of what is written to somebody

QUESTIONS: dict[str, tuple[str | Promise, ...]] = {
    SubmissionKind.REGISTRATION: (
        gettext_lazy("Wer darf kommen, und zu welchen Zeiten ist offen?"),
        gettext_lazy("Wer trägt den Ort? Bitte nennen Sie Verein, Gruppe oder Einrichtung."),
        gettext_lazy("Liegt der Punkt auf der Karte richtig?"),
    ),
    SubmissionKind.CHANGE: (
        gettext_lazy("Seit wann gilt die Änderung?"),
        gettext_lazy("Woran lässt sich die Änderung erkennen?"),
    ),
    SubmissionKind.CLAIM: (gettext_lazy("Was verbindet Sie mit dem Ort? Bitte nennen Sie Ihre Aufgabe dort."),),
}
REASONS: dict[str, tuple[str | Promise, ...]] = {
    SubmissionKind.REGISTRATION: (
        gettext_lazy("Dieser Ort ist schon eingetragen."),
        gettext_lazy("Den Ort gibt es so nicht, oder wir konnten ihn nicht finden."),
        gettext_lazy("Der Ort ist nicht offen für alle und zählt deshalb nicht zu dem, was hier gesammelt wird."),
        gettext_lazy("Der Eintrag wirbt vor allem für ein Geschäft."),
        gettext_lazy("Der Eintrag nennt Personen ohne deren Einwilligung."),
    ),
    SubmissionKind.CHANGE: (
        gettext_lazy("Wir konnten nicht bestätigen, dass die Änderung zutrifft."),
        gettext_lazy("Die Änderung nennt Personen ohne deren Einwilligung."),
    ),
    SubmissionKind.CLAIM: (
        gettext_lazy("Es ist nicht zu erkennen, was Sie mit dem Ort verbindet."),
        gettext_lazy("Wer den Ort trägt, hat nicht zugestimmt."),
    ),
}
OUTCOMES: tuple[str | Promise, ...] = (
    gettext_lazy("Wir haben den Eintrag berichtigt."),
    gettext_lazy("Den Ort gibt es nicht mehr; der Eintrag ist aus der Öffentlichkeit genommen."),
    gettext_lazy("Wir haben nachgesehen: Der Eintrag stimmt."),
    gettext_lazy("Wir haben die Betreuenden gebeten, den Eintrag zu prüfen."),
)


class WordsForm(forms.Form):
    """A text, begun by one of several ready sentences or not."""

    beginning = forms.ChoiceField(label=gettext_lazy("Fertiger Satz"), required=False)
    words = forms.CharField(required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, sentences: tuple[str | Promise, ...], label: str, missing: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [("", _("keiner")), *((str(number), sentence) for number, sentence in enumerate(sentences))]
        self.fields["beginning"].choices = choices  # type: ignore[attr-defined]
        self.fields["words"].label = label
        self.fields["words"].help_text = _("Allein oder nach dem fertigen Satz. Eines von beiden ist nötig.")
        self.sentences, self.missing = sentences, missing

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.text():
            self.add_error("words", self.missing)
        return cleaned

    def text(self) -> str:
        """The ready sentence and what was typed."""
        chosen = self.cleaned_data.get("beginning")
        sentence = str(self.sentences[int(chosen)]) if chosen else ""
        return "\n\n".join(filter(None, [sentence, self.cleaned_data.get("words", "").strip()]))


class PublishForm(forms.Form):
    """A word that goes with the good news, if any."""

    reason = forms.CharField(
        label=gettext_lazy("Ein Wort dazu"),
        help_text=gettext_lazy("Geht mit der Nachricht an die Betreuenden."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why; it is recorded, and written to whom it concerns."""

    reason = forms.CharField(label=gettext_lazy("Begründung"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text


class MergeForm(ReasonForm):
    """For every fact in which two entries differ: that of the one that stays, or that of the other."""

    KEPT, OTHER = "kept", "other"

    def __init__(self, *args: Any, kept: Entry, facts: tuple[Facts, Facts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stays, goes = facts
        model = type(kept)
        for name, value in goes.items():
            self.fields[name] = forms.ChoiceField(
                label=wording.label(model, name),
                choices=[
                    (self.KEPT, wording.in_words(model, name, stays[name])),
                    (self.OTHER, wording.in_words(model, name, value)),
                ],
                initial=self.OTHER if _says_more(name, stays[name], value) else self.KEPT,
                widget=forms.RadioSelect,
            )
        self.names = list(goes)
        self.contradicting = [name for name in goes if not (_is_unknown(stays[name]) or _is_unknown(goes[name]))]
        self.order_fields([*self.names, "reason"])

    def take(self) -> list[str]:
        """The names of the facts to take from the entry that goes up in the other."""
        return [name for name in self.names if self.cleaned_data[name] == self.OTHER]


def _says_more(name: str, stays: Any, goes: Any) -> bool:
    """Whether the other should be proposed: where this one says nothing, and the later confirmation."""
    if name == "confirmed_on":
        return (goes or "") > (stays or "")
    return _is_unknown(stays) and not _is_unknown(goes)


def _is_unknown(value: Any) -> bool:
    return value is None or value in ("", [])
