"""/api/v1/spaces/: what a space of possibility says, filters, what was merged or withdrawn."""

from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from places.vocabulary import Publication, Sector, SpaceKind, Status
from tests.factories import make_municipality, make_space
from tests.web.answers import get, refused

pytestmark = pytest.mark.django_db


def names(**query: Any) -> list[str]:
    return [space["name"] for space in get("spaces/", **query)["results"]]


def test_a_space_says_where_how_large_whose_and_until_when() -> None:
    space = make_space(
        make_municipality("06635015", name="Korbach"),
        name="Alte Schule",
        kind=SpaceKind.SCHOOL,
        area_m2=420,
        owner_sector=Sector.ADMINISTRATION,
        owner="Stadt Korbach",
        available_from=date(2027, 1, 1),
        available_until=date(2029, 12, 31),
    )
    answer = get(f"spaces/{space.pk}/")
    own = ("name", "kind", "area_m2", "owner_sector", "owner", "available_from", "available_until", "page", "url")
    assert {name: answer[name] for name in own} == {
        "name": "Alte Schule",
        "kind": "school",
        "area_m2": 420,
        "owner_sector": "administration",
        "owner": "Stadt Korbach",
        "available_from": "2027-01-01",
        "available_until": "2029-12-31",
        "page": f"http://testserver/raeume/{space.pk}-alte-schule/",
        "url": f"http://testserver/api/v1/spaces/{space.pk}/",
    }
    (feature,) = get("spaces/", format="geojson")["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [9.05, 51.05]}


def test_what_nobody_said_is_null() -> None:
    answer = get(f"spaces/{make_space().pk}/")
    unknown = ("area_m2", "owner_sector", "owner", "available_from", "available_until", "website")
    assert [answer[name] for name in unknown] == [None] * len(unknown)


def test_filters_by_kind_status_municipality_district_and_box() -> None:
    west, east = make_municipality("06635001"), make_municipality("16061001")
    make_space(west, name="a", kind=SpaceKind.HALL)
    make_space(east, name="b", status=Status.CLOSED)
    assert names(kind="hall,station") == ["a"]
    assert names(status="closed") == ["b"]
    assert names(municipality="06635001") == ["a"]
    assert names(district="16061") == ["b"]
    assert names(bbox="9,51,9.1,51.1") == ["a"]


@pytest.mark.parametrize(("parameter", "value"), [("kind", "village_shop"), ("serves", "06635001"), ("bbox", "1,2")])
def test_a_wrong_parameter_is_refused_by_name(parameter: str, value: str) -> None:
    refused("spaces/", parameter, **{parameter: value})


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED])
def test_one_that_is_not_published_is_seen_nowhere(publication: Publication) -> None:
    space = make_space(name="Geheim", publication=publication)
    assert get("spaces/")["count"] == 0
    assert "Geheim" not in str(get(f"spaces/{space.pk}/", HTTPStatus.NOT_FOUND))


def test_what_was_public_is_gone_or_leads_on() -> None:
    heir = make_space()
    merged = make_space(heir.municipality, publication=Publication.ARCHIVED, merged_into=heir)
    withdrawn = make_space(heir.municipality, publication=Publication.ARCHIVED)
    response = Client().get(f"/api/v1/spaces/{merged.pk}/")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/spaces/{heir.pk}/")
    get(f"spaces/{withdrawn.pk}/", HTTPStatus.GONE)
