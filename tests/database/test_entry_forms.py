"""The forms per subject: begun with the facts of an entry and sent as they stand, they give back the same facts."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point

from places.entry_forms import SUBJECTS, ActorsForm, CriteriaForm, RatingsForm, SubjectForm, as_posted
from places.facts import facts_of, write_facts
from places.geo import WGS84
from places.models import Entry, Space, Support
from places.vocabulary import Role, Sector, Status
from tests.factories import involve, make_actor, make_municipality, make_place, square

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def territory() -> None:
    make_municipality("06635015", name="Korbach", geometry=square(9, 51))


def place() -> Entry:
    found = make_place(
        longitude=9.0512345,
        latitude=51.0598765,
        status=Status.CLOSED,
        street="Anger 1",
        postcode="34497",
        opening_hours='Mo-Fr 09:00-12:00,14:00-24:00 || "by appointment"',
        website="https://dorfladen.example.org/",
        founded_on="2001-02-03",
        description="Ein Laden",
        low_threshold=False,
        self_efficacy=None,
        engaged_actors=0,
        consolidation=4,
    )
    involve(found, make_actor("Verein"), Role.MOTIVATOR, Role.PROMOTER)
    involve(found, make_actor("Gemeinde", Sector.ADMINISTRATION), circle="supporter")  # type: ignore[arg-type]
    actors = [
        *facts_of(found)["actors"],
        {"name": "", "sector": "civil_society", "is_person": True, "circle": "fellow", "roles": []},
        {"name": "Karl", "sector": "civil_society", "is_person": True, "circle": "key_actor", "roles": ["provider"]},
    ]
    write_facts(found, {"actors": actors})
    return found


def support() -> Entry:
    found = Support(name="Beratung", kind="advice", provider="Kreis", location=Point(9.05, 51.05, srid=WGS84))
    write_facts(found, {"areas": ["06", "06635015"]})
    return found


def space() -> Entry:
    found = Space(name="Laden", kind="shop", area_m2=1200, owner="Gemeinde", owner_sector="administration")
    found.location = Point(9.05, 51.05, srid=WGS84)
    write_facts(found, {"available_until": "2027-01-01"})
    return found


def sent_as_it_stands(form: SubjectForm) -> Any:
    """What a browser sends when nothing was touched."""
    typed = {}
    for field in form:
        value = field.value()
        if value is None or value is False or value == []:
            continue
        typed[field.html_name] = "on" if value is True else value if isinstance(value, list) else str(value)
    return as_posted(typed)


@pytest.mark.parametrize(
    ("make", "forms"),
    [
        (place, [*SUBJECTS["place"].values(), CriteriaForm, RatingsForm, ActorsForm]),
        (support, list(SUBJECTS["support"].values())),
        (space, list(SUBJECTS["space"].values())),
    ],
)
def test_facts_come_back_as_they_were(make: Any, forms: list[type[SubjectForm]]) -> None:
    facts = facts_of(make())
    given: set[str] = set()
    for form_class in forms:
        begun = form_class(facts=facts)
        form = form_class(sent_as_it_stands(begun), facts=facts)
        assert form.is_valid(), form.errors
        for name, value in form.facts().items():
            given.add(name)
            if name != "actors" or form_class is ActorsForm:
                assert value == facts[name], form_class
    asked_elsewhere = {"publication", "merged_into", "confirmed_on", "source", "licence"}
    if make is space:
        asked_elsewhere |= {"participation"}
    assert facts.keys() - given == asked_elsewhere


def test_hours_that_days_cannot_say_stay_the_experts_text() -> None:
    found = place()
    write_facts(found, {"opening_hours": "Apr-Oct Th 17:00-21:00"})
    form_class = SUBJECTS["place"]["zeiten"]
    form = form_class(sent_as_it_stands(form_class(facts=facts_of(found))))
    assert form.is_valid()
    assert form.facts() == {"opening_hours": "Apr-Oct Th 17:00-21:00"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"mo_from": "09:00"}, "mo_to"),
        ({"mo_to": "09:00"}, "mo_from"),
        ({"mo_from": "09:00", "mo_to": "09:00"}, "mo_to"),
        ({"mo_from": "09:00", "mo_to": "12:00", "mo_from2": "11:00", "mo_to2": "13:00"}, "mo_from2"),
        ({"mo_from": "neun", "mo_to": "12:00"}, "mo_from"),
        ({"mo_from": "09:00", "mo_to": "12:00", "osm": "24/7"}, "osm"),
    ],
)
def test_hours_that_cannot_be_are_named_at_their_field(typed: dict[str, str], field: str) -> None:
    form = SUBJECTS["place"]["zeiten"](as_posted(typed))
    assert list(form.errors) == [field]
