"""/api/v1/places/: what a place says, who may be seen, filters, GeoJSON and CSV."""

from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from places.models import Actor, DataChange, Place
from places.vocabulary import Circle, Condition, Criterion, Dynamic, Publication, Role, Sector, Status
from tests.factories import (
    NOON,
    TODAY,
    involve,
    make_actor,
    make_municipality,
    make_photo,
    make_place,
    make_region,
    square,
)
from tests.web.answers import ask, get, refused

pytestmark = pytest.mark.django_db

# One that was archived was public once: it is gone, test_what_was_public_is_gone_or_leads_on.
HIDDEN = [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED]


def names(**query: Any) -> list[str]:
    return [place["name"] for place in get("places/", **query)["results"]]


def test_a_place_says_what_is_known_and_null_where_nothing_is() -> None:
    municipality = make_municipality("06635015", name="Korbach", geometry=square(8.8, 51.2))
    place = make_place(
        municipality,
        name="Laden",
        kind="village_shop",
        longitude=8.8123456789,
        latitude=51.25,
        street="Am Anger 1",
        postcode="34497",
        strengthens_ties=False,
        engaged_actors=3,
        participation="Einfach vorbeikommen.",
        conflict_space=1,
    )
    photo = make_photo(place, credit="Dorfverein")
    association, firm = make_actor("Verein"), make_actor("Hofladen", Sector.PRIVATE_SECTOR)
    involve(place, association, Role.MOTIVATOR, Role.PROMOTER)
    involve(place, firm, circle=Circle.SUPPORTER)
    carrier = {"id": str(association.pk), "name": "Verein", "is_person": False, "sector": "civil_society"}
    supporter = {"id": str(firm.pk), "name": "Hofladen", "is_person": False, "sector": "private_sector"}
    affirmed = dict.fromkeys(["community_use", "low_threshold", "open_to_all"], True)
    answer = get(f"places/{place.pk}/")
    assert answer.pop("updated_at").startswith(f"{place.updated_at:%Y-%m-}")
    assert answer == {
        "id": str(place.pk),
        "name": "Laden",
        "kind": "village_shop",
        "status": "active",
        "is_fictional": False,
        "location": [8.81235, 51.25],
        "municipality": {
            "ags": "06635015",
            "name": "Korbach",
            "url": "http://testserver/api/v1/municipalities/06635015/",
        },
        "district": {"ags": "06635", "name": "Kreis 06635"},
        "address": {"street": "Am Anger 1", "postcode": "34497", "city": None},
        "description": None,
        "participation": "Einfach vorbeikommen.",
        "website": None,
        "opening_hours": None,
        "founded_on": None,
        "confirmed_on": "2026-11-22",
        "is_confirmed": True,
        "criteria": {**dict.fromkeys(Criterion.values), **affirmed, "strengthens_ties": False},
        "conditions": {**dict.fromkeys(Condition.values), "engaged_actors": 3},
        "dynamics": {**dict.fromkeys(Dynamic.values), "conflict_space": 1},
        "triad": {"motivator": [carrier], "provider": [], "promoter": [carrier]},
        "circles": {"key_actor": [carrier], "fellow": [], "supporter": [supporter]},
        "photos": [
            {
                "url": f"http://testserver/fotos/{photo.pk}/gross.webp",
                "thumbnail_url": f"http://testserver/fotos/{photo.pk}/klein.webp",
                "alternative_text": "Ein Haus mit offener Tür",
                "credit": "Dorfverein",
                "width": 1600,
                "height": 1200,
            }
        ],
        "source": None,
        "licence": None,
        "url": f"http://testserver/api/v1/places/{place.pk}/",
        "page": f"http://testserver/orte/{place.pk}-laden/",
    }


@pytest.mark.parametrize("publication", HIDDEN)
def test_a_place_that_is_not_published_is_seen_nowhere(publication: Publication) -> None:
    place = make_place(make_municipality("06635015"), name="Geheim", publication=publication)
    assert get("places/")["count"] == 0
    assert get("places/", format="geojson")["numberMatched"] == 0
    assert get("places/", format="csv") == []
    assert get("municipalities/06635015/places/")["count"] == 0
    problem = get(f"places/{place.pk}/", HTTPStatus.NOT_FOUND)
    assert "Geheim" not in str(problem)


def test_what_was_public_is_gone_or_leads_on() -> None:
    heir = make_place(make_municipality())
    middle = make_place(heir.municipality, publication=Publication.ARCHIVED, merged_into=heir)
    first = make_place(heir.municipality, publication=Publication.ARCHIVED, merged_into=middle)
    withdrawn = make_place(heir.municipality, publication=Publication.ARCHIVED, name="Geheim")
    response = Client().get(f"/api/v1/places/{first.pk}/?format=geojson")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/places/{heir.pk}/?format=geojson")
    problem = get(f"places/{withdrawn.pk}/", HTTPStatus.GONE)
    assert "Geheim" not in str(problem)
    assert get("places/")["count"] == 1


def test_a_person_who_does_not_wish_to_be_named_has_no_name() -> None:
    place = make_place(make_municipality())
    nameless = Actor.objects.create(name="", is_person=True, sector=Sector.CIVIL_SOCIETY)
    involve(place, nameless, Role.PROVIDER)
    (told,) = get(f"places/{place.pk}/")["triad"]["provider"]
    assert told == {"id": str(nameless.pk), "name": None, "is_person": True, "sector": "civil_society"}
    assert get("places/", format="csv")[0]["triad_provider"] == "|civil_society"


