"""A submission that is sent again, because its answer got lost, is made once: Idempotency-Key."""

import time
from datetime import timedelta
from http import HTTPStatus
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from places import clock
from places.accounts import account_for
from places.api.examples import NEW
from places.api.idempotency import Once
from places.api.refusals import BeingMade
from places.models import ApiToken, IdempotencyKey, Place, Submission
from places.models.idempotency import KEPT
from places.tokens import digest_of, make_token, revoke_token
from places.upkeep.retention import apply_retention
from tests.web.answers import send
from tests.web.writes.steps import LISTS, key_of, pointers

pytestmark = pytest.mark.django_db
UUID = '"8e03978e-40d5-43e8-bc93-6894a57f9324"'


@pytest.fixture
def rosa() -> User:
    return account_for("rosa@example.org")


def submit(key: str, name: str = UUID, kind: str = "place", path: str = "", **other: Any) -> Any:
    """A new entry, sent under an Idempotency-Key."""
    headers = {"Idempotency-Key": name}
    return send("POST", path or LISTS[kind], {**NEW[kind], **other}, key=key, **headers)


@pytest.mark.parametrize("kind", LISTS)
def test_what_is_sent_twice_is_made_once_and_answered_alike(kind: str, rosa: User) -> None:
    key = key_of(rosa)
    first = submit(key, kind=kind)
    assert first.status_code == HTTPStatus.CREATED
    again = submit(key, kind=kind)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert submit(key, UUID.strip('"'), kind=kind).json() == first.json(), "with and without quotes"
    accepted = submit(key, kind=kind, path=f"{LISTS[kind]}?duplicates=accepted")
    assert accepted.json() == first.json()
    assert Submission.objects.count() == 1


def test_who_sends_it_again_reads_how_it_stands_now(rosa: User) -> None:
    key = key_of(rosa)
    first = submit(key).json()
    withdrawn = send("POST", f"submissions/{first['id']}/withdrawal/", key=key)
    assert withdrawn.status_code == HTTPStatus.OK
    assert submit(key).json() == withdrawn.json() != first


def test_another_body_under_the_same_key_is_refused(rosa: User) -> None:
    key = key_of(rosa)
    submit(key)
    assert pointers(submit(key, name_of_it="anders")) == {"#"}
    assert pointers(submit(key, name=UUID, kind="space")) == {"#"}
    assert Submission.objects.count() == 1


def test_what_was_refused_can_be_sent_again_under_its_key(rosa: User) -> None:
    key = key_of(rosa)
    assert pointers(submit(key, kind_of_it="?")) == {"#/kind_of_it"}
    assert not IdempotencyKey.objects.exists()
    assert submit(key).status_code == HTTPStatus.CREATED


def test_a_key_counts_for_one_token(rosa: User) -> None:
    today = clock.today()
    other = make_token(rosa, name="Andere", ends_on=today, today=today)
    assert submit(key_of(rosa)).status_code == HTTPStatus.CREATED
    assert submit(other).status_code == HTTPStatus.CONFLICT, "the entry is there already"
    assert submit(other, path="places/?duplicates=accepted").status_code == HTTPStatus.CREATED
    assert revoke_token(rosa, ApiToken.objects.get(name="Andere").pk)
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("name", ["", '""', "ä" * 3, "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_named(name: str, rosa: User) -> None:
    refused = submit(key_of(rosa), name)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert [error["parameter"] for error in refused.json()["errors"]] == ["Idempotency-Key"]
    assert not Submission.objects.exists()


def test_without_a_key_nothing_is_remembered(rosa: User) -> None:
    key = key_of(rosa)
    assert send("POST", "places/", NEW["place"], key=key).status_code == HTTPStatus.CREATED
    assert not IdempotencyKey.objects.exists()
    assert send("POST", "places/", NEW["place"], key=key).status_code == HTTPStatus.CONFLICT


def test_after_a_day_it_is_forgotten(rosa: User) -> None:
    key = key_of(rosa)
    submit(key)
    assert apply_retention(clock.today()).idempotency_keys == 0
    IdempotencyKey.objects.update(made_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert submit(key).status_code == HTTPStatus.CONFLICT, "the entry is there already"
    assert submit(key, path="places/?duplicates=accepted").status_code == HTTPStatus.CREATED
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(made_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert apply_retention(clock.today(), dry_run=True).idempotency_keys == 1
    assert apply_retention(clock.today()).idempotency_keys == 1
    assert not IdempotencyKey.objects.exists()


def test_whoever_was_slower_makes_nothing(rosa: User) -> None:
    made = Submission.objects.get(pk=submit(key_of(rosa)).json()["id"])
    held = IdempotencyKey.objects.get()
    with pytest.raises(BeingMade):
        Once(held.token, held.key, held.body).remember(made)
    assert IdempotencyKey.objects.count() == 1


def somebody_waits() -> bool:
    """Whether PostgreSQL lets somebody wait for another's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


if connection.vendor == "postgresql":  # the other's database in memory does not let anybody wait

    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_the_same_time_one_is_made(rosa: User) -> None:
        key, answers = key_of(rosa), []
        made = Submission.objects.get(pk=send("POST", "places/", NEW["place"], key=key).json()["id"])

        def second() -> None:
            answers.append(submit(key, path="places/?duplicates=accepted"))
            connection.close()

        with transaction.atomic():  # the first is still being worked on
            Once(ApiToken.objects.get(), digest_of(UUID.strip('"')), "its body").remember(made)
            thread = Thread(target=second)
            thread.start()
            while thread.is_alive() and not somebody_waits():
                time.sleep(0.01)
        thread.join()
        assert [answer.status_code for answer in answers] == [HTTPStatus.CONFLICT]
        assert "Idempotency-Key" in answers[0].json()["detail"]
        assert Submission.objects.count() == Place.objects.count() == 1
