"""Every page, in both languages, on a desk and on a phone: accessible, within the screen, demo notice, no fault."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, axe, overflow, watched_pages

PAGES = [
    "/",
    "/?class=risky&tier=mittelzentrum",
    "/gemeinden/06611000/",
    "/gemeinden/16061037/",
    "/gemeinden/06633200/",
    "/orte/1/",
    "/wechselspiel/",
    "/methode/",
    "/konzept/",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
    "/api/v1/docs/",
]
NARROWEST = (320, 640)
FICTIONAL = {"de": "frei erfunden", "en": "fictional"}


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[tuple[Page, str]]:
    """A page in a language, opened once for all sizes of the window: pytest puts the tests of each together."""
    path, language = request.param
    with watched_pages(browser, site) as open_one:
        page = open_one(path, language=language)
        page.wait_for_load_state("networkidle")
        yield page, language


@pytest.fixture(scope="module")
def without_javascript(browser: Browser, site: str) -> Iterator[Page]:
    """A window in which one page is looked at after the other."""
    with watched_pages(browser, site) as open_one:
        yield open_one("/healthz", size=NARROWEST, javascript=False)


@pytest.mark.parametrize(
    "opened", [(path, language) for path in PAGES for language in FICTIONAL], indirect=True, ids=str
)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_it_is_accessible_fits_and_says_that_the_demo_is_invented(
    opened: tuple[Page, str], size: tuple[int, int]
) -> None:
    page, language = opened
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert axe(page) == []
    assert overflow(page) <= 0
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    notice = page.locator(".demo-notice")
    assert notice.is_visible()
    assert FICTIONAL[language] in notice.inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_it_fits_the_narrowest_screen_and_reads_without_javascript(without_javascript: Page, path: str) -> None:
    page = without_javascript
    response = page.goto(path)
    assert response is not None
    assert response.ok
    assert overflow(page) <= 0
    assert page.locator("main").inner_text().strip()


def test_the_language_is_switched_by_a_button_and_stays(open_page: OpenPage) -> None:
    page = open_page("/konzept/")
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/methode/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_first_tab_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/konzept/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == page.locator("main").get_attribute("id")
