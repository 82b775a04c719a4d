"""The address of a municipality that is gone: on pages, in the API, in layers; its series; and who decides."""

from datetime import date
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from places.entry_forms import AreasForm
from places.models import BoundaryEdition, Mandate, Municipality, PlanningRegion, Succession
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState
from tests.factories import (
    EDITION_DATE,
    make_assessment,
    make_edition,
    make_municipality,
    make_place,
    make_score,
    square,
)
from tests.web.answers import ask, get
from tests.web.settlements import words

pytestmark = pytest.mark.django_db

NEXT = date(2023, 12, 31)


def succeeds(predecessor: Municipality, successor: Municipality, share: float = 1.0, **fields: Any) -> Succession:
    defaults: dict[str, Any] = {
        "kind": SuccessionKind.DISSOLVED,
        "effective_on": date(2023, 1, 1),
        "source": SuccessionSource.OFFICIAL,
        "state": SuccessionState.CONFIRMED,
        "area_share": share,
        "resident_share": share,
    }
    return Succession.objects.create(predecessor=predecessor, successor=successor, **{**defaults, **fields})


@pytest.fixture
def merged() -> Municipality:
    """Bromskirchen went into Allendorf (Eder); both were assessed before, Allendorf after."""
    older = make_edition()
    allendorf = make_municipality("06635001", name="Allendorf (Eder)", population=6000, edition=older)
    bromskirchen = make_municipality("06635005", name="Bromskirchen", population=2000, edition=older)
    newer = make_edition(NEXT, follows=older)
    successor = make_municipality(
        "06635001", name="Allendorf (Eder)", population=8000, edition=newer, geometry=square(9, 51, 0.2)
    )
    succeeds(bromskirchen, successor)
    before, after = make_assessment(older, as_of=date(2023, 6, 1)), make_assessment(newer, as_of=date(2024, 6, 1))
    make_score(allendorf, before, cohesion_class="robust", supply=0.8, supply_after_loss=0.7, renewal=0.5)
    make_score(bromskirchen, before, cohesion_class="risky", supply=0.4, supply_after_loss=0.1, renewal=None)
    make_score(successor, after, cohesion_class="resilient", supply=0.6, supply_after_loss=0.3, renewal=0.5)
    return successor


@pytest.fixture
def divided() -> Municipality:
    """Anrode went to two neighbours."""
    older = make_edition()
    anrode = make_municipality("16064073", name="Anrode", edition=older)
    newer = make_edition(NEXT, follows=older)
    succeeds(anrode, make_municipality("16064071", name="Unstruttal", edition=newer), 0.47, resident_share=0.36)
    succeeds(anrode, make_municipality("16061118", name="Dingelstädt", edition=newer), 0.53, resident_share=0.64)
    score = make_assessment(older, as_of=date(2023, 6, 1))
    make_score(anrode, score, cohesion_class="risky", supply=0.1)
    return anrode


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_municipality_that_is_gone_leads_to_its_successor_which_says_why(merged: Municipality) -> None:
    response = Client().get("/gemeinden/06635005-bromskirchen/")
    assert response.status_code == 301
    assert response.headers["Location"] == "/gemeinden/06635001-allendorf-eder/?von=06635005"
    page = Client().get(response.headers["Location"]).content.decode()
    assert "Bromskirchen ging am 1. Januar 2023 in Allendorf (Eder) auf." in page
    plain = Client().get("/gemeinden/06635001-allendorf-eder/").content.decode()
    assert "ging am 1. Januar 2023" not in plain
    assert "Vorgänger" in plain


def test_the_reason_is_told_only_where_it_is_true(merged: Municipality) -> None:
    for asked in ("06635001", "06635999", "x", "0663500٥"):
        page = Client().get("/gemeinden/06635001-allendorf-eder/", {"von": asked})
        assert page.status_code == 200
        assert "Hierher weitergeleitet" not in page.content.decode()


def test_the_page_of_a_municipality_that_was_divided_offers_the_choice(divided: Municipality) -> None:
    response = Client().get("/gemeinden/16064073-anrode/")
    page = response.content.decode()
    assert response.status_code == 410
    assert "Anrode wurde am 1. Januar 2023 aufgeteilt: auf Dingelstädt und Unstruttal." in page
    assert 'href="/gemeinden/16061118-dingelstaedt/"' in page
    assert 'href="/gemeinden/16064071-unstruttal/"' in page
    assert "64\u202f%" in page


@pytest.mark.parametrize("page", ["/", "/embed/"])
@pytest.mark.parametrize("parameter", ["ags", "q"])
def test_the_address_of_a_map_leads_on_and_says_why(merged: Municipality, page: str, parameter: str) -> None:
    response = Client().get(page, {parameter: "06635005", "z": "9"})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{page}?{parameter}=06635001&z=9&von=06635005"
    assert "Bromskirchen ging am 1. Januar 2023 in Allendorf (Eder) auf." in words(Client().get(response["Location"]))
    for asked in ({}, {parameter: "06635001"}, {parameter: "06635999"}, {parameter: "0663500٥", "von": "x"}):
        assert "ging am 1. Januar 2023" not in words(Client().get(page, asked))


