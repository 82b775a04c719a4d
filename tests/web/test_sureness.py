"""How sure a class is, on the page of a municipality, of the method, and in the API."""

from typing import Any

import pytest
from django.test import Client

from cohesion.assessment import assess
from cohesion.models import Assessment, Score
from cohesion.sureness import sureness
from places.models import Municipality, Place
from tests.factories import TODAY, make_actor, make_assessment, make_municipality, make_score
from tests.web.answers import get
from tests.web.settlements import settle_resilient, settle_risky, settle_unassessed, words

pytestmark = pytest.mark.django_db

NO_SHARES = {"risky": 0.0, "resilient": 0.0, "robust": 0.0, "unassessed": 0.0}


def said_of(client: Client, municipality: Municipality, language: str = "de") -> Any:
    said = words(client.get(municipality.get_absolute_url(), headers={"accept-language": language}))
    return said.replace(" ,", ",")  # where a link ended


def drawn(shares: dict[str, float], flip: dict[str, Any] | None = None, cohesion_class: str = "resilient") -> Score:
    """A score of a new municipality after 1,000 draws."""
    assessment = Assessment.objects.newest() or make_assessment(draws=1000, seed=3, parameters={})
    change = None
    if flip:
        empty = dict.fromkeys(("place", "rating", "role", "actor"))
        change = {"kind": "rating", "cohesion_class": "risky", "steps": 0, **empty, **flip}
    return make_score(
        make_municipality(),
        assessment,
        cohesion_class,
        class_shares={**NO_SHARES, **shares},
        stability=shares.get(cohesion_class, 0.0),
        explanation={"flip": change},
    )


@pytest.mark.parametrize(
    ("shares", "german", "english"),
    [
        (
            {"resilient": 0.78, "robust": 0.15, "risky": 0.07},
            "In 78 % von 1.000 Ziehungen resilient; sonst robust 15 %, riskant 7 %.",
            "In 78 % of 1,000 draws resilient; otherwise robust 15 %, risky 7 %.",
        ),
        (
            {"resilient": 0.978, "robust": 0.018, "risky": 0.004},
            "In 98 % von 1.000 Ziehungen resilient; sonst robust 2 %.",
            "In 98 % of 1,000 draws resilient; otherwise robust 2 %.",
        ),
        ({"resilient": 1.0}, "In allen 1.000 Ziehungen resilient.", "In all 1,000 draws resilient."),
        (
            {"resilient": 0.996, "robust": 0.004},
            "In mehr als 99 % von 1.000 Ziehungen resilient.",
            "In more than 99 % of 1,000 draws resilient.",
        ),
        (
            {"resilient": 0.004, "risky": 0.996},
            "In weniger als 1 % von 1.000 Ziehungen resilient; sonst riskant 100 %.",
            "In fewer than 1 % of 1,000 draws resilient; otherwise risky 100 %.",
        ),
    ],
)
def test_the_page_says_in_how_many_draws_the_class_holds(
    client: Client, shares: dict[str, float], german: str, english: str
) -> None:
    municipality = drawn(shares).municipality
    assert german in said_of(client, municipality)
    assert english in said_of(client, municipality, "en")


