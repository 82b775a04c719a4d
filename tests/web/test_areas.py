"""Districts, states and planning regions: counts, the weakest, the nearest, who changed class and why; page and API."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohesion.assessment import assess
from cohesion.engine import Parameters
from cohesion.regional import Rated, counted, parts, promising, weakest
from cohesion.vocabulary import CohesionClass
from places.models import Municipality, Place, PlanningRegion, Region
from places.vocabulary import Publication, ZokTier
from tests.factories import TODAY, make_edition, make_municipality
from tests.web.answers import get
from tests.web.settlements import (
    settle_resilient,
    settle_risky,
    settle_robust,
    settle_unassessed,
    strong_place,
    words,
)
from tests.web.test_successors import succeeds

EARLIER = TODAY - timedelta(days=400)


def a_municipality(ags: str, cohesion_class: str, *figures: float | None, population: int | None = 100) -> Rated:
    supply, after_loss, renewal = figures
    return Rated(ags, f"G{ags}", ZokTier.NONE, population, cohesion_class, supply, after_loss, renewal)


# --- What is weak, what is near --------------------------------------------------------------------------------------


def test_weakest_are_the_risky_with_the_least_supply_and_of_those_the_larger() -> None:
    rated = [
        a_municipality("1", "risky", 0.1, 0.0, None),
        a_municipality("2", "risky", 0.0, 0.0, None, population=50),
        a_municipality("3", "risky", 0.0, 0.0, None, population=500),
        a_municipality("4", "robust", 0.9, 0.9, None),
        a_municipality("5", "unassessed", 0.0, 0.0, None),
    ]
    assert [each.ags for each in weakest(rated)] == ["3", "2", "1"]


def test_near_is_who_lacks_least_to_the_next_better_class() -> None:
    given = Parameters()
    rated = [
        a_municipality("1", "resilient", 1.0, given.adequate - 0.05, 0.9),
        a_municipality("2", "risky", given.foothold, 0.0, given.renewing - 0.02),
        a_municipality("3", "risky", given.foothold - 0.1, 0.0, given.renewing - 0.2),
        a_municipality("6", "risky", given.foothold, 0.2, None),
        a_municipality("4", "robust", 1.0, 1.0, 0.9),
        a_municipality("5", "unassessed", None, None, None),
    ]
    found = promising(rated, given)
    assert [(near.municipality.ags, near.next_class, round(near.gap, 6)) for near in found] == [
        ("2", CohesionClass.RESILIENT, 0.02),
        ("1", CohesionClass.ROBUST, 0.05),
        ("3", CohesionClass.RESILIENT, 0.3),
        ("6", CohesionClass.ROBUST, round(given.adequate - 0.2, 6)),
    ]


def test_a_bar_tells_residents_and_where_none_are_known_municipalities() -> None:
    rated = [
        a_municipality("1", "risky", 0.0, 0.0, None, population=300),
        a_municipality("2", "robust", 1.0, 1.0, None, population=100),
    ]
    bar = [(part.cohesion_class, part.start, part.share) for part in parts(counted(rated)) if part.share]
    assert bar == [("risky", 0.0, 0.75), ("robust", 0.75, 0.25)]
    nobody = [
        a_municipality(str(n), name, 0.0, 0.0, None, population=None) for n, name in enumerate(["risky", "robust"])
    ]
    assert [part.share for part in parts(counted(nobody))] == [0.5, 0.0, 0.5, 0.0]
    assert [part.share for part in parts(counted([]))] == [0.0] * 4


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def district(db: None) -> None:
    """06635 with one of each class, and a neighbour district."""
    known = {"inventory_completed_on": EARLIER}
    settle_risky("Armdorf", residents=400, **known)
    settle_resilient("Mittelort", residents=300, tier=ZokTier.GRUNDZENTRUM, **known)
    settle_robust("Gutstadt", residents=200, tier=ZokTier.MITTELZENTRUM, **known)
    settle_unassessed("Unklar", residents=100)
    settle_risky("Fern", ags="06636001", residents=900, **known)
    Region.objects.filter(key="06635").update(name="Waldeck", designation="Landkreis")


def page(client: Client, path: str, status: int = HTTPStatus.OK) -> str:
    response = client.get(path)
    assert response.status_code == status
    return words(response)


def test_a_district_counts_its_own_municipalities_by_class_and_residents(district: None, client: Client) -> None:
    assess(TODAY)
    text = page(client, "/kreise/06635/")
    assert "Landkreis Waldeck" in text
    assert "4 Gemeinden, 1.000 Einwohner" in text
    assert "riskant eine Gemeinde, 40 % der Einwohner" in text
    assert "Armdorf" in text.split("Wo am wenigsten trägt")[1].split("Wo am wenigsten fehlt")[0]
    assert "Mittelort resilient robust" in text.split("Wo am wenigsten fehlt")[1]
    assert "Fern" not in text


def test_the_bar_of_classes_is_filled_from_top_to_bottom(district: None, client: Client) -> None:
    assess(TODAY)
    bar = client.get("/kreise/06635/").content.decode().split('<svg class="class-bar"')[1].split("</svg>")[0]
    assert bar.count("<rect") == bar.count('height="100%"') == 4  # however high the page makes it


def test_a_state_holds_its_districts(district: None, client: Client) -> None:
    assess(TODAY)
    text = page(client, "/laender/06/")
    assert "5 Gemeinden, 1.900 Einwohner" in text
    assert "Landkreis Waldeck 4" in text


def test_all_areas_are_listed_in_a_fixed_number_of_queries(district: None, client: Client) -> None:
    assess(TODAY)
    with CaptureQueriesContext(connection) as few:
        assert "Landkreis Waldeck 4 1 1 1 1" in page(client, "/kreise/")
    for number in range(3):
        settle_risky(f"Neu {number}", ags=f"0664{number}001")
    with CaptureQueriesContext(connection) as many:
        page(client, "/kreise/")
    assert len(many) == len(few)


def test_before_boundaries_and_before_an_assessment_pages_say_so(db: None, client: Client) -> None:
    assert "Noch keine Gemeinden" in page(client, "/kreise/")
    assert client.get("/kreise/06635/").status_code == HTTPStatus.NOT_FOUND
    make_municipality("06635001")
    assert "Noch keine Bewertung" in page(client, "/kreise/06635/")


@pytest.mark.parametrize("path", ["/kreise/06699/", "/laender/05/", "/regionen/nirgends/"])
def test_an_unknown_area_is_not_found(path: str, district: None, client: Client) -> None:
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_planning_region_is_what_its_keys_say(district: None, client: Client) -> None:
    PlanningRegion.objects.create(slug="nord", name="Region Nord", source="Regionalplan", areas=["06636", "06635001"])
    assess(TODAY)
    text = page(client, "/regionen/nord/")
    assert "Region Nord" in text
    assert "Abgrenzung: Regionalplan" in text
    assert "2 Gemeinden, 1.300 Einwohner" in text
    assert "Armdorf" in text.split("Alle Gemeinden")[1]
    assert "Fern" in text.split("Alle Gemeinden")[1]
    PlanningRegion.objects.create(slug="leer", name="Leer", areas=["01001000"])
    assert "Keine Gemeinde" in page(client, "/regionen/leer/")


def test_a_planning_region_without_keys_or_with_wrong_ones_is_refused(db: None) -> None:
    for areas, wrong in ([], "nötig"), (["06635", "6635", "99", 7], "6635, 99, 7"):
        with pytest.raises(ValidationError, match=wrong):
            PlanningRegion(slug="x", name="X", areas=areas).full_clean()


def test_the_administration_takes_keys_line_by_line(db: None, admin_client: Client) -> None:
    data = {"slug": "nord", "name": "Nord", "source": "", "areas": "06635\n06636, 06633"}
    assert admin_client.post("/admin/places/planningregion/add/", data).status_code == HTTPStatus.FOUND
    region = PlanningRegion.objects.get()
    assert region.areas == ["06635", "06636", "06633"]
    assert b"06635\n06636" in admin_client.get(f"/admin/places/planningregion/{region.pk}/change/").content
    assert (
        "6635x"
        in admin_client.post(
            "/admin/places/planningregion/add/", {**data, "slug": "b", "areas": "6635x"}
        ).content.decode()
    )


# --- What changed ----------------------------------------------------------------------------------------------------


@pytest.fixture
def changed(district: None) -> dict[str, Any]:
    """An earlier assessment, then: a second good place, a place withdrawn, an inventory completed."""
    Place.objects.update(confirmed_on=EARLIER)
    earlier = assess(EARLIER, draws=0).assessment
    Place.objects.update(confirmed_on=TODAY)
    middle = Place.objects.get(name="Laden Mittelort").municipality
    assert middle is not None
    new = strong_place(middle, "Neue Halle")
    gone = Place.objects.get(name="Halle Gutstadt")
    gone.publication = Publication.ARCHIVED
    gone.save()
    later = assess(TODAY, draws=0).assessment
    return {"earlier": earlier, "later": later, "new": new}


def test_who_changed_class_is_told_with_the_reason(changed: dict[str, Any], client: Client) -> None:
    text = page(client, "/kreise/06635/").split("Was sich geändert hat")[1].split("Alle Gemeinden")[0]
    assert "2 Gemeinden haben eine andere Klasse" in text
    middle = text.split("Mittelort")[1]
    assert "resilient → jetzt robust" in middle
    assert "Versorgung nach dem schwersten Verlust" in middle
    assert "Neu dabei: Neue Halle" in middle
    good = text.split("Gutstadt")[1].split("Mittelort")[0]
    assert "robust → jetzt resilient" in good
    assert "Halle Gutstadt" not in good  # no longer public


def test_the_api_tells_the_same_of_districts_states_and_planning_regions(changed: dict[str, Any]) -> None:
    PlanningRegion.objects.create(slug="nord", name="Region Nord", areas=["06635"])
    for path in ("districts/06635/", "states/06/", "planning-regions/nord/"):
        answer = get(path)
        assert answer["trend"]["earlier"]["id"] == changed["earlier"].pk
        assert answer["trend"]["count"] == 2
        middle = next(change for change in answer["trend"]["changes"] if change["name"] == "Mittelort")
        assert (middle["from"], middle["to"], middle["came"]) == ("resilient", "robust", [str(changed["new"].pk)])
        assert [crossing["figure"] for crossing in middle["crossings"]] == ["supply_after_loss"]
    district = get("districts/06635/")
    assert district["classes"]["risky"] == {"municipalities": 1, "population": 400}
    assert district["tiers"]["grundzentrum"]["municipalities"] == 1
    assert [each["name"] for each in district["weakest"]] == ["Armdorf"]
    assert {row["key"]: row["municipalities"] for row in get("districts/")["results"]} == {"06635": 4, "06636": 1}
    assert get("states/", format="csv")[0]["classes_risky_municipalities"] == "2"
    assert get("planning-regions/")["results"][0]["keys"] == ["06635"]
    assert get("districts/06635/", compared_with=changed["later"].pk)["trend"]["count"] == 0
    for path in ("districts/06/", "states/06635/", "planning-regions/sued/"):
        get(path, HTTPStatus.NOT_FOUND)


def test_an_inventory_that_was_completed_is_a_reason_of_its_own(district: None, client: Client) -> None:
    Place.objects.update(confirmed_on=EARLIER)
    assess(EARLIER, draws=0)
    Municipality.objects.filter(name="Unklar").update(inventory_completed_on=TODAY)
    Place.objects.update(confirmed_on=TODAY)
    assess(TODAY, draws=0)
    text = page(client, "/kreise/06635/").split("Was sich geändert hat")[1].split("Alle Gemeinden")[0]
    assert "Unklar nicht bewertet → jetzt riskant Der Bestand gilt jetzt als vollständig." in text
    (change,) = get("districts/06635/")["trend"]["changes"]
    assert (change["inventory"], change["crossings"]) == (True, [])


def test_a_municipality_that_grew_since_says_by_whom(changed: dict[str, Any], client: Client) -> None:
    assert "anderer Gebietsstand" not in page(client, "/kreise/06635/")
    edition = make_edition(TODAY)
    grown = make_municipality("06635002", edition=edition, name="Mittelort", inventory_completed_on=EARLIER)
    swallowed = Municipality.objects.get(name="Armdorf", edition__date__lt=TODAY)
    succeeds(swallowed, grown)
    succeeds(Municipality.objects.get(name="Gutstadt", edition__date__lt=TODAY), grown, 0.4)
    assess(TODAY, draws=0)
    text = page(client, "/kreise/06635/")
    assert "Zwischen beiden liegt ein anderer Gebietsstand (31. Dezember 2022, jetzt 22. November 2026)." in text
    assert "Seitdem aufgenommen: Armdorf, Gutstadt (40 % davon)." in text
    (change,) = get("districts/06635/")["trend"]["changes"]
    assert change["joined"] == [swallowed.ags, "06635003"]


def test_assessments_of_two_editions_are_compared_by_the_key_of_the_municipality(
    changed: dict[str, Any], client: Client
) -> None:
    edition = make_edition(TODAY)
    make_municipality("06635002", edition=edition, name="Mittelort", inventory_completed_on=EARLIER)
    assess(TODAY, draws=0)
    trend = get("districts/06635/")["trend"]
    assert trend["earlier"]["id"] == changed["earlier"].pk
    assert [(change["ags"], change["from"], change["to"]) for change in trend["changes"]] == [
        ("06635002", "resilient", "risky")
    ]


def test_the_page_compares_with_the_assessment_that_is_asked_for(changed: dict[str, Any], client: Client) -> None:
    Place.objects.filter(name="Neue Halle").update(confirmed_on=None)
    assess(TODAY + timedelta(days=1), draws=0)
    with_later = page(client, f"/kreise/06635/?vergleich={changed['later'].pk}")
    assert "Eine Gemeinde hat eine andere Klasse" in with_later
    assert "Eine Gemeinde hat eine andere Klasse" in page(client, "/kreise/06635/?vergleich=nichts")
    assert "Gutstadt robust → jetzt resilient" in page(client, "/kreise/06635/")
