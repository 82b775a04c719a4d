"""How often the API may be asked: what every answer tells, what happens beyond, and who is counted together."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from places import clock
from places.accounts import account_for
from places.models import ApiToken
from places.tokens import make_token, revoke_token
from sok_site import rate_limits
from sok_site.rate_limits import Counters
from tests.factories import make_place
from tests.web.answers import check

pytestmark = pytest.mark.django_db

PLACES, LAYER = "/api/v1/places/", "/ogc/collections/places/items"
LIMIT, MORE = 5, 9
NOW = 1_800_000_018.0  # 42 seconds before the next minute


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody new to the site, in a minute that does not end."""
    settings.RATE_LIMIT_ANONYMOUS, settings.RATE_LIMIT_TOKEN, settings.PROXIES = LIMIT, MORE, 0
    monkeypatch.setattr(rate_limits, "time", lambda: NOW)
    return Client()


def statuses(client: Client, number: int, path: str = PLACES, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(number)]


def told(response: Any) -> tuple[str, int, int]:
    """Policy, what is allowed, what is left."""
    name, allowed, window = re.fullmatch(r'"(\w+)";q=(\d+);w=(\d+)', response.headers["RateLimit-Policy"]).groups()  # type: ignore[union-attr]
    same, left, seconds = re.fullmatch(r'"(\w+)";r=(\d+);t=(\d+)', response.headers["RateLimit"]).groups()  # type: ignore[union-attr]
    assert (same, window, seconds) == (name, "60", "42")
    return name, int(allowed), int(left)


def test_every_answer_tells_what_is_left_and_the_next_one_is_refused(client: Client) -> None:
    for number, path in enumerate((PLACES, LAYER, "/api/v1/?x=1", "/ogc/x", PLACES)):
        assert told(client.get(path)) == ("anonymous", LIMIT, LIMIT - number - 1)
    refused = client.get(PLACES, headers={"Origin": "https://example.org"})
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert refused.headers["Retry-After"] == "42"
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert told(refused) == ("anonymous", LIMIT, 0)
    assert "42 seconds" in refused.json()["detail"]
    check(PLACES, refused)
    assert client.get(LAYER).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert client.get("/methode/").status_code == HTTPStatus.OK
    assert "RateLimit" not in client.get("/").headers


def test_what_is_kept_and_what_is_unchanged_counts_too(client: Client) -> None:
    first = client.get(PLACES)
    again = client.get(PLACES, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert told(again) == ("anonymous", LIMIT, LIMIT - 2)


def test_the_next_minute_begins_anew(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert statuses(client, LIMIT + 1)[-1] == HTTPStatus.TOO_MANY_REQUESTS
    monkeypatch.setattr(rate_limits, "time", lambda: NOW + 42)
    assert statuses(client, 1) == [HTTPStatus.OK]


def test_addresses_are_counted_apart_and_what_is_made_up_is_not_believed(client: Client, settings: Settings) -> None:
    statuses(client, LIMIT)
    assert client.get(PLACES, REMOTE_ADDR="192.0.2.7").status_code == HTTPStatus.OK
    assert statuses(client, 1, **{"X-Forwarded-For": "192.0.2.8"}) == [HTTPStatus.TOO_MANY_REQUESTS]
    settings.PROXIES = 1
    assert statuses(client, 1, **{"X-Forwarded-For": "192.0.2.8"}) == [HTTPStatus.OK]


def test_a_key_allows_more_wherever_it_comes_from_and_a_made_up_one_does_not(client: Client) -> None:
    owner = account_for("rosa@example.org")
    secret = make_token(owner, name="Blatt", ends_on=clock.today() + timedelta(days=9), today=clock.today())
    bearer = {"Authorization": f"Bearer {secret}"}
    assert told(client.get(PLACES, headers=bearer))[0] == "anonymous"
    assert told(client.get(PLACES, headers=bearer)) == ("token", MORE, MORE - 1)
    assert statuses(client, MORE, **bearer)[-2:] == [HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS]
    assert client.get(PLACES, headers=bearer, REMOTE_ADDR="192.0.2.9").status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert told(client.get(PLACES)) == ("anonymous", LIMIT, LIMIT - 2)
    made_up = [{"Authorization": f"Bearer sok_{number}"} for number in range(LIMIT)]
    assert [client.get(PLACES, headers=each).status_code for each in made_up][-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_a_revoked_key_is_known_for_minutes_at_most(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = account_for("rosa@example.org")
    secret = make_token(owner, name="Blatt", ends_on=clock.today(), today=clock.today())
    bearer = {"Authorization": f"Bearer {secret}"}
    client.get(PLACES, headers=bearer)
    revoke_token(owner, ApiToken.objects.get().pk)
    monkeypatch.setattr(rate_limits, "time", lambda: NOW + rate_limits.KEYS_FOR)
    assert told(client.get(PLACES, headers=bearer))[0] == "anonymous"


def test_no_limit_where_none_is_set(client: Client, settings: Settings) -> None:
    settings.RATE_LIMIT_ANONYMOUS = 0
    assert set(statuses(client, LIMIT + 3)) == {HTTPStatus.OK}
    assert "RateLimit" not in client.get(PLACES).headers


def test_counting_asks_no_database(client: Client, settings: Settings) -> None:
    make_place()
    client.get(PLACES)
    with CaptureQueriesContext(connection) as limited:
        assert "RateLimit" in client.get(PLACES).headers
    settings.RATE_LIMIT_ANONYMOUS = 0
    with CaptureQueriesContext(connection) as unlimited:
        assert "RateLimit" not in client.get(PLACES).headers
    asked, asked_without = ([query["sql"] for query in one.captured_queries] for one in (limited, unlimited))
    assert asked == asked_without


def test_the_memory_holds_no_address_and_many_addresses_do_not_count_as_one() -> None:
    counters = Counters()
    for _ in range(3):
        counters.count("192.0.2.7", 7)
    assert counters.count("192.0.2.7", 7) == 4
    assert counters.count("192.0.2.7", 8) == 1
    many = [counters.count(f"10.{number >> 8}.{number & 255}.1", 9) for number in range(3000)]
    assert sum(count > 1 for count in many) < 30
    assert b"192.0.2" not in counters.memory[:]
