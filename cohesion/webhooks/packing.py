"""Makes messages of the change feed: for each subscription what has happened since, and concerns it, once.

The messages and the new cursor are stored together, and only by who finds the cursor where it was.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from rest_framework.utils.encoders import JSONEncoder

from cohesion.api.changes import Changes, ChangeSerializer, rows
from cohesion.changes import SETTLING, events, last_change, settled_until
from cohesion.events import Cursor, Event
from cohesion.models.webhook import Delivery, Standing, Subject, Subscription
from cohesion.webhooks.sending import BEHIND_LETTERS, queue_sending
from places.successors import heirs_of

EVENTS = 100  # in one message, at most
READ = 1000  # events in one go: they are packed and stored together
SOON = timedelta(seconds=2)  # after what has just happened is settled


@dataclass
class Packed:
    """How much was packed, or would be."""

    messages: int = 0
    events: int = 0

    def __str__(self) -> str:
        return f"messages {self.messages}, events {self.events}"


@task()
def follow_feed() -> None:
    """Pack what is settled and have it sent; come again while something has happened that is not settled yet."""
    until = settled_until()
    pack_all(until)
    latest = last_change(timezone.now())
    if latest is not None and latest >= until:
        queue_following()


def follow_after_change(**signal: object) -> None:
    """Listen to what is recorded and assessed: once per transaction, as soon as it is stored."""
    connection = transaction.get_connection()
    if not any(_follow in entry for entry in connection.run_on_commit):
        transaction.on_commit(_follow)


def queue_following() -> None:
    """Read the feed when what has happened now is settled; what is queued and not begun will see it too."""
    if not follow_feed.get_backend().supports_defer:
        return
    if not DBTaskResult.objects.filter(task_path=follow_feed.module_path, status="READY").exists():
        later = timezone.now() + SETTLING + SOON
        follow_feed.using(run_after=later, priority=BEHIND_LETTERS).enqueue()


def pack_all(until: datetime, *, dry_run: bool = False) -> Packed:
    """Pack for every active subscription what happened before ``until``; what is packed is sent by whoever comes."""
    packed = Packed()
    for subscription in Subscription.objects.filter(standing=Standing.ACTIVE).order_by("pk"):
        _pack(subscription, until, packed, dry_run)
    return packed


def concerns(subscription: Subscription, event: Event, areas: tuple[str, ...]) -> bool:
    """Whether the subscriber wants to hear of ``event``; ``areas``: ``areas_of`` the subscription."""
    wanted, keys = subscription.happenings, event.concerned
    there = not areas or not keys or any(key.startswith(areas) for key in keys)
    return there and (not wanted or event.type.value in wanted)


def areas_of(subscription: Subscription) -> tuple[str, ...]:
    """The keys that are subscribed to, and those that took over what is gone of them."""
    heirs = heirs_of(subscription.areas)
    return (*subscription.areas, *(heir for key in subscription.areas for heir in heirs.get(key, ())))


def message(feed: Changes, subject: Subject, events: Sequence[Event], at: datetime) -> str:
    """The payload: what Standard Webhooks wants around what /api/v1/changes/ answers."""
    shown = ChangeSerializer(rows(events, feed.edition, _absolute), many=True, context={"request": _Site()}).data
    data = {"cursor": str(events[-1].cursor) if events else None, **feed.beside(), "results": shown}
    whole = {"type": subject.value, "timestamp": at, "data": data}
    return json.dumps(whole, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))


def new_messages(subscription: Subscription, subject: Subject, *parts: Sequence[Event]) -> list[Delivery]:
    """A message of each part, due at once, not stored yet."""
    now, feed = timezone.now(), Changes()  # which looks up only once what stands beside the events
    return [
        Delivery(
            subscription=subscription,
            message_id=f"msg_{uuid4().hex}",
            subject=subject,
            payload=message(feed, subject, part, now),
            events=len(part),
            next_at=now,
            created_at=now,
        )
        for part in parts
    ]


def _pack(subscription: Subscription, until: datetime, packed: Packed, dry_run: bool) -> None:
    feed, areas = events(Cursor.parse(subscription.cursor), until), areas_of(subscription)
    while read := list(islice(feed, READ)):
        wanted = [event for event in read if concerns(subscription, event, areas)]
        packed.events += len(wanted)
        packed.messages += -(-len(wanted) // EVENTS)
        if not dry_run and not _store(subscription, wanted, str(read[-1].cursor)):
            return  # somebody else packs, or it was paused or altered this moment


def _store(subscription: Subscription, wanted: Sequence[Event], cursor: str) -> bool:
    made = new_messages(subscription, Subject.CHANGES, *_parts(wanted))
    with transaction.atomic():
        as_read = Subscription.objects.filter(
            pk=subscription.pk,
            standing=Standing.ACTIVE,
            cursor=subscription.cursor,
            happenings=subscription.happenings,
            areas=subscription.areas,
        )
        if not as_read.update(cursor=cursor):
            return False
        Delivery.objects.bulk_create(made)
        if made:
            queue_sending(subscription.pk)
    subscription.cursor = cursor
    return True


def _parts(wanted: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(wanted), EVENTS):
        yield wanted[start : start + EVENTS]


def _follow() -> None:
    if Subscription.objects.filter(standing=Standing.ACTIVE).exists():
        queue_following()


def _absolute(path: str) -> str:
    return settings.SITE_URL + path


class _Site:
    """Stands where the API has a request: what is sent knows no host but the setting's."""

    def build_absolute_uri(self, path: str) -> str:
        return _absolute(path)
