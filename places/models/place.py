"""A Sozialer Ort: what it is, where it is, what is known of it. Who carries it: actor.py. Who may change it: verbs."""

from datetime import date

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places import keys
from places.freshness import is_fresh
from places.geo import WGS84
from places.models.ratings import RatedConditions, rating_constraint, rating_field
from places.models.territory import Municipality
from places.querysets import PlaceQuerySet
from places.vocabulary import CORE_CRITERIA, RATINGS, Criterion, Dynamic, Kind, Publication, Status


def criterion_field(criterion: Criterion) -> "models.BooleanField[bool | None, bool | None]":
    """A column for yes, no, or unknown (NULL)."""
    return models.BooleanField(criterion.label, null=True, blank=True)


class Place(RatedConditions):
    """A place of the inventory, published or not. Its municipality follows from its location, never from typing."""

    external_id = models.CharField(_("Kennung der Quelle"), max_length=200, unique=True, null=True, blank=True)
    name = models.CharField(_("Name"), max_length=200)
    kind = models.CharField(_("Art"), max_length=40, choices=Kind.choices)
    status = models.CharField(_("Zustand"), max_length=20, choices=Status.choices, default=Status.ACTIVE)
    publication = models.CharField(
        _("Veröffentlichung"), max_length=20, choices=Publication.choices, default=Publication.DRAFT
    )
    description = models.TextField(_("Beschreibung"), blank=True)
    is_fictional = models.BooleanField(_("frei erfunden (Demo)"), default=False)

    location = models.PointField(_("Lage"), srid=WGS84)
    # NULL only where a newer edition has no municipality at this spot; relocate() in places/locating.py says so.
    municipality = models.ForeignKey(
        Municipality, on_delete=models.SET_NULL, related_name="places", verbose_name=_("Gemeinde"), null=True
    )
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=5, blank=True)
    city = models.CharField(pgettext_lazy("Anschrift", "Ort"), max_length=200, blank=True)
    website = models.URLField(_("Website"), max_length=500, blank=True)
    opening_hours = models.CharField(_("Öffnungszeiten (OSM-Schreibweise)"), max_length=500, blank=True)
    founded_on = models.DateField(_("gegründet am"), null=True, blank=True)
    confirmed_on = models.DateField(_("zuletzt bestätigt am"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=500, blank=True)
    licence = models.CharField(_("Lizenz"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)
    updated_at = models.DateTimeField(_("geändert am"), auto_now=True)

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

    class Meta:
        verbose_name = _("Sozialer Ort")
        verbose_name_plural = _("Soziale Orte")
        ordering = ("name", "id")
        indexes = [
            models.Index(fields=("publication", "status"), name="place_publication_status"),
            models.Index(fields=("is_fictional",), condition=Q(is_fictional=True), name="place_fictional"),
        ]
        # The range of the location is held by the database too: migration 0002.
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="place_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="place_status_known"),
            models.CheckConstraint(condition=Q(publication__in=Publication.values), name="place_publication_known"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_name"),
            models.CheckConstraint(condition=Q(postcode__regex=r"^([0-9]{5})?$"), name="place_postcode_5_digits"),
            *(rating_constraint("place", subject) for subject in RATINGS),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("place", args=[self.pk, keys.slug(self.name) or "ort"])

    def criteria(self) -> dict[Criterion, bool | None]:
        """Each criterion with its answer: yes, no, or None for unknown."""
        return {criterion: getattr(self, criterion.value) for criterion in Criterion}

    def dynamics_ratings(self) -> dict[Dynamic, int | None]:
        """Each inner dynamic with its rating, in the order of method §1."""
        return {dynamic: getattr(self, dynamic.value) for dynamic in Dynamic}

    def meets_core_criteria(self) -> bool:
        """Whether the three core criteria are affirmed."""
        return all(getattr(self, criterion.value) is True for criterion in CORE_CRITERIA)

    def is_fresh(self, as_of: date, freshness_months: int) -> bool:
        """Whether it was confirmed no longer than ``freshness_months`` before ``as_of``."""
        return is_fresh(self.confirmed_on, as_of, freshness_months)

    def is_counted(self, as_of: date, freshness_months: int) -> bool:
        """Whether an assessment of ``as_of`` counts it (method §1); twin of ``PlaceQuerySet.counted``."""
        return (
            self.publication == Publication.PUBLISHED
            and self.status == Status.ACTIVE
            and self.meets_core_criteria()
            and self.is_fresh(as_of, freshness_months)
        )
