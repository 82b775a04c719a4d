"""Plain functions that put one thing into the database, with good defaults. No fixtures, no randomness."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon

from cohesion.models import Assessment, Score
from places import keys
from places.geo import LAEA_EUROPE, WGS84
from places.locating import municipality_at
from places.models import (
    Actor,
    BoundaryEdition,
    Entry,
    Involvement,
    Mandate,
    Municipality,
    Photo,
    Place,
    Region,
    ResidentPoint,
    ServedArea,
    Space,
    Stewardship,
    Submission,
    Support,
    tie,
)
from places.vocabulary import (
    CORE_CRITERIA,
    Circle,
    Kind,
    Publication,
    Role,
    Sector,
    SpaceKind,
    Status,
    SubmissionKind,
    SubmissionState,
    SupportKind,
)

TODAY = date(2026, 11, 22)
EDITION_DATE = date(2022, 12, 31)
DISTRICT = "06635"  # municipalities without an AGS of their own lie here
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@cache
def between(source: int, target: int) -> CoordTransform:
    """The way from one coordinate system into another. GDAL takes 40 ms to find it, each time that it is asked."""
    return CoordTransform(SpatialReference(source), SpatialReference(target))


def square(west: float, south: float, size: float = 0.1) -> MultiPolygon:
    """A square of ``size`` degrees (WGS 84) with its lower left corner at ``west``, ``south``."""
    polygon = Polygon.from_bbox((west, south, west + size, south + size))
    return MultiPolygon(polygon, srid=WGS84)


def box_in_metres(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A box of EPSG:3035 metres, stored as everything is: in WGS 84."""
    box = MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=LAEA_EUROPE)
    box.transform(between(LAEA_EUROPE, WGS84))
    return box


def make_edition(day: date = EDITION_DATE, **fields: Any) -> BoundaryEdition:
    """The edition of ``day``; the one that is there, if there is one."""
    defaults: dict[str, Any] = {"source": "Test", "attribution": "© Test", "imported_at": NOON, **fields}
    return BoundaryEdition.objects.get_or_create(date=day, defaults=defaults)[0]


def make_region(edition: BoundaryEdition, key: str, **fields: Any) -> Region:
    """A district or a state of ``edition``; the one that is there, if there is one."""
    defaults: dict[str, Any] = {"name": keys.STATE_NAMES.get(key, f"Kreis {key}"), **fields}
    return Region.objects.get_or_create(edition=edition, key=key, defaults=defaults)[0]


def make_municipality(
    ags: str = "",
    *,
    edition: BoundaryEdition | None = None,
    geometry: MultiPolygon | None = None,
    residents: Mapping[tuple[int, int], int] | None = None,
    **fields: Any,
) -> Municipality:
    """A municipality: by default a square of 0.1° that shares its western border with the one made before it.

    ``residents``: resident points, (x, y) in EPSG:3035 metres → number.
    """
    edition = edition or make_edition()
    index = Municipality.objects.filter(edition=edition).count()
    ags = ags or f"{DISTRICT}{index + 1:03}"
    geometry = geometry or square(9 + index / 10, 51)
    inside = geometry.point_on_surface
    defaults: dict[str, Any] = {
        "name": f"Gemeinde {ags}",
        "designation": "Gemeinde",
        "centre": Point(inside.x, inside.y, srid=WGS84),
        "area_km2": geometry.transform(between(WGS84, LAEA_EUROPE), clone=True).area / 1e6,
        "population": 1000,
        "population_on": EDITION_DATE,
    }
    if fields.get("is_unincorporated"):
        defaults |= {"designation": "Gemeindefreies Gebiet", "population": None, "population_on": None}
    municipality = Municipality.objects.create(
        ags=ags,
        edition=edition,
        geometry=geometry,
        district=make_region(edition, keys.district_key(ags)),
        state=make_region(edition, keys.state_key(ags)),
        **{**defaults, **fields},
    )
    ResidentPoint.objects.bulk_create(
        ResidentPoint(municipality=municipality, x=x, y=y, residents=number)
        for (x, y), number in (residents or {}).items()
    )
    return municipality


def make_place(
    municipality: Municipality | None = None,
    *,
    longitude: float | None = None,
    latitude: float | None = None,
    **fields: Any,
) -> Place:
    """A place that an assessment of TODAY counts: in the middle of ``municipality``, or where the coordinates say."""
    location: GEOSGeometry
    if longitude is not None and latitude is not None:
        location = Point(longitude, latitude, srid=WGS84)
        municipality = municipality or municipality_at(longitude, latitude)
    else:
        municipality = municipality or make_municipality()
        location = municipality.centre
    defaults: dict[str, Any] = {
        "name": f"Ort {Place.objects.count() + 1}",
        "kind": Kind.COMMUNITY_HOUSE,
        "status": Status.ACTIVE,
        "publication": Publication.PUBLISHED,
        "confirmed_on": TODAY,
        **{criterion.value: True for criterion in CORE_CRITERIA},
    }
    return Place.objects.create(municipality=municipality, location=location, **{**defaults, **fields})


