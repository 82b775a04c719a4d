"""The entry point that a WSGI server calls."""

from typing import Any

import pytest
from django.test import RequestFactory

from sok_site.wsgi import application


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "has_body"), [("GET", True), ("HEAD", False)])
def test_head_is_answered_as_get_without_a_body(method: str, has_body: bool) -> None:
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told.update(headers, status=status)

    body = b"".join(application(RequestFactory().generic(method, "/api/v1/").environ, start_response))
    assert (told["status"], bool(body)) == ("200 OK", has_body)
    assert int(told["Content-Length"]) > 0
