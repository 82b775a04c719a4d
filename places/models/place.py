"""A Sozialer Ort: what it is, where it is, what is known of it. Who carries it: actor.py. Who may change it: verbs."""

from datetime import date
from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.models.entry import Entry
from places.models.ratings import RatedConditions, rating_constraint, rating_field
from places.querysets import PlaceQuerySet
from places.vocabulary import CORE_CRITERIA, RATINGS, Criterion, Dynamic, Kind, Publication, Status


def criterion_field(criterion: Criterion) -> "models.BooleanField[bool | None, bool | None]":
    """A column for yes, no, or unknown (NULL)."""
    return models.BooleanField(criterion.label, null=True, blank=True)


class Place(Entry, RatedConditions):
    """A place of the inventory: what moves its municipality's class is reviewed, everything else is live at once."""

    entry_kind: ClassVar[str] = "place"
    reviewed_facts: ClassVar[frozenset[str]] = frozenset(
        {"location", "status", "actors", *(name.value for name in (*CORE_CRITERIA, *RATINGS))}
    )

    kind = models.CharField(_("Art"), max_length=40, choices=Kind.choices)
    opening_hours = models.CharField(_("Öffnungszeiten (OSM-Schreibweise)"), max_length=500, blank=True)
    founded_on = models.DateField(_("gegründet am"), null=True, blank=True)

    community_use = criterion_field(Criterion.COMMUNITY_USE)
    low_threshold = criterion_field(Criterion.LOW_THRESHOLD)
    open_to_all = criterion_field(Criterion.OPEN_TO_ALL)
    social_redundancy = criterion_field(Criterion.SOCIAL_REDUNDANCY)
    crosses_milieus = criterion_field(Criterion.CROSSES_MILIEUS)
    strengthens_ties = criterion_field(Criterion.STRENGTHENS_TIES)
    analogue_anchor = criterion_field(Criterion.ANALOGUE_ANCHOR)
    negotiates_conflict = criterion_field(Criterion.NEGOTIATES_CONFLICT)
    answers_local_need = criterion_field(Criterion.ANSWERS_LOCAL_NEED)
    self_efficacy = criterion_field(Criterion.SELF_EFFICACY)
    binds_engagement = criterion_field(Criterion.BINDS_ENGAGEMENT)
    visible_cohesion = criterion_field(Criterion.VISIBLE_COHESION)
    local_democracy = criterion_field(Criterion.LOCAL_DEMOCRACY)

    opening_outward = rating_field(Dynamic.OPENING_OUTWARD)
    bundling_competences = rating_field(Dynamic.BUNDLING_COMPETENCES)
    conflict_space = rating_field(Dynamic.CONFLICT_SPACE)
    consolidation = rating_field(Dynamic.CONSOLIDATION)

    objects = PlaceQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("Sozialer Ort")
        verbose_name_plural = _("Soziale Orte")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="place_kind_known"),
            *(rating_constraint("place", subject) for subject in RATINGS),
        ]

    def criteria(self) -> dict[Criterion, bool | None]:
        """Each criterion with its answer: yes, no, or None for unknown."""
        return {criterion: getattr(self, criterion.value) for criterion in Criterion}

    def dynamics_ratings(self) -> dict[Dynamic, int | None]:
        """Each inner dynamic with its rating, in the order of method §1."""
        return {dynamic: getattr(self, dynamic.value) for dynamic in Dynamic}

    def meets_core_criteria(self) -> bool:
        """Whether the three core criteria are affirmed."""
        return all(getattr(self, criterion.value) is True for criterion in CORE_CRITERIA)

    def is_counted(self, as_of: date, freshness_months: int) -> bool:
        """Whether an assessment of ``as_of`` counts it (method §1); twin of ``PlaceQuerySet.counted``."""
        return (
            self.publication == Publication.PUBLISHED
            and self.status == Status.ACTIVE
            and self.meets_core_criteria()
            and self.is_fresh(as_of, freshness_months)
        )
