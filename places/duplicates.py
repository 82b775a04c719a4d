"""Which entries may be the same thing as one that is being written or reviewed. What is done about it: verbs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from math import cos, radians
from operator import or_
from typing import Any

import numpy as np
from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet

from places.geo import Bbox, to_metres
from places.likeness import likeness
from places.models import Entry, Place, Space, Support
from places.querysets import bbox_polygon
from places.vocabulary import Publication

SAME_SPOT = 150.0  # metres: here even another name may be the same house
NEAR = 1_500.0
FAR = 5_000.0
ALIKE = 0.4  # enough nearby
VERY_ALIKE = 0.75  # enough farther away, or anywhere in the municipality
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Duplicate:
    """An entry that may be meant."""

    entry: Entry
    metres: float | None  # None where one of the two has no location yet
    likeness: float  # of the names, 0 to 1

    @property
    def kilometres(self) -> float | None:
        """How far it is, for whoever reads it."""
        return None if self.metres is None else self.metres / 1000

    @property
    def weight(self) -> float:
        """What ranks it: the name first, then how near it is."""
        nearness = 0.0 if self.metres is None else max(0.0, 1 - self.metres / FAR)
        return self.likeness + nearness / 2


def likely_duplicates(
    model: type[Place] | type[Support] | type[Space],
    *,
    name: str,
    location: Point | None,
    municipality_ags: str = "",
    exclude: int | None = None,
    limit: int = 5,
    publications: Iterable[Publication] | None = None,
) -> list[Duplicate]:
    """Entries of this kind that may be the same, the likeliest first, in whatever status and publication.

    Left out: what nobody has confirmed yet, and what was merged into another. On the same spot any name is likely;
    within 1.5 km a similar one; within 5 km, or in the municipality of this AGS, only a very similar one.
    """
    around = _around(location, municipality_ags)
    if not around:
        return []
    entries = _candidates(model, around)
    if publications is not None:
        entries = entries.filter(publication__in=list(publications))
    if exclude is not None:
        entries = entries.exclude(pk=exclude)
    found = list(entries)
    away = _metres(location, found)
    duplicates = (Duplicate(entry, far, likeness(name, entry.name)) for entry, far in zip(found, away, strict=True))
    likely = [duplicate for duplicate in duplicates if _is_likely(duplicate)]
    return sorted(likely, key=lambda duplicate: (-duplicate.weight, duplicate.entry.pk))[:limit]


def with_likely_duplicates(entries: Collection[Entry]) -> set[Entry]:
    """Those of ``entries`` that may be the same as another one, by the same rules: one question for each kind, however
    many they are. Their municipalities are read with them."""
    found: set[Entry] = set()
    for model in {type(entry) for entry in entries}:
        own = [entry for entry in entries if type(entry) is model]
        around = reduce(or_, [_around(entry.location, _ags(entry)) for entry in own])
        others = list(_candidates(model, around))
        for entry in own:
            away = _metres(entry.location, others)
            if any(_may_be_the_same(entry, other, far) for other, far in zip(others, away, strict=True)):
                found.add(entry)
    return found


def _may_be_the_same(entry: Entry, other: Entry, far: float | None) -> bool:
    if other.pk == entry.pk:
        return False
    west, south, east, north = _box(entry.location).as_tuple()
    is_near = west <= other.location.x <= east and south <= other.location.y <= north
    if not is_near and not (_ags(entry) and _ags(other) == _ags(entry)):
        return False
    return _is_likely(Duplicate(other, far, likeness(entry.name, other.name)))


def _around(location: Point | None, municipality_ags: str) -> Q:
    """What is asked of the database: whatever is within FAR, or in the municipality."""
    around = Q()
    if location is not None:
        around |= Q(location__intersects=bbox_polygon(_box(location)))
    if municipality_ags:
        around |= Q(municipality__ags=municipality_ags)
    return around


def _candidates(model: Any, around: Q) -> QuerySet[Any]:
    candidates: QuerySet[Any] = (
        model._default_manager.filter(around)
        .exclude(publication=Publication.DRAFT)
        .filter(merged_into=None)
        .select_related("municipality")
        .defer("municipality__geometry")
    )
    return candidates


def _ags(entry: Entry) -> str:
    return entry.municipality.ags if entry.municipality else ""


def _is_likely(duplicate: Duplicate) -> bool:
    if duplicate.metres is not None and duplicate.metres <= NEAR:
        return duplicate.metres <= SAME_SPOT or duplicate.likeness >= ALIKE
    return duplicate.likeness >= VERY_ALIKE


def _metres(location: Point | None, entries: list[Entry]) -> list[float | None]:
    if location is None:
        return [None] * len(entries)
    points = [location, *(entry.location for entry in entries)]
    x, y = to_metres(np.array([point.x for point in points]), np.array([point.y for point in points]))
    return [float(metres) for metres in np.hypot(x[1:] - x[0], y[1:] - y[0])]


def _box(location: Point) -> Bbox:
    high = FAR / METRES_PER_DEGREE
    wide = high / cos(radians(location.y))
    return Bbox(location.x - wide, location.y - high, location.x + wide, location.y + high)
