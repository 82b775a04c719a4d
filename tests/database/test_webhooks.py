"""Webhooks: what is packed, signed and sent, what happens when nobody answers, and what is never done twice."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.changes import settled_until
from cohesion.models import Assessment, Attempt, Delivery, Subscription
from cohesion.models.webhook import Progress, Standing, Why
from cohesion.webhooks import carrying
from cohesion.webhooks import subscriptions as verbs
from cohesion.webhooks.packing import EVENTS, Packed, _pack, follow_feed, pack_all
from cohesion.webhooks.sending import PATIENCE, WAITS, send_due, send_messages
from cohesion.webhooks.subscriptions import subscribe
from places.models import Change, Place
from places.record import on_record
from places.upkeep.own_data import collect_own_data, delete_account
from places.upkeep.retention import apply_retention
from places.vocabulary import ActedAs, Verb
from scripts.demo_server import free_port
from tests.factories import make_assessment, make_municipality, make_place, make_score
from tests.web.answers import get
from tests.webhook_receiver import Receiver, receiver

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request to the API sets the thread's language, and only Django's own handler takes it back."""
    yield
    translation.deactivate()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner", email="owner@example.org")


@pytest.fixture
def queue(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def subscribed(owner: User, url: str, *happenings: str, areas: tuple[str, ...] = ()) -> tuple[Subscription, str]:
    """A subscription that has been there for two hours."""
    subscription, secret = subscribe(owner, url, happenings, areas)
    subscription.cursor = (timezone.now() - timedelta(hours=2)).isoformat()
    subscription.save()
    return subscription, secret


def settle(**passed: float) -> None:
    """Let an hour pass, for what has happened."""
    time = timedelta(**(passed or {"hours": 1}))
    Change.objects.update(at=F("at") - time)
    Assessment.objects.update(created_at=F("created_at") - time)


def rename(place: Place, name: str) -> None:
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD, reason="Geheim"):
        place.name = name
        place.save()


def let_wait(time: timedelta = timedelta(days=3)) -> None:
    """Let the time of waiting messages come."""
    Delivery.objects.filter(progress=Progress.WAITING).update(next_at=F("next_at") - time)
    Subscription.objects.exclude(failing_since=None).update(failing_since=F("failing_since") - time)


def pack() -> list[Delivery]:
    pack_all(settled_until())
    return list(Delivery.objects.order_by("pk"))


def self_signed(folder: Path) -> Path:
    """A certificate for this machine with its key, which its owner has signed himself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = timezone.now()
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "self-signed.pem"
    file.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return file


def wait_for_port(port: int) -> None:
    """Until something listens there, which takes as long as Python takes to start."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


def numbers() -> list[str]:
    """The ids of the entries that the packed messages tell, in their order."""
    payloads = [json.loads(payload) for payload in Delivery.objects.order_by("pk").values_list("payload", flat=True)]
    return [event["entry"]["id"] for payload in payloads for event in payload["data"]["results"]]


# --- What is packed --------------------------------------------------------------------------------------------------


def test_a_message_is_signed_and_says_what_the_api_says(owner: User, there: Receiver, settings: Settings) -> None:
    settings.SITE_URL = "http://testserver"
    subscription, secret = subscribed(owner, there.url)
    place = make_place(make_municipality("06635001", name="Korbach"), name="Alt")
    rename(place, "Bücherei „Übertal“")
    settle()
    pack()
    assert send_due(subscription.pk).delivered == 1
    (came,) = there.received
    payload = came.verified(secret)
    told = get("changes/")
    assert payload["type"] == "changes"
    assert payload["data"] == {name: told[name] for name in ("cursor", "attribution", "results")}
    assert payload["data"]["results"][0]["entry"]["name"] == "Bücherei „Übertal“"
    assert came.path == "/hook?key=1"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["user-agent"].startswith("SOK-Atlas")
    assert not {"cookie", "authorization"} & came.headers.keys()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == (204, "")
    with pytest.raises(Exception, match="No matching signature"):
        came.verified("whsec_" + "A" * 43 + "=")


