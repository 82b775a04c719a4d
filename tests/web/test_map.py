"""The map page without JavaScript, and what the map fetches besides tiles (test_tiles.py)."""

import json
import re
from datetime import date
from http import HTTPStatus
from itertools import accumulate
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from cohesion.models import Assessment, Score
from cohesion.sureness import UNCERTAIN_BELOW
from places.models import Municipality
from places.tiles.storage import cut_tiles
from tests.factories import (
    TODAY,
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment() -> Assessment:
    """Three municipalities with a class, and an area that has none."""
    assessment = make_assessment(parameters={"freshness_months": 24})
    kassel = make_municipality("06611000", name="Kassel", zok_tier="oberzentrum", population=204202)
    make_score(kassel, assessment, "resilient")
    make_score(make_municipality("06635015", name="Korbach", zok_tier="mittelzentrum"), assessment, "robust")
    make_score(make_municipality("06635001", name="Äpfelfeld", zok_tier="none"), assessment, "risky")
    make_municipality("06635200", name="Gutsbezirk", is_unincorporated=True)
    return assessment


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/{query}")
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def shown(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def config(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="map-config" type="application/json">(.+?)</script>', html)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


# --- The page --------------------------------------------------------------------------------------------------------


def test_before_the_first_import_the_page_says_what_to_do(client: Client) -> None:
    html = page(client)
    assert "manage.py import_boundaries" in html
    assert "map-config" not in html


def test_before_the_first_assessment_all_municipalities_are_there_without_class(client: Client) -> None:
    make_municipality(name="Korbach")
    html = page(client)
    assert shown(html) == ["Korbach"]
    assert "manage.py assess" in html
    assert "nicht bewertet" in html
    assert re.search(r'data-count="class:unassessed">1<', html)


def test_the_table_reads_without_javascript(client: Client, assessment: Assessment) -> None:
    html = page(client)
    assert shown(html) == ["Äpfelfeld", "Kassel", "Korbach"]
    row = re.search(r'<tr data-ags="06611000">(.+?)</tr>', html, re.DOTALL)
    assert row
    assert 'href="/gemeinden/06611000-kassel/"' in row[1]
    text = re.sub(r"<[^>]+>", " ", row[1])
    assert all(word in text for word in ("resilient", "Oberzentrum", "71\u202f%", "34\u202f%", "204.202")), text
    assert "Gutsbezirk" not in html


def test_the_page_names_day_method_and_edition(client: Client, assessment: Assessment) -> None:
    html = page(client)
    assert "Stand 22. November 2026" in html
    assert '<a href="/methode/">Methode SOK-1</a>' in html
    assert "Gebietsstand 31. Dezember 2022" in html


def test_a_link_from_the_interplay_page_filters_without_javascript(client: Client, assessment: Assessment) -> None:
    html = page(client, "?class=risky&tier=none")
    assert shown(html) == ["Äpfelfeld"]
    assert "1 von 3 Gemeinden" in html
    assert 'name="class" value="risky" checked' in html
    assert 'name="class" value="robust">' in html
    assert re.search(r'data-count="class:risky">1<', html)


def test_the_search_of_the_form_works_without_javascript(client: Client, assessment: Assessment) -> None:
    assert shown(page(client, "?q=apfel")) == ["Äpfelfeld"]
    assert shown(page(client, "?q=06635")) == ["Äpfelfeld", "Korbach"]
    nothing = page(client, "?q=<script>")
    assert shown(nothing) == []
    assert "Keine Gemeinde passt zu diesen Filtern." in nothing
    assert "&lt;script&gt;" in nothing


def test_the_heads_of_the_table_sort_without_javascript(client: Client, assessment: Assessment) -> None:
    html = page(client, "?sort=-population")
    assert shown(html)[0] == "Kassel"
    assert re.search(r'class="col-population" aria-sort="descending"', html)
    assert re.search(r'name="sort" value="population" data-column="population"', html)
    assert '<input type="hidden" name="sort" value="-population">' in html


def test_many_municipalities_come_in_pages_that_keep_the_filter(client: Client) -> None:
    for number in range(201):
        make_municipality(f"06635{number:03}", name=f"Ort {number:03}")
    html = page(client, "?class=unassessed")
    assert len(shown(html)) == 200
    assert 'href="?class=unassessed&amp;page=2"' in html
    assert shown(page(client, "?class=unassessed&page=2")) == ["Ort 200"]


def test_every_word_of_the_browser_comes_from_the_page(client: Client, assessment: Assessment) -> None:
    given = config(page(client))
    assert given["language"] == "de"
    assert given["words"]["classes"]["risky"] == "riskant"
    assert given["words"]["kinds"]["place"]["library"] == "Bücherei"
    assert given["words"]["kinds"]["space"]["school"] == "Schule"
    assert given["words"]["tiers"]["unknown"] == "Stufe nicht bekannt"
    assert given["urls"]["scores"] == "/api/v1/scores/"
    assert (given["urls"]["classes"], given["urls"]["cells"], given["tiles"]) == (None, {}, None)
    assert given["addresses"] == {
        "municipality": "/gemeinden/00000000-slug/",
        "place": "/orte/0-slug/",
        "support": "/unterstuetzung/0-slug/",
        "space": "/raeume/0-slug/",
    }
    assert given["map"]["tiles"] == []


def test_a_basemap_that_the_operator_switched_on_reaches_the_map(
    client: Client, assessment: Assessment, settings: Settings
) -> None:
    tiles = [("Karte", "https://tiles.example.org/{z}/{x}/{y}.png", {"attribution": "© Example"})]
    settings.LEAFLET_CONFIG = {**settings.LEAFLET_CONFIG, "TILES": tiles}
    given = config(page(client))["map"]["tiles"]
    assert given == [{"url": "https://tiles.example.org/{z}/{x}/{y}.png", "attribution": "© Example"}]


def test_nothing_on_the_page_needs_inline_script_or_style(client: Client, assessment: Assessment) -> None:
    html = page(client)
    assert re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>", html) == []
    assert re.findall(r"\sstyle=|\son\w+=|<style", html) == []


def test_the_page_asks_the_database_as_often_for_many_as_for_few(
    client: Client, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/")  # what is asked once per process
    # Edition, assessment, rows, work that waits, three layers counted, whether there are unincorporated areas and
    # uncertain classes; demo and boundaries of every page.
    with django_assert_num_queries(11):
        client.get("/")
    for number in range(20):
        make_score(make_municipality(f"06636{number:03}"), assessment)
        make_place()
    with django_assert_num_queries(11):
        client.get("/?class=resilient&sort=supply&q=e")


# --- Of very many the first view has only what it paints -------------------------------------------------------------


def test_a_map_finds_its_tiles_where_the_page_says(client: Client) -> None:
    edition = make_municipality().edition
    cut_tiles(edition)
    given = config(page(client))["tiles"]
    assert given == {"url": f"/tiles/2022-12-31-{edition.tiles_digest}.pmtiles", "head": edition.tiles_head}
    response = client.get(given["url"], headers={"Range": f"bytes=0-{given['head'] - 1}"})
    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert b"".join(response.streaming_content).startswith(b"PMTiles")  # type: ignore[attr-defined]
    response.close()


def test_of_many_municipalities_only_what_is_painted_comes_at_first(
    client: Client, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohesion.views.map.MANY_MUNICIPALITIES", 2)
    address = config(page(client))["urls"]["classes"]
    table = client.get(address).json()
    assert table["columns"] == ["step", "cohesion_class", "zok_tier", "is_uncertain", "is_unincorporated"]
    scores = client.get(reverse("api:scores")).json()
    assert list(accumulate(table["step"])) == [int(ags) for ags in scores["ags"]]
    for name in ("cohesion_class", "zok_tier"):
        assert table[name] == scores[name]
    assert table["is_uncertain"] == [
        int(share is not None and share < UNCERTAIN_BELOW) for share in scores["stability"]
    ]
    assert table["is_unincorporated"] == list(map(int, scores["is_unincorporated"]))
    assert table["attribution"] == scores["edition"]["attribution"]
    assert "name" not in table


def test_of_many_entries_there_are_cells_with_their_number_at_first(
    client: Client, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohesion.views.map.MANY_ENTRIES", 2)
    for longitude in (9.05, 9.06, 9.9):
        make_place(longitude=longitude, latitude=51.05)
    make_place(publication="draft", longitude=9.05, latitude=51.05)
    make_space()
    cells = config(page(client))["urls"]["cells"]
    assert cells == {"places": "/karte/punkte/places/zellen.json"}
    response = client.get(cells["places"])
    assert response.json() == {
        "columns": ["count", "longitude", "latitude"],
        "count": [2, 1],
        "longitude": [pytest.approx(9.055, abs=0.006), 9.9],
        "latitude": [51.05, 51.05],
    }
    assert response["Cache-Control"] == "no-cache"
    assert client.get("/karte/punkte/churches/zellen.json").status_code == HTTPStatus.NOT_FOUND


def test_the_legend_says_what_is_uncertain(client: Client, assessment: Assessment) -> None:
    html = page(client)
    assert config(html)["uncertainBelow"] == 0.7
    assert "heller: Klasse unsicher" not in html  # there is none
    Score.objects.filter(municipality__ags="06635015").update(stability=0.69)
    assert "heller: Klasse unsicher, in weniger als 70\u202f% der Ziehungen" in page(client)


def test_the_legend_is_whole_before_any_script_runs(client: Client, assessment: Assessment) -> None:
    make_place(municipality=Municipality.objects.get(ags="06635015"))
    html = page(client)
    assert 'id="places-count">1<' in html
    assert 'id="spaces-count">0<' in html
    assert "gemeindefreies Gebiet</p>" in html
    Municipality.objects.filter(is_unincorporated=True).delete()
    assert "gemeindefreies Gebiet</p>" not in page(client)


# --- Points ----------------------------------------------------------------------------------------------------------


def points(client: Client, layer: str) -> dict[str, Any]:
    response = client.get(reverse("map_points", args=[layer]))
    assert response.status_code == HTTPStatus.OK
    table: dict[str, Any] = response.json()
    return table


def places(client: Client) -> dict[str, Any]:
    return points(client, "places")


def test_places_come_in_columns(client: Client, assessment: Assessment) -> None:
    place = make_place(longitude=9.0512345, latitude=51.05, name="Laden", kind="village_shop")
    assert places(client) == {
        "as_of": "2026-11-22",
        "columns": [
            *("id", "name", "kind", "status", "ags", "longitude", "latitude", "confirmed_on", "counted", "confirmed"),
        ],
        "id": [place.pk],
        "name": ["Laden"],
        "kind": ["village_shop"],
        "status": ["active"],
        "ags": ["06611000"],
        "longitude": [9.05123],
        "latitude": [51.05],
        "counted": [True],
        "confirmed_on": ["2026-11-22"],
        "confirmed": [True],
    }


def test_only_published_places_are_told_and_those_that_do_not_count_are_marked(
    client: Client, assessment: Assessment
) -> None:
    municipality = make_municipality("06635777")
    make_place(municipality, name="zählt")
    make_place(municipality, name="geplant", status="planned")
    make_place(municipality, name="alt", confirmed_on=date(2024, 11, 21))
    make_place(municipality, name="nie bestätigt", confirmed_on=None)
    make_place(municipality, name="nicht für alle", open_to_all=False)
    make_place(municipality, name="eingereicht", publication="submitted")
    table = places(client)
    assert dict(zip(table["name"], table["counted"], strict=True)) == {
        "zählt": True,
        "geplant": False,
        "alt": False,
        "nie bestätigt": False,
        "nicht für alle": False,
    }


def test_places_are_told_before_the_first_assessment(client: Client) -> None:
    make_place(confirmed_on=TODAY)
    table = places(client)
    assert table["as_of"] is None
    assert len(table["id"]) == 1


def test_places_that_did_not_change_are_not_sent_again(client: Client, assessment: Assessment) -> None:
    make_place(make_municipality("06635777"))
    address = reverse("map_points", args=["places"])
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first["Cache-Control"], again.status_code) == ("no-cache", HTTPStatus.NOT_MODIFIED)
    make_place(make_municipality("06635778"))
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == HTTPStatus.OK


def test_places_take_two_queries_whatever_their_number(
    client: Client, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_place(make_municipality(f"06636{number:03}"))
    with django_assert_num_queries(2):
        client.get(reverse("map_points", args=["places"]))


def test_a_confirmation_that_ran_out_is_told_as_of_today(client: Client, settings: Settings) -> None:
    municipality = make_municipality()
    make_place(municipality, name="frisch", confirmed_on=date(2024, 11, 22))
    make_place(municipality, name="alt", confirmed_on=date(2024, 11, 21))
    make_place(municipality, name="nie", confirmed_on=None)
    settings.TODAY = TODAY
    table = places(client)
    assert dict(zip(table["name"], table["confirmed"], strict=True)) == {"frisch": True, "alt": False, "nie": False}


def test_support_structures_and_spaces_travel_as_places_do(client: Client, settings: Settings) -> None:
    settings.TODAY = TODAY
    municipality = make_municipality("06635015")
    support = make_support(municipality, name="Beratung")
    make_support(municipality, status="closed")
    make_support(municipality, publication="submitted")
    space = make_space(municipality, name="Saal", area_m2=80, available_until=TODAY)
    make_space(municipality, available_until=date(2026, 11, 21))
    make_space(municipality, status="dormant")
    supports, spaces = points(client, "support"), points(client, "spaces")
    assert (supports["id"], supports["name"], supports["ags"]) == ([support.pk], ["Beratung"], ["06635015"])
    assert "counted" not in supports["columns"]
    assert (spaces["id"], spaces["name"], spaces["area_m2"]) == ([space.pk], ["Saal"], [80])
    assert (spaces["available_until"], spaces["confirmed"]) == (["2026-11-22"], [True])


def test_there_are_no_other_layers(client: Client) -> None:
    assert client.get("/karte/punkte/mayors.json").status_code == HTTPStatus.NOT_FOUND


# --- The table of entries --------------------------------------------------------------------------------------------


def entries(html: str) -> list[str]:
    body = html.split('id="entries"', 1)[1].split("</table>")[0]
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', body)


def told(html: str) -> str:
    body = html.split('id="entry-list"', 1)[1].split("</table>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_table_shows_municipalities_until_it_is_asked_for_something_else(
    client: Client, assessment: Assessment
) -> None:
    make_space(name="Saal")
    html = page(client)
    assert entries(html) == []
    assert re.search(r'id="entry-list"[^>]* hidden', html)
    for name in ("places", "support", "spaces"):
        assert f'href="?list={name}" data-list="{name}"' in html
    spaces = page(client, "?list=spaces&class=robust")
    assert re.search(r'id="municipality-list"[^>]* hidden', spaces)
    assert '<input type="hidden" name="list" value="spaces">' in spaces
    assert 'href="?class=robust" data-list=""' in spaces


def test_every_kind_of_entry_can_be_read_without_javascript(
    client: Client, assessment: Assessment, settings: Settings
) -> None:
    settings.TODAY = TODAY
    municipality = make_municipality("06635777", name="Auental")
    make_place(municipality, name="Zelt")
    make_place(municipality, name="Alter Laden", confirmed_on=None)
    make_place(municipality, name="Bald", status="planned")
    make_support(municipality, name="Beratung", confirmed_on=date(2020, 1, 1))
    make_space(municipality, name="Saal", kind="hall", area_m2=1200, available_until=date(2029, 12, 31))
    html = page(client, "?list=places")
    assert entries(html) == ["Alter Laden", "Bald", "Zelt"]
    assert "3 Soziale Orte" in told(html)
    assert "Alter Laden Dorfgemeinschaftshaus Auental unbestätigt" in told(html)
    assert "Bald Dorfgemeinschaftshaus Auental zählt nicht" in told(html)
    assert told(html).endswith("Zelt Dorfgemeinschaftshaus Auental")
    assert "Beratung Beratung Auental unbestätigt" in told(page(client, "?list=support"))
    assert "Saal 1.200 m², bis 31.12.2029 Saal oder Halle Auental" in told(page(client, "?list=spaces"))


def test_entries_are_found_by_their_name_and_by_their_municipality(client: Client, assessment: Assessment) -> None:
    korbach, kassel = (Municipality.objects.get(name=name) for name in ("Korbach", "Kassel"))
    make_space(korbach, name="Älterer Saal")
    make_space(kassel, name="Korbwerkstatt")
    make_space(kassel, name="Halle")
    assert entries(page(client, "?list=spaces&q=korb")) == ["Älterer Saal", "Korbwerkstatt"]
    assert entries(page(client, "?list=spaces&q=alterer")) == ["Älterer Saal"]
    assert entries(page(client, "?list=spaces&q=korb&class=robust")) == ["Älterer Saal"]
    assert entries(page(client, "?list=spaces&tier=oberzentrum")) == ["Halle", "Korbwerkstatt"]
    nothing = page(client, "?list=spaces&q=xyz")
    assert "0 von 3 Möglichkeitsräumen" in told(nothing)
    assert re.search(r'id="no-entry-found">Kein Eintrag passt', nothing)


def test_many_entries_come_in_pages(client: Client) -> None:
    municipality = make_municipality()
    for number in range(201):
        make_support(municipality, name=f"Stelle {number:03}")
    html = page(client, "?list=support")
    assert len(entries(html)) == 200
    assert 'href="?list=support&amp;page=2"' in html
    assert entries(page(client, "?list=support&page=2")) == ["Stelle 200"]
