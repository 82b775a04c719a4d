"""A small map of one municipality: generalised outline and some places, drawn on the server, data for the browser;
and a drawing of several outlines over one another.

The drawing is what people without JavaScript and on paper see; small_map.js puts a map that moves in its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import MultiPolygon

from places.models import Entry

WIDTH = 320  # of the drawing, in units of SVG
LOWEST, HIGHEST = 200, 340  # height of the drawing
MARGIN = 0.06  # of the extent, on each side
DETAILS = 400  # the outline loses what is smaller than this part of the extent
DECIMALS = 5  # about one metre

HERE, COUNTED, UNCOUNTED = "here", "counted", "uncounted"


@dataclass(frozen=True)
class Dot:
    """A place, or another entry, on the drawing."""

    place: Entry
    tone: str  # HERE, COUNTED or UNCOUNTED
    x: float
    y: float


@dataclass(frozen=True)
class SmallMap:
    """What a template needs to draw it, and what the browser gets."""

    height: int
    path: str
    dots: list[Dot]
    outline: dict[str, Any]  # GeoJSON geometry

    @property
    def data(self) -> dict[str, Any]:
        """For ``json_script``: coordinates are longitude and latitude, WGS 84."""
        return {
            "outline": self.outline,
            "places": [
                {
                    "name": dot.place.name,
                    "url": dot.place.get_absolute_url(),
                    "tone": dot.tone,
                    "longitude": round(dot.place.location.x, DECIMALS),
                    "latitude": round(dot.place.location.y, DECIMALS),
                }
                for dot in self.dots
            ],
            "basemap": {"url": settings.BASEMAP_URL, "attribution": settings.BASEMAP_ATTRIBUTION},
        }


def small_map(geometry: MultiPolygon | None, places: Iterable[tuple[Entry, str]]) -> SmallMap | None:
    """The map of an outline (WGS 84) and of places with their tone; None where there is nothing to draw."""
    located = list(places)
    boxes = [geometry.extent] if geometry else []
    boxes += [(place.location.x, place.location.y) * 2 for place, _ in located]
    if not boxes:
        return None
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    frame = _Frame.around(west, south, east, north)
    outline = _generalised(geometry, (east - west) / DETAILS) if geometry else []
    return SmallMap(
        height=frame.height,
        path=frame.path(outline),
        dots=[Dot(place, tone, *frame.spot(place.location.x, place.location.y)) for place, tone in located],
        outline={"type": "MultiPolygon", "coordinates": outline},
    )


@dataclass(frozen=True)
class Outlines:
    """A drawing of several areas: for each a path, and a spot inside it where a number can stand."""

    height: int
    drawn: list[tuple[str, float, float]]


def outlines(areas: Sequence[MultiPolygon]) -> Outlines:
    """The drawing of these areas (WGS 84; one at least), in their order."""
    boxes = [area.extent for area in areas]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    frame = _Frame.around(west, south, east, north)
    tolerance = max(east - west, north - south) / DETAILS
    drawn = []
    for area in areas:
        inside = area.point_on_surface
        drawn.append((frame.path(_generalised(area, tolerance)), *frame.spot(inside.x, inside.y)))
    return Outlines(frame.height, drawn)


@dataclass(frozen=True)
class _Frame:
    """Degrees → units of the drawing; a degree of longitude is shorter by the cosine of the latitude."""

    west: float
    north: float
    scale: float  # units per degree of latitude
    squeeze: float
    left: float
    top: float
    height: int

    @classmethod
    def around(cls, west: float, south: float, east: float, north: float) -> "_Frame":
        squeeze = cos(radians((south + north) / 2))
        wide, tall = max((east - west) * squeeze, 1e-3), max(north - south, 1e-3)
        inner = WIDTH * (1 - 2 * MARGIN)
        height = round(min(max(inner * tall / wide / (1 - 2 * MARGIN), LOWEST), HIGHEST))
        scale = min(inner / wide, height * (1 - 2 * MARGIN) / tall)
        return cls(
            west, north, scale, squeeze, left=(WIDTH - wide * scale) / 2, top=(height - tall * scale) / 2, height=height
        )

    def spot(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            round(self.left + (longitude - self.west) * self.squeeze * self.scale, 1),
            round(self.top + (self.north - latitude) * self.scale, 1),
        )

    def path(self, polygons: list[list[list[tuple[float, float]]]]) -> str:
        """Rings as the d of an SVG path."""
        rings = (ring for polygon in polygons for ring in polygon)
        return " ".join(f"M{' '.join(self._pair(x, y) for x, y in ring)}Z" for ring in rings)

    def _pair(self, longitude: float, latitude: float) -> str:
        x, y = self.spot(longitude, latitude)
        return f"{x:.1f},{y:.1f}"


def _generalised(geometry: MultiPolygon, tolerance: float) -> list[list[list[tuple[float, float]]]]:
    """Coordinates of a multipolygon with less detail: polygons of rings of positions."""
    simple = geometry.simplify(tolerance, preserve_topology=True)
    polygons: Iterable[Any] = simple if isinstance(simple, MultiPolygon) else [simple]
    return [
        [[(round(x, DECIMALS), round(y, DECIMALS)) for x, y, *_ in ring.coords] for ring in polygon]
        for polygon in polygons
    ]
