"""The queue of a reviewer: what waits, for whom, in what order, and deciding several at once."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from places.models import Municipality, Place, Report, tie
from places.vocabulary import ReportKind, Status, SubmissionKind, SubmissionState
from tests.factories import (
    TODAY,
    make_municipality,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)
from tests.web.review.steps import names, proposed, registered, text

pytestmark = pytest.mark.django_db


def test_the_oldest_comes_first_with_what_where_and_since_when(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Jung", street="Am Markt 1"), days=0)
    registered(make_support(korbach, name="Alt"), days=12)
    registered(make_space(korbach, name="Mittel"), days=1)
    page = text(reviewer, "/pruefung/")
    assert names(page) == ["Alt", "Mittel", "Jung"]
    for words in (
        "Wartet auf Sie (3)",
        "wartet seit 12 Tagen",
        "wartet seit gestern",
        "wartet seit heute",
        "Neuer Eintrag · Unterstützungsstruktur",
        "Korbach, Kreis 06635",
        "Dorfgemeinschaftshaus · Am Markt 1",
    ):
        assert words in page


def test_a_change_says_in_one_line_what_is_to_change(reviewer: Client, korbach: Municipality) -> None:
    proposed(make_place(korbach), status=Status.CLOSED.value)
    assert "Zustand: aktiv → geschlossen" in text(reviewer, "/pruefung/")


def test_only_what_lies_in_the_mandate_is_shown(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Hier"))
    registered(make_place(make_municipality("06634001"), name="Anderswo"))
    assert names(text(reviewer, "/pruefung/")) == ["Hier"]


def test_what_is_not_confirmed_or_decided_does_not_wait(reviewer: Client, korbach: Municipality) -> None:
    for state in (SubmissionState.UNCONFIRMED, SubmissionState.ACCEPTED, SubmissionState.WITHDRAWN):
        registered(make_place(korbach), state=state)
    assert "Zurzeit wartet keine Vorlage" in text(reviewer, "/pruefung/")


def test_what_nearer_reviewers_have_stands_below(client: Client, korbach: Municipality) -> None:
    make_reviewer("06635015")
    client.force_login(make_reviewer("06635"))
    registered(make_place(korbach, name="Der Gemeinde"))
    registered(make_place(make_municipality("06635016"), name="Des Kreises"))
    page = text(client, "/pruefung/")
    theirs, further = page.split("Weitere in Ihrem Gebiet (1)")
    assert names(theirs) == ["Des Kreises"]
    assert names(further) == ["Der Gemeinde"]


def test_what_was_passed_on_says_so_where_it_arrives(client: Client, korbach: Municipality) -> None:
    client.force_login(make_reviewer("06"))
    submission = registered(make_place(korbach))
    assert "niemand zuständig, deshalb liegt es bei Ihnen: Kreis 06635." in text(client, "/pruefung/")
    assert "Für Korbach und Kreis 06635 ist niemand zuständig" in text(client, f"/pruefung/vorlagen/{submission.pk}/")
    make_reviewer("06635")
    assert "deshalb liegt es bei Ihnen" not in text(client, "/pruefung/")


def test_an_ended_mandate_passes_on_to_the_next_level(client: Client, korbach: Municipality) -> None:
    ended = make_reviewer("06635015", ends_on=TODAY - timedelta(days=1))
    registered(make_place(korbach, name="Waise"))
    client.force_login(make_reviewer("06635"))
    assert names(text(client, "/pruefung/").split("Weitere in")[0]) == ["Waise"]
    client.force_login(ended)
    assert "keinen Prüfauftrag" in text(client, "/pruefung/")


def test_an_administrator_learns_where_nobody_is_responsible(client: Client, korbach: Municipality) -> None:
    client.force_login(User.objects.create_superuser("administrator"))
    assert "ist jemand zuständig" in text(client, "/pruefung/")
    registered(make_place(korbach, name="Waise"))
    registered(make_place(make_municipality("16061037")))
    make_reviewer("16")
    page = text(client, "/pruefung/")
    assert "Hier wartet etwas, und niemand ist zuständig" in page
    assert "/admin/places/mandate/add/?area=06635" in page
    assert "?area=16061" not in page
    assert "Waise" not in page


def test_without_a_mandate_it_says_who_gives_one(client: Client) -> None:
    client.force_login(User.objects.create_user("stranger"))
    assert "keinen Prüfauftrag" in text(client, "/pruefung/")


def test_reports_questions_and_faded_entries_are_listed(reviewer: Client, korbach: Municipality) -> None:
    Report.objects.create(
        kind=ReportKind.CLOSED, text="Ein Schild", reported_on=TODAY, **tie(make_place(korbach, name="Gemeldet"))
    )
    registered(make_place(korbach, name="Gefragt"), state=SubmissionState.ASKED_BACK, reason="Wo genau?")
    make_place(korbach, name="Verblasst", confirmed_on=date(2020, 5, 1))
    make_steward(make_place(korbach, name="Betreut", confirmed_on=date(2020, 5, 1)))
    page = text(reviewer, "/pruefung/")
    for words in (
        "Meldungen (1)",
        "Ein Schild",
        "Wartet auf Antwort (1)",
        "Wo genau?",
        "zuletzt bestätigt am 1. Mai 2020",
    ):
        assert words in page
    assert names(page) == ["Gemeldet", "Verblasst", "Gefragt"]


def test_a_faded_entry_is_confirmed_from_the_queue(reviewer: Client, korbach: Municipality) -> None:
    space = make_space(korbach, confirmed_on=None)
    response = reviewer.post(f"/raeume/{space.pk}/verlauf/", {"action": "confirm", "back": "review"}, follow=True)
    space.refresh_from_db()
    assert space.confirmed_on == TODAY
    assert response.redirect_chain[-1][0] == "/pruefung/"
    assert "ist bestätigt" in response.content.decode()


def test_several_are_published_and_the_rest_says_why_not(reviewer: Client, korbach: Municipality) -> None:
    good = registered(make_place(korbach, name="Gut"))
    asked = registered(make_space(korbach, name="Gefragt"), state=SubmissionState.ASKED_BACK)
    foreign = registered(make_place(make_municipality("06634001"), name="Fremd"))
    page = text(reviewer, "/pruefung/")
    assert re.findall(r'name="submission" value="(\d+)"', page) == [str(good.pk)]
    response = reviewer.post(
        "/pruefung/vorlagen/", {"submission": [str(one.pk) for one in (good, asked, foreign)] + ["x"]}, follow=True
    )
    answer = unescape(response.content.decode())
    assert "Eine Vorlage ist veröffentlicht." in answer
    assert "„Gefragt“ ist nicht veröffentlicht: eine Rückfrage ist offen" in answer
    assert "„Fremd“ ist nicht veröffentlicht: Dafür haben Sie keinen Prüfauftrag." in answer
    assert list(Place.objects.published().values_list("name", flat=True)) == ["Gut"]


def test_what_may_be_there_already_has_no_box_to_tick(reviewer: Client, korbach: Municipality) -> None:
    make_place(korbach, name="Dorfladen Korbach")
    registered(make_place(korbach, name="Dorfladen Korbach e. V."))
    page = text(reviewer, "/pruefung/")
    assert "Vielleicht schon eingetragen" in page
    assert 'type="checkbox"' not in page
    assert "Ausgewählte veröffentlichen" not in page


def test_three_hundred_waiting_are_no_burden(
    reviewer: Client, korbach: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(300):
        registered(make_place(korbach, name=f"Ort {number:03}"), days=300 - number)
    with django_assert_max_num_queries(22):  # all of a page look for duplicates at once
        page = text(reviewer, "/pruefung/")
    assert "Wartet auf Sie (300)" in page
    assert names(page)[0] == "Ort 000"
    assert len(names(page)) == 20
    assert "Seite 1 von 15" in page
    assert names(text(reviewer, "/pruefung/?seite=2"))[0] == "Ort 020"


def test_many_reports_and_faded_entries_are_asked_for_at_once(
    reviewer: Client, korbach: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        place = make_place(korbach, confirmed_on=None)
        make_space(korbach, confirmed_on=None)
        Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY - timedelta(days=number), **tie(place))
        make_submission(place, SubmissionKind.CHANGE, values={"name": "neu"}, base={"name": place.name})
    with django_assert_max_num_queries(20):
        page = text(reviewer, "/pruefung/")
    assert "20 weitere folgen" in page
