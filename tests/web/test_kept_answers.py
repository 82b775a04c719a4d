"""Answers that are kept until the data change: the same as fresh ones, found by one question to the database."""

import gzip
import re
from http import HTTPStatus
from typing import Any

import brotli
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from places.data_version import published_tables
from places.models import Place
from places.vocabulary import Role
from sok_site.kept_answers import BESIDE, Answer, Kept
from tests.factories import (
    involve,
    make_actor,
    make_assessment,
    make_municipality,
    make_photo,
    make_place,
    make_score,
    make_space,
    make_support,
)

API = [
    *("", "municipalities/", "municipalities/?format=geojson", "municipalities/?format=csv&delimiter=;"),
    *("municipalities/06635001/", "municipalities/06635001/history/", "municipalities/06635001/places/"),
    *("places/", "places/?format=geojson&fields=id,name", "places/?bbox=9,51,10,52", "places/{place}/"),
    *("support/", "spaces/?format=csv", "interplay/", "assessments/", "scores/", "scores/?format=csv"),
    *("districts/", "districts/06635/", "states/", "planning-regions/"),
]
OGC = [
    *("", "conformance", "api", "collections", "collections/places", "collections/places/queryables"),
    *("collections/municipalities/items", "collections/municipalities/items/06635001", "collections/districts/items"),
    *("collections/places/items?limit=1", "collections/support/items", "collections/spaces/items"),
]
SOMETHING = "/api/v1/municipalities/?format=geojson"


@pytest.fixture
def paths(transactional_db: None) -> list[str]:
    """A small atlas, and addresses of everything that can be read of it."""
    municipality, assessment = make_municipality("06635001"), make_assessment()
    place = make_place(municipality)
    involve(place, make_actor(), Role.PROVIDER)
    make_photo(place)
    make_support(municipality, "06")
    make_space(municipality)
    make_score(municipality, assessment)
    return [f"/api/v1/{path}".format(place=place.pk) for path in API] + [f"/ogc/{path}" for path in OGC]


