"""Facts go out and come back the same; what differs is told; who is not named has no name anywhere."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from places.facts import differences, facts_of, write_facts
from places.models import Actor, Change, Entry, Place, ServedArea, Space, Support
from places.record import locked, on_record
from places.signals import inputs_changed
from places.vocabulary import ActedAs, Circle, Publication, Role, Sector, Verb
from tests.factories import involve, make_actor, make_municipality, make_place

pytestmark = pytest.mark.django_db


def full_place() -> Place:
    place = make_place(
        description="Zeile eins\nZeile zwei",
        opening_hours="Mo 10:00-12:00",
        founded_on=date(1999, 5, 1),
        open_administration=4,
        local_democracy=False,
        postcode="01234",
    )
    involve(place, make_actor("Dorfverein"), Role.MOTIVATOR, Role.PROMOTER)
    involve(place, make_actor("Gemeinde", Sector.ADMINISTRATION), circle=Circle.SUPPORTER)
    return place


def full_support() -> Support:
    municipality = make_municipality()
    support = Support.objects.create(
        name="Beratung", kind="advice", provider="Kreis", location=municipality.centre, municipality=municipality
    )
    ServedArea.objects.bulk_create(ServedArea(support=support, area=area) for area in ("06635", ""))
    return support


def full_space() -> Space:
    municipality = make_municipality()
    return Space.objects.create(
        name="Alte Schule",
        kind="school",
        area_m2=240,
        owner_sector=Sector.ADMINISTRATION,
        available_until=date(2027, 1, 31),
        location=municipality.centre,
        municipality=municipality,
    )


@pytest.mark.parametrize("make", [full_place, full_support, full_space])
def test_facts_written_to_an_empty_entry_make_the_same_entry(make: Any) -> None:
    entry: Entry = make()
    facts = facts_of(entry)
    twin = type(entry)()
    write_facts(twin, facts)
    assert twin.pk != entry.pk
    assert twin.municipality == entry.municipality
    of_publication = {"publication": Publication.DRAFT.value, "merged_into": None}
    assert facts_of(type(entry)._default_manager.get(pk=twin.pk)) == {**facts, **of_publication}


def test_writing_what_stands_changes_nothing() -> None:
    place = full_place()
    involvements = list(place.involvements.values())
    write_facts(place, facts_of(place))
    assert list(place.involvements.values()) == involvements


def test_only_what_differs_is_told() -> None:
    place = full_place()
    before = facts_of(place)
    write_facts(place, {"name": "Anders", "postcode": "01234", "local_democracy": None})
    assert differences(before, facts_of(place)) == (
        {"name": before["name"], "local_democracy": False},
        {"name": "Anders", "local_democracy": None},
    )


def test_a_new_location_decides_the_municipality() -> None:
    place = full_place()
    there = make_municipality()
    write_facts(place, {"location": [there.centre.x, there.centre.y]})
    assert Place.objects.get(pk=place.pk).municipality == there
    with pytest.raises(ValidationError, match="keiner Gemeinde"):
        write_facts(place, {"location": [0, 0]})


def test_a_person_without_a_name_is_a_row_of_her_own_at_each_place_and_goes_with_it() -> None:
    nameless = {"name": "", "sector": "civil_society", "is_person": True, "circle": "key_actor", "roles": ["motivator"]}
    first, second = make_place(), make_place()
    write_facts(first, {"actors": [nameless]})
    write_facts(second, {"actors": [nameless]})
    assert Actor.objects.count() == 2
    assert facts_of(first)["actors"] == [nameless]
    write_facts(first, {"actors": []})
    assert Actor.objects.count() == 1


def test_the_record_keeps_no_person_by_name_and_nothing_does_once_the_name_is_taken_back() -> None:
    place = locked(make_place())
    verein = {"name": "Verein", "sector": "civil_society", "is_person": False, "circle": "key_actor", "roles": []}
    person = {**verein, "name": "Frau Beispiel", "is_person": True, "roles": ["motivator"]}
    for actors in ([person, verein], [{**person, "name": ""}]):
        with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
            write_facts(place, {"actors": actors})
        assert facts_of(place)["actors"] == actors
    recorded = [actor["name"] for change in Change.of_entry(place) for actor in change.after["actors"]]
    assert sorted(recorded) == ["", "", "Verein"]
    assert not Actor.objects.filter(name="Frau Beispiel").exists()
    assert Actor.objects.filter(name="Verein").exists()


def test_publication_is_not_a_fact_to_be_written() -> None:
    place = full_place()
    write_facts(place, {"publication": "rejected", "name": "Anders"})
    place.refresh_from_db()
    assert (place.publication, place.name) == (Publication.PUBLISHED, "Anders")


def test_a_block_on_record_leaves_one_line_with_what_it_changed() -> None:
    place = locked(full_place())
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.VISITOR, reason=" so ist es "):
        write_facts(place, {"name": "Anders"})
    change = Change.of_entry(place).get()
    assert (change.reason, change.user, change.after) == ("so ist es", None, {"name": "Anders"})
    assert [(line.label, line.after) for line in change.lines()] == [("Name", "Anders")]


def test_a_block_that_fails_leaves_nothing() -> None:
    place = full_place()

    def fail_half_way() -> None:
        with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.VISITOR):
            write_facts(place, {"name": "Anders"})
            write_facts(place, {"location": [0, 0]})

    with pytest.raises(ValidationError):
        fail_half_way()
    assert not Change.objects.exists()
    assert Place.objects.get(pk=place.pk).name != "Anders"


@pytest.mark.parametrize(
    ("publication", "facts", "told"),
    [
        ("published", {"status": "dormant"}, True),
        ("published", {"actors": []}, True),
        ("published", {"description": "Neu"}, False),
        ("submitted", {"status": "dormant"}, False),
    ],
)
def test_only_what_may_move_a_class_is_told_to_whoever_computes(publication: str, facts: Any, told: bool) -> None:
    place = full_place()
    Place.objects.filter(pk=place.pk).update(publication=publication)
    heard: list[object] = []

    def hear(**signal: object) -> None:
        heard.append(signal["sender"])

    inputs_changed.connect(hear)
    try:
        place = locked(place)
        with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
            write_facts(place, facts)
    finally:
        inputs_changed.disconnect(hear)
    assert bool(heard) is told
