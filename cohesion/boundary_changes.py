"""What an edition of boundaries changed, as events: that it is there, and what became of which municipality.

A succession is told when it is certain: by the official list, or by an administrator (places/reviewing/successions.py).
"""

from datetime import datetime
from itertools import groupby

from django.db.models import F, Max, Q, QuerySet

from cohesion.events import Cursor, Event, Happening
from places.models import BoundaryEdition, Succession
from places.vocabulary import SuccessionKind, SuccessionState

# By the kinds of what was confirmed: the first that is found says what happened to the municipality as a whole.
HAPPENINGS = {
    SuccessionKind.DISSOLVED: Happening.DISSOLVED,
    SuccessionKind.KEY_CHANGED: Happening.REKEYED,
    SuccessionKind.PART: Happening.REDUCED,
    SuccessionKind.RENAMED: Happening.RENAMED,
}


def of_boundaries(since: Cursor | None, until: datetime) -> list[Event]:
    """What happened after ``since`` and before ``until``, the oldest first: some hundreds per edition of a nation."""
    period = Q(at__lt=until) if since is None else Q(at__lt=until, at__gte=since.at)
    found = [*_editions(period), *_successions(period)]
    later = found if since is None else [event for event in found if event.cursor.key > since.key]
    return sorted(later, key=lambda event: event.cursor.key)


def last_boundary_change(until: datetime) -> datetime | None:
    """When the last of it happened."""
    moments = (
        BoundaryEdition.objects.filter(followed_at__lt=until).aggregate(at=Max("followed_at"))["at"],
        _confirmed().filter(confirmed_at__lt=until).aggregate(at=Max("confirmed_at"))["at"],
    )
    return max(filter(None, moments), default=None)


def _editions(period: Q) -> list[Event]:
    rows = BoundaryEdition.objects.exclude(followed_at=None).alias(at=F("followed_at")).filter(period)
    return [
        Event(Cursor(at, "b", pk), Happening.EDITION, "", edition=day)
        for pk, day, at in rows.values_list("pk", "date", "followed_at")
        if at is not None
    ]


def _successions(period: Q) -> list[Event]:
    """One event of a municipality and a moment, with everything that was certain of it by then."""
    settled = _confirmed().alias(at=F("confirmed_at")).filter(period)
    rows = (
        _confirmed()
        .filter(predecessor__in=settled.values("predecessor"))
        .select_related("predecessor", "successor__edition")
        .defer("predecessor__geometry", "successor__geometry")
        .order_by("predecessor_id", "-area_share", "successor__ags")
    )
    told = set(settled.values_list("predecessor_id", "confirmed_at"))
    found = []
    for predecessor_id, group in groupby(rows, key=lambda row: row.predecessor_id):
        own = list(group)
        for at in sorted({row.confirmed_at for row in own if row.confirmed_at}):
            if (predecessor_id, at) in told:
                event = _event(at, [row for row in own if row.confirmed_at and row.confirmed_at <= at])
                found += [event] if event else []
    return found


def _event(at: datetime, rows: list[Succession]) -> Event | None:
    gone, edition = rows[0].predecessor, rows[0].successor.edition
    kinds = {row.kind for row in rows}
    happened = next((HAPPENINGS[kind] for kind in HAPPENINGS if kind in kinds), None)
    if happened is None:
        return None  # it only remained what it was
    return Event(
        Cursor(at, "b", edition.pk, gone.ags),
        happened,
        gone.ags,
        name=gone.name,
        went_to=tuple(rows),
        effective_on=max(filter(None, (row.effective_on for row in rows)), default=None),
        edition=edition.date,
    )


def _confirmed() -> QuerySet[Succession]:
    return Succession.objects.filter(state=SuccessionState.CONFIRMED).exclude(confirmed_at=None)