def test_the_address_of_a_map_of_what_was_divided_offers_the_choice(divided: Municipality) -> None:
    page = Client().get("/", {"ags": "16064073", "z": "9"}).content.decode()
    assert "Anrode wurde am 1. Januar 2023 aufgeteilt" in page
    assert '<a href="?ags=16061118&amp;z=9" target="_self">Dingelstädt</a>' in page


def test_a_key_that_nobody_ever_had_is_not_found(merged: Municipality) -> None:
    assert Client().get("/gemeinden/06635999/").status_code == 404


def test_the_history_shows_the_classes_of_each_predecessor_and_says_so(merged: Municipality) -> None:
    page = Client().get("/gemeinden/06635001-allendorf-eder/").content.decode()
    history = page[page.index('id="verlauf"') :]
    assert "nach Einwohnern gemittelt" in history
    assert history.index("Bromskirchen") < history.index("riskant")
    assert "70\u202f%" in history  # (6000 × 0.8 + 2000 × 0.4) / 8000


# --- API and layers -------------------------------------------------------------------------------------------------


def test_the_api_redirects_and_says_why(merged: Municipality) -> None:
    for path in ("", "places/"):
        response = Client().get(f"/api/v1/municipalities/06635005/{path}", {"format": "geojson"})
        assert response.status_code == 301
        assert response.headers["Location"] == f"/api/v1/municipalities/06635001/{path}?format=geojson"
        assert response.headers["Link"].endswith('>; rel="successor-version"')
        assert response.content.decode() == (
            "Bromskirchen (06635005) became part of Allendorf (Eder) (06635001) on 2023-01-01.\n"
        )


def test_the_api_lists_the_successors_of_what_was_divided(divided: Municipality) -> None:
    problem = get("municipalities/16064073/", 410)
    assert problem["detail"] == (
        "Anrode (16064073) became part of Dingelstädt (16061118) and Unstruttal (16064071) on 2023-01-01."
    )
    assert [(each["ags"], each["area_share"], each["resident_share"]) for each in problem["successors"]] == [
        ("16061118", 0.53, 0.64),
        ("16064071", 0.47, 0.36),
    ]
    assert problem["successors"][0]["is_confirmed"]


def test_what_is_gone_stays_readable_in_its_own_assessment(merged: Municipality) -> None:
    assessment = get("assessments/")["results"][-1]["id"]
    found = get("municipalities/06635005/", assessment=assessment)
    assert (found["name"], found["cohesion"]["class"]) == ("Bromskirchen", "risky")
    (only,) = get("municipalities/06635005/history/")["results"]
    assert (only["class"], only["basis"], only["predecessors"]) == ("risky", "own", [])


def test_the_series_joins_supply_by_residents_and_nothing_else(merged: Municipality) -> None:
    now, before = get("municipalities/06635001/history/")["results"]
    assert (now["class"], now["basis"], now["predecessors"]) == ("resilient", "own", [])
    assert (before["class"], before["basis"]) == (None, "joined")
    assert (before["supply"], before["supply_after_loss"], before["renewal"]) == (0.7, None, None)
    assert (before["population"], before["edition"]) == (8000, EDITION_DATE.isoformat())
    assert [(each["name"], each["share"], each["class"], each["supply"]) for each in before["predecessors"]] == [
        ("Allendorf (Eder)", 1, "robust", 0.8),
        ("Bromskirchen", 1, "risky", 0.4),
    ]
    assert get("municipalities/06635001/history/", format="csv")[1]["supply"] == "0.7"


def test_another_key_carries_its_figures_on() -> None:
    older = make_edition()
    before = make_municipality("03152012", name="Göttingen", edition=older)
    newer = make_edition(NEXT, follows=older)
    after = make_municipality("03159016", name="Göttingen", edition=newer)
    succeeds(before, after, kind=SuccessionKind.KEY_CHANGED)
    make_score(before, make_assessment(older), cohesion_class="robust", supply=0.9)
    (only,) = get("municipalities/03159016/history/")["results"]
    assert (only["class"], only["supply"], only["basis"]) == ("robust", 0.9, "predecessor")
    page = Client().get("/gemeinden/03152012/", follow=True).content.decode()
    assert "Göttingen hat seit dem 1. Januar 2023 einen anderen Schlüssel: 03159016 statt 03152012." in page


def test_a_layer_redirects_too(merged: Municipality) -> None:
    response = Client().get("/ogc/collections/municipalities/items/06635005")
    assert response.status_code == 301
    assert response.headers["Location"] == "/ogc/collections/municipalities/items/06635001"