def test_each_event_is_packed_once_whoever_packs_however_often(owner: User, there: Receiver) -> None:
    subscribed(owner, there.url)
    place = make_place(make_municipality("06635001"))
    for name in "abc":
        rename(place, name)
    settle()
    stale = Subscription.objects.get()
    assert [delivery.events for delivery in pack()] == [3]
    assert [delivery.events for delivery in pack()] == [3]
    rename(place, "d")
    settle(minutes=5)
    pack()
    assert len(numbers()) == 4
    # Who read the cursor before somebody else had moved it stores nothing
    _pack(stale, settled_until(), Packed(), dry_run=False)
    assert len(numbers()) == 4


def test_a_subscriber_hears_only_of_the_events_and_areas_that_were_asked_for(owner: User) -> None:
    here, away = make_municipality("06635001"), make_municipality("16061001")
    subscribed(owner, "https://a.example.org/", "changed", areas=("06635", "07"))
    subscribed(owner, "https://b.example.org/", "assessed")
    subscribed(owner, "https://c.example.org/", areas=("06635001",))
    subscribed(owner, "https://d.example.org/", areas=("03",))
    first, second = make_place(here, name="Hier"), make_place(away, name="Dort")
    rename(first, "Hier neu")
    rename(second, "Dort neu")
    assessment = make_assessment()
    for municipality in (here, away):
        make_score(municipality, assessment)
    settle()
    told = {
        delivery.subscription.url[8]: [
            (event["type"], event["municipality"]["ags"]) for event in json.loads(delivery.payload)["data"]["results"]
        ]
        for delivery in pack()
    }
    assert told == {
        "a": [("changed", "06635001")],
        "b": [("assessed", "06635001"), ("assessed", "16061001")],
        "c": [("changed", "06635001"), ("assessed", "06635001")],
    }
    before = set(Subscription.objects.values_list("cursor", flat=True))
    assert len(before) == 1  # also who was told nothing has read so far


def test_many_events_are_several_messages(owner: User) -> None:
    subscribed(owner, "https://a.example.org/")
    municipality, assessment = make_municipality("06635001"), make_assessment()
    make_score(municipality, assessment)
    place = make_place(municipality)
    for number in range(EVENTS + 3):
        rename(place, f"Name {number}")
    settle()
    assert sorted(delivery.events for delivery in pack()) == [4, EVENTS]


def test_what_happened_before_is_not_sent(owner: User) -> None:
    rename(make_place(make_municipality("06635001")), "Früher")
    settle()
    subscribe(owner, "https://a.example.org/", [], [])
    assert pack() == []


