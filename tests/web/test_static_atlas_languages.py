"""The exported atlas in both languages: each page leads to the same page in the other, and files are there once."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from cohesion.assessment import assess
from sok_site.static_atlas import export_atlas
from tests.factories import TODAY, make_place
from tests.web.settlements import settle_risky

pytestmark = pytest.mark.django_db

SITE = "https://atlas.example.org"


@pytest.fixture
def atlas(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT, settings.SITE_URL = tmp_path / "collected", SITE
    settings.ALLOWED_HOSTS = ["atlas.example.org"]
    Path(settings.STATIC_ROOT).mkdir()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").write_text("{}")
    make_place(settle_risky("Korbach"), name="Laden", opening_hours="Mo-Fr 08:00-18:00")
    assess(TODAY, draws=0)
    folder = tmp_path / "atlas"
    report = export_atlas(folder, besides=["en"], without=["downloads"])
    assert report.missing == []
    assert report.pages == export_atlas(folder, besides=["en"], without=["downloads"], dry_run=True).pages
    return folder


def switch(page: Path) -> dict[str, Path]:
    nav = re.search(r'<nav class="language-switch".*?</nav>', page.read_text(), re.DOTALL)
    assert nav is not None, page
    links = re.findall(r'<a href="([^"]*)" lang="(\w\w)"', nav[0])
    return {code: (page.parent / address / "index.html").resolve() for address, code in links}


def test_each_page_leads_to_itself_in_the_other_language_and_back(atlas: Path) -> None:
    german = {page.relative_to(atlas) for page in atlas.rglob("index.html")}
    german = {page for page in german if page.parts[0] not in ("en", "embed")}  # the frame of other sites has no head
    assert len(german) > 15
    for page in german:
        here, there = (atlas / page).resolve(), (atlas / "en" / page).resolve()
        assert switch(here) == switch(there) == {"de": here, "en": there}
        assert '<html lang="de">' in here.read_text()
        assert '<html lang="en">' in there.read_text()


def test_links_stay_in_their_language_and_lead_to_files_of_the_folder(atlas: Path) -> None:
    for page in (atlas / "en").rglob("index.html"):
        text = re.sub(r'<nav class="language-switch".*?</nav>', "", page.read_text(), flags=re.DOTALL)
        for address in re.findall(r'(?:href|src|action)="([^"#?]+)[^"]*"', text):
            if re.match(r"[a-z]+:", address) or "static/" in address:
                continue
            target = (page.parent / unescape(address)).resolve()
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), (page, address)
            if target.name == "index.html":
                assert (atlas / "en").resolve() in target.parents, (page, address)


def test_figures_are_there_once_and_what_has_words_in_each_language(atlas: Path) -> None:
    page = (atlas / "en" / "index.html").read_text()
    assert '"scores": "../daten/scores.json"' in page
    assert '"municipality": "gemeinden/00000000-slug/"' in page
    assert not (atlas / "en" / "daten").exists()
    assert not (atlas / "en" / "static").exists()
    feeds = [(atlas / place / "aenderungen.atom").read_text() for place in ("", "en")]
    assert "SOK-Atlas: Änderungen" in feeds[0]
    assert "SOK-Atlas: changes" in feeds[1]
    calendars = [path.relative_to(atlas).parts[0] for path in atlas.rglob("*.ics")]
    assert sorted(calendars) == ["en", "orte"]


def test_one_language_shows_no_switch_and_the_command_takes_several(atlas: Path, tmp_path: Path) -> None:
    without = ["--without", "municipalities", "--without", "entries", "--without", "downloads"]
    call_command("export_atlas", tmp_path / "one", *without, verbosity=0)
    assert "language-switch" not in (tmp_path / "one" / "index.html").read_text()
    call_command("export_atlas", tmp_path / "two", "--language", "en", "--language", "de", *without, verbosity=0)
    assert '<html lang="en">' in (tmp_path / "two" / "index.html").read_text()
    assert '<html lang="de">' in (tmp_path / "two" / "de" / "index.html").read_text()
