"""Boundaries of an edition → vector tiles: per zoom one simplified coverage, so that neighbours share their lines and
nobody is missing. Pure: no Django. The format of a tile: vector_tile.py; the file: archive.py.

Corners are taken away in Web Mercator, the plane that is drawn: a tolerance is as many pixels everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from places import keys
from places.geo import WEB_MERCATOR, WGS84, Bbox, Geometries, project
from places.tiles.archive import Address, Archive, build_archive
from places.tiles.vector_tile import Integers, Layer, Shape, encode, on_grid

ZOOMS = range(4, 11)  # 4: Germany is one tile; 10: a unit is six metres of ground
EXTENT = 4096  # units across a tile
COARSEST_EXTENT = 2048  # at the lowest zoom, which everybody reads: a unit is half a pixel of the map of Germany
TOLERANCE = 2.0  # units: a corner goes if the triangle with its neighbours is smaller than the square of it
COARSEST_TOLERANCE = 4.0
LABELS_FROM = 5
BUFFER = 1 / 64  # of a tile's side around it that it has too, so that lines along its edge are whole
MENDING = 3  # times that a polygon is mended before it is drawn anew
SMALL = 100  # square units: what is larger cannot vanish by rounding
DISTRICTS_FROM = 5  # their borders; below it a state is what can be told apart
DISTRICT_LABELS_FROM = 6
SNAP = 0.5  # metres: corners nearer than that are one
WORLD = 2 * 20037508.342789244  # the side of Web Mercator's square in metres
CENTRE_WITHIN = 1000.0  # metres
DISTRICT, STATE = "district", "state"


@dataclass(frozen=True)
class Territory:
    """What is drawn: municipalities in WGS 84 by AGS, and what their districts and states are called, by key."""

    ags: Sequence[str]
    geometries: Geometries
    names: Mapping[str, str]


@dataclass(frozen=True)
class _Lines:
    """Lines and what they part, in metres."""

    geometries: Geometries
    ranks: list[str]


def cut(territory: Territory, *, attribution: str = "") -> Archive:
    """The archive of all tiles. Every municipality is in every zoom. Raises ValueError if there is none."""
    plane = _clean(_southwards(project(territory.geometries, WGS84, WEB_MERCATOR)))
    tiles: dict[Address, bytes] = {}
    labels, coverage = _labels(territory, plane), plane
    for zoom in reversed(ZOOMS):
        extent = COARSEST_EXTENT if zoom == ZOOMS[0] else EXTENT
        unit = WORLD / 2**zoom / extent
        finer = coverage
        if zoom != ZOOMS[-1]:  # there as exact as it is known
            tolerance = COARSEST_TOLERANCE if zoom == ZOOMS[0] else TOLERANCE
            coverage = shapely.coverage_simplify(finer, tolerance * unit)
        drawn = _visible(coverage, finer, plane, unit)
        tiles |= _tiles(zoom, extent, territory.ags, drawn, _borders(territory.ags, coverage), labels)
    west, south, east, north = shapely.total_bounds(territory.geometries)
    return build_archive(tiles, Bbox(west, south, east, north), _metadata(attribution))


def _metadata(attribution: str) -> dict[str, object]:
    layers = {
        "municipalities": {},  # the id of a feature is the AGS as a number
        "borders": {"rank": "String"},
        "labels": {"rank": "String", "key": "String", "name": "String"},
    }
    return {
        "name": "SOK-Atlas",
        "attribution": attribution,
        "type": "overlay",
        "vector_layers": [
            {"id": name, "fields": fields, "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]} for name, fields in layers.items()
        ],
    }


def _southwards(geometries: Geometries) -> Geometries:
    """From the north-west corner of the world, y down, as tiles count."""
    origin = np.array([-WORLD / 2, WORLD / 2])
    return shapely.transform(geometries, lambda points: (points - origin) * [1, -1])


def _clean(geometries: Geometries) -> Geometries:
    """As a coverage: where neighbours do not share their corners, they do afterwards."""
    if shapely.coverage_is_valid(geometries):
        return geometries
    cleaned: Geometries = shapely.coverage_clean(  # type: ignore[attr-defined]  # of shapely 2.2
        shapely.make_valid(geometries, method="structure"), snapping_distance=SNAP
    )
    lost = shapely.is_empty(cleaned)
    cleaned[lost] = geometries[lost]
    return cleaned


def _visible(coverage: Geometries, finer: Geometries, plane: Geometries, unit: float) -> Geometries:
    """``coverage``, but the few that would vanish on the grid of the tile as they were before, or as a square."""
    drawn = coverage.copy()
    lost = _lost(drawn, unit)
    for instead in (finer, plane):
        drawn[lost] = instead[lost]
        lost = lost[_lost(drawn[lost], unit)]
    x, y = shapely.get_coordinates(shapely.point_on_surface(plane[lost])).T
    drawn[lost] = shapely.box(x - unit, y - unit, x + unit, y + unit)
    return drawn


def _lost(geometries: Geometries, unit: float) -> Integers:
    """The indices of those of which nothing is left on the grid. Only a small one can be lost."""
    small = np.flatnonzero(shapely.area(geometries) < SMALL * unit**2)
    return small[~on_grid(_on_grid(_in_units(geometries[small], unit)), Shape.POLYGON)]


def _on_grid(polygons: Geometries) -> Geometries:
    """With whole corners. Rounded as they are, so that neighbours keep sharing them; where a polygon crosses itself by
    that, it gets a corner there, and may differ from its neighbour by a unit."""
    drawn = shapely.transform(polygons, np.rint)
    crossed = np.flatnonzero(~shapely.is_valid(drawn))
    for _ in range(MENDING):
        drawn[crossed] = shapely.transform(shapely.make_valid(drawn[crossed], method="structure"), np.rint)
        crossed = crossed[~shapely.is_valid(drawn[crossed])]
    drawn[crossed] = shapely.set_precision(polygons[crossed], 1.0)
    return drawn


def _in_units(geometries: Geometries, unit: float) -> Geometries:
    return shapely.transform(geometries, lambda points: points / unit)


def _borders(ags: Sequence[str], coverage: Geometries) -> _Lines:
    """Where the sides of a line are of two districts, or of one and none: each piece once, in runs along the rings."""
    rings, owner = _rings(coverage)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])  # of each piece of a ring
    side = owner[ring[start]]
    first, other = _paired(points, start)
    districts, states = (_codes(ags, digits) for digits in (keys.DISTRICT_DIGITS, keys.STATE_DIGITS))
    here, there = side[first], np.where(other < 0, -1, side[other])
    of_state = (there < 0) | (states[here] != states[there])
    drawn = of_state | (districts[here] != districts[there])
    order = np.argsort(first[drawn])
    pieces, is_state = start[first[drawn]][order], of_state[drawn][order]
    if not len(pieces):
        return _Lines(np.empty(0, dtype=object), [])
    goes_on = (np.diff(pieces) == 1) & (is_state[1:] == is_state[:-1])
    run = np.concatenate(([0], np.cumsum(~goes_on)))
    ends = np.append(np.flatnonzero(~goes_on), len(pieces) - 1)
    # Each run has the start of each of its pieces and the end of its last one.
    corners = np.concatenate((pieces, pieces[ends] + 1))
    runs = np.concatenate((run, run[ends]))
    in_order = np.argsort(runs, kind="stable")
    lines = shapely.linestrings(points[corners[in_order]], indices=runs[in_order])
    return _Lines(lines, [STATE if state else DISTRICT for state in is_state[ends]])


def _paired(points: NDArray[np.float64], start: Integers) -> tuple[Integers, Integers]:
    """Of the pieces that begin at ``start``: the first of each pair with the same ends, and the second, -1 for none."""
    _, number = np.unique(points[:, 0] + 1j * points[:, 1], return_inverse=True)
    one, two = number[start], number[start + 1]
    piece = np.minimum(one, two) * (number.max() + 1) + np.maximum(one, two)
    order = np.argsort(piece, kind="stable")
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = piece[order][1:] != piece[order][:-1]
    at = np.flatnonzero(is_first)
    following = np.minimum(at + 1, len(order) - 1)
    is_shared = ~is_first[following]
    return order[at], np.where(is_shared, order[following], -1)


def _rings(geometries: Geometries) -> tuple[Geometries, Integers]:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, owner[part]


def _codes(ags: Sequence[str], digits: int) -> Integers:
    return np.array([int(key[:digits]) for key in ags])


def _labels(territory: Territory, coverage: Geometries) -> dict[str, Layer]:
    """By rank a point well inside the largest part of each district or state that has a name; in metres."""
    labels = {}
    for rank, digits in ((STATE, keys.STATE_DIGITS), (DISTRICT, keys.DISTRICT_DIGITS)):
        codes = np.array([key[:digits] for key in territory.ags])
        named = [key for key in np.unique(codes).tolist() if territory.names.get(key)]
        points = [_middle(coverage[codes == key]) for key in named]
        words = {"rank": [rank] * len(named), "key": named, "name": [territory.names[key] for key in named]}
        labels[rank] = Layer("labels", Shape.POINT, np.array(points, dtype=object), words)
    return labels


def _middle(municipalities: Geometries) -> shapely.Point:
    try:
        union = shapely.coverage_union_all(municipalities)
    except shapely.GEOSException:  # one covers another: both stay, so it is no coverage
        union = shapely.union_all(municipalities)
    whole = shapely.get_parts(union)
    largest = whole[np.argmax(shapely.area(whole))]
    circle = shapely.maximum_inscribed_circle(shapely.simplify(largest, CENTRE_WITHIN), tolerance=CENTRE_WITHIN)
    middle: shapely.Point = shapely.get_point(circle, 0)
    return middle


def _tiles(
    zoom: int, extent: int, ags: Sequence[str], drawn: Geometries, borders: _Lines, labels: Mapping[str, Layer]
) -> dict[Address, bytes]:
    side = WORLD / 2**zoom
    shown = np.array([zoom >= DISTRICTS_FROM or rank == STATE for rank in borders.ranks], dtype=bool)
    ranks = [rank for rank, is_shown in zip(borders.ranks, shown, strict=True) if is_shown]
    layers = [
        Layer("municipalities", Shape.POLYGON, drawn, ids=[int(key) for key in ags]),
        Layer("borders", Shape.LINE, borders.geometries[shown], {"rank": ranks}),
    ]
    if zoom >= LABELS_FROM:
        layers.append(labels[STATE] if zoom < DISTRICT_LABELS_FROM else _joined(labels[STATE], labels[DISTRICT]))
    trees = [shapely.STRtree(layer.geometries) for layer in layers]
    tiles = {}
    for column, row in _addresses(drawn, side):
        box = np.array([column - BUFFER, row - BUFFER, column + 1 + BUFFER, row + 1 + BUFFER]) * side
        found = [np.sort(tree.query(shapely.box(*box))) for tree in trees]
        inside = [_clipped(layer, which, box, extent) for layer, which in zip(layers, found, strict=True)]
        if content := encode(inside, extent):
            tiles[zoom, column, row] = content
    return tiles


def _addresses(geometries: Geometries, side: float) -> list[tuple[int, int]]:
    """Columns and rows of the tiles that the boxes of the geometries touch, in order."""
    boxes: NDArray[np.float64] = shapely.bounds(geometries) / side
    first, last = (np.floor(corner).astype(int).tolist() for corner in (boxes[:, :2] - BUFFER, boxes[:, 2:] + BUFFER))
    return sorted(
        {
            (column, row)
            for (west, north), (east, south) in zip(first, last, strict=True)
            for column in range(west, east + 1)
            for row in range(north, south + 1)
        }
    )


def _joined(one: Layer, other: Layer) -> Layer:
    words = {name: [*values, *other.attributes[name]] for name, values in one.attributes.items()}
    return Layer(one.name, one.shape, np.concatenate([one.geometries, other.geometries]), words)


def _clipped(layer: Layer, found: Integers, box: NDArray[np.float64], extent: int) -> Layer:
    """What of these features lies in the box of a tile and its buffer, in the tile's units."""
    west, north, east, south = box.tolist()
    unit = (east - west) / (1 + 2 * BUFFER) / extent
    origin = np.array([west, north]) + BUFFER * extent * unit
    clipped = shapely.clip_by_rect(layer.geometries[found], west, north, east, south)
    in_units = shapely.transform(clipped, lambda points: (points - origin) / unit)
    return Layer(
        layer.name,
        layer.shape,
        _on_grid(in_units) if layer.shape == Shape.POLYGON else in_units,
        {name: [values[index] for index in found] for name, values in layer.attributes.items()},
        None if layer.ids is None else [layer.ids[index] for index in found],
    )
