"""The page of the method: live parameters, the worked example as the engine reckons it, the way to the data."""

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from cohesion.assessment import assess
from cohesion.engine import Parameters
from cohesion.worked_example import worked_example
from tests.factories import TODAY
from tests.web.settlements import heading_levels, settle_risky, words

pytestmark = pytest.mark.django_db


def open_page(client: Client, language: str = "de") -> Any:
    response = client.get("/methode/", headers={"accept-language": language})
    assert response.status_code == 200
    return response


def test_the_worked_example_has_the_figures_of_the_method() -> None:
    example = worked_example()
    assert example.shop_strength == pytest.approx(0.65)
    assert example.hall_strength == pytest.approx(0.3)
    assert example.supply == pytest.approx(1)
    assert example.supply_after_loss == pytest.approx(1 / 3)
    assert example.renewal == pytest.approx(0.75)
    assert (example.cohesion_class, example.other_class) == ("resilient", "risky")
    assert example.other_supply == 0


def test_before_the_first_assessment_it_shows_the_defaults(client: Client) -> None:
    said = words(open_page(client))
    assert "s = 0,4 · C + 0,3 · T + 0,3 · D" in said
    assert "Ein Ort wirkt bis 1 km Luftlinie voll." in said
    assert "und endet bei 5 km." in said
    assert "Ein Ort trägt 3.000 Menschen." in said
    assert "in den letzten 24 Monaten vor dem Stichtag bestätigt wurde." in said
    assert "dies sind die voreingestellten Werte" in said
    assert "Schwelle für „robust“ 60 %" in said


def test_after_an_assessment_it_shows_what_that_ran_with(client: Client) -> None:
    settle_risky("A")
    outcome = assess(
        TODAY,
        Parameters(
            near=1250, reach=4000, adequate=0.7, residents_per_place=2500, freshness_months=12, weight_conditions=0.9
        ),
    )
    response = open_page(client)
    said = words(response)
    assert "s = 0,6 · C + 0,2 · T + 0,2 · D" in said
    assert "Ein Ort wirkt bis 1,25 km Luftlinie voll." in said
    assert "und endet bei 4 km." in said
    assert "Ein Ort trägt 2.500 Menschen." in said
    assert "in den letzten 12 Monaten vor dem Stichtag" in said
    assert "− erreicht mindestens 70 %." in said
    assert "Mit diesen Werten wurde die Bewertung zum Stichtag 22. November 2026 gerechnet." in said
    assert "Das Beispiel rechnet mit den voreingestellten Werten" in said
    assert f'href="/api/v1/assessments/{outcome.assessment.pk}/"' in response.content.decode()


def test_the_example_is_told_with_its_numbers(client: Client) -> None:
    said = words(open_page(client)).split("Ein Beispiel zum Nachrechnen", 2)[-1]
    for part in ("= 0,65", "0,4 · 0,75 + 0,3 · 2/3 + 0,3 · 0,5", "33 %", "75 %", "Gemeinde A ist resilient"):
        assert part in said
    assert "Gemeinde B ist riskant" in said


def test_the_way_to_the_data_works(client: Client) -> None:
    settle_risky("A")
    outcome = assess(TODAY)
    open_page(client)
    for path in ("/api/v1/assessments/", f"/api/v1/assessments/{outcome.assessment.pk}/", "/api/v1/docs/"):
        assert client.get(path).status_code == 200


def test_headings_follow_one_another_in_both_languages(client: Client) -> None:
    for language in ("de", "en"):
        levels = heading_levels(open_page(client, language))
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_entry_of_the_contents_leads_to_its_section(client: Client) -> None:
    html = open_page(client).content.decode()
    entries = [part.split('"', 1)[0] for part in html.split('<li><a href="#')[1:]]
    assert len(entries) == 12
    for entry in entries:
        assert f'<h2 id="{entry}"' in html
