"""Letters as they arrive over SMTP: headers, encoding, both languages; and what pages tell of work behind them."""

from collections.abc import Iterator
from datetime import date
from email.utils import parseaddr

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.tasks import assess_today
from places.letters import write
from places.models import Correspondence, Place, Report, Stewardship
from places.upkeep.digests import send_digests
from places.upkeep.reminders import send_reminders
from scripts.demo_server import free_port
from tests.factories import (
    TODAY,
    make_assessment,
    make_municipality,
    make_place,
    make_reviewer,
    make_steward,
    make_submission,
)
from tests.smtp_sink import Sink, smtp_sink, subject_of, text_of

pytestmark = pytest.mark.django_db

NAME = "Bücherei „Übertal“ – Café & mehr"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with smtp_sink() as sink:
        use_smtp(settings, sink.port)
        yield sink


def use_smtp(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10
    settings.DEFAULT_FROM_EMAIL = "SOK-Atlas Übertal <atlas@example.org>"


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("de", f"Stimmt noch alles bei „{NAME}“?", "Zuletzt bestätigt wurde er am 22. November 2025."),
        ("en", f"Is everything about “{NAME}” still right?", "It was last confirmed on 22 November 2025."),
    ],
)
def test_a_letter_arrives_with_its_headers_and_every_letter_in_it(
    sink: Sink,
    language: str,
    subject: str,
    sentence: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(name=NAME, confirmed_on=date(2025, 11, 22))
    Correspondence.objects.create(user=make_steward(place, email="a@example.org"), language=language)
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(TODAY)
    mail = sink.wait_for("a@example.org")
    assert subject_of(mail) == subject
    assert parseaddr(str(mail["from"])) == ("SOK-Atlas Übertal", "atlas@example.org")
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["message-id"]
    assert mail["date"].datetime
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    text = text_of(mail)
    assert NAME in text
    assert sentence in text
    assert "&amp;" not in text
    assert not mail.defects


def test_a_digest_arrives_with_the_headers_of_one_click(
    sink: Sink, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = make_reviewer("06", "reviewer")
    user.email = "reviewer@example.org"
    user.save()
    make_submission(make_place(make_municipality("06635001"), name=NAME))
    with django_capture_on_commit_callbacks(execute=True):
        send_digests(TODAY)
    mail = sink.wait_for("reviewer@example.org")
    link = str(mail["list-unsubscribe"]).strip("<>")
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert "/post/abbestellen/" in link
    assert Client().post("/" + link.split("/", 3)[3]).status_code == 200
    assert not Correspondence.objects.get(user=user).wants_digest


def test_a_name_cannot_bring_a_header_of_its_own(
    sink: Sink, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    place = make_place(name="Laden\r\nBcc: other@example.org", confirmed_on=date(2025, 11, 22))
    make_steward(place, email="a@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(TODAY)
    mail = sink.wait_for("a@example.org")
    assert mail["bcc"] is None
    assert sink.to("other@example.org") == []


@pytest.mark.django_db(transaction=True)
class TestUndelivered:
    """A form whose mail fails where there is no queue: a report, of which the stewards get word."""

    def report(self, client: Client) -> str:
        place = Place.objects.first() or make_place()
        if not Stewardship.of(place).exists():
            make_steward(place)
        response = client.post(
            f"/orte/{place.pk}/melden/", {"kind": "error", "text": "Die Öffnungszeiten sind falsch."}, follow=True
        )
        assert response.status_code == 200
        return str(response.content.decode())

    def test_whoever_sent_the_form_is_told_that_it_is_stored_and_can_go_on(
        self, settings: Settings, client: Client
    ) -> None:
        use_smtp(settings, free_port())
        page = self.report(client)
        assert "Die E-Mail ging nicht hinaus" in page
        assert Report.objects.count() == 1

    def test_where_the_mail_leaves_nothing_is_told(self, sink: Sink, client: Client) -> None:
        page = self.report(client)
        assert "ging nicht hinaus" not in page
        assert len(sink.mails) == 1

    def test_a_failure_is_told_to_nobody_else(self, settings: Settings, client: Client) -> None:
        use_smtp(settings, free_port())
        write("yearly_reminder", "a@example.org", entry=make_place(), page="", link="", valid_until=TODAY)
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert "ging nicht hinaus" not in self.report(client)

    def test_where_there_is_a_queue_it_tries_again_and_nobody_is_bothered(
        self, settings: Settings, client: Client
    ) -> None:
        use_smtp(settings, free_port())
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
        assert "ging nicht hinaus" not in self.report(client)
        assert DBTaskResult.objects.filter(task_path="places.tasks.deliver").count() == 1


class TestFreshFigures:
    def test_pages_say_that_figures_are_being_computed_anew_while_they_are(
        self, settings: Settings, client: Client
    ) -> None:
        municipality = make_municipality("06635001")
        make_assessment()
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
        pages = ("/", municipality.get_absolute_url())
        told = ["gerade neu berechnet" in client.get(page).content.decode() for page in pages]
        assess_today.enqueue()
        told += ["gerade neu berechnet" in client.get(page).content.decode() for page in pages]
        assert told == [False, False, True, True]
