"""/api/v1/assessments/, interplay/, scores/: what was computed, counted and as columns."""

from datetime import date
from http import HTTPStatus

import pytest

from places.models import BoundaryEdition
from tests.factories import TODAY, make_assessment, make_edition, make_municipality, make_place, make_region, make_score
from tests.web.answers import get, refused

pytestmark = pytest.mark.django_db

COLUMNS = [
    "ags",
    "name",
    "designation",
    "cohesion_class",
    "zok_tier",
    "population",
    "supply",
    "supply_after_loss",
    "renewal",
    "stability",
    "is_unincorporated",
    "longitude",
    "latitude",
]


# --- Assessments -----------------------------------------------------------------------------------------------------


def test_assessments_come_newest_first_with_their_parameters_in_detail() -> None:
    make_assessment(as_of=date(2025, 1, 1))
    newest = make_assessment(as_of=TODAY, parameters={"near": 1000.0, "freshness_months": 24}, places_counted=7)
    answer = get("assessments/")
    assert [found["as_of"] for found in answer["results"]] == ["2026-11-22", "2025-01-01"]
    first = answer["results"][0]
    assert (first["id"], first["method"], first["places_counted"]) == (newest.pk, "SOK-1", 7)
    assert first["edition"] == {"date": "2022-12-31", "attribution": "© Test"}
    assert first["url"] == f"http://testserver/api/v1/assessments/{newest.pk}/"
    detail = get(f"assessments/{newest.pk}/")
    assert detail["parameters"] == {"near": 1000.0, "freshness_months": 24.0}
    assert get("assessments/", format="csv")[1]["edition_date"] == "2022-12-31"


def test_an_assessment_that_does_not_exist_is_not_found() -> None:
    assert get("assessments/7/", HTTPStatus.NOT_FOUND)["detail"] == "There is no assessment 7 here."


def test_assessments_have_no_geometry() -> None:
    refused("assessments/", "format", format="geojson")
    refused("assessments/", "bbox", bbox="8,50,9,51")


# --- Interplay -------------------------------------------------------------------------------------------------------


def test_interplay_counts_every_class_against_every_tier() -> None:
    assessment = make_assessment()
    make_score(make_municipality("06635001", zok_tier="none", population=100), assessment, "risky")
    make_score(make_municipality("06635002", zok_tier="none", population=None), assessment, "risky")
    make_score(make_municipality("16061001", zok_tier="none", population=300), assessment, "robust")
    make_score(make_municipality("16061002", zok_tier=""), assessment, "unassessed")
    make_municipality("16061003", is_unincorporated=True)
    answer = get("interplay/")
    assert answer["assessment"]["id"] == assessment.pk
    cells = {(cell["cohesion_class"], cell["zok_tier"]): cell for cell in answer["results"]}
    assert len(answer["results"]) == len(cells) == 20
    assert cells["risky", "none"]["municipalities"] == 2
    assert cells["risky", "none"]["population"] == 100
    assert cells["robust", "oberzentrum"]["municipalities"] == 0
    assert cells["unassessed", None]["municipalities"] == 1
    assert sum(cell["municipalities"] for cell in cells.values()) == 4
    only = get("interplay/", state="16", district="16061,06635")["results"]
    assert sum(cell["municipalities"] for cell in only) == 2
    row = get("interplay/", format="csv")[0]
    assert row == {"cohesion_class": "risky", "zok_tier": "none", "municipalities": "2", "population": "100"}
    refused("interplay/", "state", "zok_tier", state="Hessen", zok_tier="none")


def test_interplay_before_the_first_assessment_knows_tiers_only() -> None:
    make_municipality(zok_tier="grundzentrum")
    answer = get("interplay/")
    assert answer["assessment"] is None
    found = [cell for cell in answer["results"] if cell["municipalities"]]
    assert [(cell["cohesion_class"], cell["zok_tier"]) for cell in found] == [("unassessed", "grundzentrum")]


def test_interplay_of_another_assessment() -> None:
    municipality, first = make_municipality(zok_tier="none"), make_assessment(as_of=date(2025, 1, 1))
    make_score(municipality, first, "risky")
    make_score(municipality, make_assessment(), "robust")
    (cell,) = [cell for cell in get("interplay/", assessment=first.pk)["results"] if cell["municipalities"]]
    assert cell["cohesion_class"] == "risky"
    refused("interplay/", "assessment", assessment=first.pk + 100)


