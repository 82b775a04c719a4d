"""What a request says of an entry ↔ facts (facts.py): the structure of the answers, read the other way round.

What a value must be like: bodies.py. Whether facts can be stored, and who may: the verbs.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from rest_framework import serializers

from places.api.bodies import Body, Chosen, Day, Spot, Text, Truth, Whole
from places.api.parts import EntrySerializer
from places.api.places import CirclesSerializer, PlaceSerializer, TriadSerializer
from places.api.spaces import SpaceSerializer
from places.api.supports import SupportSerializer
from places.entry_forms import SUBJECTS, NameForm
from places.entry_forms.actors import MOST_ROWS
from places.entry_forms.plain import LONGEST_TEXT
from places.facts import Facts, as_json, facts_of, in_order
from places.fields import COORDINATE_DECIMALS
from places.models import Entry, Place
from places.registering.forms import LONGEST_MESSAGE
from places.territory_search import areas_of
from places.vocabulary import (
    Circle,
    Condition,
    Criterion,
    Dynamic,
    Kind,
    Role,
    Sector,
    SpaceKind,
    Status,
    SupportKind,
)

MOST_AREAS = 500
# Facts that are members of an object; every other is a member of the body by its own name, or stands below.
GROUPS: dict[str, tuple[str, ...]] = {
    "address": ("street", "postcode", "city"),
    "criteria": tuple(Criterion.values),
    "conditions": tuple(Condition.values),
    "dynamics": tuple(Dynamic.values),
}
ACTOR_LISTS = {"triad": tuple(Role.values), "circles": tuple(Circle.values)}
OF_ACTORS = "actors"  # the fact behind both
NOT_FACTS = {"message", "owner_is_person", "owner_consent", *GROUPS, *ACTOR_LISTS}


def pointer(fact: str) -> str:
    """Where a fact stands in a body, as a JSON pointer."""
    if fact == OF_ACTORS:
        return "#/triad"
    return f"#/{next((f'{group}/' for group, facts in GROUPS.items() if fact in facts), '')}{fact}"


# --- Bodies ----------------------------------------------------------------------------------------------------------


class AddressBody(Body):
    street = Text(max_length=200)
    postcode = Text(max_length=5, help_text="Five digits.")
    city = Text(max_length=200)


class CriteriaBody(Body):
    def get_fields(self) -> dict[str, Any]:
        return {name: Truth(allow_null=True) for name in Criterion.values}


class ConditionsBody(Body):
    def get_fields(self) -> dict[str, Any]:
        return {name: Whole(min_value=0, max_value=4) for name in Condition.values}


class DynamicsBody(Body):
    def get_fields(self) -> dict[str, Any]:
        return {name: Whole(min_value=0, max_value=4) for name in Dynamic.values}


class ActorBody(Body):
    """An organisation or a group by name; a person by name only where that person agreed."""

    id = Text(
        max_length=20,
        help_text="Tells a person without a name from others, where one stands in several lists; only so.",
    )
    name = Text(max_length=200, help_text="Null for a person who does not wish to be named.")
    is_person = Truth(help_text="A natural person; without it, whoever has no name.")
    sector = Chosen(Sector.values, required=True)
    consent = Truth(
        write_only=True,
        help_text="Must be true where a person is named who was not: that person agreed that the name is public.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        name = attrs.get("name", "")
        is_person = attrs.get("is_person", not name)
        if "sector" not in attrs:  # a change leaves out what it likes, but of a list nothing
            raise serializers.ValidationError({"sector": "This is needed."})
        if not name and not is_person:
            raise serializers.ValidationError({"name": "An organisation has a name."})
        is_named = (name, attrs["sector"]) in self.context["named"]
        if name and is_person and not is_named and not attrs.get("consent"):
            raise serializers.ValidationError(
                {"consent": "A person is named only with their consent: say `true`, or leave `name` null."}
            )
        return {"id": attrs.get("id", ""), "name": name, "is_person": is_person, "sector": attrs["sector"]}


class Actors(serializers.ListField):
    """The actors of one role or one circle: all of them, it replaces the list."""

    def __init__(self) -> None:
        super().__init__(child=ActorBody(), required=False, max_length=MOST_ROWS)


class TriadBody(Body):
    def get_fields(self) -> dict[str, Any]:
        return {role: Actors() for role in Role.values}


class CirclesBody(Body):
    def get_fields(self) -> dict[str, Any]:
        return {circle: Actors() for circle in Circle.values}


class EntryBody(Body):
    """What every entry has."""

    entry_kind: ClassVar[str]
    answer: ClassVar[type[EntrySerializer]]

    name = Text(max_length=200, required=True, allow_null=False, allow_blank=False)
    status = Chosen(Status.values, help_text="Of a new entry “active” where it does not say; never “closed”.")
    location = Spot(
        required=True, help_text="Longitude and latitude in degrees (WGS 84), in a municipality of Germany."
    )
    address = AddressBody(required=False)
    description = Text(max_length=LONGEST_TEXT)
    participation = Text(max_length=LONGEST_TEXT, help_text="How to take part.")
    website = Text(max_length=500)
    message = Text(
        max_length=LONGEST_MESSAGE, write_only=True, help_text="A word to the reviewers. It is no field of the entry."
    )

    @property
    def shown(self) -> frozenset[str]:  # type: ignore[override]
        return frozenset(self.answer._declared_fields)

    def validate_status(self, status: str) -> str:
        statuses = _statuses_of_new(self.entry_kind)
        if not self.partial and status not in statuses:
            raise serializers.ValidationError(f"A new one is none that is {status}.")
        return status

    def validate_website(self, address: str) -> str:
        if address and not address.lower().startswith(("https://", "http://")):
            raise serializers.ValidationError("An address begins with https:// or http://.")
        return address


class PlaceBody(EntryBody):
    """A Sozialer Ort."""

    entry_kind = "place"
    answer = PlaceSerializer

    kind = Chosen(Kind.values, required=True)
    opening_hours = Text(max_length=500, help_text="In the syntax of OpenStreetMap.")
    founded_on = Day()
    criteria = CriteriaBody(required=False)
    conditions = ConditionsBody(required=False)
    dynamics = DynamicsBody(required=False)
    triad = TriadBody(required=False)
    circles = CirclesBody(required=False)


class SupportBody(EntryBody):
    """A support structure."""

    entry_kind = "support"
    answer = SupportSerializer

    kind = Chosen(SupportKind.values, required=True)
    provider = Text(max_length=200, help_text="The organisation that runs it; no private person.")
    areas = serializers.ListField(
        child=Text(max_length=8, allow_null=False),
        required=False,
        max_length=MOST_AREAS,
        help_text="Whom it serves: keys of states (2 digits), districts (5), municipalities (8); “” is all of Germany.",
    )

    def validate_areas(self, areas: list[str]) -> list[str]:
        if "" in areas:
            return [""]
        known = {area.key for area in areas_of(areas)}
        if unknown := [area for area in areas if area not in known]:
            raise serializers.ValidationError(f"There is no such area: {', '.join(unknown)}.")
        return sorted(set(areas))


class SpaceBody(EntryBody):
    """A space of possibility."""

    entry_kind = "space"
    answer = SpaceSerializer

    kind = Chosen(SpaceKind.values, required=True)
    area_m2 = Whole(min_value=1, max_value=1_000_000, help_text="Square metres.")
    owner_sector = Chosen(Sector.values, allow_null=True, help_text="Whose it is.")
    owner = Text(max_length=200, help_text="The owner's name: an organisation, or a person who agreed.")
    owner_is_person = Truth(write_only=True, help_text="The owner is a natural person.")
    owner_consent = Truth(
        write_only=True, help_text="Must be true where a person is named: that person agreed that the name is public."
    )
    available_from = Day()
    available_until = Day(help_text="The last day; null where no end is known.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = attrs.get("owner") and attrs.get("owner_is_person")
        if named and not attrs.get("owner_consent"):
            raise serializers.ValidationError(
                {"owner_consent": "A person is named only with their consent: say `true`, or leave `owner` null."}
            )
        return attrs


BODIES: dict[str, type[EntryBody]] = {body.entry_kind: body for body in (PlaceBody, SupportBody, SpaceBody)}
# What a body says of an entry by the fact's own name, of whatever kind.
ENTRY_FIELDS = {name for body in BODIES.values() for name in body._declared_fields} - NOT_FACTS


# --- Body → facts ----------------------------------------------------------------------------------------------------


def read_new(kind: str, data: Any) -> tuple[Facts, str]:
    """The facts of a new entry, and the word to the reviewers. Raises the ValidationError of REST framework."""
    body = BODIES[kind](data=data, context={"named": set()})
    body.is_valid(raise_exception=True)
    told = body.validated_data
    facts = {"status": Status.ACTIVE.value, **_facts(told)}
    if told.keys() & ACTOR_LISTS.keys():
        facts[OF_ACTORS] = _actors(told, {})
    return facts, told.get("message", "")


def read_change(entry: Entry, data: Any) -> tuple[Facts, str]:
    """The facts that a body gives another value than the public entry has, and the word to the reviewers.

    Of an object only the members that are named change, of a list all. Raises the ValidationError of REST framework.
    """
    now = facts_of(entry)
    named = {(actor["name"], actor["sector"]) for actor in now.get(OF_ACTORS, []) if actor["is_person"]}
    body = BODIES[entry.entry_kind](data=data, partial=True, context={"named": named})
    body.is_valid(raise_exception=True)
    told = body.validated_data
    facts = _facts(told)
    if isinstance(entry, Place) and told.keys() & ACTOR_LISTS.keys():
        shown = {"triad": TriadSerializer(entry).data, "circles": CirclesSerializer(entry).data}
        facts[OF_ACTORS] = _actors(told, shown)
    changed = {name: value for name, value in facts.items() if not _is_as_shown(name, value, now[name])}
    return changed, told.get("message", "")


def _facts(told: Mapping[str, Any]) -> Facts:
    """All but the actors."""
    alone = {name: value for name, value in told.items() if name not in NOT_FACTS}
    grouped = {name: value for group in GROUPS for name, value in told.get(group, {}).items()}
    return {name: as_json(value) for name, value in (alone | grouped).items()}


def _actors(told: Mapping[str, Any], shown: Mapping[str, Any]) -> list[Facts]:
    """Each actor once, from the lists of the triad and of the circles: those that are told, else as they are shown.

    Whoever holds a role and stands in no circle is a key actor. Two rows of one name and sector are one actor; persons
    without a name are told apart by their id, and without one by where they stand.
    """
    found: dict[tuple[str, ...], Facts] = {}
    for group, names in ACTOR_LISTS.items():
        for name in names:
            rows = told.get(group, {}).get(name, shown.get(group, {}).get(name, []))
            for at, row in enumerate(rows):
                key = (row["name"], row["sector"]) if row["name"] else (row["id"] or f"{name} {at}",)
                actor = found.setdefault(
                    key,
                    {"name": row["name"] or "", "sector": row["sector"], "is_person": False, "circle": "", "roles": []},
                )
                actor["is_person"] |= row["is_person"]
                if group == "triad":
                    actor["roles"] += [] if name in actor["roles"] else [name]
                elif actor["circle"] not in ("", name):
                    elsewhere = f"This actor stands in “{actor['circle']}” too; an actor stands in one circle."
                    raise serializers.ValidationError({"circles": {name: [{}] * at + [{"name": [elsewhere]}]}})
                else:
                    actor["circle"] = name
    return in_order([{**actor, "circle": actor["circle"] or Circle.KEY_ACTOR.value} for actor in found.values()])


def _is_as_shown(name: str, value: Any, now: Any) -> bool:
    """Whether somebody who read the entry gave back what they read."""
    if name == "location":
        return [round(part, COORDINATE_DECIMALS) for part in value] == [
            round(part, COORDINATE_DECIMALS) for part in now
        ]
    return bool(value == now)


def _statuses_of_new(kind: str) -> tuple[Status, ...]:
    """What a new entry can be: as the questionnaire asks."""
    return next(form.statuses for form in SUBJECTS[kind].values() if issubclass(form, NameForm))


# --- Facts → body ----------------------------------------------------------------------------------------------------


def told_by(facts: Facts) -> dict[str, Any]:
    """These facts as a body tells them; persons by name as far as they are known here."""
    told: dict[str, Any] = {}
    for name, value in facts.items():
        group = next((group for group, facts in GROUPS.items() if name in facts), "")
        if name == OF_ACTORS:
            for actor in value or []:
                row = {"name": actor["name"] or None, "is_person": actor["is_person"], "sector": actor["sector"]}
                for group, member in [*(("triad", role) for role in actor["roles"]), ("circles", actor["circle"])]:
                    told.setdefault(group, {}).setdefault(member, []).append(row)
        elif group:
            told.setdefault(group, {})[name] = _known(value)
        elif name in ENTRY_FIELDS:
            told[name] = _known(value)
    return told


def _known(value: Any) -> Any:
    """Null where nothing is known, as the answers have it."""
    return None if value == "" else value


def refused_facts(error: ValidationError) -> list[tuple[str, str]]:
    """What a verb refused: the pointer to each fact, and why."""
    if not hasattr(error, "error_dict"):
        return [("#", text) for text in error.messages]
    return [(pointer(name), text) for name, texts in error.message_dict.items() for text in texts]
