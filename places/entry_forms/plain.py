"""The plain subjects: name and kind, criteria, ratings, description, how to take part, website, size of a space."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.entry_forms.base import SubjectForm, Typed
from places.entry_forms.words import CRITERIA, HOW_FAR, RATED, UNKNOWN, YES_OR_NO
from places.facts import Facts
from places.vocabulary import CORE_CRITERIA, Condition, Criterion, Dynamic, Kind, SpaceKind, Status, SupportKind

LONGEST_TEXT = 5000


class NameForm(SubjectForm):
    """Name, kind, and whether it is there already. A subclass says which kinds there are."""

    kinds: ClassVar[list[tuple[str, Any]]]
    statuses: ClassVar[tuple[Status, ...]] = (Status.ACTIVE, Status.PLANNED, Status.DORMANT)

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=pgettext_lazy("Frage", "Art"))
    status = forms.ChoiceField(label=_("Gibt es das schon?"), widget=forms.RadioSelect, required=False)

    def prepare(self) -> None:
        self.fields["kind"].choices = [("", _("Bitte wählen")), *self.kinds]  # type: ignore[attr-defined]
        known = self.initial.get("status") or Status.ACTIVE
        self.initial["status"] = known
        offered = [status for status in Status if status in self.statuses or status == known]
        words = {
            Status.PLANNED: _("noch nicht, es ist geplant"),
            Status.ACTIVE: _("ja, es ist in Betrieb"),
            Status.DORMANT: _("ja, aber es ruht zurzeit"),
            Status.CLOSED: _("nein, nicht mehr"),
        }
        self.fields["status"].choices = [(status.value, words[status]) for status in offered]  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        return super().facts() | {"status": self.cleaned_data["status"] or self.initial["status"]}


class PlaceNameForm(NameForm):
    """What the place is called."""

    title = _("Wie heißt der Ort, und was ist er?")
    kinds = Kind.choices


class SupportNameForm(NameForm):
    """What the support structure is called and who runs it."""

    title = _("Wie heißt das Angebot, und was gibt es?")
    kinds = SupportKind.choices
    statuses = (Status.ACTIVE, Status.PLANNED)

    provider = forms.CharField(
        label=pgettext_lazy("Frage", "Träger"),
        max_length=200,
        required=False,
        help_text=_("Die Organisation, die es anbietet; keine Namen von Privatpersonen."),
    )


class SpaceNameForm(NameForm):
    """What the space is called."""

    title = _("Was ist das für ein Raum?")
    lead = _("Zum Beispiel „Alter Dorfladen am Anger“. Hat er keinen Namen, genügt, wie man ihn vor Ort nennt.")
    kinds = SpaceKind.choices
    statuses = (Status.ACTIVE,)

    def prepare(self) -> None:
        super().prepare()
        if self.initial["status"] == Status.ACTIVE:
            self.fields["status"].widget = forms.HiddenInput()


class CriteriaForm(SubjectForm):
    """Yes, no or don't know, for each criterion."""

    title = _("Was macht ihn aus?")
    criteria: ClassVar[tuple[Criterion, ...]] = tuple(Criterion)

    def prepare(self) -> None:
        for criterion in self.criteria:
            self.fields[criterion.value] = forms.ChoiceField(
                label=CRITERIA[criterion], choices=YES_OR_NO, widget=forms.RadioSelect, required=False
            )

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        words = {True: "yes", False: "no", None: UNKNOWN}
        return {criterion.value: words[facts.get(criterion.value)] for criterion in cls.criteria}

    def facts(self) -> Facts:
        answers = {"yes": True, "no": False}
        return {name: answers.get(answer) for name, answer in self.cleaned_data.items()}


class CoreCriteriaForm(CriteriaForm):
    """The three that decide whether a place counts."""

    title = _("Wer kann den Ort nutzen?")
    lead = _("Diese drei Fragen entscheiden, ob er als Sozialer Ort zählt.")
    criteria = CORE_CRITERIA


class MeetingCriteriaForm(CriteriaForm):
    """The first five of the further ones."""

    title = _("Was geschieht hier?")
    criteria = tuple(name for name in Criterion if name not in CORE_CRITERIA)[:5]


class EffectCriteriaForm(CriteriaForm):
    """The other five."""

    title = _("Was wächst daraus?")
    criteria = tuple(name for name in Criterion if name not in CORE_CRITERIA)[5:]


