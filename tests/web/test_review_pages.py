"""The pages of a reviewer as she meets them: what is hers, what she may say, what is on record; and the sign-in."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from places.models import Mandate, Municipality
from places.vocabulary import Publication
from sok_site import demo
from tests.factories import make_municipality, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client: Client) -> Client:
    user = User.objects.create_user("pruefung-wf")
    Mandate.objects.create(user=user, area="06635", starts_on=timezone.localdate() - timedelta(days=30))
    client.force_login(user)
    return client


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_she_sees_her_municipalities_the_open_ones_first(reviewer: Client) -> None:
    make_municipality("06635001", name="Fertig", inventory_completed_on=date(2026, 1, 1))
    make_place(make_municipality("06635002", name="Offen"))
    make_place(Municipality.objects.get(name="Offen"), publication=Publication.DRAFT)
    make_municipality("06634001", name="Anderswo")
    page = text(reviewer, "/pruefung/")
    assert page.index("Offen") < page.index("Fertig")
    assert "Anderswo" not in page
    assert '<td class="number">1</td>' in page


def test_unincorporated_areas_have_no_inventory_to_state(reviewer: Client) -> None:
    make_municipality("06635001", is_unincorporated=True, name="Gutsbezirk")
    assert "Gutsbezirk" not in text(reviewer, "/pruefung/")
    assert reviewer.get("/pruefung/06635001/").status_code == 404


def test_without_a_mandate_it_says_who_gives_one(client: Client) -> None:
    client.force_login(User.objects.create_user("stranger"))
    assert "keinen Prüfauftrag" in text(client, "/pruefung/")


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    reviewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_place(make_municipality(f"066350{number + 10}"))
    with django_assert_max_num_queries(8):
        reviewer.get("/pruefung/")


def test_what_she_states_is_shown_with_who_when_and_why(reviewer: Client) -> None:
    make_municipality("06635015", name="Korbach")
    response = reviewer.post(
        "/pruefung/06635015/",
        {"inventory": "1", "inventory-completed_on": "2026-11-01", "inventory-reason": "Alle Ortsbeiräte gefragt"},
        follow=True,
    )
    page = response.content.decode()
    assert "Gespeichert." in page
    assert "pruefung-wf" in page
    assert "Alle Ortsbeiräte gefragt" in page
    assert "nicht bekannt → 1. November 2026" in page


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(reviewer: Client) -> None:
    make_municipality("06635015", name="Korbach")
    response = reviewer.post(
        "/pruefung/06635015/", {"conditions": "1", "conditions-engaged_actors": "3", "conditions-evidence": ""}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_conditions-evidence_error"' in page
    assert '<option value="3" selected>' in page
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_conditions_are_taken_back_to_not_known(reviewer: Client) -> None:
    make_municipality("06635015", name="Korbach", engaged_actors=4)
    reviewer.post("/pruefung/06635015/", {"conditions": "1", "conditions-evidence": "Verein aufgelöst"})
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_the_sign_in_leads_to_where_one_wanted_to_go(client: Client) -> None:
    User.objects.create_user("somebody", password="a long pass phrase")
    asked = client.get("/pruefung/")
    assert asked["Location"] == "/konto/anmelden/?next=/pruefung/"
    answer = client.post(
        "/konto/anmelden/", {"username": "somebody", "password": "a long pass phrase", "next": "/pruefung/"}
    )
    assert answer["Location"] == "/pruefung/"


def test_the_demo_names_its_reviewer_and_she_can_sign_in(client: Client) -> None:
    assert "Zum Ausprobieren" not in text(client, "/konto/anmelden/")
    demo.make_reviewer()
    assert demo.REVIEWER[1] in text(client, "/konto/anmelden/")
    assert client.login(username=demo.REVIEWER[0], password=demo.REVIEWER[1])
    make_municipality("16061037", name="Gerbershausen")
    assert "Gerbershausen" in text(client, "/pruefung/")


def test_where_others_are_served_there_is_no_account_with_a_known_password(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PUBLIC_HOSTS = ["atlas.example.org"]
    demo.make_reviewer()
    assert not User.objects.exists()
    assert demo.reviewer_to_try() is None
