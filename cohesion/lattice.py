"""Resident points for a municipality without a census grid, method.md §1. How many live there is not said."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

CELL = 1000.0  # metres; cells of EPSG:3035 begin at multiples of it


def lattice(geometry_3035: BaseGeometry) -> NDArray[np.float64]:
    """Centres (n, 2), east and north in metres, of the 1-km cells of EPSG:3035 that lie inside a polygon.

    Inside is strict: a centre on the border belongs to neither side. If no centre lies inside, the one point
    is somewhere on the surface. Rows go from south to north, in each from west to east. ValueError if the
    geometry is empty.
    """
    if geometry_3035.is_empty:
        raise ValueError("an empty geometry has no lattice")
    west, south, east, north = geometry_3035.bounds
    y, x = np.meshgrid(_centres(south, north), _centres(west, east), indexing="ij")
    inside = shapely.contains_xy(geometry_3035, x, y)
    if not inside.any():
        return shapely.get_coordinates(geometry_3035.point_on_surface())
    return np.column_stack([x[inside], y[inside]])


def _centres(start: float, end: float) -> NDArray[np.float64]:
    """Centres of all cells that the stretch from `start` to `end` touches."""
    return np.arange(np.floor(start / CELL), np.floor(end / CELL) + 1) * CELL + CELL / 2
