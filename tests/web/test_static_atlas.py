"""export_atlas: every public page as a file whose links hold in the folder; the rest leads to the living site."""

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from cohesion.assessment import assess
from places.models import PlanningRegion
from places.vocabulary import Publication
from sok_site.static_atlas import Exported, NotAnAtlasError, export_atlas
from sok_site.static_pages import localised
from tests.factories import TODAY, make_place, make_space
from tests.web.settlements import settle_resilient, settle_risky

pytestmark = pytest.mark.django_db

SITE = "https://atlas.example.org"


@pytest.fixture
def settled(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["atlas.example.org"]
    (Path(settings.STATIC_ROOT) / "css").mkdir(parents=True)
    (Path(settings.STATIC_ROOT) / "css" / "base.css").write_text("body{}")
    (Path(settings.STATIC_ROOT) / "staticfiles.json").write_text("{}")
    good = settle_resilient("Gutstadt")
    settle_risky("Fern", ags="06636001")
    make_space(good, name="Halle")
    make_place(good, name="Entwurf", publication=Publication.DRAFT)
    PlanningRegion.objects.create(slug="nord", name="Nord", areas=["06635"])
    assess(TODAY)


@pytest.fixture
def atlas(settled: None, tmp_path: Path) -> Path:
    folder = tmp_path / "atlas"
    report = export_atlas(folder, without=["downloads"])
    assert report.missing == []
    return folder


def links(folder: Path) -> list[tuple[Path, str]]:
    """Every address that a page names and that is no other site's, with the page."""
    return [
        (page, unescape(address))
        for page in folder.rglob("*.html")
        for address in re.findall(r'(?:href|src|action)="([^"#?]+)[^"]*"', page.read_text())
        if not re.match(r"[a-z]+:", address)
    ]


def test_every_link_of_every_page_leads_to_a_file_of_the_folder(atlas: Path) -> None:
    found = links(atlas)
    assert len(found) > 100
    lost = {
        address for page, address in found if "static/" not in address and not _file(page.parent / address).exists()
    }
    assert lost == set()
    assert not any(address.startswith("/") for _, address in found)


def _file(path: Path) -> Path:
    return path / "index.html" if path.is_dir() or str(path).endswith("/") else path


def test_public_pages_are_there_and_no_others(atlas: Path) -> None:
    for page in ("", "embed", "wechselspiel", "kreise", "kreise/06635", "laender/06", "regionen/nord", "impressum"):
        assert (atlas / page / "index.html").exists(), page
    assert len(list(atlas.glob("gemeinden/*/index.html"))) == 2
    assert len(list(atlas.glob("orte/*/index.html"))) == 1
    assert not list(atlas.glob("konto*"))
    assert "Entwurf" not in "".join(file.read_text() for file in atlas.rglob("*.html"))
    assert (atlas / "static" / "css" / "base.css").read_text() == "body{}"


def test_what_a_folder_cannot_do_leads_to_the_living_site(atlas: Path) -> None:
    page = (atlas / "index.html").read_text()
    assert f'href="{SITE}/orte/neu/"' in page
    assert f'href="{SITE}/konto/anmelden/"' in page
    assert "Abzug vom" in page
    assert 'action="/i18n' not in page
    assert "language-switch" not in page


def test_the_map_finds_its_figures_beside_it(atlas: Path) -> None:
    found = re.search(r'id="map-config" type="application/json">(.*?)</script>', (atlas / "index.html").read_text())
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    for address in (address for address in config["urls"].values() if isinstance(address, str)):
        assert (atlas / address).is_file(), address
    assert json.loads((atlas / config["urls"]["scores"]).read_text())["name"] == ["Gutstadt", "Fern"]
    assert config["addresses"]["municipality"] == "gemeinden/00000000-slug/"


def test_pages_say_themselves_what_they_may_load(atlas: Path) -> None:
    for page in atlas.rglob("*.html"):
        text = page.read_text()
        assert """<meta http-equiv="Content-Security-Policy" content="default-src 'none';""" in text
        assert "<script>" not in text


def test_nothing_is_offered_that_only_the_living_site_can_do(settled: None, tmp_path: Path) -> None:
    assess(TODAY + timedelta(days=1))
    folder = tmp_path / "atlas"
    export_atlas(folder, without=["downloads"])
    district = (folder / "kreise" / "06635" / "index.html").read_text()
    assert "Keine Gemeinde hat eine andere Klasse." in district
    assert "<form" not in district  # to choose an earlier assessment
    boxes = re.findall(r'<input type="checkbox"[^>]*name="(?:class|tier)"[^>]*>', (folder / "index.html").read_text())
    assert boxes
    assert all('class="needs-script"' in box for box in boxes)  # there is no button that sends them


def test_links_are_relative_and_keep_their_query() -> None:
    page = '<head>\n<a href="/?class=risky&amp;q=06#x">a</a> <a href="/konto/">b</a> <a href="//other.org/">c</a>'
    text, wanted = localised(page, "/kreise/06635/", Exported(frozenset()))
    assert 'href="../../?class=risky&amp;q=06#x"' in text
    assert 'href="http' in text.split("<a ")[2]
    assert wanted == {}


def test_without_pages_of_municipalities_their_links_lead_to_the_living_site(settled: None, tmp_path: Path) -> None:
    folder = tmp_path / "atlas"
    export_atlas(folder, without=["municipalities", "entries", "downloads"])
    assert not (folder / "gemeinden").exists()
    assert f'href="{SITE}/gemeinden/06636001-fern/"' in (folder / "kreise" / "06636" / "index.html").read_text()


def test_the_other_language_is_another_folder(settled: None, tmp_path: Path) -> None:
    export_atlas(tmp_path / "en", language="en", without=["municipalities", "entries", "downloads"])
    assert '<html lang="en">' in (tmp_path / "en" / "index.html").read_text()


def test_an_earlier_atlas_is_replaced_and_anything_else_is_left_alone(settled: None, tmp_path: Path) -> None:
    few = ["municipalities", "entries", "downloads"]
    folder = tmp_path / "atlas"
    export_atlas(folder, without=few)
    (folder / "old.html").write_text("old")
    export_atlas(folder, without=few)
    assert not (folder / "old.html").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("atlas.")] == []
    other = tmp_path / "photos"
    other.mkdir()
    (other / "cat.jpg").write_text("cat")
    with pytest.raises(NotAnAtlasError, match="photos"):
        export_atlas(other)
    with pytest.raises(NotAnAtlasError, match="static files"):
        export_atlas(tmp_path / "collected" / "atlas")
    assert (other / "cat.jpg").exists()


def test_a_run_that_breaks_off_leaves_the_earlier_atlas_whole(settled: None, tmp_path: Path) -> None:
    folder, few = tmp_path / "atlas", ["municipalities", "entries", "downloads"]
    export_atlas(folder, without=few)
    before = (folder / "atlas.json").read_text()

    def broken(paths: Any) -> Any:
        yield next(iter(paths))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_atlas(folder, without=few, progress=broken)
    assert (folder / "atlas.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("atlas.")] == []


def test_the_command_counts_first_and_says_what_is_missing(
    settled: None, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_atlas", tmp_path / "atlas", "--dry-run")
    assert "Would write" in capsys.readouterr().out
    assert not (tmp_path / "atlas").exists()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").unlink()
    with pytest.raises(CommandError, match="collectstatic"):
        call_command("export_atlas", tmp_path / "atlas")


def test_nobody_can_ask_for_the_page_of_a_copy(settled: None, client: Client) -> None:
    response = client.get("/", HTTP_HOST="atlas.example.org", headers={"sok.static-atlas": "1"})
    assert "Abzug vom" not in response.content.decode()
