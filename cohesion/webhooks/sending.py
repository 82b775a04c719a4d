"""What becomes of a message: who sends it, when it is tried again, when nobody tries any more.

A message is sent by whoever claims it, so that a task that runs twice sends once. Of one subscription a failure ends
the round: the others wait a little, so that a receiver that is away costs one attempt, and one bad message does not
hold up the rest.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from cohesion.models.webhook import Attempt, Delivery, Progress, Standing, Subscription, Why
from cohesion.webhooks.carrying import Answer, carry
from cohesion.webhooks.signing import SecretLostError, opened, signed_headers
from places.letters import address_of, write_to

# After each failure the next try waits so long; after the last, two days later, there is none.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
JITTER = 0.2  # so that not everybody knocks at the same moment
LONGEST_WISH = timedelta(hours=24)  # of a Retry-After
OTHERS_WAIT = timedelta(minutes=10)  # at most, when one has failed
PATIENCE = timedelta(days=5)  # with a receiver that accepts nothing
AT_ONCE = 20  # messages in one task; then somebody else may use the worker
BEHIND_LETTERS = -10  # priority

logger = logging.getLogger(__name__)


@dataclass
class Sent:
    """What became of the messages of one round."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        return f"delivered {self.delivered}, failed {self.failed}, given up {self.given_up}"


def wait_after(tries: int, retry_after: str, now: datetime) -> timedelta | None:
    """How long the next try waits after ``tries`` failures; None: there is none. What the receiver wishes counts."""
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1] * (1 + JITTER * secrets.SystemRandom().random())
    return max(wait, min(_wish(retry_after, now), LONGEST_WISH))


def queue_sending(subscription_id: int, at: datetime | None = None) -> None:
    """Have what is due sent, at once or then; without a queue nothing happens: `manage.py send_webhooks` does it."""
    if not has_queue():
        return
    wanted = at or timezone.now()
    queued = DBTaskResult.objects.filter(
        task_path=send_messages.module_path,
        status="READY",
        args_kwargs={"args": [subscription_id], "kwargs": {}},
    )
    never = Q(run_after__year=9999)  # how the queue writes "at once"
    if not queued.filter(Q(run_after__lte=wanted) | never).exists():
        send_messages.using(run_after=at, priority=BEHIND_LETTERS).enqueue(subscription_id)


@task()
def send_messages(subscription_id: int) -> None:
    """Send what is due of one subscription, and come again when the next is."""
    send_due(subscription_id)
    queue_next(subscription_id)


def queue_next(subscription_id: int) -> None:
    """Have the next waiting message sent when its time comes."""
    waiting = Delivery.objects.filter(
        subscription=subscription_id, subscription__standing=Standing.ACTIVE, progress=Progress.WAITING
    )
    following = waiting.aggregate(at=Min("next_at"))["at"]
    if following is not None:
        queue_sending(subscription_id, following)


def send_due(subscription_id: int, most: int = AT_ONCE) -> Sent:
    """Send the due messages of one subscription, the oldest first, until one fails. Safe to run twice, and at once."""
    sent = Sent()
    for _round in range(most):
        delivery = _claim(subscription_id)
        if delivery is None or not _send(delivery, sent):
            break
    return sent


def send_everything_due() -> Sent:
    """Send the due messages of all subscriptions, as many as there are."""
    total = Sent()
    due = Delivery.objects.due(timezone.now()).order_by("subscription_id")
    for subscription_id in due.values_list("subscription_id", flat=True).distinct():
        sent = send_due(subscription_id, most=10_000)
        total.delivered += sent.delivered
        total.failed += sent.failed
        total.given_up += sent.given_up
    return total


def stop(subscription: Subscription, standing: Standing, why: Why) -> bool:
    """Pause or end a subscription on its own account, and write to its owner; False where it was stopped already."""
    with transaction.atomic():
        stopped = Subscription.objects.filter(pk=subscription.pk, standing=Standing.ACTIVE).update(
            standing=standing, why=why, since=timezone.now()
        )
        if stopped:
            write_to(
                subscription.user,
                "webhook_stopped",
                url=subscription.url,
                is_over=standing == Standing.ENDED,
                why=why.value,
                page=address_of("webhook", subscription.pk),
            )
    return bool(stopped)


