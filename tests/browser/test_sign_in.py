"""Signing in with a real browser: by a code from the demo's mailbox, and by a passkey that a device keeps."""

import re

from playwright.sync_api import Browser, Page, expect

from sok_site.demo import NEIGHBOUR, STEWARD
from tests.browser.conftest import PHONE, OpenPage, axe


def test_a_steward_signs_in_by_a_code_without_javascript_and_finds_what_waits(open_page: OpenPage) -> None:
    page = open_page("/konto/", size=PHONE, javascript=False)
    enter_code(page, STEWARD.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Konto")
    expect(page.get_by_role("main")).to_contain_text("Gibt es „Bahnhofsbank Später Zug“ noch so?")
    expect(page.get_by_role("main")).to_contain_text("Eine Frage der Prüfung zu „Streuobstwiese Schrumpelkönig“")
    sign_out(page)
    page.goto("/konto/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def test_a_passkey_signs_in_alone_and_is_the_second_step_after_a_code(browser: Browser, site: str) -> None:
    # A passkey belongs to a name, not to a number; the server is the same under either.
    context = browser.new_context(
        base_url=site.replace("127.0.0.1", "localhost"),
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="de",
        reduced_motion="reduce",
    )
    faults: list[str] = []
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        add_device(page)
        page.goto("/konto/anmelden/")
        enter_code(page, NEIGHBOUR)
        page.goto("/konto/zweiter-faktor/passkeys/neu/")
        page.get_by_label(re.compile("^Name")).fill("Diensthandy")
        assert axe(page) == []
        page.get_by_role("button", name="Passkey einrichten").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ersatzcodes")
        page.goto("/konto/zweiter-faktor/passkeys/")
        expect(page.get_by_role("main")).to_contain_text("Diensthandy")
        sign_out(page)

        page.goto("/konto/anmelden/?next=/konto/zweiter-faktor/")
        page.get_by_role("button", name="Mit Passkey anmelden").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Faktor")
        sign_out(page)

        page.goto("/konto/anmelden/?next=/konto/adresse/")
        enter_code(page, NEIGHBOUR)
        expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Schritt")
        assert axe(page) == []
        page.get_by_role("button", name="Passkey verwenden").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("E-Mail-Adresse")
    finally:
        context.close()
    assert faults == []


def enter_code(page: Page, address: str) -> None:
    """From the sign-in page: ask for a code, read it in the demo's mailbox, enter it."""
    page.get_by_label("E-Mail-Adresse", exact=True).fill(address)
    page.get_by_role("button", name="Code anfordern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Code eingeben")
    code_page = page.url
    page.get_by_role("link", name="Postfach der Demo").click()
    mail = page.get_by_role("article").filter(has_text=address).first  # the newest stands on top
    code = re.search(r"\d{4}-\d{4}", mail.inner_text())
    assert code
    page.goto(code_page)
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Weiter").click()


def sign_out(page: Page) -> None:
    page.goto("/konto/abmelden/")
    page.get_by_role("button", name="Abmelden").click()


def add_device(page: Page) -> None:
    """A device that keeps passkeys and whose owner always agrees."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
