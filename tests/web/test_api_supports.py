"""/api/v1/support/: what a support structure says, whom it serves, filters, what was merged or withdrawn."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from places.vocabulary import Publication, Status, SupportKind
from tests.factories import make_municipality, make_support
from tests.web.answers import ask, get, refused

pytestmark = pytest.mark.django_db


def names(**query: Any) -> list[str]:
    return [support["name"] for support in get("support/", **query)["results"]]


def test_a_support_structure_says_what_is_known_and_null_where_nothing_is() -> None:
    municipality = make_municipality("06635015", name="Korbach")
    support = make_support(municipality, "16", "06635", name="Beratung vor Ort", provider="Landkreis", city="Korbach")
    answer = get(f"support/{support.pk}/")
    assert answer.pop("updated_at").startswith(f"{support.updated_at:%Y-%m-}")
    assert answer == {
        "id": str(support.pk),
        "name": "Beratung vor Ort",
        "kind": "advice",
        "status": "active",
        "is_fictional": False,
        "location": [9.05, 51.05],
        "municipality": {
            "ags": "06635015",
            "name": "Korbach",
            "url": "http://testserver/api/v1/municipalities/06635015/",
        },
        "district": {"ags": "06635", "name": "Kreis 06635"},
        "address": {"street": None, "postcode": None, "city": "Korbach"},
        "description": None,
        "participation": None,
        "website": None,
        "confirmed_on": "2026-11-22",
        "is_confirmed": True,
        "provider": "Landkreis",
        "areas": ["06635", "16"],
        "photos": [],
        "source": None,
        "licence": None,
        "url": f"http://testserver/api/v1/support/{support.pk}/",
        "page": f"http://testserver/unterstuetzung/{support.pk}-beratung-vor-ort/",
    }
    assert get("support/", format="csv")[0]["areas"] == "06635; 16"


def test_whom_it_serves_goes_by_the_areas_not_by_where_it_sits() -> None:
    here, there = make_municipality("06635015"), make_municipality("16061045")
    make_support(there, "06635015", name="Gemeinde")
    make_support(there, "06635", "06635015", name="Kreis")
    make_support(there, "06", name="Land")
    make_support(there, "", name="Bund")
    make_support(here, "16", name="sitzt hier, dient dort")
    assert names(serves="06635015") == ["Gemeinde", "Kreis", "Land", "Bund"]
    assert get("support/", serves="06635015")["count"] == 4
    assert names(municipality="06635015") == ["sitzt hier, dient dort"]
    assert names(district="16061", serves="16061045") == ["Bund"]


def test_filters_by_kind_status_and_box() -> None:
    west, east = make_municipality(), make_municipality()
    make_support(west, name="a", kind=SupportKind.FUNDING)
    make_support(east, name="b", status=Status.DORMANT)
    assert names(kind="funding,network") == ["a"]
    assert names(status="dormant") == ["b"]
    assert names(bbox="9,51,9.1,51.1") == ["a"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("serves", "06635"), ("serves", "06635015,16061045"), ("kind", "shop"), ("role_missing", "provider")],
)
def test_a_wrong_parameter_is_refused_by_name(parameter: str, value: str) -> None:
    refused("support/", parameter, **{parameter: value})


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED])
def test_one_that_is_not_published_is_seen_nowhere(publication: Publication) -> None:
    support = make_support(name="Geheim", publication=publication)
    assert get("support/")["count"] == 0
    assert "Geheim" not in str(get(f"support/{support.pk}/", HTTPStatus.NOT_FOUND))


def test_what_was_public_is_gone_or_leads_on() -> None:
    heir = make_support()
    merged = make_support(heir.municipality, publication=Publication.ARCHIVED, merged_into=heir)
    withdrawn = make_support(heir.municipality, publication=Publication.ARCHIVED)
    response = Client().get(f"/api/v1/support/{merged.pk}/")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/support/{heir.pk}/")
    get(f"support/{withdrawn.pk}/", HTTPStatus.GONE)


def test_a_notice_stands_beside_invented_ones() -> None:
    make_support(is_fictional=True)
    assert "invented" in get("support/")["notice"]


def test_one_that_came_later_changes_the_answer() -> None:
    make_support()
    etag = ask("support/")["ETag"]
    make_support()
    assert Client().get("/api/v1/support/", headers={"If-None-Match": etag}).status_code == HTTPStatus.OK
