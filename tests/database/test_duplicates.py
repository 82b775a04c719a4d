"""Which entries are shown as likely the same: by nearness and name, in whatever state they are."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from pytest_django import DjangoAssertNumQueries

from places.duplicates import likely_duplicates, with_likely_duplicates
from places.geo import WGS84
from places.models import Entry, Place, Space
from places.vocabulary import Publication, Status
from tests.factories import make_municipality, make_place, make_space, square

pytestmark = pytest.mark.django_db

KILOMETRE = 1 / 111.32  # degrees of latitude


@pytest.fixture(autouse=True)
def territory() -> None:
    make_municipality("06635001", geometry=square(9, 51))


def spot(kilometres_north: float = 0) -> Point:
    return Point(9.05, 51.04 + kilometres_north * KILOMETRE, srid=WGS84)


def place_at(kilometres_north: float, name: str = "Dorfladen Ottlar", **fields: Any) -> Place:
    where = spot(kilometres_north)
    return make_place(longitude=where.x, latitude=where.y, name=name, **fields)


def names(name: str = "Dorfladen Ottlar", location: Point | None = None, **asked: object) -> list[str]:
    location = spot() if location is None else location
    return [found.entry.name for found in likely_duplicates(Place, name=name, location=location, **asked)]  # type: ignore[arg-type]


def test_the_likelier_name_comes_first_and_strangers_do_not_come() -> None:
    place_at(0.5, "Feuerwehrhaus")
    place_at(0.5, "Dorfladen Vasbeck")
    place_at(1.2, "Ottlarer Dorfladen")
    assert names() == ["Ottlarer Dorfladen", "Dorfladen Vasbeck"]


def test_on_the_same_spot_any_name_may_be_the_same_house() -> None:
    place_at(0.1, "Feuerwehrhaus")
    assert names() == ["Feuerwehrhaus"]
    assert names(name="") == ["Feuerwehrhaus"]


def test_farther_away_only_a_very_similar_name_is_likely() -> None:
    place_at(4, "Dorfladen Vasbeck")
    place_at(4, "Dorfladen Ottlaar")
    place_at(6, "Dorfladen Ottlar")
    assert names() == ["Dorfladen Ottlaar"]


def test_of_two_with_the_same_name_the_nearer_comes_first() -> None:
    far, near = place_at(1.4), place_at(0.3)
    found = likely_duplicates(Place, name="Dorfladen Ottlar", location=spot())
    assert [duplicate.entry.pk for duplicate in found] == [near.pk, far.pk]
    assert [round(duplicate.metres or 0, -2) for duplicate in found] == [300, 1400]
    assert found[0].likeness == 1


def test_without_a_location_the_municipality_stands_in() -> None:
    place_at(4)
    place_at(0, "Feuerwehrhaus")
    found = likely_duplicates(Place, name="Dorfladen Ottlar", location=None, municipality_ags="06635001")
    assert [(duplicate.entry.name, duplicate.metres) for duplicate in found] == [("Dorfladen Ottlar", None)]
    assert likely_duplicates(Place, name="Dorfladen Ottlar", location=None) == []


@pytest.mark.parametrize("publication", [Publication.SUBMITTED, Publication.REJECTED, Publication.ARCHIVED])
@pytest.mark.parametrize("status", [Status.CLOSED, Status.PLANNED])
def test_any_status_and_any_publication_counts(publication: Publication, status: Status) -> None:
    place_at(0.5, publication=publication, status=status)
    assert names() == ["Dorfladen Ottlar"]


def test_unless_only_some_publications_are_asked_for() -> None:
    place_at(0.5, publication=Publication.REJECTED)
    assert names(publications=[Publication.PUBLISHED]) == []


def test_what_nobody_confirmed_and_what_was_merged_does_not_come() -> None:
    place_at(0.5, publication=Publication.DRAFT)
    kept = place_at(0.5)
    place_at(0.5, merged_into=kept)
    assert [d.entry.pk for d in likely_duplicates(Place, name="Dorfladen Ottlar", location=spot())] == [kept.pk]
    assert names(exclude=kept.pk) == []


def test_no_more_than_asked_for() -> None:
    for index in range(4):
        place_at(index / 10)
    assert len(names(limit=3)) == 3


def test_of_many_it_is_asked_at_once_and_found_as_of_each_alone(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    elsewhere = make_municipality("06635002", geometry=square(10, 51))
    place_at(0)
    place_at(4, "Dorfladen Ottlaar")
    place_at(20, "Dorfladen Ottlar", municipality=elsewhere)  # as alike, but farther away from all
    place_at(1, "Feuerwehrhaus")
    place_at(1.1, "Mühle", publication=Publication.SUBMITTED)
    place_at(30, "Backhaus", municipality=elsewhere)
    place_at(40, "Backhaus", municipality=elsewhere)
    make_space(location=spot(), name="Dorfladen Ottlar")
    entries: list[Entry] = [*Place.objects.with_territory(), *Space.objects.with_territory()]
    alone = [
        entry
        for entry in entries
        if entry.municipality
        and likely_duplicates(
            Space if isinstance(entry, Space) else Place,
            name=entry.name,
            location=entry.location,
            municipality_ags=entry.municipality.ags,
            exclude=entry.pk,
        )
    ]
    assert {entry.name for entry in alone} == {
        "Dorfladen Ottlar",
        "Dorfladen Ottlaar",
        "Feuerwehrhaus",
        "Mühle",
        "Backhaus",
    }
    assert len(alone) == 6
    with django_assert_num_queries(2):
        assert with_likely_duplicates(entries) == {*alone}
    assert with_likely_duplicates([]) == set()
