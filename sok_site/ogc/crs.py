"""The coordinate systems of Part 2: how they are called, which axis comes first, and how the database writes them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, GeomOutputGeoFunc, Transform

from places.fields import COORDINATE_DECIMALS
from places.geo import LAEA_EUROPE, WGS84
from places.reading import Counterclockwise

METRE_DECIMALS = 2


@dataclass(frozen=True)
class Crs:
    """A coordinate system by its name in the standard; ``north_first`` where northing goes before easting in it."""

    uri: str
    srid: int
    decimals: int
    north_first: bool = False


def _epsg(srid: int, decimals: int, north_first: bool = False) -> Crs:
    return Crs(f"http://www.opengis.net/def/crs/EPSG/0/{srid}", srid, decimals, north_first)


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84, COORDINATE_DECIMALS)
SUPPORTED = {
    crs.uri: crs
    for crs in (
        CRS84,
        _epsg(25832, METRE_DECIMALS),
        _epsg(LAEA_EUROPE, METRE_DECIMALS, north_first=True),
        _epsg(3857, METRE_DECIMALS),
    )
}


class _AxesSwapped(GeomOutputGeoFunc):
    function = "ST_FlipCoordinates"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sqlite(compiler, connection, function="SwapCoords", **extra)


def geojson(geometry: Any, crs: Crs) -> Any:
    """The geometry (a field or an expression in WGS 84) as GeoJSON text in ``crs``, for the database to write."""
    shape: Any = Counterclockwise(geometry)
    if crs.srid != WGS84:
        shape = Transform(shape, crs.srid)
    if crs.north_first:
        shape = _AxesSwapped(shape)
    return AsGeoJSON(shape, precision=crs.decimals)
