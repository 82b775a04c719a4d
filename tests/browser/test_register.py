"""A group registers its place: on a phone with a pin on the map, and on the narrowest screen without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, axe, overflow

NARROWEST = (320, 640)
ADDRESS = "gruppe@example.org"


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.wait_for_load_state()


def skip_to(page: Page, question: str, *, accessible: bool) -> None:
    """Skip questions until this one is asked; each fits the screen, and is accessible."""
    while page.get_by_role("heading", level=1).inner_text() != question:
        page.get_by_role("link", name="Überspringen").click()
        page.wait_for_load_state()
        assert overflow(page) <= 0
        if accessible:
            assert axe(page) == []


def test_on_a_phone_with_a_pin_and_what_may_be_the_same(open_page: OpenPage) -> None:
    page = open_page("/orte/neu/", size=PHONE)
    assert axe(page) == []
    page.get_by_role("button", name="Anfangen").click()
    page.get_by_label("Gemeinde suchen").fill("witzenhausen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name=re.compile("Witzenhausen"))).to_be_checked()
    expect(page.get_by_role("status").first).to_contain_text("Noch keine Nadel.")
    page.get_by_role("region", name=re.compile("Karte von Witzenhausen")).click()
    expect(page.get_by_role("status").first).to_contain_text("Die Nadel sitzt bei 51.")
    assert axe(page) == []
    go_on(page)

    page.get_by_label("Name").fill("Acker Sonnenkringelkraut")  # stands in the demo, in this municipality
    expect(page.get_by_role("link", name="Das ist unserer: ich möchte ihn betreuen")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Name").fill("Haus der vielen Hände")
    expect(page.get_by_role("link", name="Das ist unserer: ich möchte ihn betreuen")).to_have_count(0)
    page.get_by_label("Art").select_option("community_house")
    go_on(page)

    page.get_by_role("group", name=re.compile("gemeinsam nutzen")).get_by_label("ja").check()
    expect(page.get_by_role("status")).to_have_text("Gespeichert")
    page.reload()
    expect(page.get_by_role("group", name=re.compile("gemeinsam nutzen")).get_by_label("ja")).to_be_checked()
    skip_to(page, "Wer trägt den Ort?", accessible=True)
    card = page.get_by_role("group", name="Akteur 1")
    consent = card.get_by_label(re.compile("Diese Person ist einverstanden"))
    expect(consent).to_be_hidden()
    card.get_by_label("eine einzelne Person").check()
    expect(consent).to_be_visible()
    skip_to(page, "Wann ist geöffnet?", accessible=True)
    monday, tuesday = page.get_by_role("group", name="Montag"), page.get_by_role("group", name="Dienstag")
    monday.get_by_label("von", exact=True).fill("09:00")
    monday.get_by_label("bis", exact=True).first.fill("18:00")
    tuesday.get_by_role("button", name="wie am Tag davor").click()
    expect(tuesday.get_by_label("bis", exact=True).first).to_have_value("18:00")
    go_on(page)
    skip_to(page, "Ansehen und abschicken", accessible=True)
    expect(page.get_by_role("main")).to_contain_text("Mo, Di: 9:00–18:00 Uhr")
    page.get_by_label("E-Mail-Adresse").fill(ADDRESS)
    page.get_by_role("button", name="Abschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bitte bestätigen Sie Ihre Adresse")
    assert axe(page) == []


def test_on_the_narrowest_screen_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/orte/neu/", size=NARROWEST, javascript=False)
    page.get_by_role("button", name="Anfangen").click()
    page.get_by_label("Gemeinde suchen").fill("witzenhausen")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("radio", name=re.compile("Witzenhausen"))).to_be_checked()
    assert overflow(page) <= 0
    go_on(page)
    page.get_by_label("Name").fill("Haus der vielen Hände")
    page.get_by_label("Art").select_option("community_house")
    page.get_by_role("button", name="Später weitermachen").click()
    assert overflow(page) <= 0
    page.get_by_role("link", name="Gleich weitermachen").click()
    expect(page.get_by_label("Name")).to_have_value("Haus der vielen Hände")
    go_on(page)
    skip_to(page, "Ansehen und abschicken", accessible=False)
    expect(page.get_by_role("main")).to_contain_text("Mitte der Gemeinde Witzenhausen, ungefähr")
    page.get_by_label("E-Mail-Adresse").fill("ein-sehr-langer-name-einer-gruppe@example.org")
    page.get_by_role("button", name="Abschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bitte bestätigen Sie Ihre Adresse")
    assert overflow(page) <= 0
