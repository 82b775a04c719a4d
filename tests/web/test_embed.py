"""The map in a frame of any page: only it may be framed, it keeps view and filters, links lead out of the frame."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cohesion.views.map import VIEW
from tests.conftest import FIXTURES
from tests.factories import make_municipality, make_place

pytestmark = pytest.mark.django_db
QUERY = "class=risky&class=robust&z=9.5&lat=51.2&lon=9.1&q=Au%26en"


def page(client: Client, path: str) -> Any:
    response = client.get(path, headers={"accept-language": "de"})
    assert response.status_code == 200
    return response


@pytest.fixture(autouse=True)
def somewhere() -> None:
    make_municipality("06635001", name="Bad Auental")


def test_it_may_be_framed_and_no_other_page_may(client: Client) -> None:
    embedded = page(client, "/embed/")
    assert "X-Frame-Options" not in embedded
    assert "frame-ancestors *" in embedded["Content-Security-Policy"]
    assert "default-src 'none'" in embedded["Content-Security-Policy"]
    for path in ("/", "/methode/", "/konto/anmelden/", "/api/v1/docs/"):
        response = page(client, path)
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_it_has_neither_header_nor_footer_and_sets_no_cookie(client: Client) -> None:
    response = page(client, "/embed/")
    html = response.content.decode()
    assert "site-header" not in html
    assert "site-footer" not in html
    assert html.count("<h1") == 1
    assert response.cookies == {}


def test_it_says_where_it_comes_from_and_what_is_invented(client: Client) -> None:
    assert "frei erfunden" not in page(client, "/embed/").content.decode()
    make_place(is_fictional=True)
    html = page(client, "/embed/").content.decode()
    assert "frei erfunden" in html
    assert "Grenzen: © Test" in re.sub(r"\s+", " ", html)


def test_the_atlas_opens_with_the_same_view_and_filters(client: Client) -> None:
    html = page(client, f"/embed/?{QUERY}&evil=1").content.decode()
    assert 'value="risky" checked' in html
    assert f'href="/?{QUERY}"' in unescape(html)


def test_links_leave_the_frame_and_its_own_filters_stay_in_it(client: Client) -> None:
    html = page(client, "/embed/").content.decode()
    assert '<base target="_blank">' in html
    form = re.search(r"<form[^>]*>", html)
    assert form is not None
    assert 'action="/embed/"' in form[0]
    assert 'target="_self"' in form[0]
    inside = re.findall(r'<a href="(?:\?|\.)[^>]*>|<a [^>]*rel="(?:next|prev)"[^>]*>', html)
    assert inside
    assert all('target="_self"' in link for link in inside)


def test_the_page_about_data_has_the_line_to_copy_with_view_and_filters(client: Client) -> None:
    html = page(client, f"/api/v1/docs/?{QUERY}&evil=1").content.decode()
    found = re.search(r'id="einbettung"><code translate="no">(.*?)</code>', html, re.DOTALL)
    assert found is not None
    snippet = unescape(found[1])  # what a reader copies
    source = re.search(r'src="([^"]*)"', snippet)
    assert source is not None
    assert unescape(source[1]) == f"http://testserver/embed/?{QUERY}"
    assert 'title="Karte des sozialen Zusammenhalts"' in snippet


def test_no_query_breaks_out_of_the_line_to_copy(client: Client) -> None:
    html = page(client, "/api/v1/docs/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").content.decode()
    assert "<script>alert" not in unescape(unescape(html)).replace("%3Cscript%3E", "")
    assert "<script>alert" not in html


def test_the_map_leads_to_the_line_with_its_view(client: Client) -> None:
    html = unescape(page(client, f"/?{QUERY}").content.decode())
    assert f'href="/api/v1/docs/?{QUERY}#einbetten"' in html
    assert "#einbetten" not in page(client, "/embed/").content.decode()


def test_server_and_browser_know_the_same_names_of_the_view() -> None:
    script = (FIXTURES.parent / "static" / "js" / "map" / "state.js").read_text(encoding="utf-8")
    read = set(re.findall(r'given\.(?:get|getAll|has)\("(\w+)"\)', script))
    assert read == VIEW