@pytest.mark.parametrize(
    ("flip", "sentence"),
    [
        (
            {"rating": "engaged_actors", "steps": -1},
            "Läge „Überdurchschnittlich engagierte Akteure“ in der Gemeinde um eine Stufe niedriger, wäre sie riskant.",
        ),
        (
            {"rating": "consolidation", "steps": 2, "place": "Laden", "cohesion_class": "robust"},
            "Läge „Festigung nach innen“ bei Laden um 2 Stufen höher, wäre die Gemeinde robust.",
        ),
        (
            {"rating": "engaged_actors", "steps": -3, "place": "Laden", "cohesion_class": "unassessed"},
            "Läge „Überdurchschnittlich engagierte Akteure“ bei Laden um 3 Stufen niedriger, "
            "wäre die Gemeinde nicht bewertet.",
        ),
        (
            {"rating": "engaged_actors", "steps": 1, "cohesion_class": "robust"},
            "Läge „Überdurchschnittlich engagierte Akteure“ in der Gemeinde um eine Stufe höher, wäre sie robust.",
        ),
        (
            {"kind": "role", "role": "provider", "place": "Laden", "cohesion_class": "robust"},
            "Übernähme bei Laden jemand Neues eine Rolle der Trias (Raum- oder Ressourcengeber), "
            "wäre die Gemeinde robust.",
        ),
        (
            {"kind": "role", "role": "motivator", "place": "Laden", "actor": "Dorfverein"},
            "Gäbe „Dorfverein“ bei Laden eine Rolle der Trias ab (Motivator), wäre die Gemeinde riskant.",
        ),
        ({"kind": "place", "place": "Laden"}, "Schlösse Laden, wäre die Gemeinde riskant."),
    ],
)
def test_the_page_names_the_smallest_change_that_flips_the_class(
    client: Client, flip: dict[str, Any], sentence: str
) -> None:
    place = settle_resilient("Auental").places.get()
    Place.objects.update(name="Laden")
    if "place" in flip:
        flip = {**flip, "place": place.pk}
    if "actor" in flip:
        flip = {**flip, "actor": make_actor(flip["actor"]).pk}
    municipality = drawn({"resilient": 1.0}, flip).municipality
    assert f"Die kleinste einzelne Änderung, die zu einer anderen Klasse führt: {sentence}" in said_of(
        client, municipality
    )


def test_a_change_at_a_place_that_is_no_longer_public_is_not_told(client: Client) -> None:
    place = settle_resilient("Auental").places.get()
    municipality = drawn({"resilient": 1.0}, {"kind": "place", "place": place.pk}).municipality
    assert "Die kleinste einzelne Änderung" in said_of(client, municipality)
    Place.objects.update(publication="archived")
    said = said_of(client, municipality)
    assert "Die kleinste einzelne Änderung" not in said
    assert "Keine einzelne Einschätzung" not in said


def test_where_no_single_change_flips_the_class_it_says_so(client: Client) -> None:
    municipality = settle_risky("Auental")
    assess(TODAY)
    assert "Keine einzelne Einschätzung und keine einzelne Rolle, die sich änderte" in said_of(client, municipality)


def test_without_draws_and_without_any_class_nothing_is_said(client: Client) -> None:
    municipality, unknown = settle_risky("Auental"), settle_unassessed("Bad Berg")
    assess(TODAY, draws=0)
    assert "Wie sicher ist das?" not in said_of(client, municipality)
    assert "Keine einzelne Einschätzung" not in said_of(client, municipality)
    assess(TODAY, draws=5)
    assert "Wie sicher ist das?" in said_of(client, municipality)
    assert "Wie sicher ist das?" not in said_of(client, unknown)
    assert sureness(None, None) is None


def test_the_page_of_the_method_says_how_it_is_drawn(client: Client) -> None:
    settle_risky("Auental")
    assess(TODAY, draws=0)
    assert "In dieser Bewertung wurde nicht gezogen." in words(client.get("/methode/"))
    assess(TODAY, draws=7, seed=5)
    said = words(client.get("/methode/"))
    assert "sinkt mit einer Wahrscheinlichkeit von 15 % um eine Stufe" in said
    assert "σ = 0,15" in said
    assert "50 mal die gesetzten Werte" in said
    assert "waren es 7 Ziehungen mit dem Startwert 5." in said


def test_the_api_tells_shares_draws_and_seed() -> None:
    score = drawn({"resilient": 0.78, "robust": 0.15123, "risky": 0.06877})
    assessment = score.assessment
    expected = {"risky": 0.0688, "resilient": 0.78, "robust": 0.1512, "unassessed": 0.0}
    found = get(f"municipalities/{score.municipality.ags}/")
    assert found["cohesion"]["class_shares"] == expected
    assert found["cohesion"]["stability"] == 0.78
    assert get("municipalities/")["results"][0]["cohesion"]["class_shares"] == expected
    assert get(f"municipalities/{score.municipality.ags}/history/")["results"][0]["class_shares"] == expected
    row = get("municipalities/", format="csv")[0]
    assert row["cohesion_class_shares_robust"] == "0.1512"
    (listed,) = get("assessments/")["results"]
    assert (listed["draws"], listed["seed"]) == (1000, 3)
    none = make_assessment(edition=assessment.edition)
    detail = get(f"assessments/{none.pk}/")
    assert (detail["draws"], detail["seed"]) == (0, None)
