"""The database itself refuses what is impossible, whoever writes: no form, no importer stands before it here."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError, IntegrityError, transaction

from places.geo import WGS84
from places.models import Actor, Involvement, Municipality, Place, Region, ResidentPoint
from tests.factories import involve, make_actor, make_edition, make_municipality, make_place

pytestmark = pytest.mark.django_db


def refuses(change: Any, *, by: type[DatabaseError] = IntegrityError) -> bool:
    """Whether the database refuses to run ``change``."""
    try:
        with transaction.atomic():
            change()
    except by:
        return True
    return False


@pytest.mark.parametrize(
    "fields",
    [
        {"open_administration": 7},
        {"consolidation": 5},
        {"kind": "pub"},
        {"kind": ""},
        {"status": "open"},
        {"publication": "secret"},
        {"name": ""},
        {"postcode": "1234"},
        {"postcode": "1234a"},
    ],
)
def test_an_impossible_place_is_refused_new_and_changed(fields: dict[str, Any]) -> None:
    place = make_place()
    assert refuses(lambda: make_place(place.municipality, **fields))
    assert refuses(lambda: Place.objects.filter(pk=place.pk).update(**fields))


@pytest.mark.parametrize("rating", [0, 4, None])
def test_the_ends_of_the_scale_are_possible(rating: int | None) -> None:
    assert make_place(open_administration=rating).open_administration == rating


@pytest.mark.parametrize(("longitude", "latitude"), [(9, 120), (9, -90.5), (190, 51), (-181, 51)])
def test_a_location_off_the_globe_is_refused_new_and_changed(longitude: float, latitude: float) -> None:
    place = make_place()
    nowhere = Point(longitude, latitude, srid=WGS84)
    assert refuses(lambda: make_place(place.municipality, longitude=longitude, latitude=latitude))
    assert refuses(lambda: Place.objects.filter(pk=place.pk).update(location=nowhere))
    assert refuses(lambda: Place.objects.bulk_update([_moved(place, nowhere)], ["location"]))
    place.refresh_from_db()
    assert place.location.y == pytest.approx(51.05, abs=0.01)


def _moved(place: Place, location: Point) -> Place:
    place.location = location
    return place


def test_an_external_id_belongs_to_one_place_and_many_have_none() -> None:
    municipality = make_municipality()
    make_place(municipality, external_id="a")
    assert refuses(lambda: make_place(municipality, external_id="a"))
    make_place(municipality)
    make_place(municipality)


@pytest.mark.parametrize(
    "fields",
    [
        {"ags": "6635001"},
        {"ags": "066350011"},
        {"ags": "0663500a"},
        {"ars": "06635001001"},
        {"zok_tier": "kleinzentrum"},
        {"area_km2": 0},
        {"public_infrastructure": 7},
        {"is_unincorporated": True, "population": 5},
        {"population": -1},
    ],
)
def test_an_impossible_municipality_is_refused(fields: dict[str, Any]) -> None:
    municipality = make_municipality()
    update = Municipality.objects.filter(pk=municipality.pk).update
    # PostgreSQL cuts nothing: what is too long for the column is refused there by another error.
    assert refuses(lambda: update(**fields), by=DatabaseError)


def test_an_ags_is_there_once_per_edition() -> None:
    make_municipality("06635001")
    assert refuses(lambda: make_municipality("06635001"))


@pytest.mark.parametrize("key", ["6", "663", "066350", "ab"])
def test_a_region_has_two_or_five_digits(key: str) -> None:
    edition = make_edition()
    assert refuses(lambda: Region.objects.create(edition=edition, key=key), by=DatabaseError)


def test_an_actor_is_there_once_per_sector_and_in_a_sector_that_there_is() -> None:
    make_actor("Dorfverein")
    assert refuses(lambda: Actor.objects.create(name="Dorfverein", sector="civil_society"))
    assert refuses(lambda: Actor.objects.create(name="Dorfverein", sector="church"))
    assert refuses(lambda: Actor.objects.create(name="", sector="administration"))
    Actor.objects.create(name="Dorfverein", sector="administration")


def test_an_actor_stands_once_at_a_place_in_a_circle_that_there_is() -> None:
    place, actor = make_place(), make_actor()
    involvement = involve(place, actor)
    assert refuses(lambda: involve(place, actor))
    assert refuses(lambda: Involvement.objects.filter(pk=involvement.pk).update(circle="neighbour"))


def test_a_resident_point_is_there_once_and_inhabited() -> None:
    municipality = make_municipality(residents={(4_300_500, 3_100_500): 8})

    def another(x: int, residents: int) -> ResidentPoint:
        return ResidentPoint.objects.create(municipality=municipality, x=x, y=3_100_500, residents=residents)

    assert refuses(lambda: another(4_300_500, 8))
    assert refuses(lambda: another(4_301_500, 0))
    another(4_301_500, 1)
