"""What the map draws: all municipalities of an edition as generalised GeoJSON, cut once at import. Pure: no Django.

Full boundaries are 1.9 million corners for Germany; the map needs a fifth. Neighbours keep sharing their line.
"""

import gzip
import hashlib
from collections.abc import Sequence

import numpy as np
import shapely

from places.geo import LAEA_EUROPE, WGS84, Geometries, project

DECIMALS = 4  # of a degree: about 10 m
# Metres, by the number of municipalities up to which it serves: a corner goes if the triangle it makes with its
# neighbours is smaller than the square of it.
TOLERANCES = ((500, 100.0), (3000, 200.0))
COARSEST = 300.0


def draw_outlines(ags: Sequence[str], geometries: Geometries) -> tuple[bytes, str]:
    """The gzipped FeatureCollection and the SHA-256 (hexadecimal) of its text; the same areas give the same bytes.

    ``geometries``: polygons in WGS 84, in the order of ``ags``. Each of them is in the result, with an area.
    """
    drawn = generalise(geometries, tolerance(len(geometries)))
    features = (
        f'{{"type":"Feature","id":"{key}","properties":{{}},"geometry":{geometry}}}'
        for key, geometry in zip(ags, shapely.to_geojson(drawn), strict=True)
    )
    text = ('{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}").encode()
    return gzip.compress(text, mtime=0), hashlib.sha256(text).hexdigest()


def tolerance(municipalities: int) -> float:
    """How much may go, in metres: the more municipalities, the farther away the map is looked at."""
    return next((metres for limit, metres in TOLERANCES if municipalities <= limit), COARSEST)


def generalise(geometries: Geometries, metres: float) -> Geometries:
    """MultiPolygons in WGS 84 with fewer corners, rounded; a part too small to show goes, the last part never."""
    coarse = shapely.coverage_simplify(project(geometries, WGS84, LAEA_EUROPE), metres)
    drawn = _multi(_visible_parts(_rounded(project(coarse, LAEA_EUROPE, WGS84)), len(geometries)))
    for index in np.flatnonzero(shapely.is_empty(drawn)):
        fine = _multi(_visible_parts(_rounded(geometries[index : index + 1]), 1))[0]
        drawn[index] = geometries[index] if fine.is_empty else fine
    return shapely.orient_polygons(drawn)


def _rounded(geometries: Geometries) -> Geometries:
    return shapely.transform(geometries, lambda degrees: np.round(degrees, DECIMALS))


def _visible_parts(geometries: Geometries, number: int) -> list[Geometries]:
    """The polygons of each geometry that still have an area, without holes that have none."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    visible = shapely.area(parts) > 0
    parts, owner = parts[visible], owner[visible]
    for index in np.flatnonzero(shapely.get_num_interior_rings(parts)):
        holes = [hole for hole in parts[index].interiors if shapely.Polygon(hole).area > 0]
        parts[index] = shapely.Polygon(parts[index].exterior, holes)
    parts = shapely.remove_repeated_points(parts)
    return np.split(parts, np.searchsorted(owner, np.arange(1, number)))


def _multi(parts: list[Geometries]) -> Geometries:
    drawn = np.empty(len(parts), dtype=object)
    drawn[:] = [shapely.MultiPolygon(list(polygons)) for polygons in parts]
    return drawn
