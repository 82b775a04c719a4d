"""The series of a municipality: its figures in every assessment, through all editions of boundaries.

An assessment stays true to its edition. Of one that was made before municipalities merged, the supply of the residents
of what is one municipality now is the mean of their supplies, weighted by residents: that is the same sum. Nothing else
can be joined so: the worst loss, the renewal and the class of several municipalities are those of each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cohesion.models import Assessment, Score
from places.models import Municipality
from places.successors import Forebear, forebears

WHOLE = 0.98  # of a predecessor; what is less is a matter of surveyors


@dataclass(frozen=True)
class Part:
    """A predecessor in an assessment: how much of it went over, and its own figures."""

    municipality: Municipality
    share: float  # of its residents
    score: Score


@dataclass(frozen=True)
class Entry:
    """One assessment. ``score`` is the municipality's own, or that of its only predecessor, or joined of several; then
    it has a supply at most and no class, and ``parts`` says of whom."""

    score: Score
    parts: tuple[Part, ...] = field(default=())

    @property
    def assessment(self) -> Assessment:
        return self.score.assessment

    @property
    def basis(self) -> str:
        """Either "own", or "predecessor" (the only one, under another key), or "joined"."""
        if not self.parts:
            return "own"
        return "predecessor" if self.score.pk else "joined"

    @property
    def population(self) -> int | None:
        """Of the territory that is spoken of."""
        if not self.parts:
            return self.score.municipality.population
        known = [part.municipality.population for part in self.parts if not part.municipality.is_unincorporated]
        if not known or None in known:
            return None
        return round(sum(_weight(part) for part in self.parts))

    @property
    def zok_tier(self) -> str:
        """Only of one municipality there is one."""
        return self.score.municipality.zok_tier if self.score.pk else ""

    def __getattr__(self, name: str) -> Any:
        """The figures, as if it were the score."""
        if name == "score":
            raise AttributeError(name)
        return getattr(self.score, name)


class Series(Sequence[Entry]):
    """All assessments in which the municipality or its predecessors have figures, the newest first; read as needed."""

    def __init__(self, ags: str) -> None:
        self._rows: list[Municipality] = list(
            Municipality.objects.filter(ags=ags).select_related("edition").defer("geometry").order_by("-edition__date")
        )
        self._origins: dict[int, list[Forebear]] = {}
        if self._rows:
            self._origins = {
                edition: found for edition, found in forebears(self._rows[0]).items() if not _is_itself(found, ags)
            }
        own = [row.edition_id for row in self._rows if row.edition_id not in self._origins]
        self._own = {row.edition_id: row.pk for row in self._rows if row.edition_id in own}
        origins = (each.municipality.pk for of in self._origins.values() for each in of)
        self._scores = Score.objects.filter(municipality__in={*self._own.values(), *origins})
        of_edition = self._scores.filter(municipality__edition=OuterRef("edition"), assessment__lte=OuterRef("pk"))
        self._assessments: QuerySet[Assessment] = (
            Assessment.objects.filter(Exists(of_edition.filter(Q(until=None) | Q(until__gt=OuterRef("pk")))))
            .order_by("-as_of", "-id")
            .select_related("edition")
        )

    @property
    def exists(self) -> bool:
        """Whether any edition has the municipality."""
        return bool(self._rows)

    def __len__(self) -> int:
        return self._assessments.count()

    def count(self, value: Any = None) -> int:
        """How many there are, as a queryset tells it."""
        return len(self)

    def __getitem__(self, at: Any) -> Any:
        if not isinstance(at, slice):
            return self[at : at + 1][0]
        assessments = list(self._assessments[at])
        scores = self._scores_in(assessments)
        entries = []
        for assessment in assessments:
            entry = self._entry(assessment, scores)
            if entry is not None:
                entry.score.assessment = assessment
                entries.append(entry)
        return entries

    def _scores_in(self, assessments: Sequence[Assessment]) -> dict[tuple[int, int], Score]:
        """By assessment and municipality; each a score of its own, whichever assessment found it first."""
        keys: dict[int, list[int]] = {}
        for assessment in assessments:
            keys.setdefault(assessment.edition_id, []).append(assessment.pk)
        found: dict[tuple[int, int], Score] = {}
        if keys:
            first, last = min(map(min, keys.values())), max(map(max, keys.values()))
            rows = self._scores.filter(Q(until=None) | Q(until__gt=first), assessment__lte=last)
            rows = rows.select_related("municipality", "critical_place")
            for score in rows.defer("municipality__geometry", "explanation"):
                for key in keys.get(score.municipality.edition_id, ()):
                    if score.assessment_id <= key and (score.until_id is None or key < score.until_id):
                        found[key, score.municipality_id] = copy(score)
        return found

    def _entry(self, assessment: Assessment, scores: dict[tuple[int, int], Score]) -> Entry | None:
        if assessment.edition_id in self._own:
            return Entry(scores[assessment.pk, self._own[assessment.edition_id]])
        parts = [
            Part(each.municipality, each.share, scores[assessment.pk, each.municipality.pk])
            for each in self._origins[assessment.edition_id]
            if (assessment.pk, each.municipality.pk) in scores
        ]
        parts.sort(key=lambda part: (-_weight(part), part.municipality.ags))
        if len(parts) == 1 and parts[0].share >= WHOLE:
            return Entry(parts[0].score, tuple(parts))
        joined = Score(municipality=self._rows[0], cohesion_class="", supply=_joined_supply(parts))
        return Entry(joined, tuple(parts))


def _is_itself(found: list[Forebear], ags: str) -> bool:
    return len(found) == 1 and found[0].municipality.ags == ags and found[0].area_share >= WHOLE


def _weight(part: Part) -> float:
    return (part.municipality.population or 0) * part.share


def _joined_supply(parts: Sequence[Part]) -> float | None:
    """The mean by residents; None where the supply or the residents of somebody who brings residents are not known."""
    inhabited = [part for part in parts if not part.municipality.is_unincorporated]
    if not inhabited or any(part.municipality.population is None for part in inhabited):
        return None
    weights = [(part, _weight(part)) for part in inhabited if _weight(part) > 0]
    if not weights or any(part.score.supply is None for part, _ in weights):
        return None
    total = sum(weight for _, weight in weights)
    return sum(weight * (part.score.supply or 0.0) for part, weight in weights) / total
