"""What every endpoint has: problems, methods, validators, languages, open to other sites."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date, parse_http_date

from cohesion.api.scores import Scores
from places.models import DataChange, Place, PlanningRegion
from sok_site.openapi import document
from sok_site.problems import PROBLEM
from tests.factories import (
    NOON,
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
)
from tests.web.answers import API, ask, check_against, get

pytestmark = pytest.mark.django_db

PATHS = [
    "",
    "municipalities/",
    "municipalities/06635001/",
    "municipalities/06635001/history/",
    "municipalities/06635001/places/",
    "places/",
    "places/{place}/",
    "support/",
    "support/{support}/",
    "spaces/",
    "spaces/{space}/",
    "districts/",
    "districts/{district}/",
    "states/",
    "states/{state}/",
    "planning-regions/",
    "planning-regions/{region}/",
    "exports/",
    "interplay/",
    "assessments/",
    "assessments/{assessment}/",
    "scores/",
    "changes/",
]


@pytest.fixture
def ids() -> dict[str, int | str]:
    municipality, assessment = make_municipality("06635001"), make_assessment()
    make_score(municipality, assessment)
    return {
        "place": make_place(municipality).pk,
        "support": make_support(municipality).pk,
        "space": make_space(municipality).pk,
        "assessment": assessment.pk,
        "district": "06635",
        "state": "06",
        "region": PlanningRegion.objects.create(slug="nord", name="Nord", areas=["06635"]).slug,
    }


def problem_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"] == PROBLEM
    problem: dict[str, Any] = response.json()
    check_against(document()["components"]["schemas"]["Problem"], problem)
    return problem


def test_the_paths_of_this_test_are_all_that_are_documented() -> None:
    open_to_all = [
        path
        for path, methods in document()["paths"].items()
        # What needs a key: tests/web/writes/; a file: test_exports.py
        if "get" in methods and not methods["get"].get("security") and not path.endswith("exports/{name}")
    ]
    parts = [path.removeprefix(API).replace("{ags}", "06635001") for path in open_to_all]
    assert sorted(parts) == sorted(documented(path) for path in PATHS)


def documented(path: str) -> str:
    """A path of PATHS with its gaps named as in the document."""
    return re.sub(r"\{\w+\}", lambda gap: "{key}" if gap[0] in ("{district}", "{state}", "{region}") else "{id}", path)


@pytest.mark.parametrize("path", PATHS)
def test_answers_as_documented_with_validators_and_for_every_site(path: str, ids: dict[str, int | str]) -> None:
    response = ask(path.format(**ids))
    assert response.status_code == HTTPStatus.OK
    assert response.headers["ETag"].startswith('"')
    assert parse_http_date(response.headers["Last-Modified"])
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in response.headers["Vary"] or path in ("", "assessments/{assessment}/", "changes/")
    assert not response.cookies


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_without_a_key(path: str, method: str, ids: dict[str, int | str]) -> None:
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(API + path.format(**ids), "{}", content_type="application/json")
    if method in document()["paths"][API + documented(path).replace("06635001", "{ags}")]:
        problem_of(response, HTTPStatus.UNAUTHORIZED)
        return
    problem = problem_of(response, HTTPStatus.METHOD_NOT_ALLOWED)
    assert problem["title"] == "Method Not Allowed"
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", PATHS)
def test_a_parameter_that_does_not_exist_is_refused_everywhere(path: str, ids: dict[str, int | str]) -> None:
    problem = get(path.format(**ids), HTTPStatus.BAD_REQUEST, sort="name")
    assert problem["type"] == "about:blank"
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)
    assert problem["instance"] == API + path.format(**ids)
    assert problem["detail"] == "Not understood: sort."
    assert [error["parameter"] for error in problem["errors"]] == ["sort"]


@pytest.mark.parametrize("path", PATHS)
def test_a_format_that_does_not_exist_is_refused_everywhere(path: str, ids: dict[str, int | str]) -> None:
    problem = get(path.format(**ids), HTTPStatus.BAD_REQUEST, format="pdf")
    assert [error["parameter"] for error in problem["errors"]] == ["format"]
    assert get(path.format(**ids), HTTPStatus.NOT_ACCEPTABLE, accept="image/png")["status"] == 406


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*;q=0.1", "application/json"),
        ("text/csv, application/json", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/geo+json;q=0.2, text/*;q=0.3", "text/csv"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("application/json;q=0, */*", "application/geo+json"),
        ("application/json; charset=utf-8", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_format_is_the_one_that_the_reader_likes_best(accept: str, media_type: str) -> None:
    assert ask("municipalities/", accept=accept).headers["Content-Type"].split(";")[0] == media_type


def test_a_format_that_the_reader_rules_out_is_not_sent() -> None:
    get("assessments/", HTTPStatus.NOT_ACCEPTABLE, accept="application/json;q=0")


@pytest.mark.parametrize("path", ["nothing", "nothing/", "municipalities/06635001/mayor/", "places/abc/", "places/-1/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_path_is_a_problem_too(path: str, method: str, client: Client) -> None:
    problem = problem_of(getattr(client, method)(f"{API}{path}"), HTTPStatus.NOT_FOUND)
    assert problem["instance"] == f"{API}{path}"


def test_a_forgotten_slash_is_added_and_the_query_kept(client: Client) -> None:
    response = client.get(f"{API}places?kind=library")
    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response.headers["Location"] == f"{API}places/?kind=library"
    assert client.get(f"{API}scores").headers["Location"] == f"{API}scores/"


def test_a_failure_of_ours_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(view: Scores) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(Scores, "changed_at", fail)
    client = Client(raise_request_exception=False)
    problem = problem_of(client.get(f"{API}scores/"), HTTPStatus.INTERNAL_SERVER_ERROR)
    assert "disk" not in str(problem)


def test_a_path_of_another_house_is_not_ours(client: Client) -> None:
    assert client.get("/api/v2/").headers["Content-Type"] != PROBLEM


# --- Only if changed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", PATHS)
def test_what_did_not_change_is_not_sent_again(
    path: str, method: str, ids: dict[str, int | str], client: Client
) -> None:
    url = API + path.format(**ids)
    first = getattr(client, method)(url)
    for header, validator in [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]:
        again = getattr(client, method)(url, headers={header: first.headers[validator]})
        assert again.status_code == HTTPStatus.NOT_MODIFIED
        assert again.content == b""
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert again.headers["ETag"] == first.headers["ETag"]


def test_compression_changes_bytes_not_validators(client: Client) -> None:
    for _ in range(5):
        make_municipality()
    plain = client.get(f"{API}municipalities/")
    packed = [client.get(f"{API}municipalities/", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert {answer.headers["Content-Encoding"] for answer in packed} == {"gzip"}
    assert {answer.headers["ETag"] for answer in packed} == {f"W/{plain.headers['ETag']}"}
    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed[0].headers["ETag"]}
    assert client.get(f"{API}municipalities/", headers=headers).status_code == HTTPStatus.NOT_MODIFIED


def test_formats_have_validators_of_their_own(ids: dict[str, int | str]) -> None:
    tags = {ask("municipalities/", format=name).headers["ETag"] for name in ("json", "geojson", "csv")}
    assert len(tags) == 3


def test_last_modified_is_when_the_data_changed(ids: dict[str, int | str]) -> None:
    DataChange.objects.update(at=NOON)
    for path in ("municipalities/", "places/", "scores/", "interplay/"):
        assert parse_http_date(ask(path).headers["Last-Modified"]) == int(NOON.timestamp())


def test_a_change_is_sent_whoever_asks_with_an_old_validator(ids: dict[str, int | str], client: Client) -> None:
    DataChange.objects.update(at=NOON)
    first = client.get(f"{API}places/")
    Place.objects.update(name="Neu")
    DataChange.objects.update(at=NOON + timedelta(seconds=2))  # as a transaction of its own would say
    for header, validator in [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]:
        assert client.get(f"{API}places/", headers={header: first.headers[validator]}).status_code == HTTPStatus.OK


def test_a_place_that_is_withdrawn_counts_as_a_change(ids: dict[str, int | str], client: Client) -> None:
    yesterday = http_date((timezone.now() - timedelta(days=1)).timestamp())
    Place.objects.update(publication="archived")
    assert client.get(f"{API}places/", headers={"If-Modified-Since": yesterday}).json()["count"] == 0


def test_before_there_is_anything_there_is_no_date_of_change() -> None:
    assert "Last-Modified" not in ask("municipalities/").headers


# --- Other sites, other languages ------------------------------------------------------------------------------------


def test_a_page_of_another_site_may_ask_first(client: Client) -> None:
    response = client.options(f"{API}scores/", headers={"Origin": "https://example.org"})
    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_problems_are_worded_in_english_for_everybody(language: str, client: Client) -> None:
    headers = {"Accept-Language": language}
    response = client.get(f"{API}places/", {"page": "0"}, headers=headers)
    assert response.json()["errors"][0]["detail"] == "Ensure this value is greater than or equal to 1."
    assert response.headers["Content-Language"] == "en"


def test_a_cache_keeps_one_answer_for_readers_of_all_languages(client: Client) -> None:
    for path in (
        f"{API}places/",
        f"{API}scores/",
        f"{API}exports/places.csv",
        "/ogc/",
        "/ogc/collections/places/items",
    ):
        german, english = (client.get(path, headers={"Accept-Language": language}) for language in ("de", "en"))
        assert "Accept-Language" not in german.headers["Vary"]
        assert german.getvalue() == english.getvalue()
    assert "Accept-Language" in client.get("/ogc/", {"f": "html"}).headers["Vary"]


def test_a_page_of_another_site_may_read_a_file_in_parts(client: Client) -> None:
    path = f"{API}exports/places.parquet"
    first = client.options(path, headers={"Origin": "https://example.org"})
    assert {"Range", "If-Range"} <= set(first.headers["Access-Control-Allow-Headers"].split(", "))
    part = client.get(path, headers={"Range": "bytes=0-3"})
    assert part.getvalue() == b"PAR1"
    readable = set(part.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Accept-Ranges", "Content-Range", "Content-Disposition", "ETag"} <= readable


def test_other_pages_are_not_opened_to_other_sites(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/healthz").headers
    assert "Access-Control-Allow-Origin" not in client.get(f"{API}docs/").headers


def test_the_index_leads_to_every_entrance(client: Client) -> None:
    index = get("")
    for name in ("municipalities", "places", "interplay", "assessments", "scores", "schema", "docs"):
        assert client.get(index[name]).status_code == HTTPStatus.OK, name
