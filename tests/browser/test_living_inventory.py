"""The whole story on a phone: a group registers its place, a reviewer asks back and publishes, the class follows; a
year later the group confirms, and when it falls silent the place fades. Mail goes over SMTP, days are arguments."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from scripts.demo_server import free_port, load_demo, manage, serve
from tests.browser.conftest import PHONE, OpenPage, axe, watched_pages
from tests.conftest import own_database
from tests.smtp_sink import Sink, smtp_sink, subject_of

DAY = date(2027, 3, 1)
YEAR = timedelta(days=366)
HOME = "16061023"  # Dieterode in the Eichsfeld: 80 residents, an inventory that is complete, and no place
GROUP = "dorfverein@example.org"
PASSWORD = "nur-im-test"
SLOW = 30_000  # milliseconds until a page must have come: PostGIS and Chromium share the machine

CAST = f"""
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from places.models import Mandate, Municipality, Place
Mandate.objects.all().delete()
for name, area in (("pruefung-eichsfeld", "16061"), ("pruefung-kassel", "06633")):
    user = User.objects.create_user(name, email=name + "@example.org", password="{PASSWORD}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Mandate.objects.create(user=user, area=area, starts_on="2020-01-01")
home = Municipality.objects.current().get(ags="{HOME}")
Place.objects.create(name="Altes Dorfhaus Dieterode", kind="community_house", status="closed", is_fictional=True,
    publication="published", location=home.centre, municipality=home)
"""
# Reminds on each of some days, as scripts/daily.sh would, without starting for each of them.
REMIND = """
from datetime import date
from django.conf import settings
from django.core.management import call_command
for day in {days}:
    settings.TODAY = date.fromisoformat(day)
    call_command("send_reminders")
"""


class World:
    """A database with the demo, a mailbox for everybody, and a server that is started anew for another day."""

    def __init__(self, browser: Browser, database_url: str, folder: Path, sink: Sink) -> None:
        self.browser, self.database_url, self.sink, self.port = browser, database_url, sink, free_port()
        self.settings = {"EMAIL_URL": sink.url, "MEDIA_DIR": str(folder), "SITE_URL": f"http://127.0.0.1:{self.port}"}

    def do(self, day: date, *command: str) -> str:
        """Run a management command on that day; what it prints."""
        return manage(*command, database_url=self.database_url, TODAY=day.isoformat(), **self.settings)

    @contextmanager
    def on(self, day: date) -> Iterator[OpenPage]:
        """Pages of the site as it is on that day."""
        environment = {**self.settings, "TODAY": day.isoformat()}
        with ExitStack() as stack:
            site = stack.enter_context(serve(self.database_url, environment, port=self.port))
            yield stack.enter_context(watched_pages(self.browser, site))

    def link(self, address: str, number: int, path: str) -> str:
        """The link to ``path`` in the mail of this number for an address."""
        text = self.sink.wait_for(address, number).get_content()
        found = re.search(rf"http://127\.0\.0\.1:{self.port}({path}\S*)", text)
        assert found, text
        return found[1]


@pytest.fixture
def world(browser: Browser, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), own_database(tmp_path) as database_url, smtp_sink() as sink:
        load_demo(database_url, TODAY=DAY.isoformat())
        world = World(browser, database_url, tmp_path / "media", sink)
        world.do(DAY, "shell", "-c", CAST)
        yield world


def test_a_place_is_registered_reviewed_confirmed_and_forgotten(world: World) -> None:
    with world.on(DAY) as open_page:
        assert class_of_home(open_page) == "riskant"
        register(open_page("/orte/neu/", size=PHONE))
        page = open_page(world.link(GROUP, 1, "/bestaetigen/"), size=PHONE)
        page.get_by_role("button", name=re.compile("estätigen")).click()
        expect(page.get_by_role("main")).to_contain_text("Landkreis Eichsfeld")  # who decides
        assert axe(page) == []

        elsewhere = sign_in(open_page, "pruefung-kassel")
        expect(elsewhere.get_by_role("main")).not_to_contain_text("Dorfhaus Dieterode")
        reviewer = sign_in(open_page, "pruefung-eichsfeld")
        reviewer.get_by_role("link", name="Dorfhaus Dieterode").click()
        address = reviewer.url
        assert elsewhere.request.get(address).status == 403
        expect(reviewer.get_by_role("heading", name="Vielleicht schon eingetragen")).to_be_visible()
        expect(reviewer.get_by_role("heading", name=re.compile("Altes Dorfhaus Dieterode"))).to_be_visible()
        assert axe(reviewer) == []
        reviewer.get_by_text("Zurückfragen", exact=True).click()
        reviewer.get_by_label(re.compile("Ihre Frage")).fill("Ist das Haus auch im Winter offen?")
        reviewer.get_by_role("button", name="Frage senden").click()
        assert class_of_home(open_page) == "riskant"

        group = answer(world, open_page)
        reviewer.goto(address)
        expect(reviewer.get_by_role("main")).to_contain_text("Ja, mit Ofen.")
        reviewer.get_by_role("button", name="Veröffentlichen").click()
        public = world.link(GROUP, 5, "/orte/")
        group.goto(public)
        expect(group.get_by_role("heading", level=1)).to_have_text("Dorfhaus Dieterode")

        assert class_of_home(open_page) == "resilient"
        home = open_page(f"/gemeinden/{HOME}/", size=PHONE)
        expect(home.get_by_role("main")).to_contain_text("Dorfhaus Dieterode")  # why
        on_the_map = open_page("/", size=PHONE)
        on_the_map.get_by_role("combobox").fill("Dorfhaus Diet")
        on_the_map.get_by_role("option", name=re.compile("Dorfhaus Dieterode")).first.click()
        expect(on_the_map.get_by_role("link", name="Dorfhaus Dieterode", exact=True).first).to_be_visible()
        assert place_in_api(home, "Dorfhaus Dieterode")["is_confirmed"] is True

    later = DAY + YEAR
    assert world.do(later, "send_reminders") != world.do(later, "send_reminders")
    assert subject_of(world.sink.wait_for(GROUP, 6)) == "Stimmt noch alles bei „Dorfhaus Dieterode“?"
    with world.on(later) as open_page:
        question = world.link(GROUP, 6, "/noch-da/")
        assert axe(open_page(question, size=PHONE)) == []
        page = open_page(question, size=PHONE, javascript=False)
        page.get_by_role("button", name="Alles wie bisher").click()
        expect(page.get_by_role("main")).to_contain_text("Danke")
        page.goto(public)
        expect(page.get_by_role("main")).to_contain_text("1. März 2028")

    silent = later + YEAR
    days = [(silent + timedelta(days=days)).isoformat() for days in (0, 21, 42, 63)]
    world.do(silent, "shell", "-c", REMIND.format(days=days))
    assert len(world.sink.to(GROUP)) == 6 + 3  # the question and two reminders, no more

    faded = later + timedelta(days=2 * 366)
    world.do(faded, "assess")
    with world.on(faded) as open_page:
        page = open_page(public, size=PHONE)
        expect(page.get_by_role("main")).to_contain_text("unbestätigt")
        assert axe(page) == []
        assert place_in_api(page, "Dorfhaus Dieterode")["is_confirmed"] is False
        assert class_of_home(open_page) == "riskant"


def class_of_home(open_page: OpenPage) -> str:
    """The class of the municipality in the first words of its page."""
    page = open_page(f"/gemeinden/{HOME}/", size=PHONE)
    found = re.search(r"Dieterode ist (\w+)", page.get_by_role("main").inner_text())
    assert found
    return found[1]


def register(page: Page) -> None:
    """Fill in the questionnaire as somebody with a phone does; what is not known is skipped."""
    page.set_default_timeout(SLOW)
    page.get_by_role("button", name="Anfangen").click()
    page.get_by_label("Gemeinde suchen").fill("Dieterode")
    page.keyboard.press("Enter")
    page.get_by_role("region", name=re.compile("Karte von Dieterode")).click()
    go_on(page)
    page.get_by_label("Name").fill("Dorfhaus Dieterode")
    page.get_by_label("Art").select_option("community_house")
    expect(page.get_by_role("link", name="Das ist unserer: ich möchte ihn betreuen")).to_be_visible()
    go_on(page)
    page.get_by_role("link", name="Nein, unser Ort ist ein anderer").click()
    while page.get_by_role("heading", level=1).inner_text() != "Ansehen und abschicken":
        for yes in page.get_by_label("ja", exact=True).all():
            yes.check()
        for fully in page.get_by_label("voll und ganz").all():
            fully.check()
        go_on(page)
    page.get_by_label("E-Mail-Adresse").fill(GROUP)
    page.get_by_role("button", name="Abschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bestätigen")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.wait_for_load_state()


def sign_in(open_page: OpenPage, name: str) -> Page:
    """A reviewer, at her queue."""
    page = open_page("/pruefung/", size=PHONE)
    page.set_default_timeout(SLOW)
    page.get_by_label(re.compile("Benutzername")).fill(name)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prüfung")
    return page


def answer(world: World, open_page: OpenPage) -> Page:
    """The group signs in by a code, without JavaScript, and answers what was asked."""
    asked = world.link(GROUP, 3, "/orte/")  # after the proof of the address and the receipt
    page = open_page(asked, size=PHONE, javascript=False)
    page.set_default_timeout(SLOW)
    page.get_by_label("E-Mail-Adresse").first.fill(GROUP)
    page.get_by_role("button", name="Code anfordern").click()
    code = re.search(r"\b([A-Z0-9]{3,}-?[A-Z0-9]{3,})\b\s*$", world.sink.wait_for(GROUP, 4).get_content(), re.MULTILINE)
    assert code
    page.get_by_label(re.compile("Code")).fill(code[1])
    go_on(page)
    expect(page.get_by_role("main")).to_contain_text("Ist das Haus auch im Winter offen?")
    page.get_by_label("Ihre Antwort").fill("Ja, mit Ofen.")
    page.get_by_role("button", name="Speichern und antworten").click()
    expect(page.get_by_role("main")).to_contain_text("wartet")
    return page


def place_in_api(page: Page, name: str) -> dict[str, object]:
    """The place of this name, as other software reads it."""
    found = page.request.get(f"/api/v1/places/?municipality={HOME}").json()["results"]
    return next(place for place in found if place["name"] == name)
