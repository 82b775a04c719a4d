"""Confirming, withdrawing and answering over the API."""

from datetime import date
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client

from places import clock
from places.accounts import account_for
from places.models import Change, Entry, Place, Question
from places.vocabulary import SubmissionKind, SubmissionState, Verb
from tests.factories import make_space, make_steward, make_submission
from tests.web.answers import API, send
from tests.web.writes.steps import LISTS, MAKE, key_of, korbach, pointers, read, with_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", LISTS)
def test_a_confirmation_answers_the_question_of_the_year(kind: str) -> None:
    entry: Entry = MAKE[kind](korbach(), confirmed_on=date(2020, 1, 1))
    today = clock.today()
    question = Question.objects.create(asked_on=today, last_sent_on=today, **{kind: entry})
    path = f"{LISTS[kind]}{entry.pk}/"
    done = send("POST", f"{path}confirmation/", key=key_of(make_steward(entry)))
    assert done.status_code == HTTPStatus.OK
    assert (done.json()["confirmed_on"], done.json()["is_confirmed"]) == (today.isoformat(), True)
    assert read(path) == (done.json(), done.headers["ETag"])
    question.refresh_from_db()
    assert question.answer == "still_there"


@pytest.mark.parametrize("kind", LISTS)
def test_what_is_withdrawn_is_gone_with_its_reason_on_record(kind: str) -> None:
    entry: Entry = MAKE[kind](korbach())
    key, path = key_of(make_steward(entry)), f"{LISTS[kind]}{entry.pk}/"
    assert pointers(send("POST", f"{path}withdrawal/", {}, key=key)) == {"#/reason"}
    assert send("POST", f"{path}withdrawal/", {"reason": "Geschlossen"}, key=key).status_code == HTTPStatus.NO_CONTENT
    assert send("GET", path).status_code == HTTPStatus.GONE
    assert Change.objects.get(verb=Verb.ARCHIVED).reason == "Geschlossen"


def test_a_question_of_the_reviewers_is_answered_and_a_submission_taken_back(place: Place, steward: User) -> None:
    key, today = key_of(steward), clock.today()
    asked = make_submission(
        place, SubmissionKind.CHANGE, user=steward, state=SubmissionState.ASKED_BACK, reason="Seit wann?", values={}
    )
    path = f"submissions/{asked.pk}/"
    assert send("GET", path, key=key).json()["answer"] == "Seit wann?"
    assert pointers(send("POST", f"{path}reply/", {"message": ""}, key=key)) == {"#/message"}
    answered = send("POST", f"{path}reply/", {"message": "Seit Mai"}, key=key).json()
    assert (answered["state"], answered["message"], answered["waiting_since"]) == ("waiting", "Seit Mai", str(today))
    assert pointers(send("POST", f"{path}reply/", {"message": "Seit Mai"}, key=key)) == {"#"}
    assert send("POST", f"{path}withdrawal/", key=key).json()["state"] == "withdrawn"
    assert pointers(send("POST", f"{path}withdrawal/", key=key)) == {"#"}


def test_nobody_sees_or_touches_the_submissions_of_others(place: Place, steward: User, key: str) -> None:
    mine = make_submission(place, SubmissionKind.CHANGE, user=steward)
    make_submission(make_space(korbach()), SubmissionKind.CLAIM, user=account_for("rosa@example.org"))
    assert [row["id"] for row in send("GET", "submissions/", key=key).json()["results"]] == [str(mine.pk)]
    other = key_of(account_for("rosa@example.org"))
    for method, path in (("GET", ""), ("POST", "withdrawal/"), ("POST", "reply/")):
        sent = {"message": "x"} if path == "reply/" else None
        assert send(method, f"submissions/{mine.pk}/{path}", sent, key=other).status_code == HTTPStatus.NOT_FOUND
    for state, count in (("waiting", 1), ("rejected", 0)):
        assert Client().get(f"{API}submissions/", {"state": state}, headers=with_key(key)).json()["count"] == count
