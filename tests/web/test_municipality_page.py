"""The page of a municipality: its address, its sentences for every class, its reasons, neighbours, provenance."""

import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cohesion.assessment import assess
from cohesion.verdict import Footing, Outlook, Unassessed, Verdict
from cohesion.vocabulary import CohesionClass
from places.models import Municipality, Place
from places.vocabulary import Condition, Publication, Role, SpaceKind, Status, ZokTier
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_edition,
    make_municipality,
    make_place,
    make_space,
    make_support,
)
from tests.web.settlements import (
    heading_levels,
    settle,
    settle_resilient,
    settle_risky,
    settle_robust,
    settle_unassessed,
    strong_place,
    words,
)

pytestmark = pytest.mark.django_db


def open_page(client: Client, municipality: Municipality, language: str = "de") -> Any:
    response = client.get(municipality.get_absolute_url(), headers={"accept-language": language})
    assert response.status_code == 200
    return response


class TestAddress:
    @pytest.mark.parametrize("path", ["06635001/", "06635001-anders/", "06635001-Bad-Auental/"])
    def test_a_missing_or_wrong_name_leads_to_the_right_one(self, client: Client, path: str) -> None:
        make_municipality("06635001", name="Bad Auental")
        response = client.get(f"/gemeinden/{path}")
        assert response.status_code == 301
        assert response["Location"] == "/gemeinden/06635001-bad-auental/"

    def test_an_unknown_key_is_not_found(self, client: Client) -> None:
        make_municipality("06635001")
        assert client.get("/gemeinden/06635002-nirgends/").status_code == 404

    def test_before_the_first_import_nothing_is_found(self, client: Client) -> None:
        assert client.get("/gemeinden/06635001/").status_code == 404

    def test_a_municipality_of_an_older_edition_alone_is_not_found(self, client: Client) -> None:
        make_municipality("06635001", edition=make_edition(TODAY - timedelta(days=900)))
        make_municipality("06635002", edition=make_edition(TODAY))
        assert client.get("/gemeinden/06635001/").status_code == 404


class TestSentences:
    def test_resilient_names_the_place_and_what_is_missing_for_robust(self, client: Client) -> None:
        municipality = settle_resilient("Auental")
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist resilient: Was steht, hängt an einem einzigen Ort" in said
        assert "Nach der Schließung von „Laden Auental“ läge die Versorgung bei 0 %; nötig wären 60 %." in said

    def test_robust_says_that_no_loss_matters(self, client: Client) -> None:
        municipality = settle_robust("Auental")
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist robust: Kein einzelner Verlust würde die Versorgung schmälern." in said
        assert "Warum „robust“?" in said

    def test_risky_says_that_nothing_is_in_reach_and_that_nobody_rated_the_conditions(self, client: Client) -> None:
        municipality = settle_risky("Auental")
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist riskant: Kein Ort, der zählt, ist für die Menschen hier in Reichweite." in said
        assert "Die Versorgung liegt bei 0 %; nötig wären 20 %." in said
        assert "Die Bedingungen für Erneuerung hat noch niemand eingeschätzt" in said

    def test_what_is_not_known_is_no_risk(self, client: Client) -> None:
        municipality = settle_unassessed("Auental")
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist nicht bewertet: Noch hat niemand bestätigt, dass alle Orte erfasst sind." in said

    def test_without_residents_there_is_neither_class_nor_figure(self, client: Client) -> None:
        municipality = make_municipality(name="Auental", population=None)
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist nicht bewertet: Es ist nicht bekannt, wie viele Menschen hier wohnen." in said
        assert "Drei Zahlen" not in said

    def test_an_unincorporated_area_has_no_class(self, client: Client) -> None:
        municipality = make_municipality(name="Gutsbezirk Auenwald", is_unincorporated=True)
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Gutsbezirk Auenwald ist ein gemeindefreies Gebiet." in said
        assert "Drei Zahlen" not in said

    def test_before_the_first_assessment_it_says_so(self, client: Client) -> None:
        municipality = settle_robust("Auental")
        said = words(open_page(client, municipality))
        assert "Auental ist noch nicht bewertet" in said
        assert "Laden Auental" in said

    def test_an_actor_can_be_what_all_hangs_on(self, client: Client) -> None:
        municipality = settle("Auental")
        owner = make_actor("Hausverein")
        for name in ("Laden", "Halle"):
            place = make_place(municipality, name=name, **dict.fromkeys(Condition, 4))
            involve(place, owner, Role.PROVIDER)
        assess(TODAY)
        said = words(open_page(client, municipality))
        assert "Auental ist resilient: Was steht, hängt an einem einzigen Akteur" in said
        assert "Zöge sich „Hausverein“ überall zurück, läge die Versorgung bei 0 %" in said

    @pytest.mark.parametrize("cohesion_class", ["risky", "resilient", "robust"])
    @pytest.mark.parametrize("footing", Footing)
    @pytest.mark.parametrize("outlook", Outlook)
    def test_each_case_of_each_class_has_a_sentence(
        self, cohesion_class: str, footing: Footing, outlook: Outlook
    ) -> None:
        verdict = Verdict(CohesionClass(cohesion_class), footing=footing, outlook=outlook)
        sentence = render_to_string("cohesion/lead.html", {"name": "Auental", "verdict": verdict}).strip()
        assert sentence.startswith(f"Auental ist {CohesionClass(cohesion_class).label}: ")
        assert sentence.endswith(".")

    @pytest.mark.parametrize("reason", Unassessed)
    def test_each_reason_to_have_no_class_has_a_sentence_of_its_own(self, reason: Unassessed) -> None:
        sentences = {
            other: render_to_string(
                "cohesion/lead.html", {"name": "Auental", "verdict": Verdict(CohesionClass.UNASSESSED, other)}
            ).strip()
            for other in Unassessed
        }
        assert sentences[reason].startswith("Auental ist ")
        assert list(sentences.values()).count(sentences[reason]) == 1