def _claim(subscription_id: int) -> Delivery | None:
    """The next due message, which from now on is ours."""
    while True:
        now = timezone.now()
        due = Delivery.objects.due(now).filter(subscription=subscription_id)
        delivery = due.select_related("subscription__user").order_by("next_at", "pk").first()
        if delivery is None:
            return None
        # Only who finds it as it was seen has it
        seen = Delivery.objects.filter(pk=delivery.pk, progress=delivery.progress, claimed_at=delivery.claimed_at)
        if seen.update(progress=Progress.SENDING, claimed_at=now):
            delivery.claimed_at = now
            return delivery


def _send(delivery: Delivery, sent: Sent) -> bool:
    """One attempt; whether it was accepted."""
    subscription, body, now = delivery.subscription, delivery.payload.encode(), timezone.now()
    try:
        keys = [opened(subscription.secret)]
        if subscription.former_secret and subscription.former_until and now < subscription.former_until:
            keys.append(opened(subscription.former_secret))
    except SecretLostError:
        _write_down(delivery, Answer(None, error="The secret cannot be read: SECRET_KEY was changed"), now)
        stop(subscription, Standing.PAUSED, Why.SECRET)
        sent.failed += 1
        return False
    answer = carry(subscription.url, body, signed_headers(delivery.message_id, now, body, keys))
    outcome = _write_down(delivery, answer, now)
    if outcome == Progress.DELIVERED:
        sent.delivered += 1
        return True
    sent.failed += 1
    if answer.status == 410:
        stop(subscription, Standing.ENDED, Why.GONE)
    elif outcome == Progress.GIVEN_UP:
        sent.given_up += 1
        since = Subscription.objects.values_list("failing_since", flat=True).get(pk=subscription.pk)
        if since is not None and since <= now - PATIENCE:
            stop(subscription, Standing.PAUSED, Why.FAILING)
    return False


@transaction.atomic
def _write_down(delivery: Delivery, answer: Answer, at: datetime) -> Progress:
    """Keep the attempt and what follows from it, unless the message is somebody else's by now."""
    now = timezone.now()
    Attempt.objects.create(
        delivery=delivery,
        at=at,
        status=answer.status,
        error=answer.error[:300],
        answer=answer.text,
        milliseconds=answer.milliseconds,
    )
    subscriptions = Subscription.objects.filter(pk=delivery.subscription_id)
    accepted = answer.status is not None and 200 <= answer.status < 300
    tries = delivery.tries + 1
    wait = None if accepted or answer.status == 410 else wait_after(tries, answer.retry_after, now)
    progress = Progress.DELIVERED if accepted else Progress.WAITING if wait else Progress.GIVEN_UP
    next_at = now + wait if wait else None
    Delivery.objects.filter(pk=delivery.pk, progress=Progress.SENDING, claimed_at=delivery.claimed_at).update(
        progress=progress, tries=tries, next_at=next_at, claimed_at=None
    )
    if accepted:
        subscriptions.exclude(failing_since=None).update(failing_since=None)
        return progress
    subscriptions.filter(failing_since=None).update(failing_since=at)
    others_at = now + min(wait or OTHERS_WAIT, OTHERS_WAIT)
    Delivery.objects.filter(
        subscription=delivery.subscription_id, progress=Progress.WAITING, next_at__lt=others_at
    ).exclude(pk=delivery.pk).update(next_at=others_at)
    if progress == Progress.GIVEN_UP:
        logger.warning("Webhook %s was given up: %s", delivery.message_id, answer.status or answer.error)
    return progress


def _wish(retry_after: str, now: datetime) -> timedelta:
    """What a Retry-After asks for: seconds or a date; nothing where it is neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())


def has_queue() -> bool:
    """Whether a worker sends, now and later; without one only who calls does."""
    return bool(send_messages.get_backend().supports_defer)
