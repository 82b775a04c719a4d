"""Every page, in both languages, on a desk and on a phone: accessible, within the screen, demo notice, no fault."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, axe, overflow

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


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_it_is_accessible_fits_and_says_that_the_demo_is_invented(
    open_page: OpenPage, path: str, language: str, size: tuple[int, int]
) -> None:
    page = open_page(path, language=language, size=size)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []
    assert overflow(page) <= 0
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    notice = page.locator(".demo-notice")
    assert notice.is_visible()
    assert FICTIONAL[language] in notice.inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_it_fits_the_narrowest_screen_and_reads_without_javascript(open_page: OpenPage, path: str) -> None:
    page = open_page(path, size=NARROWEST, javascript=False)
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
