"""What the owner of a subscription does with it. Each verb checks whose it is; pages: views/webhooks.py."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohesion.events import Cursor, Happening
from cohesion.models.webhook import Delivery, DeliveryQuerySet, Progress, Standing, Subject, Subscription, Why
from cohesion.webhooks.carrying import fault_of
from cohesion.webhooks.packing import new_messages, queue_following
from cohesion.webhooks.sending import queue_next, queue_sending
from cohesion.webhooks.signing import new_secret, sealed
from cohesion.webhooks.upkeep import KEPT
from places import keys

MOST = 5  # subscriptions of one person
BOTH_SECRETS = timedelta(hours=24)  # so long the former secret signs too


def subscribe(user: User, url: str, happenings: Sequence[str], areas: Sequence[str]) -> tuple[Subscription, str]:
    """A new subscription from now on, and its secret, which nobody can read again. Raises ValidationError by field."""
    wishes = _wishes(url, happenings, areas)
    secret, now = new_secret(), timezone.now()
    with transaction.atomic():
        own = _own_open(user)
        _refuse_second(own, wishes["url"])
        if own.count() >= MOST:
            raise ValidationError(_("Mehr als %(number)d Abonnements gehen nicht.") % {"number": MOST})
        subscription = Subscription.objects.create(
            user=user, **wishes, secret=sealed(secret), since=now, cursor=str(Cursor(now))
        )
        queue_following()
    return subscription, secret


@transaction.atomic
def alter(subscription: Subscription, by: User, url: str, happenings: Sequence[str], areas: Sequence[str]) -> None:
    """Another address, other events, other areas; secret, log and cursor stay. Raises ValidationError by field.

    What is packed already is not packed anew: it goes to where the subscription leads when it is sent.
    """
    _check(subscription, by)
    wishes = _wishes(url, happenings, areas)
    own = _own_open(by)
    found = own.select_for_update().filter(pk=subscription.pk).first()
    if found is None:
        raise ValidationError(_("Dieses Abonnement ist beendet."))
    _refuse_second(own.exclude(pk=found.pk), wishes["url"])
    if moved := found.url != wishes["url"]:
        wishes["failing_since"] = None  # that was the other receiver
    Subscription.objects.filter(pk=found.pk).update(**wishes)
    subscription.refresh_from_db()
    if moved:
        _hurry(subscription)


def fault_in_words(url: str) -> str:
    """What is wrong with an address; empty where nothing is."""
    return {
        "": "",
        "form": _("Das ist keine vollständige Adresse. Sie beginnt mit https://."),
        "scheme": _("Die Adresse muss mit https:// beginnen: Nachrichten gehen nur verschlüsselt hinaus."),
        "user": _("Die Adresse darf weder Benutzernamen noch Passwort enthalten."),
        "private": _("Diese Adresse liegt nicht im öffentlichen Internet."),
    }[fault_of(url)]


def pause(subscription: Subscription, by: User) -> None:
    """Send nothing until it is resumed; what happens meanwhile is sent then."""
    _check(subscription, by)
    _set(subscription, {Standing.ACTIVE}, Standing.PAUSED, Why.OWNER)


@transaction.atomic
def resume(subscription: Subscription, by: User) -> None:
    """Go on where it stopped, at most as far back as messages are kept."""
    _check(subscription, by)
    _set(subscription, {Standing.PAUSED}, Standing.ACTIVE, None)
    now = timezone.now()
    earliest = now - timedelta(days=KEPT)
    if Cursor.parse(subscription.cursor).at < earliest:
        subscription.cursor = str(Cursor(earliest))
    subscription.failing_since = None
    subscription.save(update_fields=["cursor", "failing_since"])
    queue_following()
    _hurry(subscription)


def end(subscription: Subscription, by: User) -> None:
    """Send nothing any more; the log is kept as long as any."""
    _check(subscription, by)
    _set(subscription, {Standing.ACTIVE, Standing.PAUSED}, Standing.ENDED, Why.OWNER)


@transaction.atomic
def roll_secret(subscription: Subscription, by: User) -> str:
    """A new secret, which nobody can read again; for a day messages are signed with the former one too."""
    _check(subscription, by)
    if subscription.is_over:
        raise ValidationError(_("Dieses Abonnement ist beendet."))
    secret = new_secret()
    lost = subscription.why == Why.SECRET
    subscription.former_secret = "" if lost else subscription.secret
    subscription.former_until = None if lost else timezone.now() + BOTH_SECRETS
    subscription.secret = sealed(secret)
    subscription.save(update_fields=["secret", "former_secret", "former_until"])
    if lost:
        resume(subscription, by)
    return secret


@transaction.atomic
def send_test(subscription: Subscription, by: User) -> Delivery:
    """A message without events, to see whether it arrives."""
    _check(subscription, by)
    if not subscription.is_active:
        raise ValidationError(_("Nur ein aktives Abonnement bekommt Nachrichten."))
    (delivery,) = new_messages(subscription, Subject.TEST, [])
    delivery.save()
    queue_sending(subscription.pk)
    return delivery


def replay(delivery: Delivery, by: User) -> None:
    """Send one message once more, as it was, under its own webhook-id. Raises ValidationError while it waits anyway."""
    _check(delivery.subscription, by)
    if not _replay(delivery.subscription, Delivery.objects.filter(pk=delivery.pk)):
        raise ValidationError(_("Diese Nachricht ist gerade unterwegs."))


def replay_failed(subscription: Subscription, by: User, since: date) -> int:
    """Send once more what was not accepted since that day; how many."""
    _check(subscription, by)
    return _replay(subscription, Delivery.objects.failed().filter(created_at__date__gte=since))


@transaction.atomic
def _replay(subscription: Subscription, which: DeliveryQuerySet) -> int:
    if not subscription.is_active:
        raise ValidationError(_("Nur ein aktives Abonnement bekommt Nachrichten."))
    now = timezone.now()
    own = which.filter(subscription=subscription).exclude(progress=Progress.SENDING)
    number = own.update(progress=Progress.WAITING, tries=0, next_at=now, claimed_at=None)
    if number:
        queue_sending(subscription.pk)
    return number


def _hurry(subscription: Subscription) -> None:
    """What waits for its next try is due now."""
    subscription.deliveries.filter(progress=Progress.WAITING).update(next_at=timezone.now())
    queue_next(subscription.pk)


def _wishes(url: str, happenings: Sequence[str], areas: Sequence[str]) -> dict[str, Any]:
    """What somebody asks for, as it is stored. Raises ValidationError."""
    url = url.strip()
    if words := fault_in_words(url):
        raise ValidationError({"url": words})
    if not set(happenings) <= set(Happening.values) or not all(_is_area(area) for area in areas):
        raise ValidationError(_("Diese Auswahl gibt es nicht."))
    return {
        "url": url,
        "happenings": sorted(set(happenings), key=Happening.values.index),
        "areas": sorted(set(areas)),
    }


def _own_open(user: User) -> QuerySet[Subscription]:
    """Somebody's subscriptions that are not over; until the transaction ends nobody else changes how many."""
    User.objects.select_for_update().get(pk=user.pk)
    return Subscription.objects.filter(user=user).exclude(standing=Standing.ENDED)


def _refuse_second(others: QuerySet[Subscription], url: str) -> None:
    if others.filter(url=url).exists():
        raise ValidationError({"url": _("Für diese Adresse haben Sie schon ein Abonnement.")})


def _check(subscription: Subscription, by: User) -> None:
    if subscription.user_id != by.pk:
        raise PermissionDenied


def _set(subscription: Subscription, found: set[Standing], standing: Standing, why: Why | None) -> None:
    """Change how it stands, if it still stands so. Raises ValidationError where it does not."""
    now: datetime = timezone.now()
    values = {"standing": standing, "why": why or "", "since": now}
    if not Subscription.objects.filter(pk=subscription.pk, standing__in=found).update(**values):
        raise ValidationError(_("Das Abonnement ist inzwischen ein anderes. Bitte sehen Sie noch einmal nach."))
    subscription.refresh_from_db()


def _is_area(area: str) -> bool:
    digits = (keys.STATE_DIGITS, keys.DISTRICT_DIGITS, keys.AGS_DIGITS)
    return area.isascii() and area.isdigit() and len(area) in digits
