"""What is packed for a subscriber: each event once, only what was asked for, nothing too early and nothing lost."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.changes import settled_until
from cohesion.models import Attempt, Delivery, Subscription
from cohesion.webhooks.packing import EVENTS, Packed, _pack, follow_feed
from cohesion.webhooks.sending import send_due, send_messages
from cohesion.webhooks.subscriptions import subscribe
from places.models import Change
from tests.database.webhooks.steps import numbers, pack, rename, settle, subscribed
from tests.factories import make_assessment, make_municipality, make_place, make_score
from tests.web.answers import get
from tests.webhook_receiver import Receiver

pytestmark = pytest.mark.django_db


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
