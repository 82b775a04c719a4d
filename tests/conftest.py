"""What several tests share: where real data lies, and a database of their own for tests that start processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings
from xdist.remote import Producer

from tests import sharing_out

TESTS = Path(__file__).resolve().parent
DATA = TESTS / "data"
FIXTURES = TESTS.parent / "fixtures"
SHARED_DATA = TESTS.parent.parent / "shared" / "data"
WORLDS = count()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> sharing_out.LongFirst:
    """Of a parallel run: whoever says ``-n`` need not say how."""
    config.option.loadscopereorder = False
    return sharing_out.LongFirst(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a parallel run what takes long comes first; in one process everything stays where it is."""
    if hasattr(config, "workerinput"):
        sharing_out.long_first(items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be skipped: what cannot run there is not tested anywhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI: skipped tests count as failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def shared(name: str, instead: Path) -> Path:
    """A large real file where this machine has it, else the small one from the repository."""
    file = SHARED_DATA / name
    return file if file.exists() else instead


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """An empty database of the kind under test that other processes can open: its DATABASE_URL."""
    if connection.vendor == "sqlite":
        yield f"spatialite:///{folder / 'own.sqlite3'}"
        return
    name, options = f"sok_atlas_own_{os.getpid()}_{folder.name.replace('-', '_')}", settings.DATABASES["default"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        user, password, host = (quote(options[key], safe="") for key in ("USER", "PASSWORD", "HOST"))
        port = f":{options['PORT']}" if options["PORT"] else ""
        yield f"postgis://{user}:{password}@{host}{port}/{name}"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def few_draws(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Assessments say how sure they are, are soon done, and go on from none of another test."""
    settings.ASSESS_DRAWS = 8
    settings.RATE_LIMIT_ANONYMOUS = 0  # tests ask more often than anybody
    settings.LAST_WORLD = tmp_path_factory.getbasetemp() / f"last-world-{next(WORLDS)}.npz"


@pytest.fixture(autouse=True)
def soon_hashed(settings: Settings) -> None:
    """A password takes half a second to hash and as long to check, on purpose; nobody is after those of the tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def tiles_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where an import in a test writes its tiles."""
    settings.TILES_DIR = tmp_path / "tiles"
    return tmp_path / "tiles"


@pytest.fixture
def media_folder(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for photographs."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def own_database_url(tmp_path: Path) -> Iterator[str]:
    """An empty database for one test."""
    with own_database(tmp_path) as url:
        yield url
