"""What the owner of a subscription does with it, and what is kept of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django import Settings

from cohesion.models import Attempt, Delivery, Subscription
from cohesion.models.webhook import Progress, Standing, Why
from cohesion.webhooks import subscriptions as verbs
from cohesion.webhooks.sending import send_due
from cohesion.webhooks.subscriptions import subscribe
from places.upkeep.own_data import collect_own_data, delete_account
from places.upkeep.retention import apply_retention
from tests.database.webhooks.steps import let_wait, pack, rename, settle, subscribed
from tests.factories import make_municipality, make_place
from tests.webhook_receiver import Receiver

pytestmark = pytest.mark.django_db


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
