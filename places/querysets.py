"""The vocabulary of reading: which editions, municipalities, places, involvements. Days are arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Distance, Transform
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db.models import OuterRef, Q, Subquery, Value

from places import keys
from places.freshness import months_before
from places.geo import LAEA_EUROPE, WGS84, Bbox, Nearby, to_metres
from places.vocabulary import CORE_CRITERIA, Publication, Role, Status, SubmissionState

if TYPE_CHECKING:
    from typing import Self

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from places.models import (  # noqa: F401
        Actor,
        BoundaryEdition,
        Entry,
        Involvement,
        Mandate,
        Municipality,
        Place,
        Question,
        Space,
        Submission,
        Support,
    )


def bbox_polygon(bbox: Bbox) -> Polygon:
    """The box as the database asks with it."""
    polygon = Polygon.from_bbox(bbox.as_tuple())
    polygon.srid = WGS84
    return polygon


def near(queryset: Any, field: str, nearby: Nearby) -> Any:
    """Rows whose geometry ``field`` lies so near, with their ``distance``. The database measures in EPSG:3035, whose
    metres are true to a thousandth in Germany; the box around it lets an index choose what is measured at all."""
    x, y = to_metres(np.array([nearby.longitude]), np.array([nearby.latitude]))
    if not np.isfinite([*x, *y]).all():  # at the other end of the world, which that system does not reach
        return queryset.annotate(distance=Value(0.0)).none()
    distance = Distance(Transform(field, LAEA_EUROPE), Point(float(x[0]), float(y[0]), srid=LAEA_EUROPE))
    boxed = queryset.filter(**{f"{field}__intersects": bbox_polygon(nearby.box())})
    return boxed.annotate(distance=distance).filter(distance__lte=D(m=nearby.metres))


class BoundaryEditionQuerySet(models.QuerySet["BoundaryEdition"]):
    def current(self) -> BoundaryEdition | None:
        """The newest edition, or None before the first import."""
        return self.order_by("-date").first()


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def current(self) -> MunicipalityQuerySet:
        """Municipalities of the newest edition."""
        newest = self.model._meta.get_field("edition").related_model._default_manager.order_by("-date")
        return self.filter(edition=Subquery(newest.values("pk")[:1]))

    def of_edition(self, edition: BoundaryEdition) -> MunicipalityQuerySet:
        """Municipalities of one edition."""
        return self.filter(edition=edition)

    def in_areas(self, areas: Iterable[str]) -> MunicipalityQuerySet:
        """Municipalities in any of the areas: states, districts or municipalities, by their keys."""
        found = Q(pk__in=[])
        for area in areas:
            found |= Q(ags__startswith=area)
        return self.filter(found)

    def incorporated(self) -> MunicipalityQuerySet:
        """Without unincorporated areas, which have no residents and no class."""
        return self.filter(is_unincorporated=False)

    def of_state(self, *state_keys: str) -> MunicipalityQuerySet:
        """Municipalities of any of the states (two digits)."""
        return self.filter(state__key__in=state_keys)

    def of_district(self, *district_keys: str) -> MunicipalityQuerySet:
        """Municipalities of any of the districts (five digits)."""
        return self.filter(district__key__in=district_keys)

    def named(self, *beginnings: str) -> MunicipalityQuerySet:
        """Municipalities whose name begins in any of these ways, in capitals or not (SQLite folds ASCII only, so title
        case too)."""
        any_of = Q(pk__in=[])
        for beginning in beginnings:
            any_of |= Q(name__istartswith=beginning) | Q(name__istartswith=beginning.title())
        return self.filter(any_of)

    def in_bbox(self, bbox: Bbox) -> MunicipalityQuerySet:
        """Municipalities that touch the box."""
        return self.filter(geometry__intersects=bbox_polygon(bbox))

    def near(self, nearby: Nearby) -> MunicipalityQuerySet:
        """Municipalities of which a part lies so near, with their ``distance``."""
        found: MunicipalityQuerySet = near(self, "geometry", nearby)
        return found

    def touching(self, municipality: Municipality) -> MunicipalityQuerySet:
        """The neighbours of ``municipality`` in its own edition."""
        return self.filter(edition=municipality.edition_id, geometry__intersects=municipality.geometry).exclude(
            pk=municipality.pk
        )

    def with_names(self) -> MunicipalityQuerySet:
        """Joined with district and state, and without geometry: what lists and pages show."""
        return self.select_related("district", "state").defer("geometry")


_Entry = TypeVar("_Entry", bound="Entry")


class EntryQuerySet(models.QuerySet[_Entry]):
    def published(self) -> Self:
        """What the public sees."""
        return self.filter(publication=Publication.PUBLISHED)

    def unconfirmed(self, as_of: date, freshness_months: int) -> Self:
        """Published and active, but never confirmed or too long ago: shown, not counted."""
        return self.published().filter(
            Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=months_before(as_of, freshness_months)),
            status=Status.ACTIVE,
        )

    def fictional(self) -> Self:
        """Invented entries of the demo."""
        return self.filter(is_fictional=True)

    def in_bbox(self, bbox: Bbox) -> Self:
        """Entries inside the box or on its border."""
        return self.filter(location__intersects=bbox_polygon(bbox))

    def near(self, nearby: Nearby) -> Self:
        """Entries that lie so near, with their ``distance``."""
        found: Self = near(self, "location", nearby)
        return found

    def of_district(self, *district_keys: str) -> Self:
        """Entries in any of the districts (five digits)."""
        return self.filter(municipality__district__key__in=district_keys)

    def cared_for_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Entries that ``user`` looks after; none for a visitor."""
        return self.filter(stewardships__user=user.pk) if user.is_authenticated else self.none()

    def with_territory(self) -> Self:
        """Joined with municipality, district and state, without their geometries."""
        return self.select_related("municipality__district", "municipality__state").defer("municipality__geometry")


