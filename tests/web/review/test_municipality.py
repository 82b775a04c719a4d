"""The municipalities of a reviewer: her list, what she states, what waits there."""

import re
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from places.models import Change, Municipality
from places.vocabulary import Publication
from tests.factories import make_municipality, make_place, make_steward, make_support
from tests.web.review.steps import names, registered, text

pytestmark = pytest.mark.django_db


def test_she_sees_her_municipalities_the_open_ones_first(reviewer: Client) -> None:
    make_municipality("06635001", name="Fertig", inventory_completed_on=date(2026, 1, 1))
    make_place(make_municipality("06635002", name="Offen"))
    make_place(Municipality.objects.get(name="Offen"), publication=Publication.DRAFT)
    make_municipality("06634001", name="Anderswo")
    page = text(reviewer, "/pruefung/gemeinden/")
    assert names(page) == ["Offen", "Fertig"]
    assert re.findall(r"Veröffentlichte Orte</dt><dd>(\d+)", page) == ["1", "0"]


def test_a_municipality_is_found_by_the_beginning_of_its_name(reviewer: Client, korbach: Municipality) -> None:
    make_municipality("06635002", name="Willingen")
    make_municipality("06634001", name="Korb")
    assert names(text(reviewer, "/pruefung/gemeinden/?name=korb")) == ["Korbach"]
    assert "beginnt mit „xyz“" in text(reviewer, "/pruefung/gemeinden/?name=xyz")


def test_unincorporated_areas_have_no_inventory_to_state(reviewer: Client) -> None:
    make_municipality("06635001", is_unincorporated=True, name="Gutsbezirk")
    assert "Gutsbezirk" not in text(reviewer, "/pruefung/gemeinden/")
    assert reviewer.get("/pruefung/gemeinden/06635001/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    reviewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        make_place(make_municipality(f"066350{number + 10}"))
    with django_assert_max_num_queries(9):
        page = text(reviewer, "/pruefung/gemeinden/")
    assert "Seite 1 von 2" in page


def test_the_address_of_before_leads_to_the_new_one(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.get("/pruefung/06635015/")
    assert (response.status_code, response["Location"]) == (301, "/pruefung/gemeinden/06635015/")


def test_what_she_states_is_shown_with_who_when_and_why(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.post(
        "/pruefung/gemeinden/06635015/",
        {"inventory": "1", "inventory-completed_on": "2026-11-01", "inventory-reason": "Alle Ortsbeiräte gefragt"},
        follow=True,
    )
    page = response.content.decode()
    assert "Gespeichert." in page
    assert "pruefung-wf" in page
    assert "Alle Ortsbeiräte gefragt" in page
    assert "nicht bekannt → 1. November 2026" in page


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.post(
        "/pruefung/gemeinden/06635015/",
        {"conditions": "1", "conditions-engaged_actors": "3", "conditions-evidence": ""},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_conditions-evidence_error"' in page
    assert '<a href="#id_conditions-evidence">' in page
    assert '<option value="3" selected>' in page
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_conditions_are_taken_back_to_not_known(reviewer: Client) -> None:
    make_municipality("06635015", name="Korbach", engaged_actors=4)
    reviewer.post("/pruefung/gemeinden/06635015/", {"conditions": "1", "conditions-evidence": "Verein aufgelöst"})
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_what_was_said_of_a_municipality_is_set_back_on_its_page(reviewer: Client, korbach: Municipality) -> None:
    path = "/pruefung/gemeinden/06635015/"
    reviewer.post(path, {"inventory": "1", "inventory-completed_on": "2026-11-01"})
    line = Change.of(korbach).get()
    page = text(reviewer, f"{path}?zurueck={line.pk}")
    assert "Auf einen früheren Stand zurücksetzen" in page
    assert reviewer.post(path, {"restore": line.pk, "restore-reason": ""}).status_code == 422
    reviewer.post(path, {"restore": line.pk, "restore-reason": "Zu früh"})
    korbach.refresh_from_db()
    assert korbach.inventory_completed_on is None
    assert "Zu früh" in text(reviewer, path)


def test_the_page_of_a_municipality_shows_what_waits_and_what_faded(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Wartet"))
    make_steward(make_support(korbach, name="Verblasst", confirmed_on=None))
    page = text(reviewer, "/pruefung/gemeinden/06635015/")
    assert names(page) == ["Wartet", "Verblasst"]
    assert "Wird betreut; die jährliche Frage ist unbeantwortet." in page