# --- Scores ----------------------------------------------------------------------------------------------------------


def test_scores_are_columns_of_one_length_by_ags() -> None:
    edition = make_edition()
    BoundaryEdition.objects.update(tiles_digest="a" * 64)
    make_region(edition, "06635", name="Waldeck-Frankenberg")
    assessment = make_assessment()
    second = make_municipality("06635002", name="Zweite", zok_tier="", is_unincorporated=True)
    first = make_municipality("06635001", name="Erste", zok_tier="grundzentrum", population=900)
    make_score(first, assessment, "robust", renewal=None)
    make_score(second, assessment, "unassessed", supply=None, supply_after_loss=None, renewal=None, stability=None)
    answer = get("scores/")
    created_at = answer["assessment"].pop("created_at")
    assert created_at.startswith("20")
    assert answer == {
        "assessment": {
            "id": assessment.pk,
            "url": f"http://testserver/api/v1/assessments/{assessment.pk}/",
            "as_of": "2026-11-22",
        },
        "method": "SOK-1",
        "edition": {
            "date": "2022-12-31",
            "attribution": "© Test",
            "tiles": f"/tiles/2022-12-31-{'a' * 64}.pmtiles",
        },
        "attribution": "© Test",
        "fictional": False,
        "districts": {"06635": "Waldeck-Frankenberg"},
        "states": {"06": "Hessen"},
        "columns": COLUMNS,
        "ags": ["06635001", "06635002"],
        "name": ["Erste", "Zweite"],
        "designation": ["Gemeinde", "Gemeindefreies Gebiet"],
        "cohesion_class": ["robust", "unassessed"],
        "zok_tier": ["grundzentrum", None],
        "population": [900, None],
        "supply": [0.7123, None],
        "supply_after_loss": [0.34, None],
        "renewal": [None, None],
        "stability": [0.83, None],
        "is_unincorporated": [False, True],
        "longitude": [9.15, 9.05],
        "latitude": [51.05, 51.05],
    }


def test_scores_as_csv_are_rows() -> None:
    make_score(make_municipality("06635001", zok_tier="none"), make_assessment(), "risky")
    (row,) = get("scores/", format="csv")
    assert list(row) == COLUMNS
    assert (row["ags"], row["cohesion_class"], row["supply"]) == ("06635001", "risky", "0.7123")


def test_scores_before_the_first_assessment_are_unassessed() -> None:
    make_municipality()
    answer = get("scores/")
    assert (answer["assessment"], answer["method"]) == (None, "SOK-1")
    assert (answer["cohesion_class"], answer["supply"], answer["edition"]["tiles"]) == (["unassessed"], [None], None)


def test_scores_before_the_first_import_are_empty() -> None:
    answer = get("scores/")
    assert (answer["edition"], answer["ags"], answer["districts"]) == (None, [], {})
    assert get("scores/", format="csv") == []


def test_scores_tell_whether_places_are_invented() -> None:
    make_place(make_municipality(), is_fictional=True)
    assert get("scores/")["fictional"] is True


def test_scores_of_another_assessment_come_with_its_edition() -> None:
    older, newer = make_edition(date(2021, 12, 31)), make_edition(date(2022, 12, 31))
    make_municipality("06635002", edition=newer)
    first = make_assessment(older)
    make_score(make_municipality("06635001", edition=older), first, "risky")
    answer = get("scores/", assessment=first.pk)
    assert (answer["edition"]["date"], answer["ags"], answer["cohesion_class"]) == (
        "2021-12-31",
        ["06635001"],
        ["risky"],
    )
    refused("scores/", "bbox", "state", bbox="1,2,3,4", state="06")


def test_scores_have_only_the_columns_that_are_asked_for_in_that_order() -> None:
    municipality = make_municipality("06635001")
    make_score(municipality, make_assessment())
    answer = get("scores/", fields="supply,ags")
    assert answer["columns"] == ["supply", "ags"]
    assert (answer["supply"], answer["ags"]) == ([0.7123], ["06635001"])
    assert "cohesion_class" not in answer
    (row,) = get("scores/", fields="ags,cohesion_class", format="csv")
    assert list(row.items()) == [("ags", "06635001"), ("cohesion_class", "resilient")]
    refused("scores/", "fields", fields="ags,geometry")