def test_a_layer_says_that_what_was_divided_is_gone(divided: Municipality) -> None:
    response = Client().get("/ogc/collections/municipalities/items/16064073")
    assert response.status_code == 410
    assert "Dingelstädt" in response.json()["detail"]


def test_a_place_is_found_by_the_key_of_the_municipality_it_used_to_lie_in(merged: Municipality) -> None:
    there = make_place(merged, longitude=9.15, latitude=51.05, name="In Bromskirchen")
    make_place(merged, longitude=9.05, latitude=51.05, name="In Allendorf")
    found = get("places/", municipality="06635005")["results"]
    assert [place["name"] for place in found] == [there.name]
    assert get("places/", municipality="06635005,06635001")["count"] == 2
    assert get("places/", municipality="06635999")["count"] == 0


# --- Deciding -------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("administration"))
    return client


@pytest.fixture
def guessed() -> tuple[Succession, Succession]:
    older = make_edition()
    gone = make_municipality("16064073", name="Anrode", edition=older)
    newer = make_edition(NEXT, follows=older)
    guess = {"source": SuccessionSource.OVERLAP, "state": SuccessionState.PROPOSED, "effective_on": None}
    first = succeeds(gone, make_municipality("16064071", name="Unstruttal", edition=newer), 0.6, **guess)
    second = succeeds(gone, make_municipality("16061118", name="Dingelstädt", edition=newer), 0.4, **guess)
    return first, second


def test_an_administrator_confirms_and_mandates_go_over(administrator: Client, guessed: Any) -> None:
    Mandate.objects.create(user=User.objects.create_user("a"), area="16064073", starts_on=EDITION_DATE)
    assert "2 Nachfolgen von Gemeinden sind zu bestätigen" in administrator.get("/pruefung/").content.decode()
    response = administrator.post("/pruefung/nachfolgen/", {"act": "all"}, follow=True)
    assert "2 Nachfolgen bestätigt." in response.content.decode()
    assert set(Succession.objects.values_list("state", flat=True)) == {SuccessionState.CONFIRMED}
    assert sorted(Mandate.objects.values_list("area", flat=True)) == ["16061118", "16064071"]


def test_what_was_rejected_leads_nowhere_and_the_rest_is_the_whole(administrator: Client, guessed: Any) -> None:
    assert Client().get("/gemeinden/16064073/").status_code == 410
    administrator.post("/pruefung/nachfolgen/", {"act": "reject", "chosen": [str(guessed[1].pk)]})
    response = Client().get("/gemeinden/16064073/")
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (
        301,
        "/gemeinden/16064071-unstruttal/",
    )


def test_nothing_ticked_decides_nothing(administrator: Client, guessed: Any) -> None:
    response = administrator.post("/pruefung/nachfolgen/", {"act": "confirm", "chosen": ["x"]}, follow=True)
    assert "nichts angekreuzt" in response.content.decode()
    assert set(Succession.objects.values_list("state", flat=True)) == {SuccessionState.PROPOSED}


def test_a_guess_that_is_unambiguous_redirects_before_anybody_confirmed_it(merged: Municipality) -> None:
    Succession.objects.update(state=SuccessionState.PROPOSED, source=SuccessionSource.OVERLAP, effective_on=None)
    response = ask("municipalities/06635001/")
    assert response.status_code == 200
    page = Client().get("/gemeinden/06635005/", follow=True).content.decode()
    assert "Bromskirchen ging zwischen dem 31. Dezember 2022 und dem 31. Dezember 2023 in Allendorf (Eder) auf." in page


def test_a_planning_region_holds_the_successors_of_what_is_gone(divided: Municipality) -> None:
    PlanningRegion.objects.create(slug="nord", name="Nord", areas=["16064073"])
    region = get("planning-regions/nord/")
    assert region["keys"] == ["16064073", "16061118", "16064071"]
    assert region["municipalities"] == 2


def test_the_form_of_served_areas_shows_successors_of_what_is_gone(merged: Municipality) -> None:
    form = AreasForm(facts={"areas": ["06635005"]})
    assert form.initial["areas"] == ["06635001"]
    assert "Allendorf (Eder)" in dict(cast(Any, form.fields["areas"]).choices)["06635001"]
    sent = AreasForm(QueryDict("areas=06635005"), facts={})
    assert sent.is_valid(), sent.errors
    assert sent.facts() == {"areas": ["06635001"]}
    assert not AreasForm(QueryDict("areas=06635999"), facts={}).is_valid()


def test_editions_that_were_never_compared_know_of_no_successor(merged: Municipality) -> None:
    BoundaryEdition.objects.update(follows=None)
    assert Client().get("/gemeinden/06635005/").status_code == 404
    get("municipalities/06635005/", 404)
