"""What is told to search engines: which addresses there are, when they changed, what is none of their business."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from places.models import Place, PlanningRegion
from places.vocabulary import Publication
from sok_site import sitemaps
from tests.factories import make_assessment, make_edition, make_municipality, make_place, make_space, make_support
from tests.web.test_permissions import EVERYBODY, TABLE

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client: Client, path: str) -> dict[str, str]:
    """Every address of a file with the day it changed."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return {
        str(found.findtext("s:loc", namespaces=NAMES)): str(found.findtext("s:lastmod", "", namespaces=NAMES)).strip()
        for found in ElementTree.fromstring(response.content)
    }


def everything(client: Client) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in addresses(client, "/sitemap.xml"):
        found |= addresses(client, file.removeprefix(site.SITE_URL))
    return found


class TestSitemap:
    def test_lists_every_public_page_and_each_of_them_answers(self, client: Client) -> None:
        here = make_municipality("06635001")
        region = PlanningRegion.objects.create(slug="nord", name="Nord", areas=["06"])
        shown: list[Any] = [here, make_place(here), make_support(here), make_space(here), region]
        found = everything(client)
        assert {f"{site.SITE_URL}{thing.get_absolute_url()}" for thing in shown} < set(found)
        assert {f"{site.SITE_URL}/kreise/06635/", f"{site.SITE_URL}/laender/06/"} < set(found)
        assert len(found) == len(shown) + 2 + len(sitemaps.STATIC)
        for address in found:
            assert client.get(address.removeprefix(site.SITE_URL)).status_code == 200

    def test_leaves_out_what_is_not_published_and_former_editions(self, client: Client) -> None:
        here = make_municipality("06635001")
        make_municipality("06635002", edition=make_edition(here.edition.date - timedelta(days=365)))
        make_place(here, publication=Publication.SUBMITTED)
        assert len(everything(client)) == 1 + 2 + len(sitemaps.STATIC)  # with its district and its state

    def test_says_when_an_entry_changed_and_when_municipalities_were_assessed(self, client: Client) -> None:
        here = make_municipality("06635001")
        place = make_place(here)
        Place.objects.update(updated_at=datetime(2026, 3, 4, 12, tzinfo=UTC))
        make_assessment(here.edition)
        found = everything(client)
        assert found[f"{site.SITE_URL}{place.get_absolute_url()}"] == "2026-03-04"
        assert found[f"{site.SITE_URL}{here.get_absolute_url()}"] == timezone.localdate().isoformat()

    def test_is_split_where_there_is_too_much_for_one_file(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sitemaps.Places, "limit", 2)
        here = make_municipality()
        for number in range(3):
            make_place(here, name=f"Ort {number}")
        files = [file for file in addresses(client, "/sitemap.xml") if "orte" in file]
        assert [file.removeprefix(site.SITE_URL) for file in files] == ["/sitemap-orte.xml", "/sitemap-orte.xml?p=2"]
        assert [len(addresses(client, file.removeprefix(site.SITE_URL))) for file in files] == [2, 1]

    def test_an_unknown_section_or_page_is_not_found(self, client: Client) -> None:
        assert client.get("/sitemap-geheim.xml").status_code == 404
        assert client.get("/sitemap-orte.xml?p=9").status_code == 404


class TestRobots:
    def test_private_pages_are_none_of_their_business_and_public_ones_are(self, client: Client) -> None:
        place = make_place()
        text = client.get("/robots.txt").content.decode()
        assert f"Sitemap: {site.SITE_URL}/sitemap.xml" in text
        private = {row[1].format_map(_Any()) for row in TABLE if row[3] != EVERYBODY and row[0] == "GET"}
        private -= {"/orte/1002-neu/", "/fotos/1032/klein.webp"}  # not found is enough
        assert [path for path in private if not _disallowed(text, path)] == []
        public = ["/", "/methode/", "/orte/neu/", place.get_absolute_url(), "/api/v1/places/"]
        assert [path for path in public if _disallowed(text, path)] == []

    def test_nothing_is_read_while_places_are_invented(self, client: Client) -> None:
        make_place(is_fictional=True)
        rules = RobotFileParser()
        rules.parse(client.get("/robots.txt").content.decode().splitlines())
        assert not rules.can_fetch("*", "/")


class TestCanonical:
    def test_a_listed_page_says_which_address_counts_whatever_was_asked(self, client: Client) -> None:
        place = make_place()
        for path in ("/methode/", place.get_absolute_url()):
            page = client.get(f"{path}?from=mail").content.decode()
            assert f'<link rel="canonical" href="{site.SITE_URL}{path}">' in page

    def test_other_pages_say_none(self, client: Client) -> None:
        for path in ("/orte/neu/", "/konto/anmelden/"):
            assert 'rel="canonical"' not in client.get(path).content.decode()

    def test_every_listed_page_has_a_description_of_its_own(self, client: Client) -> None:
        here = make_municipality()
        paths = [thing.get_absolute_url() for thing in (here, make_place(here), make_support(here), make_space(here))]
        paths += ["/", "/methode/", "/konzept/", "/wechselspiel/", "/impressum/", "/datenschutz/", "/barrierefreiheit/"]
        said = [
            re.findall(r'<meta name="description" content="([^"]+)"', client.get(path).content.decode())
            for path in paths
        ]
        assert all(len(found) == 1 for found in said)
        assert len({found[0] for found in said}) == len(paths)


class _Any(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "abc"


def _disallowed(text: str, path: str) -> bool:
    """By Google's and RFC 9309's reading, in which * stands for anything."""
    rules = [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow: ")]
    return any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in rules)