def asked(client: Client, path: str, **headers: str) -> tuple[Any, int]:
    """The answer, and how many questions it took."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=headers)
    return response, len(captured)


def test_every_table_that_is_read_is_watched(paths: list[str]) -> None:
    """Else a change of it would leave answers as they are."""
    with CaptureQueriesContext(connection) as captured:
        for path in paths:
            Client().get(path)
    read = {table for query in captured for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
    watched = {table for label in ("places", "cohesion") for table in published_tables(apps.get_app_config(label))}
    assert "places_place" in read
    assert {table for table in read if table.startswith(("places_", "cohesion_"))} <= watched


def told(response: Any) -> dict[str, str]:
    return dict(response.headers)


def test_a_kept_answer_is_the_fresh_one_found_by_one_question(paths: list[str], client: Client) -> None:
    for path in paths:
        fresh, _ = asked(client, path)
        assert fresh.status_code == HTTPStatus.OK, path
        kept, questions = asked(client, path)
        assert (questions, kept.content, told(kept)) == (1, fresh.content, told(fresh)), path


def test_it_is_what_would_be_answered_without_keeping(paths: list[str], settings: Settings) -> None:
    keeping = {path: Client().get(path) for path in paths}
    settings.KEPT_ANSWERS_MB = 0
    for path, kept in keeping.items():
        fresh = Client().get(path)
        words = [{*answer.headers["Vary"].split(", ")} - {"Accept-Encoding"} for answer in (kept, fresh)]
        assert words[0] == words[1], path
        for answer in (kept, fresh):
            del answer.headers["Vary"]
        assert kept.content == fresh.content, path
        assert told(kept) == told(fresh), path


def test_who_has_it_already_is_told_so_without_building_it(paths: list[str], client: Client) -> None:
    for path in paths:
        first = client.get(path)
        for header, validator in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            if validator == "Last-Modified" and validator not in first.headers:
                continue
            again, questions = asked(client, path, **{header: first.headers[validator]})
            assert (again.status_code, again.content, questions) == (HTTPStatus.NOT_MODIFIED, b"", 1), path
            assert again.headers["Access-Control-Allow-Origin"] == "*"
            for name in ("ETag", "Cache-Control", "Vary"):
                assert again.headers[name] == first.headers[name], (path, name)


def test_validators_alone_are_kept_too(paths: list[str]) -> None:
    """A client that comes back with its validator after the worker began anew."""
    tag = Client().get(SOMETHING).headers["ETag"]
    client = Client()  # which has a handler of its own, and so nothing kept
    first, _ = asked(client, SOMETHING, **{"If-None-Match": tag})
    assert first.status_code == HTTPStatus.NOT_MODIFIED
    again, questions = asked(client, SOMETHING, **{"If-None-Match": tag})
    assert (again.status_code, questions, told(again)) == (HTTPStatus.NOT_MODIFIED, 1, told(first))
    whole = client.get(SOMETHING)
    assert whole.status_code == HTTPStatus.OK
    assert whole.content == Client().get(SOMETHING).content


def test_a_write_is_seen_at_once(paths: list[str], client: Client) -> None:
    before = client.get("/api/v1/places/")
    unrelated = client.get("/api/v1/municipalities/")
    Place.objects.update(name="Ganz neu")
    after = client.get("/api/v1/places/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.json()["results"][0]["name"] == "Ganz neu"
    assert client.get("/api/v1/municipalities/").headers["ETag"] == unrelated.headers["ETag"]


def test_a_day_later_it_is_asked_anew(paths: list[str], client: Client, settings: Settings) -> None:
    place = Place.objects.get()
    assert place.confirmed_on is not None
    assert client.get("/api/v1/places/").json()["results"][0]["is_confirmed"] is True
    settings.TODAY = place.confirmed_on.replace(year=place.confirmed_on.year + 3)
    assert client.get("/api/v1/places/").json()["results"][0]["is_confirmed"] is False


@pytest.mark.parametrize(("encoding", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_it_is_packed_once_as_it_can_be_read(paths: list[str], client: Client, encoding: str, undo: Any) -> None:
    plain = client.get(SOMETHING)
    packed = [client.get(SOMETHING, headers={"Accept-Encoding": f"{encoding}, x;q=0"}) for _ in range(2)]
    for response in packed:
        assert response.headers["Content-Encoding"] == encoding
        assert undo(response.content) == plain.content
        assert response.headers["ETag"] == f"W/{plain.headers['ETag']}"
        assert response.headers["Content-Length"] == str(len(response.content))
        assert "Accept-Encoding" in response.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in client.get(SOMETHING, headers={"Accept-Encoding": "identity, br;q=0"}).headers


def test_head_has_the_headers(paths: list[str], client: Client) -> None:
    whole = client.get(SOMETHING)
    head = client.head(SOMETHING)
    assert told(head) == told(whole)
    assert head.content == b""


def test_nothing_is_kept_of_a_session_or_a_token(paths: list[str], client: Client) -> None:
    client.get("/api/v1/places/")
    member = Client()
    member.force_login(User.objects.create_user("member"))
    for _ in range(2):
        response, questions = asked(member, "/api/v1/places/")
        assert "private" in response.headers["Cache-Control"]
        assert questions > 1
    for _ in range(2):
        _, questions = asked(client, "/api/v1/places/", Authorization="Bearer nothing")
        assert questions != 1


def test_neither_errors_nor_what_follows_from_the_hour_are_kept(paths: list[str], client: Client) -> None:
    for path, status in (("places/?fields=nothing", 400), ("places/99999/", 404), ("changes/", 200)):
        for _ in range(2):
            response, questions = asked(client, f"/api/v1/{path}")
            assert response.status_code == status
            assert status == HTTPStatus.BAD_REQUEST or questions > 1, path


def test_links_lead_to_the_host_that_was_asked(paths: list[str], client: Client) -> None:
    for host in ("localhost", "127.0.0.1", "localhost"):
        assert f"http://{host}/" in client.get("/api/v1/places/", headers={"Host": host}).content.decode()


def test_formats_are_not_taken_for_each_other(paths: list[str], client: Client) -> None:
    for _ in range(2):
        for accept, answered in (("application/geo+json", "application/geo+json"), ("text/csv", "text/csv")):
            response = client.get("/api/v1/places/", headers={"Accept": accept})
            assert response.headers["Content-Type"].startswith(answered)


# --- The memory -----------------------------------------------------------------------------------------------------


def test_what_was_asked_for_last_stays_within_the_limit() -> None:
    kept = Kept(5 * (BESIDE + 1000))
    kept.get("v", ())
    for number in range(8):
        kept.put("v", (str(number),), Answer({}, b"x" * 1000))
        kept.get("v", ("0",))
    assert kept.size <= kept.most
    assert kept.get("v", ("0",)) is not None
    assert kept.get("v", ("1",)) is None
    assert kept.get("v", ("7",)) is not None


def test_one_answer_does_not_take_it_all() -> None:
    kept = Kept(10_000)
    kept.get("v", ())
    kept.put("v", ("large",), Answer({}, b"x" * 5000))
    assert kept.get("v", ("large",)) is None


def test_another_version_empties_it_and_a_late_answer_of_the_old_one_does_not_come_in() -> None:
    kept = Kept(100_000)
    kept.get("old", ())
    kept.put("old", ("a",), Answer({}, b"a"))
    assert kept.get("new", ("a",)) is None
    kept.put("old", ("b",), Answer({}, b"b"))
    assert kept.get("new", ("b",)) is None
    assert kept.size == 0
