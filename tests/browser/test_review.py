"""A reviewer's story on a phone: she states that an inventory is complete, the class follows, and she takes it back."""

import re

from playwright.sync_api import Page, expect

from sok_site.demo import REVIEWER
from tests.browser.conftest import PHONE, OpenPage, axe

AHNATAL = "06633001"  # hardly supplied; only the statement that its inventory is complete is missing


def state_inventory(page: Page, day: str) -> None:
    page.goto(f"/pruefung/gemeinden/{AHNATAL}/")
    page.get_by_label(re.compile("Vollständig erfasst am")).fill(day)
    page.get_by_role("button", name="Bestand melden").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert.")


def test_a_stated_inventory_turns_not_knowing_into_a_class_and_back(open_page: OpenPage) -> None:
    page = open_page("/pruefung/", size=PHONE)
    assert axe(page) == []
    page.get_by_label("E-Mail-Adresse oder Benutzername").fill(REVIEWER.username)
    page.get_by_label("Passwort", exact=True).fill(REVIEWER.password)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prüfung")
    assert axe(page) == []

    state_inventory(page, "2026-01-31")
    assert axe(page) == []
    expect(page.get_by_role("main")).to_contain_text("nicht bekannt → 31. Januar 2026")
    page.get_by_role("link", name="zur öffentlichen Seite").click()
    expect(page.get_by_role("main")).to_contain_text("Ahnatal ist riskant")

    state_inventory(page, "")
    page.goto(f"/gemeinden/{AHNATAL}/")
    expect(page.get_by_role("main")).not_to_contain_text("Ahnatal ist riskant")
    page.goto("/konto/")
    page.get_by_role("button", name="Abmelden").click()
    page.goto("/pruefung/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
