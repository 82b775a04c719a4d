"""What an address may ask of items, read once: a parameter that is unknown or wrong is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from places.geo import WGS84, project
from sok_site.ogc.collections import Collection, Property
from sok_site.ogc.crs import CRS84, SUPPORTED, Crs

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
FORMATS = ("json", "html")
ITEMS = ("f", "limit", "offset", "bbox", "bbox-crs", "datetime", "crs")
ITEM = ("f", "crs")
EDGE_PARTS = 16  # a straight edge in metres is a curve in degrees: so many parts of it are followed


class RefusedError(Exception):
    """Parameters that are not understood: name → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass
class Asked:
    """What was asked of a collection."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    crs: Crs = CRS84
    conditions: list[Q] = field(default_factory=list)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that meet every condition."""
        return rows.filter(*self.conditions)


def read(query: QueryDict, known: tuple[str, ...], collection: Collection | None = None) -> Asked:
    """The parameters ``known`` and, where a list is asked, the properties of ``collection`` as equalities.

    Raises RefusedError with every parameter that is unknown, given twice, or wrong.
    """
    given: dict[str, str] = {}
    errors: dict[str, str] = {}
    properties = collection.by_name if collection and "limit" in known else {}
    for name, values in query.lists():
        if name not in known and name not in properties:
            errors[name] = f"There is no such parameter here; there are: {', '.join([*known, *properties])}."
        elif len(values) > 1:
            errors[name] = "It is given more than once."
        else:
            given[name] = values[0]
    asked = Asked()

    def take(name: str, parse: Callable[[str], Any]) -> Any:
        if name not in given:
            return None
        try:
            return parse(given[name])
        except ValueError as error:
            errors[name] = str(error)
            return None

    take("f", _format)
    asked.crs = take("crs", _crs) or CRS84
    asked.offset = take("offset", lambda text: _whole(text, 0)) or 0
    asked.limit = min(take("limit", lambda text: _whole(text, 1)) or DEFAULT_LIMIT, MAX_LIMIT)
    box_crs = take("bbox-crs", _crs) or CRS84
    if "bbox-crs" in given and "bbox" not in given:
        errors.setdefault("bbox-crs", "It says nothing without bbox.")
    if collection:
        if (box := take("bbox", lambda text: parse_box(text, box_crs))) is not None:
            asked.conditions.append(collection.touching(box))
        if (days := take("datetime", parse_time)) is not None:
            asked.conditions.append(_during(collection, *days))
        for name in given.keys() & properties.keys():
            if (condition := take(name, equality(properties[name]))) is not None:
                asked.conditions.append(condition)
    if errors:
        raise RefusedError(errors)
    return asked


def _format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"“{text}” is none of: {', '.join(FORMATS)}.")
    return text


def _crs(text: str) -> Crs:
    if text not in SUPPORTED:
        raise ValueError(f"“{text}” is none of: {', '.join(SUPPORTED)}.")
    return SUPPORTED[text]


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise ValueError(f"A whole number from {least} is expected.")
    return int(text)


# --- bbox -----------------------------------------------------------------------------------------------------------


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
        return _from_metres(west, south, east, north, crs)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):
        raise ValueError("Longitudes lie between -180 and 180, latitudes between -90 and 90.")
    if west <= east:
        return _in_degrees(Polygon.from_bbox((west, south, east, north)))
    parts = [Polygon.from_bbox((west, south, 180, north)), Polygon.from_bbox((-180, south, east, north))]
    return _in_degrees(MultiPolygon(parts))


def _from_metres(west: float, south: float, east: float, north: float, crs: Crs) -> GEOSGeometry:
    if west > east:
        raise ValueError("The minimum comes first.")
    box = shapely.box(west, south, east, north)
    edge = max(east - west, north - south)
    followed = shapely.segmentize(box, edge / EDGE_PARTS) if edge else box
    (area,) = project(np.array([followed]), crs.srid, WGS84)
    if not np.isfinite(shapely.get_coordinates(area)).all():
        raise ValueError("It lies outside of what bbox-crs can describe.")
    return _in_degrees(GEOSGeometry(memoryview(shapely.to_wkb(area))))


def _in_degrees(area: GEOSGeometry) -> GEOSGeometry:
    area.srid = WGS84
    return area


# --- datetime -------------------------------------------------------------------------------------------------------


def parse_time(text: str) -> tuple[date | None, date | None]:
    """First and last day; None is open. Raises ValueError."""
    first, *rest = text.split("/")
    if not rest:
        day = _day(first)
        return day, day
    if len(rest) > 1:
        raise ValueError("One time, or two with a slash between, is expected.")
    start, end = (None if part in ("", "..") else _day(part) for part in (first, rest[0]))
    if start is None and end is None:
        raise ValueError("At least one end of the interval is expected.")
    if start and end and start > end:
        raise ValueError("The beginning comes first.")
    return start, end


def _day(text: str) -> date:
    try:
        if day := parse_date(text):
            return day
        moment = parse_datetime(text.upper())
        if moment is not None and timezone.is_aware(moment):
            return timezone.localtime(moment).date()
    except (ValueError, OverflowError):
        pass
    raise ValueError("A time as in RFC 3339 is expected, 2026-11-23T12:00:00Z, or a day, 2026-11-23.")


def _during(collection: Collection, start: date | None, end: date | None) -> Q:
    """What has no time is always meant, as the standard wants it."""
    begins, ends = collection.time
    condition = Q()
    if end:
        condition &= Q(**{f"{begins}__isnull": True}) | Q(**{f"{begins}__lte": end})
    if start:
        condition &= Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": start})
    return condition


# --- Properties -----------------------------------------------------------------------------------------------------


def equality(asked: Property) -> Callable[[str], Q]:
    """How a property equals a text of the address. What it returns raises ValueError."""

    def parse(text: str) -> Q:
        if not text:
            raise ValueError("A value is expected.")
        if "\x00" in text:
            raise ValueError("A text is expected.")
        if asked.choices and text not in asked.choices.values:
            raise ValueError(f"“{text}” is none of: {', '.join(asked.choices.values)}.")
        return Q(**_PARSERS[asked.format or asked.type](asked, text))

    return parse


def _boolean(asked: Property, text: str) -> dict[str, Any]:
    if text not in ("true", "false"):
        raise ValueError("true or false is expected.")
    return {asked.path: text == "true"}


def _integer(asked: Property, text: str) -> dict[str, Any]:
    return {asked.path: _whole(text, 0)}


def _number(asked: Property, text: str) -> dict[str, Any]:
    """Equal as it is shown: rounded."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("A number is expected.")
    half = 0.5 * 10 ** -(asked.decimals or 0)
    return {f"{asked.path}__gte": number - half, f"{asked.path}__lt": number + half}


def _date(asked: Property, text: str) -> dict[str, Any]:
    return {asked.path: _day(text)}


def _moment(asked: Property, text: str) -> dict[str, Any]:
    """A day has many moments; one moment is one."""
    try:
        moment: datetime | None = parse_datetime(text.upper())
    except ValueError:
        moment = None
    if moment is not None and timezone.is_aware(moment):
        return {asked.path: moment}
    return {f"{asked.path}__date": _day(text)}


_PARSERS: dict[str, Callable[[Property, str], dict[str, Any]]] = {
    "string": lambda asked, text: {asked.path: text},
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "date-time": _moment,
}
