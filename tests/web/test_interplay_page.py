"""The interplay: counts in twelve cells and beside them, readings, ways to the map, examples chosen by their rules."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohesion.assessment import assess
from cohesion.views.interplay import CLASSES, READINGS, TIERS
from places.vocabulary import ZokTier
from tests.factories import TODAY, make_municipality
from tests.web.settlements import (
    heading_levels,
    settle_resilient,
    settle_risky,
    settle_robust,
    settle_unassessed,
    strong_place,
    words,
)

pytestmark = pytest.mark.django_db


def open_page(client: Client, language: str = "de") -> Any:
    response = client.get("/wechselspiel/", headers={"accept-language": language})
    assert response.status_code == 200
    return response


def cells(response: Any) -> dict[str, int]:
    """The counts of all cells that have any, by the query that leads to them on the map."""
    found = re.findall(r'class="interplay__count" href="/\?([^"]+)">([0-9.]+)<', response.content.decode())
    return {query.replace("&amp;", "&"): int(number) for query, number in found}


def examples(response: Any) -> list[str]:
    """The texts of the three examples."""
    parts = re.split(r"(?=\b[abc]\) )", words(response).split("Drei Beispiele", 1)[1])
    return [part for part in parts if re.match(r"[abc]\) ", part)]


def test_before_the_first_assessment_it_says_what_is_missing(client: Client) -> None:
    make_municipality()
    assert "Noch keine Bewertung" in words(open_page(client))


def test_each_municipality_is_counted_in_its_cell_which_leads_to_the_map(client: Client) -> None:
    settle_risky("A", tier=ZokTier.OBERZENTRUM, residents=900)
    settle_risky("B", residents=100)
    settle_risky("C", residents=200)
    settle_resilient("D", tier=ZokTier.GRUNDZENTRUM)
    settle_robust("E", tier=ZokTier.MITTELZENTRUM)
    settle_unassessed("F", tier=ZokTier.GRUNDZENTRUM)
    settle_resilient("G", tier="")
    make_municipality("06635900", is_unincorporated=True)
    assess(TODAY)
    response = open_page(client)
    assert cells(response) == {
        "class=risky&tier=oberzentrum": 1,
        "class=risky&tier=none": 2,
        "class=resilient&tier=grundzentrum": 1,
        "class=robust&tier=mittelzentrum": 1,
        "class=unassessed&tier=grundzentrum": 1,
        "class=resilient&tier=unknown": 1,
    }
    said = words(response)
    assert "300 Einwohner" in said
    assert "Stufe nicht bekannt eine Gemeinde" in said


def test_the_unknown_tier_is_shown_only_where_there_is_one(client: Client) -> None:
    settle_risky("A")
    assess(TODAY)
    assert "Stufe nicht bekannt" not in words(open_page(client))


def test_each_of_the_twelve_cells_has_a_reading_of_its_own(client: Client) -> None:
    settle_risky("A")
    assess(TODAY)
    said = words(open_page(client))
    assert len(set(map(str, READINGS.values()))) == len(CLASSES) * len(TIERS) == 12
    for reading in READINGS.values():
        assert str(reading) in said


def test_the_centre_at_risk_is_the_one_of_the_highest_tier_with_most_residents(client: Client) -> None:
    settle_risky("Dorf", residents=90_000)
    settle_risky("Kleinzentrum", tier=ZokTier.GRUNDZENTRUM, residents=80_000)
    settle_risky("Mittelstadt", tier=ZokTier.MITTELZENTRUM, residents=2_000)
    settle_risky("Mittelgroßstadt", tier=ZokTier.MITTELZENTRUM, residents=3_000)
    settle_robust("Großstadt", tier=ZokTier.OBERZENTRUM)
    assess(TODAY)
    assert "Mittelgroßstadt ist riskant" in examples(open_page(client))[0]


def test_the_village_that_carries_is_the_one_with_most_places_and_fewest_residents(client: Client) -> None:
    settle_robust("Weiler", residents=400)
    settle_robust("Dörfchen", residents=300)
    strong_place(settle_robust("Dreiort", residents=600), "Dritter Ort")
    strong_place(settle_robust("Dreistatt", residents=500), "Dritte Statt")
    strong_place(settle_robust("Zentrum", tier=ZokTier.GRUNDZENTRUM, residents=100), "Viertes")
    assess(TODAY)
    assert "Dreistatt ist robust" in examples(open_page(client))[1]


def test_the_town_where_both_agree_is_the_largest_robust_centre_of_the_highest_tier(client: Client) -> None:
    settle_robust("Kleinzentrum", tier=ZokTier.GRUNDZENTRUM, residents=2_000)
    settle_robust("Mittelstadt", tier=ZokTier.MITTELZENTRUM, residents=1_000)
    settle_risky("Großstadt", tier=ZokTier.OBERZENTRUM)
    assess(TODAY)
    assert "Mittelstadt ist robust" in examples(open_page(client))[2]


def test_an_example_that_the_data_have_not_is_not_made_up(client: Client) -> None:
    settle_resilient("Auental")
    assess(TODAY)
    said = words(open_page(client))
    assert "In den geladenen Daten ist kein Zentrum riskant." in said
    assert "In den geladenen Daten ist keine Gemeinde ohne zentrale Funktion robust." in said
    assert "In den geladenen Daten ist kein Zentrum robust." in said
    assert "Gewählt:" not in said


def test_the_newest_assessment_is_shown(client: Client) -> None:
    municipality = settle_risky("A")
    assess(TODAY)
    for number in range(2):
        strong_place(municipality, f"Ort {number}")
    assess(TODAY)
    assert cells(open_page(client)) == {"class=robust&tier=none": 1}


def test_headings_follow_one_another_in_both_languages(client: Client) -> None:
    settle_risky("A", tier=ZokTier.GRUNDZENTRUM)
    assess(TODAY)
    for language in ("de", "en"):
        levels = heading_levels(open_page(client, language))
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    def settle_one_of_each() -> None:
        for tier in ZokTier:
            settle_risky(f"R {tier}", tier=tier)
            settle_robust(f"S {tier}", tier=tier, residents=4000)
        assess(TODAY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            open_page(client)
        return len(captured)

    settle_one_of_each()
    one = queries()
    settle_one_of_each()
    assert queries() == one
