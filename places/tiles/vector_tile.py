"""Mapbox Vector Tiles, version 2.1: layers of geometries and their attributes → the bytes of one tile. Pure: no Django.

What is drawn is decided elsewhere (cutting.py); how tiles lie in a file is archive.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from places.geo import Geometries

MOVE_TO, CLOSE_PATH = 9, 15  # a command for one point, and one without: identifier and count in one number
LINE_TO = 2

Integers = NDArray[np.int64]


class Shape(IntEnum):
    """How a layer's features are drawn; the numbers are the format's."""

    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True)
class Layer:
    """Features of one shape in the units of the tile, x to the right and y down; ids, and texts by attribute."""

    name: str
    shape: Shape
    geometries: Geometries
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ids: Sequence[int] | None = None


def encode(layers: Sequence[Layer], extent: int) -> bytes:
    """The tile, ``extent`` units wide. What vanishes on this grid is not in it, nor an empty layer."""
    return b"".join(_field(3, _layer(layer, extent)) for layer in layers)


def on_grid(geometries: Geometries, shape: Shape) -> NDArray[np.bool_]:
    """Which geometries are still there when their corners are rounded to whole units."""
    paths = _paths(geometries, shape)
    there = np.zeros(len(geometries), dtype=bool)
    there[paths.feature] = True
    return there


def _layer(layer: Layer, extent: int) -> bytes:
    keys = list(layer.attributes)
    values: dict[str, int] = {}
    features = []
    for index, geometry in _geometries(layer.geometries, layer.shape):
        tags = []
        for key, name in enumerate(keys):
            tags += [key, values.setdefault(layer.attributes[name][index], len(values))]
        number = b"" if layer.ids is None else b"\x08" + varint(layer.ids[index])
        words = _field(2, b"".join(map(varint, tags)))
        features.append(_field(2, number + words + b"\x18" + varint(layer.shape) + _field(4, geometry)))
    if not features:
        return b""
    return b"".join(
        [
            b"\x78" + varint(2),  # version, field 15
            _field(1, layer.name.encode()),
            *features,
            *(_field(3, key.encode()) for key in keys),
            *(_field(4, _field(1, value.encode())) for value in values),
            b"\x28" + varint(extent),
        ]
    )


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes; nothing where there is none."""
    return varint(number << 3 | 2) + varint(len(content)) + content if content else b""


