"""What is done after the answer: a letter goes out. The assessment after a change: cohesion/tasks.py.

The queue of the database runs a task once and keeps what became of it; that a mail is tried again is decided here.
"""

import logging
from contextvars import ContextVar
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

# A mail server that is away for a day loses no letter: tried at once, then so long after each failure.
WAITS = (
    timedelta(minutes=2),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=18),
)
ALWAYS = {"Auto-Submitted": "auto-generated"}  # so that no absence note answers
STUCK_AFTER = timedelta(hours=1)  # no task takes as long; whoever ran it is gone

logger = logging.getLogger(__name__)
_undelivered: ContextVar[bool] = ContextVar("undelivered", default=False)


class UndeliveredError(Exception):
    """A mail did not leave; says why without naming whom it was for, since errors are logged."""


@task()
def deliver(subject: str, body: str, to: list[str], headers: dict[str, str], attempt: int = 0) -> None:
    """Hand one mail to the mail server; where there is a queue, again later if the server does not take it."""
    try:
        EmailMessage(subject, body, to=to, headers={**ALWAYS, **headers}).send()
    except OSError as error:  # no connection, or any answer of the server that is not yes
        if not deliver.get_backend().supports_defer:
            _undelivered.set(True)
            raise UndeliveredError(_why(error)) from None
        if attempt >= len(WAITS) or _is_final(error):
            logger.error("A mail was given up after %d attempts: %s", attempt + 1, _why(error))
            raise UndeliveredError(_why(error)) from None
        later = deliver.using(run_after=timezone.now() + WAITS[attempt])
        later.enqueue(subject, body, to, headers, attempt=attempt + 1)


def post(subject: str, body: str, to: list[str], headers: dict[str, str]) -> None:
    """Have a mail delivered if, and only if, the transaction that it speaks of is stored."""
    if deliver.get_backend().supports_defer:
        deliver.enqueue(subject, body, to, headers)  # a row of the same transaction: nothing lies between the two
    else:
        transaction.on_commit(lambda: deliver.enqueue(subject, body, to, headers))


def took_undelivered() -> bool:
    """Whether, since this was last asked here, a mail failed for which there is no queue to keep it."""
    failed = _undelivered.get()
    _undelivered.set(False)
    return failed


def revive(now: datetime) -> int:
    """Queue again what a worker left half done when it was ended; how many."""
    stuck = DBTaskResult.objects.running().filter(started_at__lte=now - STUCK_AFTER)
    return stuck.update(status="READY", started_at=None)


def _why(error: OSError) -> str:
    # What an SMTP server says may quote the address.
    return type(error).__name__ if isinstance(error, SMTPException) else f"{type(error).__name__}: {error}"


def _is_final(error: OSError) -> bool:
    """Whether the server has said for good that there is no such mailbox."""
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _ in error.recipients.values())
