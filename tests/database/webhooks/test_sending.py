"""How messages are sent: signed, again after a failure, to nobody private, and never twice."""

import re
import subprocess
import sys
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.models import Attempt, Delivery, Subscription
from cohesion.models.webhook import Progress, Standing, Why
from cohesion.webhooks import carrying
from cohesion.webhooks import subscriptions as verbs
from cohesion.webhooks.sending import PATIENCE, WAITS, send_due, send_messages
from cohesion.webhooks.subscriptions import subscribe
from scripts.demo_server import free_port
from tests.database.webhooks.steps import DOCS, let_wait, pack, rename, self_signed, settle, subscribed, wait_for_port
from tests.factories import make_municipality, make_place
from tests.webhook_receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


def test_a_refused_connection_is_tried_again_and_delivered_under_the_same_id(owner: User) -> None:
    port = free_port()
    subscription, secret = subscribed(owner, f"http://127.0.0.1:{port}/")
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).failed == 1
    delivery = Delivery.objects.get()
    assert delivery.progress == Progress.WAITING
    assert delivery.next_at is not None
    assert WAITS[0] <= delivery.next_at - delivery.attempts.get().at < WAITS[0] * 1.2 + timedelta(seconds=10)
    assert delivery.attempts.get().error == "Connection refused"
    assert send_due(subscription.pk).failed == 0  # its time has not come
    with receiver(port) as there:
        let_wait()
        assert send_due(subscription.pk).delivered == 1
        assert there.received[0].verified(secret)["type"] == "test"
        assert there.received[0].headers["webhook-id"] == delivery.message_id
    delivery.refresh_from_db()
    assert (delivery.progress, delivery.tries) == (Progress.DELIVERED, 2)
    subscription.refresh_from_db()
    assert subscription.failing_since is None


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_once(owner: User, there: Receiver) -> None:
    subscription, _secret = subscribed(owner, there.url)
    second: list[int] = []

    def send_too() -> None:
        second.append(send_due(subscription.pk).delivered)
        connection.close()

    if connection.vendor == "postgresql":  # the database of the other tests knows one connection
        there.meanwhile = send_too
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).delivered == 1
    assert second in ([], [0])
    assert send_due(subscription.pk).delivered == 0
    assert len(there.received) == 1


def test_what_somebody_left_half_sent_is_sent_after_a_while(owner: User, there: Receiver) -> None:
    subscription, _secret = subscribed(owner, there.url)
    verbs.send_test(subscription, owner)
    Delivery.objects.update(progress=Progress.SENDING, claimed_at=timezone.now())
    assert send_due(subscription.pk).delivered == 0
    Delivery.objects.update(claimed_at=F("claimed_at") - timedelta(hours=1))
    assert send_due(subscription.pk).delivered == 1


