"""How boxes, shapes, days and times are read, in parameters as in filters. What is done with them: parameters.py."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from places.geo import WGS84, project
from sok_site.ogc.crs import Crs

EDGE_PARTS = 16  # a straight edge in metres is a curve in degrees: so many parts of the longest are followed
MAX_VERTICES = 1000


# --- Boxes and shapes -------------------------------------------------------------------------------------------------


def parse_box(text: str, crs: Crs) -> GEOSGeometry:
    """``bbox`` as an area in WGS 84: four numbers, or six whose heights do not matter here, in the axes of ``crs``.

    A box whose west is east of its east goes round the world's back. Raises ValueError.
    """
    expected = "Four numbers are expected (or six, with heights): minimum of both axes, then maximum."
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(expected) from None
    if len(numbers) == 6:
        numbers = [numbers[at] for at in (0, 1, 3, 4)]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise ValueError(expected)
    west, south, east, north = (numbers[at] for at in (1, 0, 3, 2)) if crs.north_first else numbers
    if south > north:
        raise ValueError("The minimum comes first.")
    if crs.srid != WGS84:
        if west > east:
            raise ValueError("The minimum comes first.")
        return _from_metres(shapely.box(west, south, east, north), crs)
    _check_degrees(np.array([[west, south], [east, north]]))
    if west <= east:
        return _in_degrees(Polygon.from_bbox((west, south, east, north)))
    parts = [Polygon.from_bbox((west, south, 180, north)), Polygon.from_bbox((-180, south, east, north))]
    return _in_degrees(MultiPolygon(parts))


def shape_of_text(text: str, crs: Crs) -> GEOSGeometry:
    """Well-known text in the axes of ``crs``, in WGS 84. Raises ValueError."""
    try:
        return _shape(shapely.from_wkt(text), crs)
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"This is not a geometry: {error}") from None


def shape_of_json(node: dict[str, Any], crs: Crs) -> GEOSGeometry:
    """A GeoJSON geometry, with the axes of ``crs``, in WGS 84. Raises ValueError."""
    try:
        return _shape(shapely.geometry.shape(node), crs)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise ValueError("This is not a valid GeoJSON geometry, or not one that can be asked for.") from None


def _shape(shape: Any, crs: Crs) -> GEOSGeometry:
    shape = shapely.force_2d(shape)
    corners = shapely.get_coordinates(shape)
    if shape.is_empty:
        raise ValueError("The geometry is empty.")
    if len(corners) > MAX_VERTICES:
        raise ValueError(f"The geometry has more than {MAX_VERTICES} corners.")
    if not np.isfinite(corners).all():
        raise ValueError("Every coordinate is a finite number.")
    if crs.north_first:
        shape = shapely.transform(shape, lambda pairs: pairs[:, ::-1])
    if crs.srid == WGS84:
        _check_degrees(corners)
    if not shape.is_valid:
        raise ValueError(f"The geometry is not valid: {shapely.is_valid_reason(shape)}.")
    if shape.geom_type == "GeometryCollection":
        shape = shapely.unary_union(shape)  # of one kind, if its parts are of one
    if crs.srid != WGS84:
        return _from_metres(shape, crs)
    return _in_degrees(GEOSGeometry(memoryview(shapely.to_wkb(shape))))


def _from_metres(shape: Any, crs: Crs) -> GEOSGeometry:
    west, south, east, north = shape.bounds
    edge = max(east - west, north - south)
    (area,) = project(np.array([shapely.segmentize(shape, edge / EDGE_PARTS) if edge else shape]), crs.srid, WGS84)
    if not np.isfinite(shapely.get_coordinates(area)).all():
        raise ValueError("It lies outside of what its coordinate system can describe.")
    return _in_degrees(GEOSGeometry(memoryview(shapely.to_wkb(area))))


def _check_degrees(corners: Any) -> None:
    longitudes, latitudes = corners[:, 0], corners[:, 1]
    if not ((np.abs(longitudes) <= 180).all() and (np.abs(latitudes) <= 90).all()):
        raise ValueError("Longitudes lie between -180 and 180, latitudes between -90 and 90.")


def _in_degrees(area: GEOSGeometry) -> GEOSGeometry:
    area.srid = WGS84
    return area


# --- Days and times -------------------------------------------------------------------------------------------------


def parse_time(text: str) -> tuple[date | None, date | None]:
    """``datetime``: first and last day; None is open. Raises ValueError."""
    first, *rest = text.split("/")
    if not rest:
        day = day_of(parse_instant(first))
        return day, day
    if len(rest) > 1:
        raise ValueError("One time, or two with a slash between, is expected.")
    start, end = (None if part in ("", "..") else day_of(parse_instant(part)) for part in (first, rest[0]))
    if start is None and end is None:
        raise ValueError("At least one end of the interval is expected.")
    if start and end and start > end:
        raise ValueError("The beginning comes first.")
    return start, end


def parse_instant(text: str) -> date | datetime:
    """A day, or a moment with its zone. Raises ValueError."""
    try:
        if day := parse_date(text):
            return day
        moment = parse_datetime(text.upper())
        if moment is not None and timezone.is_aware(moment):
            timezone.localtime(moment)  # or it cannot be compared with anything
            return moment
    except (ValueError, OverflowError):
        pass
    raise ValueError("A time as in RFC 3339 is expected, 2026-11-23T12:00:00Z, or a day, 2026-11-23.")


def day_of(instant: date | datetime) -> date:
    """The day here on which it is."""
    return timezone.localtime(instant).date() if isinstance(instant, datetime) else instant