class TestExplanation:
    def test_it_is_told_in_the_order_in_which_people_ask(self, client: Client) -> None:
        municipality = settle_resilient("Auental")
        assess(TODAY)
        response = open_page(client, municipality)
        said = words(response).split("Drei Zahlen", 1)[1]
        asked = ["Was steht", "Woran es hängt", "Was fehlt", "Was hier genutzt werden könnte", "Orte in Auental"]
        assert sorted(asked, key=said.index) == asked
        levels = heading_levels(response)
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_each_place_that_is_named_leads_to_its_page(self, client: Client) -> None:
        municipality = settle_resilient("Auental")
        strong_place(municipality, "Neubau", status=Status.PLANNED)
        strong_place(municipality, "Altbau", status=Status.DORMANT)
        make_place(municipality, name="Vergessen", confirmed_on=TODAY - timedelta(days=3000))
        assess(TODAY)
        html = open_page(client, municipality).content.decode()
        for place in Place.objects.all():
            assert f'<a href="{place.get_absolute_url()}">{place.name}</a>' in html

    def test_what_is_missing_and_what_could_be_used_are_named(self, client: Client) -> None:
        municipality = settle("Auental", residents=10_000, open_administration=1)
        place = make_place(municipality, name="Laden", **dict.fromkeys(Condition, 4))
        involve(place, make_actor(), Role.PROVIDER)
        make_place(municipality, name="Neubau", status=Status.PLANNED)
        make_place(municipality, name="Vergessen", confirmed_on=None)
        assess(TODAY)
        said = words(open_page(client, municipality))
        missing, usable = said.split("Was fehlt", 1)[1].split("Was hier genutzt werden könnte", 1)
        assert "Jeder Mensch hat mindestens einen Ort in Reichweite (5 km)." in missing
        assert "Schwach: Offene, kooperative Verwaltung (1 von 4)" in missing
        assert "Laden : zuständig für 10.000 Menschen, 30 % der Kraft kommen an" in missing
        assert "Laden : Motivator, Promotor" in missing
        assert "Vergessen : noch nie bestätigt" in missing
        assert "Neubau" in usable.split("Orte in Auental")[0]

    def test_a_place_that_is_no_longer_public_is_not_named(self, client: Client) -> None:
        municipality = settle_resilient("Auental")
        assess(TODAY)
        Place.objects.update(publication=Publication.ARCHIVED)
        response = open_page(client, municipality)
        assert "Laden Auental" not in response.content.decode()
        assert "an einem Ort, der nicht mehr öffentlich ist" in words(response)