def test_what_has_just_happened_comes_later_and_the_task_comes_again(
    owner: User, queue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def planned() -> list[Any]:
        return list(DBTaskResult.objects.filter(task_path=follow_feed.module_path, status="READY"))

    subscribed(owner, "https://a.example.org/")
    DBTaskResult.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        place = make_place(make_municipality("06635001"))
        rename(place, "Neu")
        rename(place, "Neuer")
    (task,) = planned()
    assert task.run_after > timezone.now() + timedelta(seconds=9)
    DBTaskResult.objects.update(status="RUNNING")
    follow_feed.call()
    assert Delivery.objects.count() == 0
    assert len(planned()) == 1
    DBTaskResult.objects.update(status="RUNNING")
    settle(minutes=1)
    follow_feed.call()
    assert len(numbers()) == 2
    assert planned() == []
    assert DBTaskResult.objects.filter(task_path=send_messages.module_path, status="READY").count() == 1


def test_nothing_is_queued_while_nobody_subscribes(
    queue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        rename(make_place(make_municipality("06635001")), "Neu")
    assert not DBTaskResult.objects.filter(task_path=follow_feed.module_path).exists()


@pytest.mark.django_db(transaction=True)
def test_what_an_open_transaction_stores_later_is_neither_lost_nor_told_twice(owner: User) -> None:
    """The later line is stored first; the earlier one, of a transaction that is still open, must come before it."""
    subscribed(owner, "https://a.example.org/")
    municipality = make_municipality("06635001")
    early, late = make_place(municipality), make_place(municipality)
    if connection.vendor != "postgresql":  # one writer at a time: nothing can be stored in between
        rename(early, "Neu")
        rename(late, "Neu")
        settle()
        pack()
        assert numbers() == [str(early.pk), str(late.pk)]
        return
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO places_change (at, acted_as, verb, ags, before, after, reason, place_id)"
                " VALUES (now() - interval '1 minute', 'steward', 'updated', '06635001', '{}', %s, '', %s)",
                ['{"name": "x"}', early.pk],
            )
            rename(late, "Neu")
            settle(seconds=50)
            cursor.execute("SELECT now()")
            (began,) = cursor.fetchone()
            Change.objects.update(at=began + timedelta(milliseconds=1))
            assert pack() == []
        other.commit()
    finally:
        other.close()
    settle()
    pack()
    pack()
    assert sorted(numbers()) == sorted([str(early.pk), str(late.pk)])


# --- What is sent ----------------------------------------------------------------------------------------------------


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


# --- What the owner does ---------------------------------------------------------------------------------------------


def test_a_replay_sends_the_same_message_under_the_same_id(owner: User, there: Receiver) -> None:
    subscription, secret = subscribed(owner, there.url)
    delivery = verbs.send_test(subscription, owner)
    send_due(subscription.pk)
    verbs.replay(delivery, owner)
    send_due(subscription.pk)
    first, second = there.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivery.message_id
    assert second.verified(secret)
    assert Attempt.objects.count() == 2


def test_what_failed_since_a_day_is_sent_once_more_and_nothing_else(owner: User, there: Receiver) -> None:
    subscription, _secret = subscribed(owner, there.url)
    old, given_up, delivered = (verbs.send_test(subscription, owner) for _ in range(3))
    Delivery.objects.filter(pk__in=(old.pk, given_up.pk)).update(progress=Progress.GIVEN_UP, tries=9)
    Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    send_due(subscription.pk)
    there.received.clear()
    since = timezone.localdate() - timedelta(days=2)
    assert verbs.replay_failed(subscription, owner, since) == 1
    send_due(subscription.pk)
    assert [came.headers["webhook-id"] for came in there.received] == [given_up.message_id]
    assert delivered.message_id != given_up.message_id


def test_a_pause_loses_nothing(owner: User, there: Receiver) -> None:
    subscription, _secret = subscribed(owner, there.url)
    verbs.send_test(subscription, owner)
    verbs.pause(subscription, owner)
    assert send_due(subscription.pk).delivered == 0
    rename(make_place(make_municipality("06635001")), "Neu")
    settle()
    pack()
    assert Delivery.objects.count() == 1
    verbs.resume(subscription, owner)
    pack()
    assert send_due(subscription.pk).delivered == 2
    verbs.end(subscription, owner)
    with pytest.raises(ValidationError):
        verbs.resume(subscription, owner)


def test_after_a_long_pause_it_goes_on_thirty_days_back(owner: User) -> None:
    subscription, _secret = subscribed(owner, "https://a.example.org/")
    verbs.pause(subscription, owner)
    subscription.cursor = "2020-01-01T00:00:00Z"
    subscription.save()
    verbs.resume(subscription, owner)
    subscription.refresh_from_db()
    assert subscription.cursor > (timezone.now() - timedelta(days=31)).isoformat()


def test_a_new_secret_signs_beside_the_former_one_for_a_day(owner: User, there: Receiver) -> None:
    subscription, former = subscribed(owner, there.url)
    secret = verbs.roll_secret(subscription, owner)
    verbs.send_test(subscription, owner)
    send_due(subscription.pk)
    assert there.received[0].verified(secret) == there.received[0].verified(former)
    Subscription.objects.update(former_until=timezone.now())
    verbs.send_test(subscription, owner)
    send_due(subscription.pk)
    assert there.received[1].verified(secret)
    with pytest.raises(Exception, match="No matching signature"):
        there.received[1].verified(former)


def test_a_secret_is_not_readable_in_the_database_and_lost_with_its_key(
    owner: User, there: Receiver, settings: Settings
) -> None:
    subscription, secret = subscribed(owner, there.url)
    assert secret[6:20] not in str(Subscription.objects.values().get())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).delivered == 1
    settings.SECRET_KEY_FALLBACKS = []
    verbs.send_test(subscription, owner)
    assert send_due(subscription.pk).failed == 1
    subscription.refresh_from_db()
    assert (subscription.standing, subscription.why) == (Standing.PAUSED, Why.SECRET)
    secret = verbs.roll_secret(subscription, owner)
    let_wait()
    assert send_due(subscription.pk).delivered == 1
    assert there.received[-1].verified(secret)


