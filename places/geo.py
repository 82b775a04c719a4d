"""Coordinate systems, boxes and census cell names: the geometry that needs no database. Pure: no Django."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

WGS84 = 4326  # what the database stores and the API speaks: longitude, latitude in degrees
WEB_MERCATOR = 3857  # what map tiles are cut in: metres that grow with the latitude
LAEA_EUROPE = 3035  # what is computed in: equal-area, metres, the system of the census grid
METRES_OF_A_DEGREE = 110_000  # fewer than a degree of latitude has anywhere, so a box made with it is wide enough
FARTHEST_NEAR = 100_000  # metres: beyond that a box says better what is meant

Array = NDArray[np.float64]
Geometries = NDArray[Any]  # of shapely geometries


@dataclass(frozen=True)
class Bbox:
    """A box in WGS 84 degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Bbox":
        """Read ``minlon,minlat,maxlon,maxlat``. Raises ValueError that says what is wrong."""
        parts = text.split(",")
        if len(parts) != 4:
            raise ValueError("four numbers are expected: minlon,minlat,maxlon,maxlat")
        try:
            west, south, east, north = (float(part) for part in parts)
        except ValueError:
            raise ValueError("four numbers are expected: minlon,minlat,maxlon,maxlat") from None
        # Written so that NaN fails too.
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
            raise ValueError("longitudes lie between -180 and 180, latitudes between -90 and 90")
        if west > east or south > north:
            raise ValueError("the minimum comes first: minlon ≤ maxlon and minlat ≤ maxlat")
        return cls(west, south, east, north)

    def as_tuple(self) -> tuple[float, float, float, float]:
        """West, south, east, north, as GEOS takes them."""
        return (self.west, self.south, self.east, self.north)


@dataclass(frozen=True)
class Nearby:
    """What lies no farther than so many metres from a point (WGS 84 degrees)."""

    longitude: float
    latitude: float
    metres: float

    @classmethod
    def parse(cls, text: str) -> "Nearby":
        """Read ``lon,lat,metres``. Raises ValueError that says what is wrong."""
        try:
            longitude, latitude, metres = (float(part) for part in text.split(","))
        except ValueError:
            raise ValueError("three numbers are expected: lon,lat,metres") from None
        # Written so that NaN fails too.
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError("longitudes lie between -180 and 180, latitudes between -90 and 90")
        if not 0 < metres <= FARTHEST_NEAR:
            raise ValueError(f"the distance is more than 0 and at most {FARTHEST_NEAR} metres")
        return cls(longitude, latitude, metres)

    def box(self) -> Bbox:
        """A box around it, a little too large: what an index can find quickly."""
        north_south = self.metres / METRES_OF_A_DEGREE
        south, north = max(-90.0, self.latitude - north_south), min(90.0, self.latitude + north_south)
        narrowest = math.cos(math.radians(max(abs(south), abs(north))))
        east_west = min(360.0, north_south / narrowest) if narrowest > 0 else 360.0
        return Bbox(max(-180.0, self.longitude - east_west), south, min(180.0, self.longitude + east_west), north)


@lru_cache
def _transformer(source: int | str, target: int | str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def to_metres(longitude: Array, latitude: Array) -> tuple[Array, Array]:
    """WGS 84 degrees → EPSG:3035 metres, x (easting) and y (northing)."""
    x, y = _transformer(WGS84, LAEA_EUROPE).transform(longitude, latitude)
    return np.asarray(x, dtype=float), np.asarray(y, dtype=float)


def to_degrees(x: Array, y: Array) -> tuple[Array, Array]:
    """EPSG:3035 metres → WGS 84 degrees, longitude and latitude."""
    longitude, latitude = _transformer(LAEA_EUROPE, WGS84).transform(x, y)
    return np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)


def project(geometries: Geometries, source: int | str, target: int | str) -> Geometries:
    """Geometries of one coordinate system in another; each is an EPSG number or what pyproj reads, x before y."""
    transform: Any = _transformer(source, target).transform  # shapely's type stubs do not know of ``interleaved``
    projected: Geometries = shapely.transform(geometries, transform, interleaved=False)
    return projected
