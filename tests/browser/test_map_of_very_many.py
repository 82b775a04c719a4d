"""The map of more municipalities and places than are read at once: first what it paints, later what is looked at."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from scripts.demo_server import manage, serve
from tests.browser.conftest import OpenPage, axe, watched_pages
from tests.browser.test_map import PATIENCE, PIXELS, drawn, ready, rows
from tests.conftest import own_database

MUNICIPALITIES, PLACES = 46 * 46, 5100  # as very_many.py makes them
FIGURES, CLASSES = "/api/v1/scores/", "/karte/klassen.json"
ENTRIES, CELLS = "/karte/punkte/places.json", "/karte/punkte/places/zellen.json"
WITHIN = "/?z=11&lat=50.96&lon=9.46&places=off"  # squares on all sides of the picture
FETCHED = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"
# Pixels of the picture that nothing was drawn on.
HOLES = """() => {
  const shown = document.querySelector("#map canvas");
  const canvas = new OffscreenCanvas(shown.width, shown.height);
  canvas.getContext("2d").drawImage(shown, 0, 0);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value === 0).length;
}"""


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("very-many")
    environment = {"TILES_DIR": str(folder / "tiles"), "MEDIA_DIR": str(folder / "media")}
    with django_db_blocker.unblock(), own_database(folder) as url:
        manage(
            "shell",
            "-v0",
            "-c",
            "from tests.browser import very_many; very_many.fill()",
            database_url=url,
            **environment,
        )
        with serve(url, environment) as address:
            yield address


@pytest.fixture
def open_large(browser: Browser, large_site: str) -> Iterator[OpenPage]:
    with watched_pages(browser, large_site) as open_one:
        yield open_one


def asked(page: Page) -> set[str]:
    """The paths that the page and its workers have fetched from."""
    found: set[str] = set(page.evaluate(FETCHED))
    for worker in page.workers:
        found.update(worker.evaluate(FETCHED))
    return found


def fetched(page: Page, path: str) -> None:
    """Waits until one of them has fetched from there."""
    deadline = time.monotonic() + PATIENCE / 1000
    while path not in asked(page):
        assert time.monotonic() < deadline, path
        page.wait_for_timeout(100)


def number_of_places(page: Page) -> int:
    clusters = page.locator("#map .map__cluster--place").all_inner_texts()
    return sum(int(number.replace(".", "")) for number in clusters) + page.locator("#map .map__place").count()


def test_only_what_is_painted_is_read_at_first_and_the_rest_when_somebody_looks(open_large: OpenPage) -> None:
    page = ready(open_large())
    assert {CLASSES, CELLS} <= asked(page)
    assert not {FIGURES, ENTRIES} & asked(page)
    for name in ("risky", "resilient", "robust", "unassessed"):
        assert page.evaluate(PIXELS, name) > 200, name
    expect(page.locator(".table-area [data-result]")).to_have_text("2.116 Gemeinden")
    assert number_of_places(page) == PLACES
    assert axe(page) == []

    page.mouse.move(640, 400)  # the first sign of a reader
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    fetched(page, FIGURES)
    page.get_by_role("combobox", name="Gemeinde suchen").press_sequentially("Quadrat 2115")
    expect(page.locator("#q-list").get_by_role("option").first).to_contain_text("Quadrat 2115")


def test_tiles_meet_without_a_hole_whatever_the_filter(open_large: OpenPage) -> None:
    page = ready(open_large(WITHIN))
    page.wait_for_load_state("networkidle")
    assert drawn(page).evaluate(HOLES) == 0
    page.get_by_role("checkbox", name="riskant").check()
    assert drawn(page).evaluate(HOLES) == 0  # faded, not gone


def test_a_filter_colours_the_map_anew_and_counts_the_entries_behind_it(open_large: OpenPage) -> None:
    page = ready(open_large())
    promised = page.locator('[data-count="class:risky"]').inner_text().replace(".", "")
    page.get_by_role("checkbox", name="riskant").check()
    expect(page.locator(".table-area [data-result]")).to_have_text(f"{promised} von 2.116 Gemeinden")
    drawn(page)
    assert page.evaluate(PIXELS, "risky") > 200
    assert page.evaluate(PIXELS, "robust") == 0
    fetched(page, ENTRIES)
    page.wait_for_load_state("networkidle")
    drawn(page)
    assert 0 < number_of_places(page) < PLACES / 2
    page.mouse.move(640, 400)
    for row in rows(page).all()[:20]:
        expect(row).to_contain_text("riskant")


def test_a_link_to_a_municipality_reads_its_figures_and_outlines_it(open_large: OpenPage) -> None:
    page = ready(open_large("/?ags=06020021"))
    expect(page.locator("#panel").get_by_role("heading", name="Quadrat 940")).to_be_visible()
    assert FIGURES in asked(page)
    outlines = page.locator("#map canvas").nth(1)
    page.wait_for_function(
        "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)",
        arg=outlines.element_handle(),
    )
