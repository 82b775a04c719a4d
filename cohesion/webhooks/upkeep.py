"""What is kept of subscriptions and messages, for how long, and what their owner gets as her own data."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from cohesion.models.webhook import Delivery, Standing, Subscription

KEPT = 30  # days: messages with their attempts, and subscriptions that have ended


def remove_old(today: date, dry_run: bool, **signal: object) -> dict[str, int]:
    """Listen to ``retention_due``: delete what is not kept any longer; how many."""
    limit = today - timedelta(days=KEPT)
    messages = Delivery.objects.filter(created_at__date__lte=limit)
    ended = Subscription.objects.filter(standing=Standing.ENDED, since__date__lte=limit)
    renewed = Subscription.objects.exclude(former_secret="").filter(former_until__lte=timezone.now())
    found = {
        "webhook messages": messages.count(),
        "ended webhooks": ended.count(),
        "former webhook secrets": renewed.count(),
    }
    if not dry_run:
        messages.delete()
        ended.delete()
        renewed.update(former_secret="", former_until=None)
    return found


def own_webhooks(user: User, **signal: object) -> dict[str, Any]:
    """Listen to ``own_data_asked``: the subscriptions of ``user``, without their secrets."""
    fields = ("url", "happenings", "areas", "standing", "since", "created_at")
    return {
        "webhooks": [
            {
                **{field: row[field] for field in fields},
                "messages": list(
                    Delivery.objects.filter(subscription=row["pk"])
                    .order_by("pk")
                    .values("message_id", "subject", "created_at", state=F("progress"))
                ),
            }
            for row in Subscription.objects.filter(user=user).values("pk", *fields)
        ]
    }
