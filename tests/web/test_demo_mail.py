"""The mailbox of the demo: what would have been sent, readable and clickable; not there where mails leave."""

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template import engines
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.MAIL_LEAVES = False
    settings.PUBLIC_HOSTS = []
    return tmp_path / "mail"


def send(subject: str, text: str = "Guten Tag,\n\nbis bald – Ihr Atlas", to: str = "verein@example.org") -> None:
    EmailMessage(subject, text, to=[to]).send()


def page(client: Client, language: str = "de") -> str:
    response = client.get("/demo/post/", headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_mail_it_says_so(client: Client, folder: Path) -> None:
    assert "Noch keine E-Mail" in page(client)
    assert "No e-mail yet" in page(client, "en")


def test_a_mail_is_read_as_it_would_arrive(client: Client, folder: Path) -> None:
    send("Bitte bestätigen Sie – Dorfladen Wölfterode", "Grüße\n\nhttp://127.0.0.1:8000/bestaetigen/a:b-c_1/\n")
    shown = page(client)
    assert "Bitte bestätigen Sie – Dorfladen Wölfterode" in shown
    assert "An verein@example.org" in shown
    assert "Grüße" in shown
    assert 'href="http://127.0.0.1:8000/bestaetigen/a:b-c_1/"' in shown


def test_the_time_is_that_of_germany(client: Client, folder: Path) -> None:
    EmailMessage("Brief", "Text", to=["a@example.org"], headers={"Date": "Mon, 23 Nov 2026 01:22:43 -0000"}).send()
    assert '<time datetime="2026-11-23T02:22:43+01:00">' in page(client)


def test_the_newest_comes_first_and_only_so_many_are_shown(client: Client, folder: Path) -> None:
    for number in range(32):
        send(f"Brief {number:02}")
        (written,) = folder.glob("*-*.log")  # as the backend calls it
        os.utime(written, (1_800_000_000 + number, 1_800_000_000 + number))
        written.rename(folder / f"{number:02}.log")
    shown = page(client)
    assert shown.index("Brief 31") < shown.index("Brief 30") < shown.index("Brief 02")
    assert "Brief 01" not in shown


def test_a_mail_cannot_bring_markup(client: Client, folder: Path) -> None:
    send("<b>fett</b>", "<script>alert(1)</script>")
    shown = page(client)
    assert "&lt;b&gt;fett" in shown
    assert "<script>alert" not in shown


def test_of_a_mail_in_two_forms_the_plain_text_is_shown(client: Client, folder: Path) -> None:
    mail = EmailMultiAlternatives("Code", "Ihr Code: ABC", to=["a@example.org"])
    mail.attach_alternative("<p>als HTML</p>", "text/html")
    mail.send()
    shown = page(client)
    assert "Ihr Code: ABC" in shown
    assert "als HTML" not in shown


def test_no_search_engine_keeps_it(client: Client, folder: Path) -> None:
    response = client.get("/demo/post/")
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


def test_where_mails_leave_or_others_are_served_it_is_not_there(
    client: Client, folder: Path, settings: Settings
) -> None:
    settings.MAIL_LEAVES = True
    assert client.get("/demo/post/").status_code == 404
    settings.MAIL_LEAVES, settings.PUBLIC_HOSTS = False, ["testserver"]
    assert client.get("/demo/post/").status_code == 404


def test_the_hint_is_shown_only_where_the_mailbox_is(client: Client, folder: Path, settings: Settings) -> None:
    hint = engines["django"].get_template("components/demo_mail_hint.html")
    assert 'href="/demo/post/"' in hint.render({"demo_mail": True})
    assert hint.render({}).strip() == ""
    from sok_site.context import every_page

    assert every_page(client.get("/konzept/").wsgi_request)["demo_mail"] is True
    settings.MAIL_LEAVES = True
    assert every_page(client.get("/konzept/").wsgi_request)["demo_mail"] is False
