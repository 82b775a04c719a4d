"""The exported atlas, from a server of files and nothing else: its map is drawn, filtered and opened as anywhere."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from scripts.demo_server import manage
from tests.browser.conftest import PHONE, Demo, OpenPage, axe, overflow, watched_pages
from tests.browser.test_map import PIXELS, ready, rows
from tests.static_server import serve

LEFT_OUT = ("municipalities", "entries", "downloads")


@pytest.fixture(scope="module")
def files(demo: Demo, site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the atlas of the demo is served."""
    folder: Path = tmp_path_factory.mktemp("export") / "atlas"
    without = [word for name in LEFT_OUT for word in ("--without", name)]
    said = manage("export_atlas", str(folder), *without, database_url=demo.database_url, **demo.environment)
    assert "pages and" in said
    server = serve(folder)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_file(browser: Browser, files: str) -> Iterator[OpenPage]:
    with watched_pages(browser, files) as open_one:
        yield open_one


def test_the_map_is_drawn_from_tiles_and_figures_beside_it_and_is_filtered(open_file: OpenPage) -> None:
    page = ready(open_file("/"))
    page.wait_for_function(f"({PIXELS})('robust') > 500")
    assert page.evaluate(PIXELS, "risky") > 500
    before = rows(page).count()
    page.get_by_role("checkbox", name="robust").check()
    expect(rows(page)).not_to_have_count(before)
    assert axe(page) == []


def test_links_lead_from_page_to_page(open_file: OpenPage) -> None:
    page = open_file("/", size=PHONE)
    page.get_by_role("link", name="Kreise, Länder, Regionen").click()
    page.get_by_role("link", name="Landkreis Kassel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Landkreis Kassel")
    assert page.url.endswith("/kreise/06633/")
    assert overflow(page) == 0
    page.get_by_role("link", name="Auf der Karte zeigen").click()
    ready(page)
    assert "q=06633" in page.url
