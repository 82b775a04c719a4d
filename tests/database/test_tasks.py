"""What is done after an answer, on the queue of a database: nothing is lost, nothing piles up, no page breaks."""

import logging
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.models import Assessment, Attempt, Delivery, Subscription
from cohesion.tasks import assess_today, is_being_assessed
from cohesion.webhooks.subscriptions import subscribe
from places import tasks
from places.models import Change
from places.record import on_record
from places.signals import inputs_changed
from places.vocabulary import ActedAs, Verb
from scripts.demo_server import free_port
from tests.factories import make_municipality, make_place
from tests.smtp_sink import smtp_sink
from tests.webhook_receiver import receiver

pytestmark = pytest.mark.django_db
with_worker = pytest.mark.django_db(transaction=True)  # it opens its connection anew, as in service


@pytest.fixture
def queue(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def undone() -> Iterator[None]:
    """The worker listens to Ctrl-C and sets how much is logged; afterwards both are as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    levels = {name: logging.getLogger(name).level for name in ("django_tasks", "django_tasks_db")}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def run_worker() -> None:
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)


def queued(path: str = "cohesion.tasks.assess_today") -> int:
    return DBTaskResult.objects.filter(task_path=path, status="READY").count()


def send(to: str = "verein@example.org") -> None:
    tasks.post("Betreff", "Guten Tag", [to], {})


def use_smtp(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10


def let_time_pass() -> None:
    """What is to run later may run now."""
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))


class TestAssessment:
    def test_several_changes_of_one_transaction_queue_one(
        self, queue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(3):
                inputs_changed.send(sender=None)
        assert queued() == 1

    def test_what_is_queued_already_is_not_queued_again(
        self, queue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        for _ in range(3):
            with django_capture_on_commit_callbacks(execute=True):
                inputs_changed.send(sender=None)
        assert queued() == 1

    def test_one_that_has_begun_may_have_missed_the_change(
        self, queue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        assess_today.enqueue()
        DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            inputs_changed.send(sender=None)
        assert queued() == 1

    @with_worker
    def test_the_worker_does_it(self, queue: None) -> None:
        make_place(make_municipality())
        assess_today.enqueue()
        assert is_being_assessed()
        run_worker()
        assert Assessment.objects.count() == 1
        assert not is_being_assessed()

    @with_worker
    def test_before_the_first_boundaries_there_is_nothing_to_do(self, queue: None) -> None:
        assess_today.enqueue()
        run_worker()
        assert DBTaskResult.objects.get().status == "SUCCESSFUL"

    def test_without_a_queue_nothing_is_ever_about_to_change(self) -> None:
        assert not is_being_assessed()


class TestLetter:
    def test_is_queued_with_what_it_speaks_of_or_not_at_all(self, queue: None) -> None:
        with transaction.atomic():
            send()
            transaction.set_rollback(True)
        assert queued("places.tasks.deliver") == 0
        with transaction.atomic():
            send()
        assert queued("places.tasks.deliver") == 1

    def test_without_a_queue_leaves_when_it_is_stored(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            send()
            assert mail.outbox == []
        assert [message.to for message in mail.outbox] == [["verein@example.org"]]

    @with_worker
    def test_asks_for_no_absence_note(self, queue: None) -> None:
        send()
        run_worker()
        assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"

    @with_worker
    def test_waits_for_a_mail_server_that_is_away(self, queue: None, settings: Settings) -> None:
        use_smtp(settings, free_port())
        send()
        before = timezone.now()
        run_worker()
        again = DBTaskResult.objects.get(status="READY")
        assert tasks.WAITS[0] <= again.run_after - before
        with smtp_sink() as sink:
            use_smtp(settings, sink.port)
            let_time_pass()
            run_worker()
            assert sink.wait_for("verein@example.org")["subject"] == "Betreff"
        assert queued("places.tasks.deliver") == 0

    @with_worker
    def test_is_given_up_after_the_last_try_and_that_is_told(
        self, queue: None, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        use_smtp(settings, free_port())
        send()
        for _ in range(len(tasks.WAITS) + 3):
            run_worker()
            let_time_pass()
        states = list(DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True))
        assert states == ["SUCCESSFUL"] * len(tasks.WAITS) + ["FAILED"]
        told = [record for record in caplog.records if record.name == "places.tasks"]
        assert [record.levelno for record in told] == [logging.ERROR]
        assert "6 attempts" in told[0].getMessage()
        assert "verein@example.org" not in caplog.text

    @with_worker
    def test_to_a_mailbox_that_does_not_exist_is_not_tried_again(self, queue: None, settings: Settings) -> None:
        with smtp_sink() as sink:
            sink.unknown.add("verein@example.org")
            use_smtp(settings, sink.port)
            send()
            run_worker()
        failed = DBTaskResult.objects.get()
        assert failed.status == "FAILED"
        assert "SMTPRecipientsRefused" in failed.traceback
        assert "verein@example.org" not in failed.traceback

    def test_without_a_queue_a_failing_server_breaks_nothing_and_is_known(
        self,
        settings: Settings,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        assert not tasks.took_undelivered()
        use_smtp(settings, free_port())
        with django_capture_on_commit_callbacks(execute=True):
            send()
        assert "places.tasks.deliver" in caplog.text
        assert tasks.took_undelivered()
        assert not tasks.took_undelivered()


@with_worker
def test_the_worker_brings_a_change_to_a_webhook_when_it_is_settled_and_again_when_it_was_refused(queue: None) -> None:
    owner, place = User.objects.create_user("owner"), make_place(make_municipality())
    with receiver() as there:
        port = there.port
    _subscription, secret = subscribe(owner, f"http://127.0.0.1:{port}/", [], [])
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        place.name = "Neu"
        place.save()
    let_time_pass()
    run_worker()
    assert queued("cohesion.webhooks.packing.follow_feed") == 1  # it is not settled yet
    hour = timedelta(hours=1)
    Change.objects.update(at=F("at") - hour)
    Assessment.objects.update(created_at=F("created_at") - hour)
    Subscription.objects.update(cursor=(timezone.now() - 2 * hour).isoformat())
    let_time_pass()
    run_worker()
    assert [attempt.error for attempt in Attempt.objects.all()] == ["Connection refused"]
    assert queued("cohesion.webhooks.sending.send_messages") == 1
    with receiver(port) as there:
        Delivery.objects.update(next_at=timezone.now())
        let_time_pass()
        run_worker()
        events = there.received[0].verified(secret)["data"]["results"]
    assert "changed" in [event["type"] for event in events]
    assert not DBTaskResult.objects.filter(status__in=("READY", "FAILED")).exists()


@with_worker
def test_what_a_worker_left_half_done_is_done_again(queue: None) -> None:
    now = timezone.now()
    for hours in (0, 2):
        send(f"{hours}@example.org")
        DBTaskResult.objects.filter(status="READY").update(status="RUNNING", started_at=now - timedelta(hours=hours))
    assert tasks.revive(now) == 1
    run_worker()
    assert [message.to for message in mail.outbox] == [["2@example.org"]]
