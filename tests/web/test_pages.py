"""Pages without data of their own, in both languages; errors; the language switch; healthz and readyz."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views import defaults
from pytest_django import Settings

from cohesion.vocabulary import CohesionClass
from places.vocabulary import ZokTier
from tests.factories import make_edition, make_place

PAGES = ("concept", "imprint", "privacy", "accessibility")
LANGUAGES = ("de", "en")


def text(response: Any) -> str:
    return str(response.content.decode())


def open_page(client: Client, name: str, language: str = "de") -> str:
    response = client.get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    return text(response)


def render(template: str, **context: object) -> str:
    return engines["django"].get_template(f"components/{template}.html").render(context).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_is_in_the_reader_s_language_with_a_title_and_headings_in_order(
        self, client: Client, name: str, language: str
    ) -> None:
        page = open_page(client, name, language)
        assert page.lstrip().startswith(f'<!doctype html>\n<html lang="{language}">')
        assert re.search(r"<title>[^<]+ – SOK-Atlas</title>", page)
        levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
        assert levels.count(1) == 1
        main = page[page.index("<main") :]
        levels = [int(level) for level in re.findall(r"<h([1-6])", main)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_has_no_inline_script_or_style_and_a_policy_that_forbids_them(
        self, client: Client, name: str, language: str
    ) -> None:
        response = client.get(reverse(name), headers={"accept-language": language})
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text(response))
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text(response)))
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_sets_no_cookie_and_names_only_static_files_that_exist(
        self, client: Client, name: str, language: str
    ) -> None:
        page = open_page(client, name, language)
        assert not client.cookies
        files = re.findall(r'"/static/([^"]+)"', page)
        assert "css/base.css" in files
        assert [file for file in files if finders.find(file) is None] == []

    def test_links_only_to_anchors_that_exist(self, client: Client, name: str, language: str) -> None:
        page = open_page(client, name, language)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.django_db
class TestFrame:
    def test_says_that_it_is_a_demo_while_invented_places_are_loaded(self, client: Client) -> None:
        assert "demo-notice" not in open_page(client, "concept")
        make_place(is_fictional=True)
        page = open_page(client, "concept")
        assert "frei erfunden" in page[page.index("demo-notice") :]

    def test_names_the_source_of_the_boundaries(self, client: Client) -> None:
        make_edition(attribution="© GeoBasis-DE / BKG 2016")
        page = open_page(client, "accessibility")
        assert "© GeoBasis-DE / BKG 2016" in page[page.index("<footer") :]

    def test_marks_the_page_in_the_navigation(self, client: Client) -> None:
        assert re.search(r'href="/konzept/" aria-current="page"', open_page(client, "concept"))
        assert 'aria-current="page"' not in open_page(client, "imprint")


@pytest.mark.django_db
class TestOperator:
    @pytest.mark.parametrize("name", PAGES[1:])
    def test_what_is_not_stated_names_its_setting(self, client: Client, name: str, settings: Settings) -> None:
        settings.OPERATOR = dict.fromkeys(site.OPERATOR, "")
        shown = set(re.findall(r"<code>(OPERATOR_[A-Z_]+)</code>", open_page(client, name)))
        expected = {
            "imprint": {"NAME", "ADDRESS", "REPRESENTED_BY", "EMAIL", "PHONE", "IMPRINT"},
            "privacy": {"NAME", "ADDRESS", "EMAIL", "DATA_PROTECTION_OFFICER", "PRIVACY"},
            "accessibility": {"EMAIL", "ENFORCEMENT_BODY"},
        }
        assert shown == {f"OPERATOR_{setting}" for setting in expected[name]}

    @pytest.mark.parametrize("name", PAGES[1:])
    def test_what_is_stated_is_shown_and_escaped(self, client: Client, name: str, settings: Settings) -> None:
        settings.OPERATOR = {key: f"{key} <b>" for key in site.OPERATOR}
        page = open_page(client, name)
        assert "not-stated" not in page
        assert f"{'enforcement_body' if name == 'accessibility' else name} &lt;b&gt;" in page
        assert "<b>" not in page

    def test_privacy_names_the_host_of_a_basemap_and_only_then(self, client: Client, settings: Settings) -> None:
        settings.BASEMAP_URL = ""
        assert "keine Hintergrundkarte eingeschaltet" in open_page(client, "privacy")
        settings.BASEMAP_URL = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
        page = open_page(client, "privacy")
        assert "keine Hintergrundkarte eingeschaltet" not in page
        assert "Kartenbilder von tiles.example.org." in page


@pytest.mark.django_db
class TestLanguageSwitch:
    def test_remembers_the_language_and_returns_to_the_page(self, client: Client) -> None:
        answer = client.post(reverse("set_language"), {"language": "en", "next": "/impressum/?a=1"})
        assert (answer.status_code, answer["Location"]) == (302, "/impressum/?a=1")
        assert '<html lang="en">' in open_page(client, "imprint", "de")

    def test_does_not_lead_to_another_site(self, client: Client) -> None:
        answer = client.post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})
        assert answer["Location"] == "/"

    def test_needs_no_token_because_reading_sets_no_cookie(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(reverse("set_language"), {"language": "en", "next": "/konzept/"}).status_code == 302

    @pytest.mark.parametrize(("language", "word"), [("de", "Deutsch"), ("en", "English")])
    def test_marks_the_current_language(self, client: Client, language: str, word: str) -> None:
        page = open_page(client, "concept", language)
        assert re.findall(r'aria-current="true">(\w+)<', page) == [word]


class TestErrors:
    @pytest.mark.django_db
    def test_an_unknown_address_is_told_in_the_site_s_look(self, client: Client) -> None:
        response = client.get("/gibt-es-nicht/")
        assert response.status_code == 404
        assert "Diese Seite gibt es nicht" in text(response)
        assert "site-header" in text(response)

    @pytest.mark.django_db
    def test_what_is_not_allowed_is_told(self, rf: RequestFactory) -> None:
        response = defaults.permission_denied(rf.get("/admin/"), PermissionDenied())
        assert response.status_code == 403
        assert "keinen Zutritt" in text(response)

    @pytest.mark.django_db
    def test_a_request_that_cannot_be_read_is_told(self, client: Client) -> None:
        response = client.get("/konzept/", headers={"host": "somebody.else.example"})
        assert response.status_code == 400
        assert "nicht verständlich" in text(response)
        assert "site-header" in text(response)

    def test_a_failure_is_told_without_database_and_context(self, rf: RequestFactory) -> None:
        response = defaults.server_error(rf.get("/"))  # no mark of the database: any query fails here
        assert response.status_code == 500
        assert "schiefgegangen" in text(response)
        assert "site-footer" in text(response)


class TestHealth:
    def test_alive_asks_no_database_and_is_never_cached(self, client: Client) -> None:
        response = client.get("/healthz")  # no mark of the database: any query fails here
        assert (response.status_code, text(response)) == (200, "ok")
        assert "no-store" in response.headers["Cache-Control"]

    @pytest.mark.django_db
    def test_ready_when_the_database_has_every_migration(self, client: Client) -> None:
        response = client.get("/readyz")
        assert (response.status_code, response.json()) == (200, {"ready": True})
        assert "no-store" in response.headers["Cache-Control"]

    @pytest.mark.django_db
    def test_not_ready_while_a_migration_is_missing(self, client: Client) -> None:
        MigrationRecorder.Migration.objects.filter(app="sessions").delete()
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["missing"] == ["sessions.0001_initial"]

    @pytest.mark.django_db
    def test_not_ready_while_the_database_does_not_answer(self, client: Client) -> None:
        def refuse(*arguments: object) -> None:
            raise OperationalError("connection refused at 10.0.0.1")

        with connection.execute_wrapper(refuse):
            response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json() == {"ready": False, "reason": "The database does not answer."}


class TestComponents:
    @pytest.mark.parametrize("value", CohesionClass.values)
    def test_the_badge_says_the_class_in_the_words_of_the_vocabulary(self, value: str) -> None:
        badge = render("class_badge", value=value)
        assert f"swatch--{value}" in badge
        assert f">{CohesionClass(value).label}</span>" in badge

    @pytest.mark.parametrize("value", ZokTier.values)
    def test_the_tier_has_a_symbol_and_the_words_of_the_vocabulary(self, value: str) -> None:
        tier = render("tier", tier=value)
        assert "<svg" in tier
        assert f"<span>{ZokTier(value).label}</span>" in tier

    def test_a_tier_that_is_not_known_is_not_called_none(self) -> None:
        assert "Stufe nicht bekannt" in render("tier", tier="")
        assert str(ZokTier.NONE.label) not in render("tier", tier="")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_figure_is_drawn_to_scale_in_every_language(self, language: str) -> None:
        with translation.override(language):
            bar = render("figure_bar", label="Versorgung", value=0.714, mark=0.2, mark_label="Schwelle")
        assert 'width="71.40%"' in bar
        assert 'x1="20.00%"' in bar
        assert ">71\u202f%<" in bar

    def test_a_figure_that_is_not_known_draws_no_share(self) -> None:
        bar = render("figure_bar", label="Erneuerung", value=None)
        assert "figure-bar__share" not in bar
        assert "nicht bekannt" in bar
