"""What lies before a reviewer: submissions, questions, reports and entries that nobody looks after, by responsibility.

It reads. Deciding: decisions.py. Who is responsible where: responsibility.py.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from places import keys, wording
from places.duplicates import Duplicate, likely_duplicates, with_likely_duplicates
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import ENTRY_KINDS, BoundaryEdition, Entry, Mandate, Region, Report, Submission
from places.permissions import User
from places.responsibility import Responsibility, responsibilities
from places.reviewing.decisions import obstacle
from places.vocabulary import SubmissionKind, SubmissionState

PER_PAGE = 20  # submissions
SHOWN = 10  # of the lists beside it: the oldest
WORDS = 140  # characters of a summary

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True)
class Waiting:
    """One submission as the queue shows it."""

    submission: Submission
    entry: Entry
    days: int  # it has been waiting
    summary: str
    has_duplicates: bool
    obstacle: str  # why it should be looked at by itself

    @property
    def is_safe(self) -> bool:
        """Whether it may be published together with others."""
        return not self.obstacle and not self.has_duplicates


@dataclass(frozen=True)
class Beginning:
    """The oldest of a list, and how many there are."""

    rows: list[Any]
    total: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Queue:
    """Everything on /pruefung/ of one reviewer."""

    page: "Page[Any]"  # ids
    theirs: list[Waiting]
    further: Beginning  # nearer reviewers have these
    asked_back: Beginning
    reports: Beginning
    unconfirmed: Beginning  # entries
    passed_on: list[str]  # districts that have no reviewer of their own

    @property
    def some_are_safe(self) -> bool:
        """Whether anything on this page may be published together."""
        return any(waiting.is_safe for waiting in self.theirs)


@dataclass(frozen=True)
class Unattended:
    """A district, or a state, where something waits and nobody reviews."""

    area: str  # "" where the municipality is not known
    name: str
    number: int


def queue(user: User, today: date, page: str | int = 1) -> Queue:
    """What ``user`` has to decide and may decide, the oldest first."""
    areas = set(Mandate.objects.of(user).in_force(today).values_list("area", flat=True))
    waiting = _keys(Submission.objects.waiting(), areas)
    asked = _keys(Submission.objects.filter(state=SubmissionState.ASKED_BACK).order_by("waiting_since", "pk"), areas)
    reports = _keys(Report.objects.filter(handled_on=None).order_by("reported_on", "pk"), areas)
    faded = _unconfirmed(areas, today)
    found = responsibilities([ags for rows in (waiting, asked, reports, faded) for *_pk, ags in rows], today)
    paginator = Paginator([pk for pk, ags in waiting if found[ags].area in areas], PER_PAGE)
    shown = paginator.get_page(page)
    further = [pk for pk, ags in waiting if found[ags].area not in areas]
    return Queue(
        page=shown,
        theirs=items(list(shown.object_list), today),
        further=Beginning(items(further[:SHOWN], today), len(further)),
        asked_back=_beginning([pk for pk, ags in asked if found[ags].area in areas], Submission.objects.with_entries()),
        reports=_beginning([pk for pk, ags in reports if found[ags].area in areas], of_entries(Report.objects.all())),
        unconfirmed=_entries([(kind, pk) for kind, pk, ags in faded if found[ags].area in areas]),
        passed_on=_passed_on(found, {ags for _pk, ags in waiting}, areas),
    )


def items(ids: Collection[int], today: date) -> list[Waiting]:
    """Submissions as a queue shows them, in the order of ``ids``."""
    found = _in_order(ids, Submission.objects.with_entries())
    registered = [each.entry for each in found if each.kind == SubmissionKind.REGISTRATION]
    alike = with_likely_duplicates(registered)
    return [_item(submission, today, submission.entry in alike) for submission in found]


def duplicates_of(entry: Entry) -> list[Duplicate]:
    """Entries that may mean the same as ``entry``."""
    return likely_duplicates(
        ENTRY_KINDS[entry.entry_kind],
        name=entry.name,
        location=entry.location,
        municipality_ags=entry.municipality.ags if entry.municipality else "",
        exclude=entry.pk,
    )


def summary(submission: Submission, entry: Entry) -> str:
    """What it is about, in one line."""
    if submission.kind == SubmissionKind.CHANGE:
        lines = wording.lines(type(entry), submission.base, submission.values)
        short = [f"{line.label}: {line.before} → {line.after}" for line in lines]
        text = short[0] if len(short) == 1 else ", ".join(line.label for line in lines)
    elif submission.kind == SubmissionKind.CLAIM:
        text = submission.message
    else:
        kind = wording.in_words(type(entry), "kind", entry.kind) if hasattr(entry, "kind") else ""
        address = ", ".join(filter(None, [entry.street, " ".join(filter(None, [entry.postcode, entry.city]))]))
        text = " · ".join(filter(None, [kind, address]))
    return Truncator(text).chars(WORDS)


def unattended(today: date) -> list[Unattended]:
    """Where submissions or reports wait and nobody has a mandate, by district; the most first."""
    waiting: list[str | None] = []
    for rows in (Submission.objects.waiting(), Report.objects.filter(handled_on=None)):
        waiting += _with_ags(rows).values_list("ags", flat=True)
    found = responsibilities({ags for ags in waiting if ags}, today)
    districts = Counter(keys.district_key(ags) if ags else "" for ags in waiting if ags is None or not found[ags].area)
    names = _names(key for key in districts if key)
    return [Unattended(key, names.get(key, key), number) for key, number in districts.most_common()]


def of_entries(rows: "QuerySet[Report]") -> "QuerySet[Report]":
    """Reports together with the entry of whatever kind and where it lies."""
    joined = (f"{kind}__municipality__district" for kind in ENTRY_KINDS)
    return rows.select_related(*joined).defer(*(f"{kind}__municipality__geometry" for kind in ENTRY_KINDS))


def _item(submission: Submission, today: date, has_duplicates: bool) -> Waiting:
    entry = submission.entry
    return Waiting(
        submission,
        entry,
        days=(today - submission.waiting_since).days if submission.waiting_since else 0,
        summary=summary(submission, entry),
        has_duplicates=has_duplicates and submission.kind == SubmissionKind.REGISTRATION,
        obstacle=obstacle(submission, entry),
    )


def _with_ags(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Each with the AGS of its entry, whatever kind that is of."""
    annotated: QuerySet[Any] = rows.annotate(ags=Coalesce(*(f"{kind}__municipality__ags" for kind in ENTRY_KINDS)))
    return annotated


