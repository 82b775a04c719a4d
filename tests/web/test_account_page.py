"""The page of one's own account: what I look after, what waits for me, how I am written to, my data, the end."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from places.models import Correspondence, Entry, Question
from places.vocabulary import Publication, Status, SubmissionKind, SubmissionState
from tests.factories import (
    make_municipality,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/konto/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def place() -> Entry:
    today = timezone.localdate()
    return make_place(make_municipality("06635015", name="Korbach"), name="Dorfladen", confirmed_on=today)


@pytest.fixture
def steward(client: Client, place: Entry) -> User:
    user = make_steward(place, "betreuung")
    client.force_login(user)
    return user


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for path in ("/konto/", "/konto/daten/", "/konto/loeschen/"):
        assert client.get(path)["Location"] == f"/konto/anmelden/?next={path}"


@pytest.mark.parametrize("make", [make_place, make_support, make_space])
def test_it_lists_what_i_look_after_of_every_kind_and_nothing_else(client: Client, make) -> None:  # type: ignore[no-untyped-def]
    mine, other = make(name="Meines"), make(name="Fremdes")
    make_steward(other)
    client.force_login(make_steward(mine))
    shown = page(client)
    assert mine.get_absolute_url() in shown
    assert "Fremdes" not in shown


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "Korbach · veröffentlicht<"),
        ({"status": Status.DORMANT}, "veröffentlicht, ruht"),
        ({"confirmed_on": "2020-01-01"}, "lange nicht bestätigt"),
        ({"publication": Publication.SUBMITTED}, "wartet auf Prüfung"),
        ({"publication": Publication.REJECTED}, "abgelehnt"),
    ],
)
def test_it_says_in_words_how_each_stands(
    client: Client, place: Entry, steward: User, fields: dict[str, str], state: str
) -> None:
    type(place)._default_manager.filter(pk=place.pk).update(**fields)
    assert state in page(client)


def test_a_waiting_change_and_a_question_to_it_are_told(client: Client, place: Entry, steward: User) -> None:
    submission = make_submission(place, SubmissionKind.CHANGE, user=steward)
    assert "eine Änderung wartet auf Prüfung" in page(client)
    assert "Das wartet auf Sie" not in page(client)
    submission.state, submission.reason = SubmissionState.ASKED_BACK, "Seit wann <denn>?"
    submission.save()
    shown = page(client)
    assert "Eine Frage der Prüfung zu „Dorfladen“" in shown
    assert "Seit wann &lt;denn&gt;?" in shown


def test_a_yearly_question_waits_until_it_is_answered_or_too_old(client: Client, place: Entry, steward: User) -> None:
    asked_on = timezone.localdate() - timedelta(days=5)
    question = Question.objects.create(place=place, asked_on=asked_on, last_sent_on=asked_on)  # type: ignore[misc]
    assert "Gibt es „Dorfladen“ noch so?" in page(client)
    Question.objects.filter(pk=question.pk).update(answer="still_there")
    assert "noch so?" not in page(client)
    Question.objects.filter(pk=question.pk).update(answer="", asked_on=asked_on - timedelta(days=60))
    assert "noch so?" not in page(client)


def test_a_reviewer_sees_her_mandates(client: Client) -> None:
    client.force_login(make_reviewer("06635"))
    shown = page(client)
    assert "Ihre Prüfaufträge" in shown
    assert 'href="/pruefung/"' in shown


def test_my_name_the_language_of_mails_and_the_digest_are_mine_to_choose(client: Client, steward: User) -> None:
    answer = client.post("/konto/", {"name": " Rosa Rabe ", "language": "en"})
    assert answer["Location"] == "/konto/"
    steward.refresh_from_db()
    assert steward.first_name == "Rosa Rabe"
    correspondence = Correspondence.objects.get(user=steward)
    assert (correspondence.language, correspondence.wants_digest) == ("en", False)
    assert "Gespeichert." in page(client)


def test_a_wrong_choice_is_told_at_its_field(client: Client, steward: User) -> None:
    answer = client.post("/konto/", {"name": "Rosa", "language": "fr", "wants_digest": "on"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'href="#id_language"' in shown
    assert 'value="Rosa"' in shown


def test_my_data_come_as_a_file_that_no_cache_keeps(client: Client, place: Entry, steward: User) -> None:
    response = client.get("/konto/daten/")
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.content)
    assert data["account"]["email"] == steward.email
    assert data["looks_after"][0]["entry"]["name"] == "Dorfladen"


def test_deleting_needs_the_word_and_signs_out(client: Client, place: Entry, steward: User) -> None:
    assert "ehemals Betreuende" in page(client, "/konto/loeschen/")
    assert client.post("/konto/loeschen/", {"word": "ja"}).status_code == 422
    assert User.objects.filter(pk=steward.pk).exists()
    answer = client.post("/konto/loeschen/", {"word": "Löschen "})
    assert "Ihr Konto ist gelöscht" in answer.content.decode()
    assert not User.objects.filter(pk=steward.pk).exists()
    assert client.get("/konto/").status_code == 302


def test_the_last_administrator_is_told_why_not(client: Client) -> None:
    client.force_login(User.objects.create_superuser("administrator"))
    assert "letzte Person mit Administrationsrechten" in page(client, "/konto/loeschen/")
    answer = client.post("/konto/loeschen/", {"word": "löschen"})
    assert answer.status_code == 422
    assert User.objects.filter(username="administrator").exists()


def test_only_who_is_signed_in_finds_the_account_in_the_header(client: Client, steward: User) -> None:
    header = page(client, "/konzept/").split("<main", 1)[0]
    assert 'href="/konto/"' in header
    client.logout()
    shown = page(client, "/konzept/")
    assert 'href="/konto/"' not in shown
    assert 'href="/konto/anmelden/"' in shown.split("<footer", 1)[1]