def test_only_the_owner_acts(owner: User) -> None:
    subscription, _secret = subscribed(owner, "https://a.example.org/")
    delivery = verbs.send_test(subscription, owner)
    stranger = User.objects.create_superuser("stranger")
    for verb in (verbs.pause, verbs.resume, verbs.end, verbs.roll_secret, verbs.send_test):
        with pytest.raises(PermissionDenied):
            verb(subscription, stranger)
    with pytest.raises(PermissionDenied):
        verbs.replay(delivery, stranger)
    with pytest.raises(PermissionDenied):
        verbs.replay_failed(subscription, stranger, timezone.localdate())


def test_an_account_has_a_few_subscriptions_and_one_of_an_address(owner: User) -> None:
    made = [subscribe(owner, f"https://example.org/{number}", [], [])[0] for number in range(verbs.MOST)]
    with pytest.raises(ValidationError):
        subscribe(owner, "https://example.org/more", [], [])
    verbs.end(made[0], owner)
    with pytest.raises(ValidationError):
        subscribe(owner, "https://example.org/1", [], [])
    subscribe(owner, "https://example.org/0", [], [])


# --- What is kept ----------------------------------------------------------------------------------------------------


def test_messages_and_ended_subscriptions_are_kept_for_thirty_days(owner: User) -> None:
    subscription, _secret = subscribed(owner, "https://a.example.org/")
    ended, _secret = subscribed(owner, "https://b.example.org/")
    old, new = (verbs.send_test(subscription, owner) for _ in range(2))
    verbs.end(ended, owner)
    long_ago = timezone.now() - timedelta(days=31)
    Delivery.objects.filter(pk=old.pk).update(created_at=long_ago)
    Subscription.objects.update(since=long_ago)
    today = timezone.localdate()
    assert "webhook messages 1, ended webhooks 1" in str(apply_retention(today, dry_run=True))
    assert Delivery.objects.count() == 2
    apply_retention(today)
    assert list(Delivery.objects.all()) == [new]
    assert list(Subscription.objects.all()) == [subscription]


def test_it_is_part_of_ones_own_data_without_the_secret_and_goes_with_the_account(owner: User) -> None:
    subscription, secret = subscribed(owner, "https://a.example.org/", "changed", areas=("06",))
    verbs.send_test(subscription, owner)
    data = collect_own_data(owner)["webhooks"]
    assert [(row["url"], row["happenings"], row["areas"], len(row["messages"])) for row in data] == [
        ("https://a.example.org/", ["changed"], ["06"], 1)
    ]
    assert secret not in str(data)
    assert subscription.secret not in str(data)
    delete_account(owner, today=timezone.localdate())
    assert (Subscription.objects.count(), Delivery.objects.count()) == (0, 0)
