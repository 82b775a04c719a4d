"""Writes to reviewers what waits for them: one mail a day at most, none without news, and one click to stop it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from places.letters import address_of, write_to
from places.models import Correspondence, Entry, Mandate, Report, Submission
from places.models.of_entry import ENTRY_KINDS
from places.responsibility import responsibilities

QUIET_DAYS = 7  # so long nothing is written while what waits is what was written last time
LISTED = 20  # of what is new; the rest is counted
NOBODY = ""  # the area of what no reviewer is responsible for


@dataclass(frozen=True)
class Waiting:
    """A submission or a report, for a line of the letter."""

    what: Submission | Report
    since: date
    ags: str

    @property
    def entry(self) -> Entry:
        return self.what.entry

    @property
    def label(self) -> str:
        """What it is, in the language of the letter."""
        kind = self.what.get_kind_display()
        return kind if isinstance(self.what, Submission) else _("Meldung „%(kind)s“") % {"kind": kind}


@dataclass
class Digested:
    """What one run did, or would do."""

    letters: int = 0
    waiting: int = 0

    def __str__(self) -> str:
        return f"letters {self.letters}, waiting for somebody {self.waiting}"


def send_digests(today: date, *, dry_run: bool = False) -> Digested:
    """Write to each reviewer with a mandate in force, and to administrators about areas without one.

    A second run of the day finds everybody written to.
    """
    waiting = _waiting()
    areas = responsibilities({item.ags for item in waiting if item.ags}, today)
    by_area: dict[str, list[Waiting]] = defaultdict(list)
    for item in waiting:
        by_area[areas[item.ags].area if item.ags else NOBODY].append(item)
    done = Digested(waiting=len(waiting))
    for user, theirs in _readers(today).items():
        own = [item for area in theirs for item in by_area.get(area, ())]
        own.sort(key=lambda item: (item.since, item.what.pk))
        done.letters += _write(user, own, today, dry_run)
    return done


def _readers(today: date) -> dict[User, set[str]]:
    """Who may be written to, and for which areas."""
    readers: dict[User, set[str]] = defaultdict(set)
    for mandate in Mandate.objects.in_force(today).select_related("user").order_by("user_id"):
        readers[mandate.user].add(mandate.area)
    for administrator in User.objects.filter(is_superuser=True).order_by("pk"):
        readers[administrator].add(NOBODY)
    return {user: areas for user, areas in readers.items() if user.is_active and user.email}


def _waiting() -> list[Waiting]:
    regions = [f"{kind}__municipality" for kind in ENTRY_KINDS]
    outlines = [f"{region}__geometry" for region in regions]
    submissions = Submission.objects.waiting().with_entries()
    reports = Report.objects.filter(handled_on__isnull=True).select_related(*regions).defer(*outlines)
    found = [
        Waiting(submission, submission.waiting_since, _ags(submission))
        for submission in submissions
        if submission.waiting_since is not None
    ]
    return found + [Waiting(report, report.reported_on, _ags(report)) for report in reports]


def _ags(row: Submission | Report) -> str:
    return row.entry.municipality.ags if row.entry.municipality else ""


@transaction.atomic
def _write(user: User, items: Sequence[Waiting], today: date, dry_run: bool) -> int:
    """One letter, or none; how many."""
    if not items:
        return 0
    Correspondence.objects.get_or_create(user=user)
    wish = Correspondence.objects.select_for_update().get(user=user)
    last = wish.digest_sent_on
    if not wish.wants_digest or last == today:
        return 0
    # On the day of the last letter something may have come after it: better twice than never.
    new = [item for item in items if last is None or item.since >= last]
    if not new and last is not None and today < last + timedelta(days=QUIET_DAYS):
        return 0
    if not dry_run:
        wish.digest_sent_on = today
        wish.save(update_fields=["digest_sent_on"])
        stop = address_of("stop_digest", stop_token(user))
        write_to(
            user,
            "digest",
            headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            number=len(items),
            new=new[:LISTED],
            more=len(new) - len(new[:LISTED]),
            older=len(items) - len(new),
            oldest=items[0].since,
            review=address_of("review"),
            stop=stop,
            administers=user.is_superuser,
        )
    return 1


def stop_token(user: User) -> str:
    """What the link carries that stops the letters to ``user``; it needs no sign-in and does nothing else."""
    return _signer().sign(str(user.pk))


def reader_of(token: str) -> User | None:
    """Whose letters the link stops; None where it is made up or the account is gone."""
    try:
        return User.objects.filter(pk=int(_signer().unsign(token))).first()
    except (signing.BadSignature, ValueError):
        return None


def stop_digest(user: User) -> None:
    """Write no more digests to ``user``, until she wants them again."""
    Correspondence.objects.update_or_create(user=user, defaults={"wants_digest": False})


def _signer() -> signing.Signer:
    return signing.Signer(salt="places.stop_digest")
