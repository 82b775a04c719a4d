"""Pages are tested without collected static files: names stay unhashed. Hashing has its own test in tests/house.
No request leaves its language behind for the next test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings


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
