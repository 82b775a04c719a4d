"""Pages are tested without collected static files: names stay unhashed. Hashing has its own test in tests/house.
No request leaves its language behind for the next test. Every answer of the API is held against its document."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from sok_site.problems import PROBLEM
from tests.web import answers

# What the document does not describe: itself, and its pages for people.
BESIDE_THE_DOCUMENT = ("/api/v1/schema/", "/api/v1/docs/")


@pytest.fixture(autouse=True)
def unhashed_static_files(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def own_exports(settings: Settings, tmp_path: Path) -> None:
    settings.EXPORTS_DIR = tmp_path / "exports"


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """LocaleMiddleware sets the thread's language; only Django's own handler takes it back, not the test client."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def answers_of_the_api_are_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks, and for whatever: status, media type and content are as the document says."""
    asked = Client.request

    def request(client: Client, **environ: Any) -> Any:
        response: Any = asked(client, **environ)
        _hold_against_the_document(environ, response)
        return response

    monkeypatch.setattr(Client, "request", request)


def _hold_against_the_document(environ: dict[str, Any], response: Any) -> None:
    path, method = unquote(environ["PATH_INFO"]), environ.get("REQUEST_METHOD", "GET")
    if not path.startswith(answers.API) or path in BESIDE_THE_DOCUMENT:
        return
    if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR or method == "OPTIONS":
        return  # a failure that a test made; what a browser asks before it asks
    if answers.is_documented(path, method):
        parts = "fields" in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        answers.check(path, response, whole=not parts, method=method)
    elif response.status_code != HTTPStatus.MOVED_PERMANENTLY:  # a forgotten slash
        assert response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED), f"{method} {path}"
        assert response.headers["Content-Type"] == PROBLEM
