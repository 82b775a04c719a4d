"""What changed between two assessments in an area: which municipalities have another class, and why.

Assessments of different editions are compared by AGS; a municipality that only one of them has is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from cohesion.areas import Area
from cohesion.engine import ROUNDING, Parameters
from cohesion.models import Assessment, Score
from cohesion.vocabulary import CohesionClass
from places.freshness import months_before
from places.models import Place, Succession
from places.vocabulary import SuccessionState

MOST_CHANGES = 100
MOST_PLACES = 3  # that came or went are named
MOST_CHOICES = 24  # of earlier assessments
# A figure and the threshold that decides about it (method §6)
DECIDING = {"supply_after_loss": "adequate", "supply": "foothold", "renewal": "renewing"}


@dataclass(frozen=True)
class Crossing:
    """A figure that is now on the other side of its threshold."""

    figure: str
    before: float | None
    after: float | None
    threshold: float

    @property
    def rose(self) -> bool:
        return (self.after or 0.0) > (self.before or 0.0)


@dataclass(frozen=True)
class ClassChange:
    """A municipality with another class than before."""

    ags: str
    name: str
    url: str
    before: CohesionClass
    after: CohesionClass
    crossings: list[Crossing] = field(default_factory=list)
    came: list[Place] = field(default_factory=list)  # that supply it now and did not before, by their part in it
    went: list[Place] = field(default_factory=list)
    joined: list[Succession] = field(default_factory=list)  # who went into it between the editions of both
    inventory: bool = False  # only whether its inventory counts as completed is another

    @property
    def is_better(self) -> bool:
        order = (CohesionClass.RISKY, CohesionClass.RESILIENT, CohesionClass.ROBUST)
        return self.after in order and self.before in order and order.index(self.after) > order.index(self.before)


@dataclass(frozen=True)
class Trend:
    """Two assessments side by side, in one area."""

    earlier: Assessment
    later: Assessment
    counts: list[tuple[CohesionClass, int, int]]  # municipalities before and after
    changes: list[ClassChange]
    total: int  # of all changes, also beyond the list

    @property
    def is_across_editions(self) -> bool:
        """Whether boundaries, and with them municipalities, are others than before."""
        return self.earlier.edition_id != self.later.edition_id


def choices() -> list[Assessment]:
    """Assessments to compare with: the last of each day, the newest first."""
    rows = Assessment.objects.select_related("edition").order_by("-as_of", "-pk")
    return [next(group) for _, group in groupby(rows[: MOST_CHOICES * 20], key=lambda row: row.as_of)][:MOST_CHOICES]


def usual_choice(earlier: Sequence[Assessment], later: Assessment) -> Assessment | None:
    """The newest that is at least a year older, else the oldest; None where there is no older one."""
    older = [each for each in earlier if each.as_of < later.as_of]
    return next((each for each in older if each.as_of <= months_before(later.as_of, 12)), older[-1] if older else None)


def trend(area: Area, earlier: Assessment, later: Assessment) -> Trend:
    """What is another in ``later``, by AGS."""
    before = area.scores(earlier).filter(municipality__ags=OuterRef("municipality__ags"))
    changed = (
        area.scores(later)
        .annotate(
            earlier_id=Subquery(before.values("pk")[:1]), earlier_class=Subquery(before.values("cohesion_class")[:1])
        )
        .filter(earlier_id__isnull=False)
        .exclude(earlier_class=F("cohesion_class"))
        .select_related("municipality")
        .defer("municipality__geometry")
        .order_by("municipality__name", "municipality__ags")
    )
    rows: list[Any] = list(changed[:MOST_CHANGES])
    was = Score.objects.in_bulk([row.earlier_id for row in rows])
    places, joined = _named_places(rows, was), _joined(rows, earlier, later)
    return Trend(
        earlier,
        later,
        _counts(area, earlier, later),
        [
            _change(row, was[row.earlier_id], earlier, later, places, joined.get(row.municipality.ags, []))
            for row in rows
        ],
        len(rows) if len(rows) < MOST_CHANGES else changed.count(),
    )


def _counts(area: Area, earlier: Assessment, later: Assessment) -> list[tuple[CohesionClass, int, int]]:
    before, after = (_by_class(area.scores(assessment)) for assessment in (earlier, later))
    return [(name, before.get(name, 0), after.get(name, 0)) for name in CohesionClass]


def _by_class(scores: QuerySet[Score]) -> dict[str, int]:
    incorporated = scores.filter(municipality__is_unincorporated=False).order_by()
    return dict(incorporated.values_list("cohesion_class").annotate(number=Count("pk")))


def _joined(rows: Sequence[Any], earlier: Assessment, later: Assessment) -> dict[str, list[Succession]]:
    """By the key of a municipality who went into it, in whole or in part, between the editions of two assessments."""
    if earlier.edition_id == later.edition_id:
        return {}
    told = (
        Succession.objects.filter(
            successor__ags__in=[row.municipality.ags for row in rows],
            successor__edition__date__gt=earlier.edition.date,
            successor__edition__date__lte=later.edition.date,
        )
        .exclude(state=SuccessionState.REJECTED)
        .exclude(predecessor__ags=F("successor__ags"))
        .select_related("predecessor", "successor")
        .defer("predecessor__geometry", "successor__geometry")
        .order_by("-area_share", "predecessor__ags")
    )
    found: dict[str, list[Succession]] = {}
    for row in told:
        found.setdefault(row.successor.ags, []).append(row)
    return found


def _change(
    now: Score,
    was: Score,
    earlier: Assessment,
    later: Assessment,
    places: dict[int, Place],
    joined: list[Succession],
) -> ClassChange:
    crossings = _crossings(was, now, earlier.parameters_used(), later.parameters_used())
    came, went = (
        [places[pk] for pk in _new_suppliers(one, other) if pk in places][:MOST_PLACES]
        for one, other in ((now, was), (was, now))
    )
    return ClassChange(
        ags=now.municipality.ags,
        name=now.municipality.name,
        url=now.municipality.get_absolute_url(),
        before=CohesionClass(was.cohesion_class),
        after=CohesionClass(now.cohesion_class),
        crossings=crossings,
        came=came,
        went=went,
        joined=joined,
        inventory=not crossings and CohesionClass.UNASSESSED in (was.cohesion_class, now.cohesion_class),
    )


def _crossings(was: Score, now: Score, before: Parameters, after: Parameters) -> list[Crossing]:
    found = []
    for figure, threshold in DECIDING.items():
        old, new = getattr(was, figure), getattr(now, figure)
        needed, needs = getattr(before, threshold), getattr(after, threshold)
        if _reaches(old, needed) != _reaches(new, needs):
            found.append(Crossing(figure, old, new, needs))
    return found


def _reaches(figure: float | None, threshold: float) -> bool:
    return figure is not None and figure >= threshold - ROUNDING


def _new_suppliers(score: Score, other: Score) -> list[int]:
    """Places that supply in one score and not in the other, by their part."""
    there = {supplier["place"] for supplier in other.explanation.get("standing", [])}
    return [supplier["place"] for supplier in score.explanation.get("standing", []) if supplier["place"] not in there]


def _named_places(rows: Sequence[Any], was: dict[int, Score]) -> dict[int, Place]:
    """All places that came or went, as far as they are public, in one query."""
    wanted = {
        pk
        for row in rows
        for one, other in ((row, was[row.earlier_id]), (was[row.earlier_id], row))
        for pk in _new_suppliers(one, other)[: MOST_PLACES * 3]
    }
    return (
        Place.objects.published().select_related("municipality").defer("municipality__geometry").in_bulk(list(wanted))
    )