class TestUsable:
    def test_spaces_here_and_beside_are_named_and_those_that_are_over_are_not(
        self, client: Client, settings: Settings
    ) -> None:
        settings.TODAY = TODAY
        here, beside = make_municipality(name="Auental"), make_municipality(name="Nachbarort")
        make_municipality(name="Dazwischen")
        far = make_municipality(name="Ferne")
        make_space(here, name="Saal", kind=SpaceKind.HALL, area_m2=1200, available_until=date(2029, 12, 31))
        make_space(beside, name="Alte Schule", kind=SpaceKind.SCHOOL)
        make_space(far, name="Zu weit")
        make_space(here, name="Vorbei", available_until=TODAY - timedelta(days=1))
        make_space(here, name="Vergeben", status=Status.CLOSED)
        make_space(here, name="Geheim", publication=Publication.SUBMITTED)
        make_space(here, name="Bald", available_from=TODAY + timedelta(days=9))
        said = words(open_page(client, here)).split("Was hier genutzt werden könnte", 1)[1].split("Orte in")[0]
        assert "Saal · Saal oder Halle, 1.200 m², bis 31.12.2029" in said
        assert "Bald · Laden, ab 01.12.2026" in said
        assert said.index("Saal ·") < said.index("Alte Schule · Schule, Nachbarort")
        for name in ("Zu weit", "Vorbei", "Vergeben", "Geheim"):
            assert name not in said

    def test_support_that_serves_it_is_named_the_nearest_first(self, client: Client) -> None:
        here, there = make_municipality("06635001", name="Auental"), make_municipality("16061001")
        make_support(there, "", name="Bund")
        make_support(there, "06", "16", name="Land", provider="Amt")
        make_support(there, "06635001", name="Gemeinde")
        make_support(there, "06635", name="Kreis")
        make_support(here, "16061", name="Nur für andere")
        make_support(here, name="Geschlossen", status=Status.CLOSED)
        said = words(open_page(client, here)).split("Unterstützung", 1)[1].split("Orte in")[0]
        named = ["Gemeinde · Beratung", "Kreis · Beratung", "Land · Beratung, Amt", "Bund · Beratung"]
        assert sorted(named, key=said.index) == named
        assert "Nur für andere" not in said
        assert "Geschlossen" not in said

    def test_where_nothing_is_registered_it_says_so_and_how_to_do_it(self, client: Client) -> None:
        response = open_page(client, make_municipality(name="Auental"))
        said, html = words(response), response.content.decode()
        assert "Weder hier noch in den Nachbargemeinden ist ein Raum erfasst" in said
        assert "Noch ist keine Stelle erfasst, die hier berät, fördert oder vernetzt." in said
        for segment, label in (("raeume", "Raum"), ("unterstuetzung", "Unterstützung"), ("orte", "Ort")):
            assert f'href="/{segment}/neu/">{label} eintragen</a>' in html

    def test_more_than_a_dozen_are_counted(self, client: Client) -> None:
        here = make_municipality(name="Auental")
        for _ in range(15):
            make_space(here)
        assert "und 3 weitere" in words(open_page(client, here))

    def test_an_unincorporated_area_has_no_such_section(self, client: Client) -> None:
        area = make_municipality(name="Gutsbezirk", is_unincorporated=True)
        assert "genutzt werden könnte" not in words(open_page(client, area))


def test_what_nobody_confirmed_is_listed_with_its_day_and_marked_in_the_table(
    client: Client, settings: Settings
) -> None:
    settings.TODAY = TODAY
    here = make_municipality(name="Auental")
    make_place(here, name="Frischer Ort")
    make_place(here, name="Alter Ort", confirmed_on=date(2024, 11, 21))
    make_place(here, name="Geplanter Ort", confirmed_on=None, status=Status.PLANNED)
    make_space(here, name="Alter Raum", confirmed_on=None)
    make_support(here, name="Alte Stelle", confirmed_on=date(2020, 1, 2))
    make_support(make_municipality(), name="Anderswo", confirmed_on=None)
    response = open_page(client, here)
    said = words(response).split("Was hier unbestätigt ist", 1)[1].split("Ort eintragen")[0]
    told = [
        "Alter Raum · Laden, noch nie bestätigt",
        "Alte Stelle · Beratung, seit 02.01.2020 nicht bestätigt",
        "Alter Ort · Dorfgemeinschaftshaus, seit 21.11.2024 nicht bestätigt",
    ]
    assert sorted(told, key=said.index) == told
    for name in ("Frischer", "Geplanter", "Anderswo"):
        assert name not in said
    table = words(response).split("Orte in Auental", 1)[1].split("Was hier unbestätigt ist")[0]
    assert "Alter Ort Dorfgemeinschaftshaus 21.11.2024 unbestätigt nein" in table
    assert table.count("unbestätigt") == 1


