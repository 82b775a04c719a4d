"""What changed that the public may know, as events: read from the record of entries, from assessments and from editions
of boundaries (boundary_changes.py).

Nothing of persons, reasons, or entries that were not public. How events are shown: api/changes.py, views/changes.py.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs, Coalesce
from django.utils import timezone

from cohesion.boundary_changes import last_boundary_change, of_boundaries
from cohesion.events import FIELDS, Cursor, Event, Happening
from cohesion.models import Assessment, Score
from cohesion.vocabulary import CohesionClass
from places.models import Change, Entry, Place, Space, Support
from places.vocabulary import Publication, Verb

KINDS: dict[str, type[Entry]] = {"place": Place, "support": Support, "space": Space}
FIGURES = ("supply", "supply_after_loss", "renewal", "stability")
LEAST_MOVE = 0.00005  # what four decimals show
BATCH = 500
LATEST_ASSESSMENTS = 30  # so far back the latest changes are looked for
# What is younger may still have a sibling that is not stored yet.
SETTLING = timedelta(seconds=10)
# Acts that change what the public sees; a proposal has facts too, but nothing is changed by it.
VERBS = (
    *(Verb.PUBLISHED, Verb.ARCHIVED, Verb.WITHDREW, Verb.REJECTED, Verb.MERGED, Verb.RESTORED, Verb.ACCEPTED_CHANGE),
    *(Verb.UPDATED, Verb.CONFIRMED, Verb.CORRECTED_PLACE, Verb.IMPORTED, Verb.ADDED_PHOTO, Verb.REMOVED_PHOTO),
)


def settled_until() -> datetime:
    """Everything that happened before this moment can be read now: nothing earlier will be stored any more.

    Rows bear the time at which they were written, and become visible when their transaction ends. So whatever has
    happened since the oldest open transaction that writes began is held back, on SQLite only the last ten seconds.
    """
    oldest = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
            )
            oldest = min(filter(None, [oldest, cursor.fetchone()[0]]))
    # Whole seconds, as Last-Modified has them: what it covers never grows
    return (oldest - SETTLING).replace(microsecond=0)


def last_change(until: datetime) -> datetime | None:
    """When the last of what is told happened."""
    rows: tuple[QuerySet[Any], QuerySet[Any]] = (
        Change.objects.filter(at__lt=until).order_by("-at").values_list("at", flat=True),
        Assessment.objects.filter(created_at__lt=until).order_by("-created_at").values_list("created_at", flat=True),
    )
    latest = [*(moments.first() for moments in rows), last_boundary_change(until)]
    return max(filter(None, latest), default=None)


def events(since: Cursor | None, until: datetime) -> Iterator[Event]:
    """What happened after ``since`` and before ``until``, the oldest first."""
    streams = (_of_record(since, until), _of_assessments(since, until), of_boundaries(since, until))
    return heapq.merge(*streams, key=lambda event: event.cursor.key)


def latest(number: int, until: datetime) -> list[Event]:
    """The last events, the newest first; of municipalities only those whose class changed."""
    streams = (
        _of_record(None, until, descending=True),
        _of_assessments(None, until, descending=True, only_classes=True),
        reversed(of_boundaries(None, until)),
    )
    merged = heapq.merge(*streams, key=lambda event: event.cursor.key, reverse=True)
    return list(islice(merged, number))


# --- The record ------------------------------------------------------------------------------------------------------


def _of_record(since: Cursor | None, until: datetime, descending: bool = False) -> Iterator[Event]:
    joined = [part for kind in KINDS for part in (kind, f"{kind}__merged_into")]
    rows = (
        Change.objects.filter(verb__in=VERBS, at__lt=until)
        .filter(Q(place__isnull=False) | Q(support__isnull=False) | Q(space__isnull=False))
        .select_related(*joined)
        .defer("reason")
        .order_by(*(("-at", "-pk") if descending else ("at", "pk")))
    )
    if since is not None:
        later = Q(at__gt=since.at)
        same = Q(at=since.at, pk__gt=since.number if since.stream == "c" else 0)
        rows = rows.filter(later | same)
    start: Change | None = None
    while True:
        batch = list(_beyond(rows, start, descending)[:BATCH])
        found = _publications(batch)
        for row in batch:
            if event := _event(row, *found[row.pk]):
                yield event
        if len(batch) < BATCH:
            return
        start = batch[-1]


def _beyond(rows: QuerySet[Change], row: Change | None, descending: bool) -> QuerySet[Change]:
    if row is None:
        return rows
    word = "lt" if descending else "gt"
    return rows.filter(Q(**{f"at__{word}": row.at}) | Q(**{"at": row.at, f"pk__{word}": row.pk}))


def _publications(rows: Iterable[Change]) -> dict[int, tuple[str | None, str]]:
    """Of each line of the record: whether its entry was public before it and after it.

    Where the line does not say, the next one that does says how it stood before, else how it stands today.
    """
    by_kind: dict[str, list[Change]] = {}
    for row in rows:
        by_kind.setdefault(_kind(row), []).append(row)
    found: dict[int, tuple[str | None, str]] = {}
    for kind, own in by_kind.items():
        turns: dict[int, list[tuple[int, str | None]]] = {}
        told = Change.objects.filter(
            **{f"{kind}__in": {getattr(row, f"{kind}_id") for row in own}}, after__has_key="publication"
        )
        for entry_id, pk, before in told.order_by("pk").values_list(f"{kind}_id", "pk", "before"):
            turns.setdefault(entry_id, []).append((pk, before.get("publication")))
        for row in own:
            entry = getattr(row, kind)
            if "publication" in row.after:
                found[row.pk] = (row.before.get("publication"), row.after["publication"])
                continue
            stood = next((before for pk, before in turns.get(entry.pk, []) if pk > row.pk), entry.publication)
            is_new = row.verb == Verb.IMPORTED and not row.after
            found[row.pk] = (None if is_new else stood, stood or Publication.DRAFT)
    return found


def _kind(row: Change) -> str:
    return next(kind for kind in KINDS if getattr(row, f"{kind}_id") is not None)


def _event(row: Change, was: str | None, stands: str) -> Event | None:
    entry: Entry = getattr(row, _kind(row))
    cursor = Cursor(row.at, "c", row.pk)
    public_before, public_after = was == Publication.PUBLISHED, stands == Publication.PUBLISHED
    if public_after and not public_before:
        type_ = Happening.RESTORED if was == Publication.ARCHIVED else Happening.PUBLISHED
        return Event(cursor, type_, row.ags, entry)
    if public_before and not public_after:
        merged = row.verb == Verb.MERGED
        into = entry.merged_into if merged else None
        return Event(cursor, Happening.MERGED if merged else Happening.WITHDRAWN, row.ags, entry, into)
    if not public_after:
        return None
    facts = tuple(fact for fact in FIELDS if fact in row.after)  # jsonb has an order of its own
    if row.verb in (Verb.ADDED_PHOTO, Verb.REMOVED_PHOTO):
        facts = ("photos",)
    return Event(cursor, Happening.CHANGED, row.ags, entry, facts=facts) if facts else None


# --- Assessments -----------------------------------------------------------------------------------------------------


def _of_assessments(
    since: Cursor | None, until: datetime, descending: bool = False, only_classes: bool = False
) -> Iterator[Event]:
    pairs = [pair for pair in _successions(since.at if since else None) if pair[1].created_at < until]
    for earlier, later in reversed(pairs[-LATEST_ASSESSMENTS:]) if descending else pairs:
        if since is None or later.created_at > since.at:
            beyond = ""
        elif since.stream > "a" or (since.stream and later.pk < since.number):
            continue
        else:
            beyond = since.ags if later.pk == since.number else ""
        if only_classes and earlier is None:
            continue
        yield from _differences(earlier, later, beyond, descending, only_classes)


def _successions(start: datetime | None) -> Iterator[tuple[Assessment | None, Assessment]]:
    """Each assessment since ``start`` that was the newest of the newest edition when it was stored, with the one before
    it. One of an earlier day, or of an older edition, changes nothing of what is shown."""
    rows = Assessment.objects.select_related("edition").defer("parameters")
    newest: Assessment | None = None
    if start is not None:
        before = rows.filter(created_at__lt=start)
        newest = before.order_by("-edition__date", "-as_of", "-created_at", "-pk").first()
        rows = rows.filter(created_at__gte=start)
    for row in rows.order_by("created_at", "pk"):
        if newest is None or (row.edition.date, row.as_of) >= (newest.edition.date, newest.as_of):
            yield newest, row
            newest = row


def _differences(
    earlier: Assessment | None, later: Assessment, beyond: str, descending: bool, only_classes: bool
) -> Iterator[Event]:
    before = Score.objects.of(earlier).filter(municipality__ags=OuterRef("municipality__ags"))
    names = ("cohesion_class", *FIGURES)
    rows = later.scores.filter(municipality__ags__gt=beyond)
    if earlier is not None and earlier.edition_id == later.edition_id:
        rows = rows.filter(assessment__gt=earlier.pk)  # all others hold in both
    rows = rows.annotate(**{f"earlier_{name}": Subquery(before.values(name)[:1]) for name in names})
    differ = ~Q(cohesion_class=Coalesce("earlier_cohesion_class", Value(CohesionClass.UNASSESSED.value)))
    if not only_classes:
        for name in FIGURES:
            rows = rows.annotate(**{f"moved_{name}": Abs(F(name) - F(f"earlier_{name}"))})
            differ |= Q(**{f"moved_{name}__gte": LEAST_MOVE})
            differ |= Q(**{f"{name}__isnull": True, f"earlier_{name}__isnull": False})
            differ |= Q(**{f"{name}__isnull": False, f"earlier_{name}__isnull": True})
    order = "-municipality__ags" if descending else "municipality__ags"
    told = rows.filter(differ).order_by(order).values("municipality__ags", *names, *(f"earlier_{n}" for n in names))
    for row in told.iterator():
        was = {name: row[f"earlier_{name}"] for name in names}
        yield Event(
            Cursor(later.created_at, "a", later.pk, row["municipality__ags"]),
            Happening.ASSESSED,
            row["municipality__ags"],
            before=was if was["cohesion_class"] else None,
            after={name: row[name] for name in names},
            assessment_id=later.pk,
        )
