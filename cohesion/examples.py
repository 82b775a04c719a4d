"""Three municipalities of an assessment in which cohesion and central-place tier part or meet, each by a named rule."""

from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from cohesion.models import Assessment, Score
from cohesion.querysets import ScoreQuerySet
from cohesion.vocabulary import CohesionClass
from places.vocabulary import Publication, ZokTier

CENTRES = (ZokTier.GRUNDZENTRUM, ZokTier.MITTELZENTRUM, ZokTier.OBERZENTRUM)  # ascending


def centre_at_risk(assessment: Assessment) -> Score | None:
    """Of the risky centres, the one of the highest tier; among these the one with most residents."""
    return _largest_centre(_scores(assessment, CohesionClass.RISKY))


def robust_without_function(assessment: Assessment) -> Score | None:
    """Of the robust municipalities without central function, the one with most places; among these the one with fewest
    residents."""
    robust = _scores(assessment, CohesionClass.ROBUST).filter(municipality__zok_tier=ZokTier.NONE)
    is_published = Q(municipality__places__publication=Publication.PUBLISHED)
    return (
        robust.annotate(places=Count("municipality__places", filter=is_published))
        .order_by("-places", F("municipality__population").asc(nulls_last=True), "municipality__ags")
        .first()
    )


def robust_centre(assessment: Assessment) -> Score | None:
    """Of the robust centres, the one of the highest tier; among these the one with most residents."""
    return _largest_centre(_scores(assessment, CohesionClass.ROBUST))


def _scores(assessment: Assessment, cohesion_class: CohesionClass) -> ScoreQuerySet:
    scores = Score.objects.of(assessment).select_related("municipality__district", "municipality__state")
    return scores.defer("municipality__geometry").filter(
        cohesion_class=cohesion_class, municipality__is_unincorporated=False
    )


def _largest_centre(scores: ScoreQuerySet) -> Score | None:
    ranks = [When(municipality__zok_tier=tier, then=Value(rank)) for rank, tier in enumerate(CENTRES)]
    return (
        scores.filter(municipality__zok_tier__in=CENTRES)
        .annotate(tier_rank=Case(*ranks, output_field=IntegerField()))
        .order_by("-tier_rank", F("municipality__population").desc(nulls_last=True), "municipality__ags")
        .first()
    )