def test_after_two_days_a_message_is_given_up_and_after_five_the_subscription_pauses_with_a_letter(
    owner: User, there: Receiver, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    there.status = 500
    subscription, _secret = subscribed(owner, there.url)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            verbs.send_test(subscription, owner)
            for _try in range(len(WAITS)):
                send_due(subscription.pk)
                let_wait(timedelta(0))
                Delivery.objects.filter(progress=Progress.WAITING).update(next_at=timezone.now())
            assert mail.outbox == []
            assert send_due(subscription.pk).given_up == 1
            let_wait(PATIENCE / 3 + timedelta(minutes=1))
        subscription.refresh_from_db()
        assert subscription.is_active
        verbs.send_test(subscription, owner)
        for _try in range(len(WAITS) + 1):
            send_due(subscription.pk)
            Delivery.objects.filter(progress=Progress.WAITING).update(next_at=timezone.now())
    subscription.refresh_from_db()
    assert (subscription.standing, subscription.why) == (Standing.PAUSED, Why.FAILING)
    assert Delivery.objects.filter(progress=Progress.GIVEN_UP).count() == 4
    (letter,) = mail.outbox
    assert letter.to == ["owner@example.org"]
    assert there.url in letter.body
    assert f"/konto/abonnements/{subscription.pk}/" in letter.body
    with pytest.raises(ValidationError):
        verbs.send_test(subscription, owner)


def test_410_ends_the_subscription(
    owner: User, there: Receiver, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    there.status = 410
    subscription, _secret = subscribed(owner, there.url)
    verbs.send_test(subscription, owner)
    verbs.send_test(subscription, owner)
    with django_capture_on_commit_callbacks(execute=True):
        send_due(subscription.pk)
    let_wait()
    assert send_due(subscription.pk).failed == 0
    subscription.refresh_from_db()
    assert (subscription.standing, subscription.why) == (Standing.ENDED, Why.GONE)
    assert len(there.received) == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_a_failure_and_not_followed(owner: User, there: Receiver, status: int) -> None:
    with receiver() as elsewhere:
        there.status, there.headers = status, {"Location": elsewhere.url}
        subscription, _secret = subscribed(owner, there.url)
        verbs.send_test(subscription, owner)
        assert send_due(subscription.pk).failed == 1
        assert elsewhere.received == []
    assert Attempt.objects.get().status == status


def test_a_receiver_may_ask_for_time_and_one_failure_lets_the_others_wait(owner: User, there: Receiver) -> None:
    there.status, there.headers, there.body = 429, {"Retry-After": "3600"}, b"Zu viel <b>auf einmal</b>\x00" * 100
    subscription, _secret = subscribed(owner, there.url)
    first, second = (verbs.send_test(subscription, owner) for _ in range(2))
    send_due(subscription.pk)
    assert len(there.received) == 1
    now = timezone.now()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.next_at is not None
    assert second.next_at is not None
    assert timedelta(minutes=59) < first.next_at - now <= timedelta(hours=1)
    assert timedelta(minutes=9) < second.next_at - now <= timedelta(minutes=10)
    answer = Attempt.objects.get().answer
    assert answer.startswith("Zu viel <b>auf einmal</b>")
    assert len(answer) <= 1000


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://2130706433:{port}/"],
)
def test_private_addresses_are_refused_when_made_and_when_sent(
    owner: User, there: Receiver, settings: Settings, url: str
) -> None:
    subscription, _secret = subscribed(owner, url.format(port=there.port))
    verbs.send_test(subscription, owner)
    settings.WEBHOOKS_PRIVATE = False
    assert send_due(subscription.pk).failed == 1
    assert there.received == []
    with pytest.raises(ValidationError):
        subscribe(owner, url.replace("http:", "https:").format(port=1), [], [])


@pytest.mark.parametrize("host", ["127.1", "0x7f.0.0.1", "localhost.localdomain"])
def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_called(
    owner: User, there: Receiver, settings: Settings, host: str
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    subscription, _secret = subscribed(owner, f"https://{host}:{there.port}/")
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).failed == 1
    assert Attempt.objects.get().error in ("No public address", "Unknown host")
    assert there.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(owner: User, tmp_path: Path) -> None:
    with receiver(certificate=self_signed(tmp_path)) as there:
        subscription, _secret = subscribed(owner, there.url.replace("http:", "https:"))
        verbs.send_test(subscription, owner)
        assert send_due(subscription.pk).failed == 1
        assert there.received == []
    assert Attempt.objects.get().error.startswith("TLS:")


def test_who_does_not_answer_is_left(owner: User, there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    there.meanwhile = lambda: released.wait(20)  # type: ignore[assignment]
    monkeypatch.setattr(carrying, "ALTOGETHER", 0.1)
    subscription, _secret = subscribed(owner, there.url)
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).failed == 1
    released.set()
    assert Attempt.objects.get().error == "Timeout"


def test_the_next_time_is_planned_once(owner: User, queue: None) -> None:
    subscription, _secret = subscribed(owner, f"http://127.0.0.1:{free_port()}/")
    for _ in range(3):
        verbs.send_test(subscription, owner)
    tasks = DBTaskResult.objects.filter(task_path=send_messages.module_path)
    assert tasks.count() == 1
    tasks.update(status="RUNNING")
    send_messages.call(subscription.pk)
    send_messages.call(subscription.pk)
    (again,) = tasks.filter(status="READY")
    assert again.run_after == Delivery.objects.order_by("next_at").values_list("next_at", flat=True).first()
    assert Attempt.objects.count() == 1


def test_the_command_packs_and_sends_and_can_be_tried(owner: User, there: Receiver) -> None:
    def told(*options: str) -> str:
        out = StringIO()
        call_command("send_webhooks", *options, stdout=out)
        return out.getvalue().strip()

    subscribed(owner, there.url)
    rename(make_place(make_municipality("06635001")), "Neu")
    settle()
    assert told("--dry-run") == "Would have packed: messages 1, events 1; due already: 0"
    assert Delivery.objects.count() == 0
    assert told() == "Packed: messages 1, events 1; sent: delivered 1, failed 0, given up 0"
    assert told() == "Packed: messages 0, events 0; sent: delivered 0, failed 0, given up 0"


def test_the_receiver_of_the_documentation_takes_ours_and_refuses_a_forged_one(owner: User, tmp_path: Path) -> None:
    port = free_port()
    subscription, secret = subscribed(owner, f"http://127.0.0.1:{port}/")
    (code,) = re.findall(r"```python\n(import base64.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    script = tmp_path / "receiver.py"
    script.write_text(code.replace("8001", str(port)), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env={"SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for_port(port)
        rename(make_place(make_municipality("06635001", name="Korbach")), "Neu")
        settle()
        pack()
        assert send_due(subscription.pk).delivered == 1
        Delivery.objects.update(progress=Progress.WAITING, next_at=timezone.now())
        verbs.roll_secret(subscription, owner)
        Subscription.objects.update(former_until=timezone.now())
        assert send_due(subscription.pk).failed == 1
    finally:
        process.terminate()
        told, _errors = process.communicate(timeout=20)
    assert told == "changed Korbach\n"
    assert list(Attempt.objects.values_list("status", flat=True)) == [204, 401]