def make_support(municipality: Municipality | None = None, *areas: str, **fields: Any) -> Support:
    """A published support structure in ``municipality`` that serves ``areas``, by default the municipality."""
    municipality = municipality or make_municipality()
    defaults: dict[str, Any] = {
        "name": f"Stelle {Support.objects.count() + 1}",
        "kind": SupportKind.ADVICE,
        "publication": Publication.PUBLISHED,
        "confirmed_on": TODAY,
        "location": municipality.centre,
    }
    support = Support.objects.create(municipality=municipality, **{**defaults, **fields})
    ServedArea.objects.bulk_create(ServedArea(support=support, area=area) for area in areas or (municipality.ags,))
    return support


def make_space(municipality: Municipality | None = None, **fields: Any) -> Space:
    """A published space of possibility in ``municipality``, available without an end."""
    municipality = municipality or make_municipality()
    defaults: dict[str, Any] = {
        "name": f"Raum {Space.objects.count() + 1}",
        "kind": SpaceKind.SHOP,
        "publication": Publication.PUBLISHED,
        "confirmed_on": TODAY,
        "location": municipality.centre,
    }
    return Space.objects.create(municipality=municipality, **{**defaults, **fields})


def make_photo(entry: Entry, **fields: Any) -> Photo:
    """A photograph of ``entry`` in the database; there is no file behind it."""
    defaults: dict[str, Any] = {
        "image": "photos/test.webp",
        "thumbnail": "photos/test-klein.webp",
        "width": 1600,
        "height": 1200,
        "alternative_text": "Ein Haus mit offener Tür",
    }
    return Photo.objects.create(**{**defaults, **fields}, **tie(entry))


def make_actor(name: str = "", sector: Sector = Sector.CIVIL_SOCIETY) -> Actor:
    """The actor of this name and sector; without a name, a new one."""
    name = name or f"Verein {Actor.objects.count() + 1}"
    return Actor.objects.get_or_create(name=name, sector=sector)[0]


def involve(place: Place, actor: Actor, *roles: Role, circle: Circle = Circle.KEY_ACTOR) -> Involvement:
    """``actor`` takes part in ``place``, with the roles of the triad that are named."""
    return Involvement.objects.create(place=place, actor=actor, circle=circle, **{role.value: True for role in roles})


def make_assessment(edition: BoundaryEdition | None = None, as_of: date = TODAY, **fields: Any) -> Assessment:
    """An assessment without scores: those that have held so far hold no longer."""
    edition = edition or make_edition()
    made = Assessment.objects.create(
        as_of=as_of,
        edition=edition,
        inputs_digest=f"{Assessment.objects.count():064}",
        **{"method": "SOK-1", "parameters": {"near": 1000.0}, "places_counted": 0, **fields},
    )
    Score.objects.filter(municipality__edition=edition, until=None).update(until=made)
    return made


def make_score(
    municipality: Municipality, assessment: Assessment, cohesion_class: str = "resilient", **fields: Any
) -> Score:
    """A score of this assessment alone, with figures that are easy to tell apart."""
    next_one = Assessment.objects.filter(edition=municipality.edition_id, pk__gt=assessment.pk).order_by("pk").first()
    figures = {"supply": 0.71234567, "supply_after_loss": 0.34, "renewal": 0.625, "stability": 0.83}
    return Score.objects.create(
        municipality=municipality,
        assessment=assessment,
        until=next_one,
        cohesion_class=cohesion_class,
        **{**figures, "population_basis": "grid", **fields},
    )


def make_steward(entry: Entry, name: str = "", email: str = "") -> User:
    """Somebody with a proved address who looks after ``entry``."""
    name = name or f"steward-{User.objects.count() + 1}"
    user = User.objects.create_user(name, email=email or f"{name}@example.org")
    Stewardship.objects.create(user=user, since=TODAY, **tie(entry))
    return user


def make_reviewer(area: str, name: str = "", **terms: Any) -> User:
    """Somebody with a mandate for ``area``, in force for ten years around TODAY."""
    user = User.objects.create_user(name or f"reviewer-{area}-{User.objects.count()}")
    five_years = timedelta(days=5 * 365)
    Mandate.objects.create(
        user=user, area=area, **{"starts_on": TODAY - five_years, "ends_on": TODAY + five_years, **terms}
    )
    return user


def make_submission(entry: Entry, kind: SubmissionKind = SubmissionKind.REGISTRATION, **fields: Any) -> Submission:
    """A submission about ``entry`` that waits since TODAY."""
    defaults: dict[str, Any] = {"state": SubmissionState.WAITING, "waiting_since": TODAY}
    return Submission.objects.create(kind=kind, **{**defaults, **fields}, **tie(entry))