class RatingsForm(SubjectForm):
    """How far each statement holds, from not at all to fully, or don't know."""

    subjects: ClassVar[tuple[Condition | Dynamic, ...]] = (*Condition, *Dynamic)

    def prepare(self) -> None:
        for subject in self.subjects:
            self.fields[subject.value] = forms.ChoiceField(
                label=RATED[subject], choices=HOW_FAR, widget=forms.RadioSelect, required=False
            )

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        known = {subject.value: facts.get(subject.value) for subject in cls.subjects}
        return {name: UNKNOWN if rating is None else str(rating) for name, rating in known.items()}

    def facts(self) -> Facts:
        return {name: int(rate) if rate.isdigit() else None for name, rate in self.cleaned_data.items()}


class PeopleConditionsForm(RatingsForm):
    """Administration and people."""

    title = _("Mit wem arbeiten Sie?")
    lead = _("Wie weit trifft das bei Ihnen zu?")
    subjects = (Condition.OPEN_ADMINISTRATION, Condition.ENGAGED_ACTORS)


class OutsideConditionsForm(RatingsForm):
    """Time, attention, infrastructure."""

    title = _("Unter welchen Bedingungen arbeiten Sie?")
    lead = _("Wie weit trifft das bei Ihnen zu?")
    subjects = (
        Condition.PROCESS_NOT_PROJECT,
        Condition.SUPRAREGIONAL_ATTENTION,
        Condition.PUBLIC_INFRASTRUCTURE,
    )


class OutwardDynamicsForm(RatingsForm):
    """What is done towards others."""

    title = _("Was gelingt Ihnen nach außen?")
    lead = _("Wie weit trifft das bei Ihnen zu?")
    subjects = (Dynamic.OPENING_OUTWARD, Dynamic.BUNDLING_COMPETENCES)


class InwardDynamicsForm(RatingsForm):
    """What is done among themselves."""

    title = _("Was gelingt Ihnen untereinander?")
    lead = _("Wie weit trifft das bei Ihnen zu?")
    subjects = (Dynamic.CONFLICT_SPACE, Dynamic.CONSOLIDATION)


class DescriptionForm(SubjectForm):
    """What happens there, in own words."""

    title = _("Was geschieht hier, in Ihren Worten?")
    lead = _("Zwei, drei Sätze genügen. Bitte nennen Sie keine Privatpersonen beim Namen.")

    description = forms.CharField(
        label=pgettext_lazy("Frage", "Beschreibung"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
    )


class ParticipationForm(SubjectForm):
    """How to take part."""

    title = _("Wie kann man mitmachen?")
    lead = _("Zum Beispiel: donnerstags ab 18 Uhr vorbeikommen, im Laden fragen, beim Verein melden.")

    participation = forms.CharField(
        label=_("So kann man mitmachen"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4})
    )


class SupportParticipationForm(ParticipationForm):
    """How to get the support."""

    title = _("Wie kommt man an die Unterstützung?")
    lead = _("Wer kann sie bekommen, und wie meldet man sich?")

    participation = forms.CharField(
        label=_("So kommt man daran"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4})
    )


class WebsiteForm(SubjectForm):
    """Where to read more."""

    title = _("Wo kann man mehr lesen?")

    website = forms.URLField(
        label=_("Website"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Zum Beispiel www.dorfladen.example"),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "url"}),
    )


class PlaceWebsiteForm(WebsiteForm):
    """Where to read more, and since when it exists."""

    title = _("Wo kann man mehr lesen, und seit wann gibt es den Ort?")

    founded_on = forms.DateField(
        label=_("Gegründet am"),
        required=False,
        help_text=_("Wenn Sie nur das Jahr wissen, schreiben Sie es lieber in die Beschreibung."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class SpaceSizeForm(SubjectForm):
    """How large it is and from when to when it is free."""

    title = _("Wie groß ist der Raum, und wann ist er frei?")

    area_m2 = forms.IntegerField(
        label=pgettext_lazy("Frage", "Fläche in m²"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    available_from = forms.DateField(
        label=pgettext_lazy("Frage", "Verfügbar ab"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    available_until = forms.DateField(
        label=pgettext_lazy("Frage", "Verfügbar bis"),
        required=False,
        help_text=_("Leer: bis auf Weiteres."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        first, last = asked.get("available_from"), asked.get("available_until")
        if first and last and last < first:
            self.add_error("available_until", _("Das liegt vor dem Tag, ab dem der Raum verfügbar ist."))
        return asked
