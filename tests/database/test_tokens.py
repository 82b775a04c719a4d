"""Keys to the API: only their digest is kept, they end, they go with the account, and each has a name of its own."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection

from places.accounts import account_for
from places.models import ApiToken
from places.tokens import PREFIX, TOKENS_AT_MOST, find_token, make_token, revoke_token
from places.upkeep.own_data import collect_own_data, delete_account
from places.upkeep.retention import TOKEN_DAYS, apply_retention
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

END = TODAY + timedelta(days=30)


@pytest.fixture
def rosa() -> User:
    return account_for("rosa@example.org")


def make(owner: User, name: str = "Website", ends_on: date = END) -> str:
    return make_token(owner, name=name, ends_on=ends_on, today=TODAY)


def test_a_key_is_found_by_its_secret_which_is_stored_nowhere(rosa: User) -> None:
    secret = make(rosa)
    assert secret.startswith(PREFIX)
    assert len(secret) == len(PREFIX) + 40
    found = find_token(secret, TODAY)
    assert found is not None
    assert found.owner == rosa
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM places_apitoken")
        assert secret not in str(cursor.fetchall())
        assert secret.removeprefix(PREFIX) not in str(cursor.fetchall())
    for wrong in ("", PREFIX, secret[:-1], secret.upper(), found.digest):
        assert find_token(wrong, TODAY) is None


def test_two_keys_are_never_alike(rosa: User) -> None:
    assert make(rosa, "Eins") != make(rosa, "Zwei")


def test_it_holds_to_the_end_of_its_last_day_and_not_longer(rosa: User) -> None:
    secret = make(rosa)
    assert find_token(secret, END) is not None
    assert find_token(secret, END + timedelta(days=1)) is None


def test_it_remembers_the_day_it_was_used_last_and_no_more(rosa: User) -> None:
    secret = make(rosa)
    assert ApiToken.objects.get().last_used_on is None
    for day in (TODAY, TODAY, END):
        find_token(secret, day)
        assert ApiToken.objects.get().last_used_on == day


def test_the_owner_is_written_to(rosa: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = make(rosa, "Website des Vereins")
    (letter,) = mail.outbox
    assert letter.to == ["rosa@example.org"]
    assert "Website des Vereins" in letter.subject
    assert "/konto/schluessel/" in letter.body
    assert secret not in letter.body


def test_a_revoked_key_opens_nothing_and_nobody_revokes_that_of_another(rosa: User) -> None:
    secret, other = make(rosa), account_for("otto@example.org")
    pk = ApiToken.objects.get().pk
    assert not revoke_token(other, pk)
    assert find_token(secret, TODAY) is not None
    assert revoke_token(rosa, pk)
    assert find_token(secret, TODAY) is None
    assert not revoke_token(rosa, pk)


@pytest.mark.parametrize(
    ("name", "ends_on"),
    [
        *((name, END) for name in ("", "   ", "x" * 101, "Website", " Website ")),
        *(("Neu", TODAY + timedelta(days=days)) for days in (-1, 800)),
    ],
)
def test_a_key_needs_a_name_of_its_own_and_an_end_within_two_years(rosa: User, name: str, ends_on: date) -> None:
    make(rosa)
    with pytest.raises(ValidationError):
        make(rosa, name, ends_on)
    assert ApiToken.objects.count() == 1
    assert make(account_for("otto@example.org"))  # what others call theirs does not matter


def test_nobody_collects_keys(rosa: User) -> None:
    for number in range(TOKENS_AT_MOST):
        make(rosa, str(number))
    with pytest.raises(ValidationError, match="widerrufen"):
        make(rosa, "noch einer")


def test_keys_end_with_the_account(rosa: User) -> None:
    secret = make(rosa)
    rosa.is_active = False
    rosa.save()
    assert find_token(secret, TODAY) is None
    rosa.is_active = True
    rosa.save()
    delete_account(rosa, today=TODAY)
    assert find_token(secret, TODAY) is None
    assert not ApiToken.objects.exists()


def test_my_data_tell_of_my_keys_without_the_digest(rosa: User) -> None:
    make(rosa)
    keys = collect_own_data(rosa)["api_keys"]
    assert keys == [{"name": "Website", "created_on": TODAY, "ends_on": END, "last_used_on": None}]


def test_a_key_that_ended_goes_after_a_while(rosa: User) -> None:
    make(rosa)
    last = END + timedelta(days=TOKEN_DAYS)
    assert apply_retention(last).api_keys == 0
    assert apply_retention(last + timedelta(days=1), dry_run=True).api_keys == 1
    assert ApiToken.objects.exists()
    assert apply_retention(last + timedelta(days=1)).api_keys == 1
    assert not ApiToken.objects.exists()
