"""The exported atlas without JavaScript: each page of the map's table and lists is a file and leads to the next."""

import re
from html import unescape
from pathlib import Path

import pytest
from pytest_django import Settings

from cohesion.assessment import assess
from cohesion.views import map_entries, overview
from places.models import Municipality, Place
from sok_site import static_atlas
from sok_site.static_atlas import export_atlas
from tests.factories import TODAY, make_place, make_space
from tests.web.settlements import settle_risky

pytestmark = pytest.mark.django_db

SITE = "https://atlas.example.org"
PLACES, MUNICIPALITIES = 5, 3


@pytest.fixture
def settled(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows on a page of the table."""
    settings.STATIC_ROOT, settings.SITE_URL = tmp_path / "collected", SITE
    settings.ALLOWED_HOSTS = ["atlas.example.org"]
    Path(settings.STATIC_ROOT).mkdir()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").write_text("{}")
    for module in (overview, map_entries, static_atlas):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    municipalities = [settle_risky(f"Gemeinde {number}") for number in range(MUNICIPALITIES)]
    for number in range(PLACES):
        make_place(municipalities[0], name=f"Ort {number}")
    make_space(municipalities[1], name="Halle")
    assess(TODAY, draws=0)


def shown(page: Path) -> str:
    """The page without the table that is hidden."""
    return re.sub(r'<div class="table-area__scroll"[^>]* hidden>.*?</div>', "", page.read_text(), flags=re.DOTALL)


def table_of(page: Path) -> list[str]:
    """The names in the table of the map that is shown."""
    return [unescape(name) for name in re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', shown(page))]


def turned(page: Path, rel: str = "next") -> Path | None:
    found = re.search(rf'rel="{rel}"[^>]* href="([^"?]*)', shown(page))
    return (page.parent / found[1] / "index.html").resolve() if found else None


def whole(first: Path) -> list[str]:
    """All names from page to page, by the links alone; and back again."""
    names: list[str] = []
    page: Path | None = first
    pages = []
    while page is not None:
        pages.append(page.resolve())
        names += table_of(page)
        page = turned(page)
    for here, before in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert turned(here, "prev") == before
    return names


def lists(page: Path) -> dict[str, Path]:
    """Where the tabs above the table lead."""
    nav = re.search(r'<nav class="lists".*?</nav>', page.read_text(), re.DOTALL)
    assert nav is not None
    found = re.findall(r'<a href="([^"?]*)[^"]*" data-list="(\w*)"', nav[0])
    return {name: (page.parent / address / "index.html").resolve() for address, name in found}


def test_every_row_is_reached_by_links_alone(settled: None, tmp_path: Path) -> None:
    folder = tmp_path / "atlas"
    assert export_atlas(folder, without=["downloads"]).missing == []
    start = folder / "index.html"
    assert whole(start) == list(Municipality.objects.order_by("name").values_list("name", flat=True))
    tabs = lists(start)
    assert whole(tabs["places"]) == list(Place.objects.order_by("name").values_list("name", flat=True))
    assert whole(tabs["spaces"]) == ["Halle"]
    assert table_of(tabs["support"]) == []
    third = folder / "tabelle" / "orte" / "3" / "index.html"
    assert table_of(third) == ["Ort 4"]
    assert lists(third) == tabs  # from every page to every list
    assert lists(third)[""] == start.resolve()
    (place,) = re.findall(r'<th scope="row"><a href="([^"]*/orte/[^"]*)">Ort 4', third.read_text())
    assert (third.parent / place / "index.html").is_file()


def test_with_javascript_the_same_links_open_the_same_list(settled: None, tmp_path: Path) -> None:
    folder = tmp_path / "atlas"
    export_atlas(folder, without=["downloads"])
    page = (folder / "index.html").read_text()
    assert 'href="tabelle/orte/?list=places" data-list="places"' in page
    config = re.search(r'"scores": "([^"]*)"', (folder / "tabelle" / "orte" / "2" / "index.html").read_text())
    assert config is not None
    assert (folder / "tabelle" / "orte" / "2" / config[1]).is_file()


def test_the_page_says_what_needs_javascript_and_where_everything_stands_without(settled: None, tmp_path: Path) -> None:
    folder = tmp_path / "atlas"
    export_atlas(folder, without=["downloads"])
    note = re.search(r"<noscript>.*?</noscript>", (folder / "tabelle" / "orte" / "index.html").read_text())
    assert note is not None
    assert "Ohne lesen Sie die Tabelle Seite für Seite" in note[0]
    assert '<a href="../../kreise/">Kreis für Kreis</a>' in note[0]
    assert "Filter anwenden" not in (folder / "index.html").read_text()


def test_without_entries_their_lists_are_those_of_the_living_site(settled: None, tmp_path: Path) -> None:
    folder = tmp_path / "atlas"
    export_atlas(folder, without=["entries", "downloads"])
    assert f'href="{SITE}/?list=places"' in (folder / "index.html").read_text()
    assert [path.name for path in (folder / "tabelle").iterdir()] == ["gemeinden"]
    assert export_atlas(folder, without=["entries", "downloads"], dry_run=True).pages == len(
        list(folder.rglob("index.html"))
    )
