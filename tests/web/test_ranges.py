"""Serving parts of a file: what RFC 9110 says of ranges, of conditions, and of both together."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from sok_site.ranges import OutsideError, file_response, parse_range

BYTES = bytes(range(256)) * 1000  # several blocks
SIZE = len(BYTES)


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    """A file, and a site that serves it at /file."""
    found = tmp_path / "layer.bin"
    found.write_bytes(BYTES)

    def view(request: HttpRequest) -> HttpResponseBase:
        return file_response(request, found, content_type="application/x-layer", attachment="gemeinden.bin")

    class Site:
        urlpatterns = [path("file", view)]

    settings.ROOT_URLCONF = Site
    return found


def ask(method: str = "get", **headers: str) -> Any:
    """The response, read to its end: ``sent``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = getattr(Client(), method)("/file", headers={"Accept-Encoding": "gzip", **named})
    response.sent = response.getvalue()
    return response


def sent(response: Any) -> Any:
    return response.sent


def test_without_a_range_the_file_comes_whole_and_is_not_packed_on_the_way(file: Path) -> None:
    response = ask()
    assert response.status_code == HTTPStatus.OK
    assert (response["Accept-Ranges"], response["Content-Length"]) == ("bytes", str(SIZE))
    assert response["Content-Type"] == "application/x-layer"
    assert response["Content-Disposition"] == 'attachment; filename="gemeinden.bin"'
    assert "Content-Encoding" not in response
    assert sent(response) == BYTES


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-99", 10, 99),
        ("Bytes = 10-99", 10, 99),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-7", SIZE - 7, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=100-{SIZE * 2}", 100, SIZE - 1),
    ],
)
def test_a_range_is_answered_with_exactly_its_bytes(file: Path, asked: str, first: int, last: int) -> None:
    response = ask(Range=asked)
    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert sent(response) == BYTES[first : last + 1]


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-2", "bytes=1-2,5-6", "items=0-1", "bytes=a-b", "bytes=-", "bytes", "bytes=²-", "bytes=+1-2", "bytes=--1"],
)
def test_what_is_no_single_range_is_passed_over(file: Path, asked: str) -> None:
    assert sent(ask(Range=asked)) == BYTES


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_a_range_outside_of_the_file_is_refused_with_its_length(file: Path, asked: str) -> None:
    response = ask(Range=asked)
    assert response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response["Content-Type"] == "application/problem+json"


def test_no_range_of_an_empty_file_can_be_had(file: Path) -> None:
    file.write_bytes(b"")
    assert ask(Range="bytes=0-").status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert sent(ask()) == b""


def test_a_head_says_what_a_get_would_without_a_range_and_sends_nothing(file: Path) -> None:
    response = ask("head", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"]) == (HTTPStatus.OK, str(SIZE))
    assert response["ETag"] == ask()["ETag"]
    assert sent(response) == b""


def test_what_the_reader_has_already_is_not_sent_again_also_not_in_part(file: Path) -> None:
    whole = ask()
    for method in ("get", "head"):
        for condition in ({"If_None_Match": whole["ETag"]}, {"If_Modified_Since": whole["Last-Modified"]}):
            response = ask(method, Range="bytes=0-9", **condition)
            assert response.status_code == HTTPStatus.NOT_MODIFIED
            assert (response["ETag"], response["Last-Modified"]) == (whole["ETag"], whole["Last-Modified"])


def test_a_reader_who_expects_another_file_is_told_so(file: Path) -> None:
    assert ask(If_Match='"another"').status_code == HTTPStatus.PRECONDITION_FAILED
    assert ask(If_Match=ask()["ETag"], Range="bytes=0-9").status_code == HTTPStatus.PARTIAL_CONTENT


def test_a_part_is_sent_only_of_the_file_that_the_reader_has_parts_of(file: Path) -> None:
    whole = ask()
    for condition in (whole["ETag"], whole["Last-Modified"]):
        assert ask(Range="bytes=0-9", If_Range=condition).status_code == HTTPStatus.PARTIAL_CONTENT
    for condition in (f"W/{whole['ETag']}", '"another"', "Sun, 06 Nov 1994 08:49:37 GMT", "nonsense"):
        assert sent(ask(Range="bytes=0-9", If_Range=condition)) == BYTES


def test_another_file_has_another_etag(file: Path) -> None:
    before = ask()["ETag"]
    file.write_bytes(BYTES + b".")
    assert ask()["ETag"] != before


def test_nginx_in_front_is_told_which_file_to_send(file: Path, settings: Settings, tmp_path: Path) -> None:
    settings.SERVED_DIRS = {"exports": tmp_path}
    assert sent(ask()) == BYTES
    settings.ACCEL_LOCATION = "/_files/"
    response = ask(Range="bytes=0-9")
    assert (response.status_code, sent(response)) == (HTTPStatus.OK, b"")
    assert response["X-Accel-Redirect"] == "/_files/exports/layer.bin"
    assert ask(If_None_Match=response["ETag"]).status_code == HTTPStatus.NOT_MODIFIED
    settings.SERVED_DIRS = {"exports": tmp_path / "elsewhere"}
    assert "X-Accel-Redirect" not in ask()


@pytest.mark.django_db  # the end of a request looks after the connection
def test_a_file_that_is_read_half_is_closed(file: Path) -> None:
    request = RequestFactory().get("/file", headers={"Range": "bytes=0-200000"})
    response: Any = file_response(request, file, content_type="application/x-layer")
    blocks = iter(response.streaming_content)
    assert next(blocks) == BYTES[: 64 * 1024]
    response.close()
    with pytest.raises(ValueError, match="closed file"):
        next(blocks)


@given(size=st.integers(0, 20), first=st.integers(0, 25), last=st.integers(0, 25))
def test_a_range_never_leaves_the_file(size: int, first: int, last: int) -> None:
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            found = parse_range(header, size)
        except OutsideError:
            assert first >= size or (header.startswith("bytes=-") and (size == 0 or last == 0))
            continue
        if found is None:
            assert header == f"bytes={first}-{last}"
            assert first > last
        else:
            assert 0 <= found[0] <= found[1] < size
