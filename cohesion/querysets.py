"""The vocabulary of reading what was computed: the latest assessment, scores with names, the SOK × ZOK counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from cohesion.vocabulary import CohesionClass
from places.models import BoundaryEdition, Municipality

if TYPE_CHECKING:
    from cohesion.models import Assessment, Score  # noqa: F401


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def newest(self) -> Assessment | None:
        """The assessment of the latest day, the later run first; None before the first run."""
        return self.select_related("edition").order_by("-as_of", "-id").first()

    def shown_on(self, day: date, end: datetime) -> Assessment | None:
        """The one that was the newest of the newest edition when ``day`` ended at ``end``: of those that were stored by
        then and are not of a later day. None where there was none."""
        there = self.select_related("edition__population_grid")
        return there.filter(as_of__lte=day, created_at__lt=end).order_by("-edition__date", "-as_of", "-id").first()

    def of_edition(self, edition: BoundaryEdition) -> AssessmentQuerySet:
        """Assessments made on one edition of boundaries."""
        return self.filter(edition=edition)

    def up_to(self, day: date) -> AssessmentQuerySet:
        """Assessments whose day is not after ``day``."""
        return self.filter(as_of__lte=day)


class ScoreQuerySet(models.QuerySet["Score"]):
    def of(self, assessment: Assessment | None) -> ScoreQuerySet:
        """The scores that hold in an assessment, whichever found them first; none without one."""
        of_edition = Q(municipality__edition=assessment.edition_id) if assessment else Q()
        return self.filter(_holding_in(assessment), of_edition)

    def in_areas(self, areas: Iterable[str]) -> ScoreQuerySet:
        """Scores of municipalities in any of the areas: states, districts or municipalities, by their keys."""
        found = Q(pk__in=[])
        for area in areas:
            found |= Q(municipality__ags__startswith=area)
        return self.filter(found)

    def with_municipality(self) -> ScoreQuerySet:
        """Joined with municipality, district and state, without geometry and explanation: what lists show."""
        return self.select_related("municipality__district", "municipality__state").defer(
            "municipality__geometry", "explanation"
        )

    def interplay(self) -> models.QuerySet[Any, Any]:
        """Counts and residents by class and tier: rows of cohesion_class, zok_tier, municipalities, residents.

        Unincorporated areas have neither class nor tier and are left out.
        """
        return (
            self.filter(municipality__is_unincorporated=False)
            .order_by()
            .values("cohesion_class", zok_tier=models.F("municipality__zok_tier"))
            .annotate(municipalities=Count("pk"), residents=Sum("municipality__population"))
        )


def with_scores(municipalities: QuerySet[Municipality], assessment: Assessment | None) -> QuerySet[Any]:
    """Municipalities of its edition with their score in ``assessment`` as ``score`` (None without one) and their
    ``cohesion_class``, "unassessed" without one. One query, also for whoever reads ``score.critical_place``.
    ``in_classes`` chooses."""
    score = FilteredRelation("scores", condition=_holding_in(assessment, "scores__"))
    stored = F("score__cohesion_class")
    shown = Coalesce(stored, Value(CohesionClass.UNASSESSED.value))
    return municipalities.annotate(score=score).annotate(stored_class=stored, cohesion_class=shown)


def in_classes(classes: Iterable[str]) -> Q:
    """Of ``with_scores``: whose class is any of these. True or false also where there is no score, so under NOT too.

    What is stored is asked wherever it can be: of what COALESCE makes of it the database knows neither how frequent it
    is nor an index."""
    wanted = {*classes}
    if CohesionClass.UNASSESSED in wanted:
        return Q(cohesion_class__in=wanted)
    return Q(stored_class__in=wanted, stored_class__isnull=False)


def _holding_in(assessment: Assessment | None, path: str = "") -> Q:
    """Of the scores of its edition those that hold in an assessment; ``path`` leads to them."""
    if assessment is None:
        return Q(**{f"{path}assessment": None})
    not_ended = Q(**{f"{path}until": None}) | Q(**{f"{path}until__gt": assessment.pk})
    return Q(**{f"{path}assessment__lte": assessment.pk}) & not_ended