def _keys(rows: "QuerySet[Any]", areas: Iterable[str]) -> list[tuple[int, str]]:
    """Id and AGS of the rows in any of the areas, in their order."""
    within = Q(pk__in=[])
    for area in areas:
        within |= Q(ags__startswith=area)
    return list(_with_ags(rows).filter(within).values_list("pk", "ags"))


def _unconfirmed(areas: Iterable[str], today: date) -> list[tuple[str, int, str]]:
    """Kind, id and AGS of entries that nobody looks after and whose confirmation ran out, the oldest first."""
    within = Q(pk__in=[])
    for area in areas:
        within |= Q(municipality__ags__startswith=area)
    found: list[tuple[date, str, int, str]] = []
    for kind, model in ENTRY_KINDS.items():
        rows = model._default_manager.all().unconfirmed(today, DEFAULT_FRESHNESS_MONTHS)
        rows = rows.filter(within, stewardships=None)
        for pk, ags, confirmed_on in rows.values_list("pk", "municipality__ags", "confirmed_on"):
            found.append((confirmed_on or date.min, kind, pk, ags))
    return [(kind, pk, ags) for _day, kind, pk, ags in sorted(found)]


def _entries(rows: list[tuple[str, int]]) -> Beginning:
    shown = rows[:SHOWN]
    found: dict[tuple[str, int], Entry] = {}
    for kind, model in ENTRY_KINDS.items():
        if ids := [pk for other, pk in shown if other == kind]:
            found |= {(kind, pk): entry for pk, entry in model.objects.with_territory().in_bulk(ids).items()}
    return Beginning([found[row] for row in shown], len(rows))


def _beginning(ids: list[int], rows: "QuerySet[_Row]") -> Beginning:
    return Beginning(_in_order(ids[:SHOWN], rows), len(ids))


def _in_order(ids: Collection[int], rows: "QuerySet[_Row]") -> list[_Row]:
    found = rows.in_bulk(list(ids)) if ids else {}
    return [found[pk] for pk in ids if pk in found]


def _passed_on(found: Mapping[str, Responsibility], waiting: Collection[str], areas: Collection[str]) -> list[str]:
    """Names of the districts whose submissions came here because neither municipality nor district has a reviewer."""
    skipped = {keys.district_key(ags) for ags in waiting if found[ags].is_passed_on and found[ags].area in areas}
    return sorted(_names(skipped).values())


def _names(districts: Iterable[str]) -> dict[str, str]:
    """District keys with their names, in the current edition; the key itself where it has none there."""
    districts = set(districts)
    if not districts:
        return {}
    edition = BoundaryEdition.objects.current()
    regions = Region.objects.filter(edition=edition, key__in=districts)
    return {key: key for key in districts} | {region.key: region.full_name() for region in regions}