def test_the_three_figures_are_written_out(client: Client) -> None:
    municipality = settle_resilient("Auental")
    assess(TODAY)
    figures = words(open_page(client, municipality)).split("Drei Zahlen", 1)[1].split("Was zu", 1)[0]
    assert "Versorgung 100 %" in figures
    assert "Versorgung nach dem schwersten Verlust 0 %" in figures
    assert "Erneuerungskraft 100 %" in figures


def test_neighbours_stand_beside_with_tier_class_and_figures(client: Client) -> None:
    middle = settle_resilient("Mitte")
    settle_robust("Osten", tier=ZokTier.GRUNDZENTRUM)
    settle_risky("Ferne")
    make_municipality("06635900", name="Gutsbezirk", is_unincorporated=True, geometry=middle.geometry)
    assess(TODAY)
    said = words(open_page(client, middle)).split("Im Vergleich mit den Nachbarn", 1)[1].split("Woher das kommt")[0]
    assert "Osten Grundzentrum robust 100 % 100 % 100 %" in said
    assert "Gutsbezirk gemeindefreies Gebiet" in said
    assert "Ferne" not in said


def test_it_says_where_its_figures_come_from(client: Client) -> None:
    make_edition(attribution="© Amt für Grenzen")
    municipality = settle_risky("Auental", zok_source="Regionalplan 2030")
    assess(TODAY)
    said = words(open_page(client, municipality)).split("Woher das kommt", 1)[1]
    for part in ("SOK-1", "22. November 2026", "31. Dezember 2022", "© Amt für Grenzen", "Regionalplan 2030"):
        assert part in said


def test_earlier_assessments_are_listed_only_where_there_are_any(client: Client) -> None:
    municipality = settle_resilient("Auental")
    assess(TODAY)
    assert "Im Lauf der Zeit" not in words(open_page(client, municipality))
    Place.objects.update(confirmed_on=TODAY + timedelta(days=300))
    assess(TODAY + timedelta(days=365))
    said = words(open_page(client, municipality)).split("Im Lauf der Zeit", 1)[1]
    assert said.index("22. November 2027") < said.index("22. November 2026")


def test_the_small_map_gets_outline_and_public_places_as_data(client: Client) -> None:
    municipality = settle_resilient("Auental")
    make_place(municipality, name="Entwurf", publication=Publication.DRAFT)
    make_place(municipality, name="Vergessen", confirmed_on=None)
    assess(TODAY)
    html = open_page(client, municipality).content.decode()
    data = json.loads(html.split('<script id="small-map-data" type="application/json">', 1)[1].split("</script>")[0])
    assert {place["name"]: place["tone"] for place in data["places"]} == {
        "Laden Auental": "counted",
        "Vergessen": "uncounted",
    }
    ring = data["outline"]["coordinates"][0][0]
    assert [min(x for x, _ in ring), max(y for _, y in ring)] == pytest.approx([9, 51.1])


def test_english_readers_get_a_page_too(client: Client) -> None:
    municipality = settle_resilient("Auental")
    assess(TODAY)
    assert '<html lang="en">' in open_page(client, municipality, "en").content.decode()


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    municipality = settle_resilient("Mitte", residents=100_000)
    assess(TODAY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            open_page(client, municipality)
        return len(captured)

    one = queries()
    for number in range(6):
        place = strong_place(municipality, f"Ort {number}")
        involve(place, make_actor(f"Verein {number}"), Role.PROVIDER)
        make_place(municipality, name=f"Plan {number}", status=Status.PLANNED)
        make_space(municipality, confirmed_on=None)
        make_support(municipality)
        settle_robust(f"Nachbar {number}", geometry=municipality.geometry)
    assess(TODAY)
    assert queries() == one
