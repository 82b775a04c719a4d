"""The key of a district that is gone: on its page, in the API, in planning regions, for whoever follows changes."""

from datetime import date
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cohesion.events import Cursor, Event, Happening
from cohesion.webhooks.packing import areas_of, concerns
from cohesion.webhooks.subscriptions import subscribe
from places.models import BoundaryEdition, Municipality, PlanningRegion, Region
from places.vocabulary import SuccessionKind
from tests.factories import EDITION_DATE, NOON, make_edition, make_municipality
from tests.web.answers import ask, get
from tests.web.settlements import words
from tests.web.test_successors import succeeds

pytestmark = pytest.mark.django_db

NEXT = date(2023, 12, 31)


@pytest.fixture
def older() -> BoundaryEdition:
    return make_edition(EDITION_DATE)


@pytest.fixture
def newer(older: BoundaryEdition) -> BoundaryEdition:
    return make_edition(NEXT, follows=older)


@pytest.fixture
def joined(older: BoundaryEdition, newer: BoundaryEdition) -> Municipality:
    """Eisenach, a district of its own, became a municipality of the Wartburgkreis."""
    eisenach = make_municipality("16056000", name="Eisenach", edition=older)
    heir = make_municipality("16063105", name="Eisenach", edition=newer)
    make_municipality("16063001", name="Hörsel", edition=newer)
    Region.objects.filter(key="16056").update(name="Eisenach", designation="Kreisfreie Stadt")
    Region.objects.filter(key="16063").update(name="Wartburgkreis", designation="Landkreis")
    succeeds(eisenach, heir, kind=SuccessionKind.KEY_CHANGED)
    return heir


@pytest.fixture
def split(older: BoundaryEdition, newer: BoundaryEdition) -> None:
    """Of a district one municipality went into one district, two into another."""
    for index, ags in enumerate(("13002001", "13003002", "13003003")):
        went = make_municipality(ags, edition=newer)
        succeeds(make_municipality(f"1300100{index}", edition=older), went, kind=SuccessionKind.KEY_CHANGED)


def test_the_page_of_a_district_that_is_gone_leads_to_its_successor_which_says_why(joined: Municipality) -> None:
    response = Client().get("/kreise/16056/")
    assert (response.status_code, response.headers["Location"]) == (301, "/kreise/16063/?von=16056")
    page = words(Client().get("/kreise/16063/?von=16056"))
    assert (
        "Kreisfreie Stadt Eisenach (Schlüssel 16056) gibt es nicht mehr; "
        "das Gebiet gehört heute zu: Wartburgkreis (16063)." in page
    )
    for asked in ("16063", "16999", "x", "1605٦"):
        assert "Hierher weitergeleitet" not in words(Client().get("/kreise/16063/", {"von": asked}))


def test_the_page_of_a_district_that_was_divided_offers_the_choice(split: None) -> None:
    response = Client().get("/kreise/13001/")
    page = response.content.decode()
    assert response.status_code == HTTPStatus.GONE
    assert page.index('href="/kreise/13003/"') < page.index('href="/kreise/13002/"')
    assert "67\u202f%" in page


def test_the_api_redirects_and_says_why(joined: Municipality) -> None:
    response = ask("districts/16056/")
    assert (response.status_code, response.headers["Location"]) == (301, "/api/v1/districts/16063/")
    assert response.content.decode() == (
        "Kreisfreie Stadt Eisenach (16056) is no district since the edition 2023-12-31. "
        "Its territory is in: Wartburgkreis (16063).\n"
    )


def test_the_api_lists_the_successors_of_a_district_that_was_divided(split: None) -> None:
    problem = get("districts/13001/", 410)
    assert [(each["key"], each["area_share"]) for each in problem["districts"]] == [
        ("13003", 0.6667),
        ("13002", 0.3333),
    ]


def test_a_key_that_no_district_ever_had_is_not_found(joined: Municipality) -> None:
    assert Client().get("/kreise/16999/").status_code == HTTPStatus.NOT_FOUND
    get("districts/16999/", 404)


def test_a_planning_region_holds_the_successors_of_a_district_that_is_gone(joined: Municipality) -> None:
    PlanningRegion.objects.create(slug="west", name="West", areas=["16056"])
    region = get("planning-regions/west/")
    assert region["keys"] == ["16056", "16063105"]  # not all of the larger district
    assert region["municipalities"] == 1


@pytest.mark.parametrize("area", ["16056", "16056000"])
def test_a_webhook_for_an_area_that_is_gone_hears_of_what_took_it_over(joined: Municipality, area: str) -> None:
    owner = User.objects.create_user("owner", email="owner@example.org")
    subscription, _secret = subscribe(owner, "https://example.org/", [], [area])
    areas = areas_of(subscription)
    assert concerns(subscription, Event(Cursor(NOON, "a", 1, "16063105"), Happening.ASSESSED, "16063105"), areas)
    assert not concerns(subscription, Event(Cursor(NOON, "a", 1, "16063001"), Happening.ASSESSED, "16063001"), areas)
