"""Who takes part in a place, who owns a space: organisations by name, a person only with that person's consent."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from places.entry_forms.base import SubjectForm, Typed
from places.entry_forms.words import ORGANISATION, PERSON, WHO
from places.facts import Facts
from places.vocabulary import Circle, Role, Sector

MOST_ROWS = 40
SECTORS = [("", _("Bitte wählen")), *Sector.choices]
CIRCLE_WORDS = {
    Circle.KEY_ACTOR: _("trägt den Ort"),
    Circle.FELLOW: _("macht regelmäßig mit"),
    Circle.SUPPORTER: _("unterstützt ihn"),
}
ROLE_WORDS = {
    Role.MOTIVATOR: _("bewegt ihn: stößt an und hält ihn in Gang"),
    Role.PROVIDER: _("gibt Raum, Geld oder Arbeitszeit"),
    Role.PROMOTER: _("baut Brücken: in den Rat, zu Verbänden, in den Nachbarort"),
}
CONSENT = _("Diese Person ist einverstanden, dass ihr Name hier öffentlich steht.")


def named(who: str, name: str, consent: Any) -> str:
    """The name as far as it may be kept: a person's only with consent."""
    return "" if who == PERSON and not consent else name.strip()


class ActorsForm(SubjectForm):
    """Everybody who takes part: one row each. Empty rows are no actors; the same actor typed twice is one.

    ``typed={"actor-more": 2}`` gives two more empty rows. A subclass asks for some circles only.
    """

    title = _("Wer trägt den Ort, wer macht mit?")
    layout = "places/questions/actors.html"
    row_name: ClassVar[str] = "actor"
    circles: ClassVar[tuple[Circle, ...]] = tuple(Circle)
    roles: ClassVar[tuple[Role, ...]] = tuple(Role)
    begin_with: ClassVar[tuple[Role, ...]] = ()  # rows that stand there at first, with this role ticked
    spare: ClassVar[int] = 1  # empty rows at the end

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        rows = [actor for actor in facts.get("actors") or [] if actor["circle"] in cls.circles]
        begin: Typed = {}
        for index, actor in enumerate(rows):
            begin |= {
                f"{cls.row_name}-{index}-who": PERSON if actor["is_person"] else ORGANISATION,
                f"{cls.row_name}-{index}-name": actor["name"],
                f"{cls.row_name}-{index}-consent": bool(actor["is_person"] and actor["name"]),
                f"{cls.row_name}-{index}-sector": actor["sector"],
                f"{cls.row_name}-{index}-circle": actor["circle"],
                f"{cls.row_name}-{index}-roles": list(actor["roles"]),
            }
        return begin

    def prepare(self) -> None:
        known: Mapping[str, Any] = self.data if self.is_bound else self.initial
        filled = self._filled(known)
        count = max(filled, len(self.begin_with)) if self.is_bound else max(filled + self.spare, len(self.begin_with))
        self.count = min(count + int(self.initial.get(f"{self.row_name}-more") or 0), MOST_ROWS)
        for index in range(self.count):
            self._add_row(index)

    def _add_row(self, index: int) -> None:
        at = f"{self.row_name}-{index}"
        preset = [self.begin_with[index].value] if index < len(self.begin_with) else []
        untouched = f"{at}-name" not in self.initial
        self.fields[f"{at}-who"] = forms.ChoiceField(
            label=_("Wer ist das?"), choices=WHO, widget=forms.RadioSelect, required=False, initial=ORGANISATION
        )
        self.fields[f"{at}-name"] = forms.CharField(label=_("Name"), max_length=200, required=False)
        self.fields[f"{at}-consent"] = forms.BooleanField(
            label=CONSENT,
            required=False,
            help_text=_("Ohne Einverständnis speichern wir den Namen nicht, nur die Aufgabe."),
        )
        self.fields[f"{at}-sector"] = forms.ChoiceField(label=_("Gehört zu"), choices=SECTORS, required=False)
        if len(self.circles) > 1:
            self.fields[f"{at}-circle"] = forms.ChoiceField(
                label=_("Wie nah am Ort?"),
                choices=[(circle.value, CIRCLE_WORDS[circle]) for circle in self.circles],
                required=False,
            )
        if self.roles:
            self.fields[f"{at}-roles"] = forms.MultipleChoiceField(
                label=_("Was tut sie oder er für den Ort?"),
                choices=[(role.value, ROLE_WORDS[role]) for role in self.roles],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=preset if untouched else [],
            )

    def rows(self) -> list[dict[str, Any]]:
        """The rows for the page: their number and their fields."""
        return [
            {
                "number": index + 1,
                **{
                    part: self[f"{self.row_name}-{index}-{part}"]
                    for part in ("who", "name", "consent", "sector", "circle", "roles")
                    if f"{self.row_name}-{index}-{part}" in self.fields
                },
            }
            for index in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        for index in range(self.count):
            at = f"{self.row_name}-{index}"
            if self._is_empty(asked, at):
                continue
            if asked.get(f"{at}-who") != PERSON and not asked.get(f"{at}-name"):
                self.add_error(f"{at}-name", _("Wie heißt der Verein, die Gruppe oder die Einrichtung?"))
            if not asked.get(f"{at}-sector") and f"{at}-sector" not in self.errors:
                self.add_error(f"{at}-sector", _("Bitte wählen Sie, wohin dieser Akteur gehört."))
        return asked

    def facts(self) -> Facts:
        rows = []
        for index in range(self.count):
            at = f"{self.row_name}-{index}"
            asked = self.cleaned_data
            if self._is_empty(asked, at):
                continue
            who = asked[f"{at}-who"] or ORGANISATION
            actor = {
                "name": named(who, asked[f"{at}-name"], asked[f"{at}-consent"]),
                "sector": asked[f"{at}-sector"],
                "is_person": who == PERSON,
                "circle": asked.get(f"{at}-circle") or self.circles[0].value,
                "roles": [role.value for role in Role if role.value in asked.get(f"{at}-roles", [])],
            }
            rows.append(actor)
        return {"actors": merge_actors(rows)}

    def typed(self) -> Typed:
        kept = super().typed()
        for index in range(self.count):
            at = f"{self.row_name}-{index}"
            kept[f"{at}-name"] = named(kept[f"{at}-who"], kept[f"{at}-name"], kept[f"{at}-consent"])
        return kept

    def _filled(self, known: Mapping[str, Any]) -> int:
        """How many rows were sent, or how many hold something already."""
        telling = () if self.is_bound else ("name", "sector")
        sent = [name.split("-") for name in known if name.startswith(f"{self.row_name}-")]
        rows = [
            int(number)
            for _prefix, number, part in (parts for parts in sent if len(parts) == 3)
            if number.isdigit() and (not telling or (part in telling and known["-".join((_prefix, number, part))]))
        ]
        return max(rows, default=-1) + 1

    def _is_empty(self, asked: Mapping[str, Any], at: str) -> bool:
        """Nothing but what stood there at first: a person without a name is somebody as soon as the sector is said."""
        return not asked.get(f"{at}-name") and not asked.get(f"{at}-sector")


def merge_actors(rows: list[Facts]) -> list[Facts]:
    """Each actor once, in the order of facts.py: told twice, it has all roles and the nearer circle.

    Persons without a name cannot be told apart, so each of them stays.
    """
    circles = list(Circle.values)
    found: dict[tuple[str, str], Facts] = {}
    for row in (row for row in rows if row["name"]):
        key = row["name"], row["sector"]
        one = found.get(key, row)
        roles = {*one["roles"], *row["roles"]}
        found[key] = row | {
            "circle": min(one["circle"], row["circle"], key=circles.index),
            "is_person": one["is_person"] or row["is_person"],
            "roles": [role.value for role in Role if role.value in roles],
        }
    nameless = [row for row in rows if not row["name"]]
    return sorted(
        [*found.values(), *nameless], key=lambda row: (row["name"], row["sector"], row["circle"], row["roles"])
    )


class TriadForm(ActorsForm):
    """Who moves the place, who gives the room, who builds bridges: the key actors."""

    title = _("Wer trägt den Ort?")
    lead = _(
        "Drei Aufgaben gehören dazu: jemand bewegt ihn, jemand gibt den Raum, jemand baut Brücken. "
        "Erfüllt einer mehrere davon, nennen Sie ihn einmal und kreuzen beides an."
    )
    row_name = "key"
    circles = (Circle.KEY_ACTOR,)
    begin_with = tuple(Role)
    spare = 0


class CirclesForm(ActorsForm):
    """Who else takes part: the wider circles."""

    title = _("Wer macht noch mit?")
    lead = _("Vereine, Betriebe, Einrichtungen und Menschen, die regelmäßig mitmachen oder unterstützen.")
    row_name = "circle"
    circles = (Circle.FELLOW, Circle.SUPPORTER)
    roles = ()
    spare = 2


class OwnerForm(SubjectForm):
    """Whose the space is."""

    title = _("Wem gehört der Raum?")
    layout = "places/questions/owner.html"

    owner_sector = forms.ChoiceField(label=_("Gehört zu"), choices=SECTORS, required=False)
    owner_who = forms.ChoiceField(
        label=_("Wer ist das?"), choices=WHO, widget=forms.RadioSelect, required=False, initial=ORGANISATION
    )
    owner = forms.CharField(label=_("Name"), max_length=200, required=False)
    owner_consent = forms.BooleanField(
        label=CONSENT, required=False, help_text=_("Ohne Einverständnis speichern wir den Namen nicht.")
    )

    def facts(self) -> Facts:
        asked = self.cleaned_data
        owner = named(asked["owner_who"], asked["owner"], asked["owner_consent"])
        return {"owner_sector": asked["owner_sector"], "owner": owner}

    def typed(self) -> Typed:
        kept = super().typed()
        return kept | {"owner": named(kept["owner_who"], kept["owner"], kept["owner_consent"])}
