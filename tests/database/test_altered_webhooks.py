"""A webhook that its owner alters: another address, other events, other areas, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from cohesion.changes import settled_until
from cohesion.models import Delivery, Subscription
from cohesion.models.webhook import Progress
from cohesion.webhooks.packing import _store, pack_all
from cohesion.webhooks.sending import send_due
from cohesion.webhooks.subscriptions import alter, end, pause, resume, roll_secret, send_test, subscribe
from places.models import Change, Place
from places.record import on_record
from places.vocabulary import ActedAs, Verb
from scripts.demo_server import free_port
from tests.factories import make_municipality, make_place
from tests.webhook_receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner", email="owner@example.org")


def subscribed(owner: User, url: str, *happenings: str) -> tuple[Subscription, str]:
    """A subscription that has been there for two hours."""
    subscription, secret = subscribe(owner, url, happenings, [])
    subscription.cursor = (timezone.now() - timedelta(hours=2)).isoformat()
    subscription.save()
    return subscription, secret


def rename(place: Place, name: str) -> None:
    """An hour ago."""
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD, reason=""):
        place.name = name
        place.save()
    Change.objects.update(at=F("at") - timedelta(hours=1))


def test_what_waits_goes_to_the_new_address_signed_with_the_same_secret(owner: User, there: Receiver) -> None:
    subscription, secret = subscribed(owner, f"http://127.0.0.1:{free_port()}/")
    first = send_test(subscription, owner)
    assert send_due(subscription.pk).failed == 1  # connection refused
    subscription.refresh_from_db()
    assert subscription.failing_since is not None
    alter(subscription, owner, there.url, [], [])
    assert Subscription.objects.get().failing_since is None  # that was the other receiver
    assert send_due(subscription.pk).delivered == 1
    (came,) = there.received
    assert came.headers["webhook-id"] == first.message_id
    assert came.verified(secret)["type"] == "test"
    assert Delivery.objects.get().attempts.count() == 2


def test_both_secrets_of_a_renewal_go_on_signing(owner: User, there: Receiver) -> None:
    subscription, former = subscribed(owner, "https://example.org/")
    secret = roll_secret(subscription, owner)
    alter(subscription, owner, there.url, ["changed"], [])
    send_test(subscription, owner)
    send_due(subscription.pk)
    (came,) = there.received
    assert came.verified(former) == came.verified(secret)


def test_another_choice_holds_for_what_is_not_packed_yet_and_nothing_comes_twice(owner: User) -> None:
    municipality = make_municipality("06635015")
    place = make_place(municipality, confirmed_on=None)
    subscription, _secret = subscribed(owner, "https://example.org/")
    rename(place, "Packed")
    pack_all(settled_until())
    assert Delivery.objects.count() == 1
    rename(place, "Not packed")
    alter(subscription, owner, subscription.url, ["merged"], [])
    pack_all(settled_until())
    assert Delivery.objects.count() == 1
    alter(subscription, owner, subscription.url, ["changed"], [municipality.ags])
    rename(place, "Later")
    Change.objects.filter(after__name="Later").update(at=timezone.now() - timedelta(minutes=1))
    pack_all(settled_until())
    told = Delivery.objects.latest("pk")
    assert (Delivery.objects.count(), told.events) == (2, 1)


def test_who_packs_by_the_former_choice_stores_nothing(owner: User) -> None:
    subscription, _secret = subscribed(owner, "https://example.org/")
    as_read = Subscription.objects.get(pk=subscription.pk)
    alter(subscription, owner, subscription.url, [], ["06"])
    assert _store(as_read, [], "2026-01-01T00:00:00Z") is False
    assert Subscription.objects.get().cursor == subscription.cursor


def test_a_paused_one_stays_paused_until_it_is_resumed(owner: User, there: Receiver) -> None:
    subscription, _secret = subscribed(owner, "https://example.org/")
    send_test(subscription, owner)
    pause(subscription, owner)
    alter(subscription, owner, there.url, [], [])
    send_due(subscription.pk)
    assert there.received == []
    assert Delivery.objects.get().progress == Progress.WAITING
    resume(subscription, owner)
    send_due(subscription.pk)
    assert len(there.received) == 1


@pytest.mark.parametrize(
    ("url", "happenings", "areas", "field"),
    [
        ("https://127.0.0.1/", [], [], "url"),
        ("https://[::ffff:10.0.0.1]/", [], [], "url"),
        ("http://example.org/", [], [], "url"),
        ("https://a:b@example.org/", [], [], "url"),
        ("https://other.example.org/", [], [], "url"),  # there is one already
        ("https://example.org/", ["everything"], [], ""),
        ("https://example.org/", [], ["0663"], ""),
    ],
)
def test_what_is_refused_at_the_making_is_refused_here_too(
    owner: User, settings: Settings, url: str, happenings: list[str], areas: list[str], field: str
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    subscribe(owner, "https://other.example.org/", [], [])
    subscription, _secret = subscribe(owner, "https://example.org/", ["changed"], ["06"])
    with pytest.raises(ValidationError) as refused:
        alter(subscription, owner, url, happenings, areas)
    assert list(getattr(refused.value, "error_dict", {})) == [field][: len(field)]
    subscription.refresh_from_db()
    assert (subscription.url, subscription.happenings, subscription.areas) == (
        "https://example.org/",
        ["changed"],
        ["06"],
    )


def test_nobody_alters_what_is_another_s_or_over(owner: User) -> None:
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    with pytest.raises(PermissionDenied):
        alter(subscription, User.objects.create_superuser("other"), "https://other.example.org/", [], [])
    end(subscription, owner)
    with pytest.raises(ValidationError, match="beendet"):
        alter(subscription, owner, "https://other.example.org/", [], [])
