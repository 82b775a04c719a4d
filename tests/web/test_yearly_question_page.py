"""The yearly question as it is answered: one click, no sign-in; mail programs that open links change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from places.care.questions import BY_LINK, answer_question, question_of, question_token
from places.models import Change, Entry, Place, Question, Submission, tie
from places.vocabulary import ActedAs, Answer, Publication, Status, SubmissionState, Verb
from tests.factories import TODAY, make_municipality, make_place, make_reviewer, make_space, make_steward, make_support

pytestmark = pytest.mark.django_db

LAST_YEAR = TODAY - timedelta(days=370)


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.TODAY = TODAY


def asked(entry: Entry, days_ago: int = 10, **fields: Any) -> Question:
    day = TODAY - timedelta(days=days_ago)
    return Question.objects.create(asked_on=day, last_sent_on=day, **fields, **tie(entry))


def address(question: Question) -> str:
    return f"/noch-da/{question_token(question)}/"


def make_old(**fields: Any) -> Place:
    return make_place(make_municipality(), name="Dorfladen", confirmed_on=LAST_YEAR, **fields)


def page(client: Client, question: Question) -> str:
    response = client.get(address(question))
    assert response.status_code == 200
    return response.content.decode()


def answered(client: Client, question: Question, answer: str) -> str:
    response = client.post(address(question), {"answer": answer}, follow=True)
    assert response.redirect_chain == [(address(question), 302)]
    return response.content.decode()


def test_opening_the_link_shows_three_buttons_and_changes_nothing(client: Client) -> None:
    place = make_old()
    question = asked(place)
    shown = page(client, question)
    assert [f'name="answer" value="{answer}"' in shown for answer in Answer] == [True] * 3
    assert client.head(address(question)).status_code == 200
    question.refresh_from_db()
    place.refresh_from_db()
    assert (question.answer, place.confirmed_on) == ("", LAST_YEAR)


@pytest.mark.parametrize("make", [make_place, make_support, make_space])
def test_still_there_confirms_the_entry_on_record(client: Client, make: Any) -> None:
    entry = make(confirmed_on=LAST_YEAR)
    question = asked(entry)
    assert "gilt wieder als bestätigt" in answered(client, question, "still_there")
    entry.refresh_from_db()
    question.refresh_from_db()
    assert entry.confirmed_on == TODAY
    assert (question.answer, question.answered_on) == (Answer.STILL_THERE, TODAY)
    line = Change.of_entry(entry).get()
    assert (line.verb, line.acted_as, line.user) == (Verb.CONFIRMED, ActedAs.STEWARD, None)
    assert line.reason == BY_LINK
    assert line.after == {"confirmed_on": TODAY.isoformat()}


def test_changed_confirms_too_and_leads_to_editing(client: Client) -> None:
    place = make_old()
    shown = answered(client, asked(place), "changed")
    assert f"/orte/{place.pk}/bearbeiten/" in shown
    place.refresh_from_db()
    assert place.confirmed_on == TODAY
    assert client.get(f"/orte/{place.pk}/bearbeiten/").status_code == 302  # by signing in


def test_a_place_that_is_closed_goes_to_the_review(client: Client) -> None:
    place = make_old()
    assert "sieht die Prüfstelle noch einmal hin" in answered(client, asked(place), "closed")
    place.refresh_from_db()
    assert (place.status, place.confirmed_on) == (Status.ACTIVE, LAST_YEAR)
    proposal = Submission.of(place).get()
    assert (proposal.values, proposal.state, proposal.user) == ({"status": "closed"}, SubmissionState.WAITING, None)
    assert proposal.message == BY_LINK


@pytest.mark.parametrize("make", [make_support, make_space])
def test_anything_else_is_closed_at_once(client: Client, make: Any) -> None:
    entry = make()
    assert "erscheint jetzt als geschlossen" in answered(client, asked(entry), "closed")
    entry.refresh_from_db()
    assert entry.status == Status.CLOSED
    assert not Submission.objects.exists()


def test_closed_joins_what_waits_already(client: Client) -> None:
    place = make_old()
    waiting = {"state": SubmissionState.WAITING, "waiting_since": TODAY, "kind": "change"}
    Submission.objects.create(place=place, values={"engaged_actors": 3}, base={"engaged_actors": None}, **waiting)
    answered(client, asked(place), "closed")
    assert Submission.of(place).get().values == {"engaged_actors": 3, "status": "closed"}


def test_answering_twice_is_friendly_and_changes_nothing(client: Client) -> None:
    place = make_old()
    question = asked(place)
    answered(client, question, "still_there")
    shown = answered(client, question, "closed")
    assert "haben Sie am 22. November 2026 geantwortet: Alles wie bisher." in shown
    assert not Submission.objects.exists()
    assert Change.of_entry(place).count() == 1
    assert answer_question(question, "changed", TODAY).again


def test_the_link_holds_sixty_days_from_the_question_whatever_letter_it_is_from(client: Client) -> None:
    place = make_old()
    last, over = asked(place, 60), asked(place, 61)
    assert page(client, last)
    for method in (client.get, client.post):
        response = method(address(over), {"answer": "still_there"})
        assert response.status_code == 410
        assert "gilt nicht mehr" in response.content.decode()
    place.refresh_from_db()
    assert place.confirmed_on == LAST_YEAR


@pytest.mark.parametrize("token", ["1", "1:x", "x", "nonsense:abc"])
def test_a_link_that_was_made_up_is_none(client: Client, token: str) -> None:
    asked(make_old(), pk=1)
    assert client.post(f"/noch-da/{token}/", {"answer": "closed"}).status_code == 410
    assert question_of(token, TODAY) is None
    assert Question.objects.get().answer == ""


def test_a_question_that_is_gone_is_none() -> None:
    question = asked(make_old())
    token = question_token(question)
    question.delete()
    assert question_of(token, TODAY) is None


def test_an_answer_that_there_is_not_asks_again(client: Client) -> None:
    question = asked(make_old())
    response = client.post(address(question), {"answer": "perhaps"})
    assert response.status_code == 422
    assert 'value="still_there"' in response.content.decode()


def test_nobody_is_asked_about_what_is_not_public(client: Client) -> None:
    place = make_old(publication=Publication.ARCHIVED)
    question = asked(place)
    shown = page(client, question)
    assert "nicht mehr öffentlich" in shown
    assert 'name="answer"' not in shown
    with pytest.raises(ValidationError):
        answer_question(question, "still_there", TODAY)


def test_the_page_is_in_no_cache_and_no_search_engine_and_names_nobody(client: Client) -> None:
    place = make_old()
    make_steward(place, "anna", "anna@example.org")
    make_reviewer("06635", "pruefer")
    response = client.get(address(asked(place)))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "anna" not in response.content.decode()
