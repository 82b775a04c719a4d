"""Pairs of an inhabited point and a place within reach, found once and laid out to be reckoned with again and again.

They lie municipality by municipality, so that all that one needs lies together. No formula lives here.
"""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from cohesion.engine.arrays import Floats, Inputs, Integers
from cohesion.engine.workers import cores, each, joined

_POINTS_AT_ONCE = 4_000  # bounds the memory of the search

_Columns: TypeAlias = tuple[Floats, NDArray[np.int32], Integers, Integers, Integers]


@dataclass(frozen=True, eq=False)
class Residents:
    """The inhabited points (N), sorted by municipality (M), the order of the inputs kept within each."""

    x: Floats
    y: Floats
    residents: Floats  # (N,)
    share: Floats  # (N,) of its municipality's residents
    municipality: Integers  # (N,)
    first: Integers  # (M + 1,) the first point of each municipality


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs (E) sorted by municipality, place, point. All of one municipality with one place are a link (L)."""

    distance: Floats  # (E,) metres
    point: NDArray[np.int32]  # (E,) index into Residents
    first: Integers  # (L + 1,) the first pair of each link
    place: Integers  # (L,)
    municipality: Integers  # (L,) rising
    first_link: Integers  # (M + 1,) the first link of each municipality


def inhabited(inputs: Inputs) -> Residents:
    """The points at which anybody lives."""
    municipalities = len(inputs.municipal_conditions)
    chosen = np.flatnonzero(inputs.point_residents)
    chosen = chosen[np.argsort(inputs.point_municipality[chosen], kind="stable")]
    municipality = inputs.point_municipality[chosen].astype(np.int64)
    residents = inputs.point_residents[chosen].astype(np.float64)
    total = np.bincount(municipality, residents, municipalities)
    return Residents(
        x=inputs.point_x[chosen],
        y=inputs.point_y[chosen],
        residents=residents,
        share=residents / total[municipality],
        municipality=municipality,
        first=np.searchsorted(municipality, np.arange(municipalities + 1)),
    )


def find_pairs(inputs: Inputs, residents: Residents, reach: float, workers: int | None = None) -> Pairs:
    """All pairs not farther apart than ``reach``, in memory that grows with what is found only."""
    stretches = _stretches(residents.first, _POINTS_AT_ONCE)
    tree = KDTree(np.column_stack([inputs.place_x, inputs.place_y]))
    search = partial(_pairs_of_points, residents, tree, reach)
    # The first stretch is empty: also where there is nothing, columns have their type
    parts = each(search, [(0, 0), *stretches], workers or cores())
    distance, point, municipality, place, lengths = joined(parts)
    return Pairs(
        distance=distance,
        point=point,
        first=np.concatenate([[0], np.cumsum(lengths)]),
        place=place,
        municipality=municipality,
        first_link=np.searchsorted(municipality, np.arange(len(residents.first))),
    )


def _pairs_of_points(residents: Residents, tree: KDTree, reach: float, stretch: tuple[int, int]) -> _Columns:
    """Distance and point of each pair of a stretch; municipality, place and number of pairs of each link."""
    begin, end = stretch
    x, y = residents.x[begin:end], residents.y[begin:end]
    # Municipality, place and point as one number each: nothing sorts faster, and all three can be read from it
    point_bits, place_bits = (end - begin).bit_length(), tree.n.bit_length()
    parts = [np.empty(0, dtype=np.int64)]
    for start in range(0, end - begin, _POINTS_AT_ONCE):  # a city alone may have very many points
        chosen = slice(start, start + _POINTS_AT_ONCE)
        points = KDTree(np.column_stack([x[chosen], y[chosen]]))
        found = points.sparse_distance_matrix(tree, reach, output_type="ndarray")
        part = (residents.municipality[begin:end][chosen] - residents.municipality[begin])[found["i"]]
        for index, bits in ((found["j"], place_bits), (found["i"] + start, point_bits)):
            part <<= bits
            part |= index
        parts.append(part)
    pair = np.concatenate(parts)
    pair.sort()
    point = (pair & ((1 << point_bits) - 1)).astype(np.int32)
    pair >>= point_bits
    begins = np.ones(len(pair), dtype=bool)
    np.not_equal(pair[1:], pair[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
    place = pair[first] & ((1 << place_bits) - 1)
    length = np.diff(first, append=len(pair))
    distance, to_y = (np.repeat(column[place], length) for column in tree.data.T)
    distance -= x[point]
    to_y -= y[point]
    distance *= distance
    to_y *= to_y
    distance += to_y
    municipality = residents.municipality[begin + point[first]]
    return np.sqrt(distance, out=distance), point + np.int32(begin), municipality, place, length


def within(pairs: Pairs, reach: float) -> Pairs:
    """The pairs not farther apart than ``reach``; links that are left without any go."""
    kept = pairs.distance <= reach
    before = np.concatenate([[0], np.cumsum(kept)])[pairs.first]
    linked = np.flatnonzero(np.diff(before))
    municipality = pairs.municipality[linked]
    return Pairs(
        distance=pairs.distance[kept],
        point=pairs.point[kept],
        first=np.concatenate([before[:1], before[linked + 1]]),
        place=pairs.place[linked],
        municipality=municipality,
        first_link=np.searchsorted(municipality, np.arange(len(pairs.first_link))),
    )


def _stretches(first: Integers, size: int) -> list[tuple[int, int]]:
    """Points from-to of runs of whole municipalities, each of ``size`` points or little more, if there are so many."""
    ends = [0]
    for end in first[1:].tolist():
        if end - ends[-1] >= size:
            ends.append(end)
    if ends[-1] < first[-1]:
        ends.append(int(first[-1]))
    return list(pairwise(ends))