def varint(number: int) -> bytes:
    """An unsigned number in groups of seven bits, the lowest first."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


@dataclass(frozen=True)
class _Paths:
    """Points (rounded, without closing ones) in paths, paths in features, in order."""

    points: Integers  # of shape (number, 2)
    path: Integers  # of each point
    feature: Integers  # of each path


def _geometries(geometries: Geometries, shape: Shape) -> list[tuple[int, bytes]]:
    """Index and commands of each feature that is there."""
    if shape == Shape.POINT:
        points = np.rint(shapely.get_coordinates(geometries)).astype(np.int64)
        return [
            (index, b"".join(map(varint, (MOVE_TO, *_zigzag(point).tolist())))) for index, point in enumerate(points)
        ]
    paths = _paths(geometries, shape)
    if not len(paths.points):
        return []
    numbers, feature = _commands(paths, closed=shape == Shape.POLYGON)
    data, ends = _varints(numbers)
    last = np.append(np.flatnonzero(np.diff(feature)), len(feature) - 1)
    ends = ends[last]
    starts = np.concatenate(([0], ends[:-1]))
    return [
        (index, data[start:end])
        for index, start, end in zip(feature[last].tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]


def _paths(geometries: Geometries, shape: Shape) -> _Paths:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    if shape == Shape.LINE:
        lines = np.isin(shapely.get_type_id(parts), (1, 2))
        coordinates, path = shapely.get_coordinates(parts[lines], return_index=True)
        return _kept(coordinates, path, owner[lines], None)
    polygons = shapely.get_type_id(parts) == 3
    parts, owner = shapely.orient_polygons(parts[polygons], exterior_cw=False), owner[polygons]
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, path = shapely.get_coordinates(rings, return_index=True)
    return _kept(coordinates, path, owner[part], part)


def _kept(coordinates: NDArray[Any], path: Integers, feature: Integers, part: Integers | None) -> _Paths:
    """Rounded, without what rounding made invisible. ``part``: the polygon of each ring, None for lines."""
    points = np.rint(coordinates).astype(np.int64)
    first = np.ones(len(path), dtype=bool)
    first[1:] = path[1:] != path[:-1]
    moved = first.copy()
    moved[1:] |= (points[1:] != points[:-1]).any(axis=1)
    points, path = points[moved], path[moved]
    if part is not None:  # without the closing point of each ring
        closing = np.ones(len(path), dtype=bool)
        closing[:-1] = path[1:] != path[:-1]
        points, path = points[~closing], path[~closing]
    number = np.bincount(path, minlength=len(feature))
    kept = number >= (2 if part is None else 3)
    if part is not None and len(part):
        area = _areas(points, path, len(feature))
        exterior = np.ones(len(part), dtype=bool)
        exterior[1:] = part[1:] != part[:-1]
        kept &= np.where(exterior, area > 0, area < 0)
        has_exterior = np.zeros(part[-1] + 1, dtype=bool)
        has_exterior[part[exterior & kept]] = True
        kept &= has_exterior[part]
    stays = kept[path]
    renumbered = np.cumsum(kept) - 1
    return _Paths(points[stays], renumbered[path[stays]], feature[kept])


def _areas(points: Integers, path: Integers, number: int) -> Integers:
    """Twice the area of each ring, positive for the outer ones."""
    following = np.roll(points, -1, axis=0)
    last = np.ones(len(path), dtype=bool)
    last[:-1] = path[1:] != path[:-1]
    areas = np.zeros(number, dtype=np.int64)
    if not len(path):
        return areas
    starts = np.concatenate(([0], np.flatnonzero(last)[:-1] + 1))
    following[last] = points[starts]
    cross = points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]
    areas[path[starts]] = np.add.reduceat(cross, starts)
    return areas


def _commands(paths: _Paths, *, closed: bool) -> tuple[Integers, Integers]:
    """The numbers of all features one after the other, and the feature of each."""
    points, path = paths.points, paths.path
    owner = paths.feature[path]
    before = np.zeros_like(points)
    before[1:] = np.where((owner[1:] == owner[:-1])[:, None], points[:-1], 0)
    moves = _zigzag(points - before)
    count = np.bincount(path)
    length = 2 * count + (3 if closed else 2)
    offset = np.cumsum(length) - length
    first_point = np.cumsum(count) - count
    place = np.arange(len(path)) - first_point[path]  # of a point in its path
    at = offset[path] + np.where(place == 0, 1, 2 + 2 * place)
    numbers = np.empty(length.sum(), dtype=np.int64)
    numbers[offset] = MOVE_TO
    numbers[offset + 3] = (count - 1) << 3 | LINE_TO
    numbers[at], numbers[at + 1] = moves[:, 0], moves[:, 1]
    if closed:
        numbers[offset + length - 1] = CLOSE_PATH
    return numbers, np.repeat(paths.feature, length)


def _zigzag(numbers: Integers) -> Integers:
    """Signed numbers as unsigned ones, small if they are near to zero."""
    unsigned: Integers = (numbers << 1) ^ (numbers >> 63)
    return unsigned


def _varints(numbers: Integers) -> tuple[bytes, Integers]:
    """All numbers (below 2^35) as varints, and where each ends."""
    sizes: Integers = np.ones(len(numbers), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        sizes += numbers >= 1 << bits
    ends: Integers = np.cumsum(sizes)
    starts = ends - sizes
    data = np.empty(int(ends[-1]), dtype=np.uint8)
    for byte in range(int(sizes.max())):
        has = sizes > byte
        group = (numbers[has] >> (7 * byte)) & 127
        data[starts[has] + byte] = group | np.where(sizes[has] > byte + 1, 128, 0)
    return data.tobytes(), ends