def test_a_confirmation_holds_for_two_years_and_its_end_changes_the_answer(settings: Settings) -> None:
    settings.TODAY = date(2026, 11, 22)
    place = make_place(make_municipality(), confirmed_on=date(2024, 11, 22))
    DataChange.objects.update(at=NOON)
    first = ask(f"places/{place.pk}/")
    assert first.json()["is_confirmed"] is True
    settings.TODAY = date(2026, 11, 23)
    headers = {"If-Modified-Since": first["Last-Modified"]}
    changed = Client().get(f"/api/v1/places/{place.pk}/", headers=headers)
    assert changed.status_code == HTTPStatus.OK
    assert changed.json()["is_confirmed"] is False
    assert get("places/", format="csv")[0]["is_confirmed"] == "false"


def test_a_place_that_does_not_exist_is_not_found() -> None:
    get("places/1/", HTTPStatus.NOT_FOUND)
    get("places/99999999999999999999999999/", HTTPStatus.NOT_FOUND)


def test_a_place_outside_all_municipalities_has_none() -> None:
    place = make_place(name="Abgelegen")
    Place.objects.update(municipality=None)
    answer = get(f"places/{place.pk}/")
    assert (answer["municipality"], answer["district"]) == (None, None)
    (row,) = get("places/", format="csv")
    assert (row["municipality_ags"], row["district_name"]) == ("", "")


def test_filters_by_municipality_and_district() -> None:
    for ags in ("06635001", "06635002", "16061001"):
        make_place(make_municipality(ags), name=ags)
    assert names(municipality="06635001,16061001") == ["06635001", "16061001"]
    assert names(district="06635") == ["06635001", "06635002"]
    assert names(district=["06635", "16061"], municipality="16061001") == ["16061001"]
    assert names(municipality="01001000") == []


def test_filters_by_kind_and_status() -> None:
    municipality = make_municipality()
    make_place(municipality, name="a", kind="library", status=Status.PLANNED)
    make_place(municipality, name="b", kind="library")
    make_place(municipality, name="c", kind="village_pub", status=Status.CLOSED)
    assert names(kind="library") == ["a", "b"]
    assert names(kind="library,village_pub", status="planned,closed") == ["a", "c"]


def test_filters_by_roles_that_nobody_holds() -> None:
    municipality = make_municipality()
    full, half, empty = (make_place(municipality, name=name) for name in ("full", "half", "empty"))
    involve(full, make_actor(), *Role)
    involve(half, make_actor(), Role.PROVIDER)
    assert names(role_missing="provider") == ["empty"]
    assert names(role_missing="promoter") == ["half", "empty"]
    assert names(role_missing="provider,promoter") == ["half", "empty"]
    assert empty.pk


def test_filters_by_box_with_its_border() -> None:
    municipality = make_municipality()
    make_place(municipality, name="west", longitude=9.0, latitude=51.0)
    make_place(municipality, name="east", longitude=9.1, latitude=51.0)
    assert names(bbox="8,50,9,52") == ["west"]
    assert names(bbox="8,50,10,52") == ["west", "east"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("municipality", "6635015"),
        ("district", "Kassel"),
        ("kind", "church"),
        ("status", "open"),
        ("role_missing", "mayor"),
        ("bbox", "a,b,c,d"),
        ("publication", "draft"),
        ("assessment", "1"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(parameter: str, value: str) -> None:
    refused("places/", parameter, **{parameter: value})


def test_geojson_shows_points() -> None:
    place = make_place(make_municipality(), longitude=9.123456789, latitude=51.0)
    (feature,) = get("places/", format="geojson")["features"]
    assert feature["id"] == str(place.pk)
    assert feature["geometry"] == {"type": "Point", "coordinates": [9.12346, 51]}
    assert get(f"places/{place.pk}/", format="geojson")["properties"]["name"] == place.name


def test_csv_writes_actors_as_the_import_reads_them() -> None:
    place = make_place(make_municipality())
    involve(place, make_actor("Dorfverein"), Role.PROVIDER)
    involve(place, make_actor("Gemeinde X", Sector.ADMINISTRATION), Role.PROVIDER)
    (row,) = get("places/", format="csv")
    assert row["triad_provider"] == "Dorfverein|civil_society; Gemeinde X|administration"
    assert (row["criteria_open_to_all"], row["criteria_local_democracy"]) == ("true", "")
    assert row["confirmed_on"] == TODAY.isoformat()


def test_an_empty_csv_still_has_its_header() -> None:
    text = Client().get("/api/v1/places/", {"format": "csv"}).content.decode()
    assert text.startswith("id,name,kind,status,")
    assert text.count("\r\n") == 1


def test_a_notice_stands_beside_every_list_while_invented_places_are_loaded() -> None:
    municipality = make_municipality()
    make_region(municipality.edition, "16")
    make_place(municipality, is_fictional=True, publication=Publication.DRAFT)
    for path in ("places/", "municipalities/", "assessments/", "scores/", "interplay/", ""):
        assert "invented" in get(path)["notice"], path
    assert "invented" in get("places/", format="geojson")["notice"]
