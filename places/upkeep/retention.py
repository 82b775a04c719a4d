"""What is not kept any longer goes. docs/retention.md says what, why it was kept, and for how long."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from places.models import (
    Actor,
    ApiToken,
    Change,
    Draft,
    Entry,
    IdempotencyKey,
    Photo,
    Place,
    Report,
    Submission,
    tie,
)
from places.models.idempotency import KEPT
from places.signals import retention_due
from places.tasks import deliver, revive
from places.vocabulary import Publication, SubmissionKind, SubmissionState

UNCONFIRMED_DAYS = 30  # a sending whose address nobody confirmed
DRAFT_DAYS = 30  # a registration that nobody goes on writing
ANSWERED_DAYS = 30  # the address behind a report or submission that is settled
TOKEN_DAYS = 30  # a key to the API that has ended
LETTER_DAYS = 1  # a letter that was delivered
TASK_DAYS = 14  # every other task that is done, or given up
DEMO_MAIL_DAYS = 30  # mails that lie on this machine because none leaves
UPLOAD_GRACE = timedelta(days=1)  # a file is written before its row


@dataclass
class Removed:
    """How many of each kind went, or would go."""

    unconfirmed: int = 0
    drafts: int = 0
    addresses: int = 0
    api_keys: int = 0
    idempotency_keys: int = 0
    sessions: int = 0
    tasks: int = 0
    stuck_tasks_revived: int = 0
    cache_rows: int = 0
    photo_files: int = 0
    demo_mails: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)  # by other apps

    def __str__(self) -> str:
        own = {part.name.replace("_", " "): getattr(self, part.name) for part in fields(self)}
        return ", ".join(f"{name} {number}" for name, number in (own | own.pop("elsewhere")).items())


def apply_retention(today: date, *, dry_run: bool = False) -> Removed:
    """Delete whatever has been kept as long as docs/retention.md says. Safe to run twice, and to be ended."""
    now = timezone.now()  # of sessions, tasks, files: they know no other clock
    return Removed(
        unconfirmed=_unconfirmed(today, dry_run),
        drafts=_delete(Draft.objects.filter(updated_at__date__lte=today - timedelta(days=DRAFT_DAYS)), dry_run),
        addresses=_addresses(today, dry_run),
        api_keys=_delete(ApiToken.objects.filter(ends_on__lt=today - timedelta(days=TOKEN_DAYS)), dry_run),
        idempotency_keys=_delete(IdempotencyKey.objects.filter(made_at__lte=now - KEPT), dry_run),
        sessions=_delete(Session.objects.filter(expire_date__lt=now), dry_run),
        tasks=_tasks(now, dry_run),
        stuck_tasks_revived=0 if dry_run else revive(now),
        cache_rows=_cache_rows(now, dry_run),
        photo_files=_photo_files(now, dry_run),
        demo_mails=_demo_mails(now, dry_run),
        elsewhere=_elsewhere(today, dry_run),
    )


def _delete(rows: QuerySet[Any], dry_run: bool) -> int:
    number = rows.count()
    if number and not dry_run:
        rows.delete()
    return number


def _unconfirmed(today: date, dry_run: bool) -> int:
    """Submissions that nobody confirmed; with a registration its entry, its photographs and its lines of the record."""
    limit = today - timedelta(days=UNCONFIRMED_DAYS)
    old = Submission.objects.filter(state=SubmissionState.UNCONFIRMED, created_at__date__lte=limit)
    number = old.count()
    if dry_run:
        return number
    for submission in old.order_by("pk"):
        with transaction.atomic():
            current = Submission.objects.select_for_update().filter(pk=submission.pk, state=SubmissionState.UNCONFIRMED)
            found = current.first()
            if found is None:
                continue  # confirmed this very moment
            entry = found.entry
            found.delete()
            if found.kind == SubmissionKind.REGISTRATION and entry.publication == Publication.DRAFT:
                _forget(entry)
    return number


def _forget(entry: Entry) -> None:
    """An entry that never was one: with its lines of the record, and with actors that nothing else names."""
    actors = list(entry.involvements.values_list("actor_id", flat=True)) if isinstance(entry, Place) else []
    Change.objects.filter(**tie(entry)).delete()
    entry.delete()
    Actor.objects.filter(pk__in=actors, involvements__isnull=True).delete()


def _addresses(today: date, dry_run: bool) -> int:
    """Addresses that nobody will write to any more; what they belong to stays."""
    limit = today - timedelta(days=ANSWERED_DAYS)
    settled: tuple[QuerySet[Any], ...] = (
        Report.objects.filter(handled_on__lte=limit).exclude(email=""),
        Submission.objects.filter(decided_on__lte=limit).exclude(email=""),
    )
    return sum(rows.count() if dry_run else rows.update(email="") for rows in settled)


def _tasks(now: datetime, dry_run: bool) -> int:
    finished = DBTaskResult.objects.finished()
    letters = DBTaskResult.objects.successful().filter(
        task_path=deliver.module_path, finished_at__lt=now - timedelta(days=LETTER_DAYS)
    )
    return _delete(letters, dry_run) + _delete(
        finished.filter(finished_at__lt=now - timedelta(days=TASK_DAYS)).exclude(pk__in=letters.values("pk")), dry_run
    )


def _cache_rows(now: datetime, dry_run: bool) -> int:
    """What the cache holds beyond its time: hashes of who sent a form, mostly. Django drops them when it is full."""
    if not isinstance(caches["default"], BaseDatabaseCache):
        return 0
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    expired = f"FROM {table} WHERE {connection.ops.quote_name('expires')} < %s"
    limit = connection.ops.adapt_datetimefield_value(now.replace(microsecond=0))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) {expired}", [limit])
        number = int(cursor.fetchone()[0])
        if number and not dry_run:
            cursor.execute(f"DELETE {expired}", [limit])
    return number


def _photo_files(now: datetime, dry_run: bool) -> int:
    """Files of photographs that no row knows: their entry is gone, or an upload broke off."""
    folder = Path(settings.MEDIA_ROOT) / "photos"
    known = {name for row in Photo.objects.values_list("image", "thumbnail") for name in row}
    lost = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and file.relative_to(settings.MEDIA_ROOT).as_posix() not in known
        and file.stat().st_mtime < (now - UPLOAD_GRACE).timestamp()
    ]
    return _unlink(lost, dry_run)


def _demo_mails(now: datetime, dry_run: bool) -> int:
    if settings.MAIL_LEAVES:
        return 0
    limit = (now - timedelta(days=DEMO_MAIL_DAYS)).timestamp()
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))
    return _unlink([file for file in files if file.stat().st_mtime < limit], dry_run)


def _elsewhere(today: date, dry_run: bool) -> dict[str, int]:
    told: Any = retention_due.send(sender=Removed, today=today, dry_run=dry_run)
    return {name: number for _listener, numbers in told for name, number in numbers.items() if number}


def _unlink(files: list[Path], dry_run: bool) -> int:
    if not dry_run:
        for file in files:
            file.unlink(missing_ok=True)
    return len(files)