class PlaceQuerySet(EntryQuerySet["Place"]):
    def counted(self, as_of: date, freshness_months: int) -> PlaceQuerySet:
        """What an assessment of ``as_of`` counts (method §1): published, active, core criteria affirmed, confirmed
        no longer than ``freshness_months`` before."""
        affirmed = {criterion.value: True for criterion in CORE_CRITERIA}
        return self.published().filter(
            status=Status.ACTIVE,
            confirmed_on__lte=as_of,
            confirmed_on__gte=months_before(as_of, freshness_months),
            **affirmed,
        )

    def role_missing(self, *roles: Role) -> PlaceQuerySet:
        """Places at which nobody holds any one of ``roles``."""
        found = Q()
        for role in roles:
            found |= ~self._held(role)
        return self.filter(found)

    def _held(self, role: Role) -> Q:
        involvements: Any = self.model._meta.get_field("involvements").related_model
        held = involvements.objects.filter(place=OuterRef("pk"), **{role.value: True})
        return Q(models.Exists(held))

    def with_actors(self) -> PlaceQuerySet:
        """Together with involvements and actors, in two more queries whatever the number of places."""
        return self.prefetch_related("involvements__actor")


class SupportQuerySet(EntryQuerySet["Support"]):
    def serving(self, ags: str) -> SupportQuerySet:
        """Support structures whose area covers the municipality of this AGS; "" is all of Germany."""
        return self.filter(areas__area__in=("", keys.state_key(ags), keys.district_key(ags), ags)).distinct()


class SpaceQuerySet(EntryQuerySet["Space"]):
    def available(self, today: date) -> SpaceQuerySet:
        """Published, not taken, and not past its last day."""
        return self.published().filter(
            Q(available_until__isnull=True) | Q(available_until__gte=today), status=Status.ACTIVE
        )


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def waiting(self) -> SubmissionQuerySet:
        """What a reviewer has to decide now, oldest first."""
        return self.filter(state=SubmissionState.WAITING).order_by("waiting_since", "pk")

    def open(self) -> SubmissionQuerySet:
        """What is not decided: waiting, or asked back."""
        return self.filter(state__in=(SubmissionState.WAITING, SubmissionState.ASKED_BACK))

    def with_entries(self) -> SubmissionQuerySet:
        """Together with the entry of whatever kind and where it lies."""
        kinds = ("place", "support", "space")
        joined = (f"{kind}__municipality__{region}" for kind in kinds for region in ("district", "state"))
        return self.select_related(*joined, "user").defer(*(f"{kind}__municipality__geometry" for kind in kinds))


class QuestionQuerySet(models.QuerySet["Question"]):
    def unanswered(self) -> QuestionQuerySet:
        """Nobody has said anything yet."""
        return self.filter(answer="")


class InvolvementQuerySet(models.QuerySet["Involvement"]):
    def with_role(self) -> InvolvementQuerySet:
        """Only those that hold at least one role of the triad."""
        return self.filter(Q(motivator=True) | Q(provider=True) | Q(promoter=True))


class MandateQuerySet(models.QuerySet["Mandate"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> MandateQuerySet:
        """Mandates of one user; nobody's for a visitor."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    def in_force(self, today: date) -> MandateQuerySet:
        """Mandates that have begun and not ended."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)

    def covering(self, ags: str) -> MandateQuerySet:
        """Mandates for an area in which the municipality of this AGS lies."""
        return self.filter(area__in=(keys.state_key(ags), keys.district_key(ags), ags))
