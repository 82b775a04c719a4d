"""The demo, served as in service, and a browser that forgives nothing: an error on the console, an error on the page,
a request to another host or a failed one fails the test that caused it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from scripts.demo_server import load_demo, serve
from tests.conftest import own_database

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = (1280, 800)
PHONE = (360, 740)

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Demo:
    """A database with the demo, and the settings of whoever serves it."""

    database_url: str
    environment: dict[str, str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The demo, loaded once."""
    folder = tmp_path_factory.mktemp("site")
    environment = {"MEDIA_DIR": str(folder / "media")}
    with django_db_blocker.unblock(), own_database(folder) as database_url:
        load_demo(database_url, **environment)
        yield Demo(database_url, environment)


@pytest.fixture(scope="session")
def site(demo: Demo) -> Iterator[str]:
    """The address of a server with the demo: a process and a database of its own."""
    with serve(demo.database_url, demo.environment) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names. Without one the tests are skipped; in CI they fail.

    While Playwright's loop runs in this thread, Django refuses to touch a database. There is nothing asynchronous here,
    and in a parallel run tests of the database follow in the same process: so it is told not to mind.
    """
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed (apt-get install chromium).")
        pytest.skip("Chromium is not installed (apt-get install chromium).")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """``open_page("/konzept/", size=PHONE, language="en", javascript=False)``: a page of the demo, watched."""
    with watched_pages(browser, site) as open_one:
        yield open_one


@contextmanager
def watched_pages(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Pages of ``site``, each with cookies of its own. Raises AssertionError at the end where any had a fault."""
    contexts = []
    faults: list[str] = []

    def watch(page: Page, javascript: bool) -> None:
        def note_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                faults.append(f"console: {message.text}")

        def note_request(request: Request) -> None:
            if _is_foreign(request.url, site):
                faults.append(f"foreign: {request.url}")

        def note_failure(request: Request) -> None:
            # Given up because the reader went on, or a script where scripts are switched off: no fault.
            if "ERR_ABORTED" not in (request.failure or "") and (javascript or request.resource_type != "script"):
                faults.append(f"failed: {request.url} {request.failure}")

        page.on("pageerror", lambda error: faults.append(f"error on the page: {error}"))
        page.on("console", note_console)
        page.on("request", note_request)
        page.on("requestfailed", note_failure)

    def open_one(
        path: str = "/", *, size: tuple[int, int] = DESKTOP, language: str = "de", javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, javascript)
        response = page.goto(path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def _is_foreign(url: str, site: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(site).netloc


def axe(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, one line each; WCAG 2.2 A and AA, and good practice."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    page.wait_for_load_state()
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
