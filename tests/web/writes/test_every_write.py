"""What every write over the API has in common: a key, a bounded body, a limit, problems in English."""

import json
from http import HTTPStatus

import pytest
from django.test import Client

from places import throttling
from places.api.bodies import MOST_BYTES
from places.models import Place, Support
from tests.factories import make_steward, make_support
from tests.web.answers import API, send
from tests.web.writes.steps import change, key_of, korbach, with_key

pytestmark = pytest.mark.django_db


WRITES = [
    ("POST", "places/"),
    ("PATCH", "places/{pk}/"),
    ("POST", "places/{pk}/confirmation/"),
    ("POST", "places/{pk}/withdrawal/"),
    ("GET", "submissions/"),
    ("GET", "submissions/1/"),
    ("POST", "submissions/1/reply/"),
    ("POST", "submissions/1/withdrawal/"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_without_a_key_that_holds_it_is_401_and_a_session_is_none(method: str, path: str, place: Place) -> None:
    client = Client()
    client.force_login(make_steward(place))
    for headers in ({}, with_key("sok_" + "x" * 40), {"Authorization": "Basic eDp5"}):
        answer = client.generic(method, API + path.format(pk=place.pk), "{}", "application/json", headers=headers)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="SOK-Atlas"')
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == bool(headers)


def test_reads_are_open_without_a_key_and_private_with_one(place: Place, key: str) -> None:
    for path in ("places/", f"places/{place.pk}/"):
        assert "public" in Client().get(API + path).headers["Cache-Control"]
        own = Client().get(API + path, headers=with_key(key))
        assert own.status_code == HTTPStatus.OK
        assert own.headers["Cache-Control"] == "private, no-cache"
    assert send("GET", "submissions/", key=key).headers["Cache-Control"] == "private, no-cache"
    assert "no-store" in change(f"places/{place.pk}/", {"name": "Neu"}, key).headers["Cache-Control"]


def test_a_body_is_json_of_a_bounded_size(key: str) -> None:
    def status(body: str | bytes, media: str = "application/json") -> int:
        answer = Client().post(f"{API}places/", body, content_type=media, headers=with_key(key))
        assert answer.headers["Content-Type"] == "application/problem+json"
        return int(answer.status_code)

    assert status("name=Treff", "application/x-www-form-urlencoded") == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    for broken in ("{", '{"name": NaN}', '{"name": "\\ud800"}', b"\xff", "[" * 100_000):
        assert status(broken) == HTTPStatus.BAD_REQUEST, broken[:20]
    assert status('{"name": 1e400}') == HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(b"[" + b" " * MOST_BYTES + b"]") == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_merge_patch_is_understood_by_its_own_name(place: Place, key: str) -> None:
    answer = Client().patch(
        f"{API}places/{place.pk}/",
        json.dumps({"description": None}),
        content_type="application/merge-patch+json",
        headers={**with_key(key), "If-Match": "*"},
    )
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["description"] is None


def test_who_writes_too_much_is_asked_to_wait(place: Place, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "PER_WRITER", 1)
    path = f"places/{place.pk}/confirmation/"
    assert send("POST", path, key=key).status_code == HTTPStatus.OK
    refused = send("POST", path, key=key)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert refused.headers["Retry-After"] == "3600"
    assert send("GET", "submissions/", key=key).status_code == HTTPStatus.OK


def test_a_page_of_another_site_may_write_with_a_key_but_sends_no_cookie(place: Place) -> None:
    allowed = Client().options(f"{API}places/{place.pk}/", headers={"Origin": "https://example.org"}).headers
    assert allowed["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, PATCH"
    assert {"Authorization", "Content-Type", "If-Match"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
    assert allowed["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in allowed
    acts = Client().options(f"{API}places/{place.pk}/confirmation/").headers
    assert acts["Access-Control-Allow-Methods"] == "OPTIONS, POST"


def test_a_method_that_is_not_there_is_405_and_told_which_are(place: Place, key: str) -> None:
    for method, path, allowed in (
        ("PUT", f"places/{place.pk}/", "GET, PATCH, HEAD, OPTIONS"),
        ("DELETE", f"places/{place.pk}/", "GET, PATCH, HEAD, OPTIONS"),
        ("GET", f"places/{place.pk}/confirmation/", "POST, OPTIONS"),
    ):
        answer = Client().generic(method, API + path, headers=with_key(key))
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert answer.headers["Allow"] == allowed


def test_problems_of_writes_are_in_english_whoever_asks(place: Place, key: str) -> None:
    sent = {"address": {"postcode": "3"}}
    answer = change(f"places/{place.pk}/", sent, key, **{"Accept-Language": "de"})
    assert answer.json()["errors"] == [{"pointer": "#/address/postcode", "detail": "A postcode has five digits."}]


def test_a_support_structure_serves_the_areas_it_is_given() -> None:
    support = make_support(korbach())
    key, path = key_of(make_steward(support)), f"support/{support.pk}/"
    assert change(path, {"areas": ["06", "06635015", "06"]}, key).json()["areas"] == ["06", "06635015"]
    assert change(path, {"areas": ["06", ""]}, key).json()["areas"] == [""]
    assert Support.objects.get().areas.count() == 1
