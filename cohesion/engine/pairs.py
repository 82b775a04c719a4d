"""Pairs of an inhabited point and a place within reach, found once and laid out to be reckoned with again and again.

They lie municipality by municipality, so that all that one needs lies together. No formula lives here.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from cohesion.engine.arrays import Floats, Inputs, Integers

_POINTS_AT_ONCE = 20_000  # bounds the memory of the search


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


def find_pairs(inputs: Inputs, residents: Residents, reach: float) -> Pairs:
    """All pairs not farther apart than ``reach``, in memory that grows with what is found only."""
    places = len(inputs.place_x)
    tree = KDTree(np.column_stack([inputs.place_x, inputs.place_y]))
    distances, points, links, lengths = [np.empty(0)], [np.empty(0, np.int32)], [np.empty(0, np.int64)], [0]
    for begin, end in _stretches(residents.first, _POINTS_AT_ONCE):
        here = KDTree(np.column_stack([residents.x[begin:end], residents.y[begin:end]]))
        found = here.sparse_distance_matrix(tree, reach, output_type="ndarray")
        point = found["i"] + begin
        link = residents.municipality[point] * places + found["j"]
        order = np.argsort(link * (end - begin) + found["i"])
        new, length = np.unique(link[order], return_counts=True)
        distances.append(found["v"][order])
        points.append(point[order].astype(np.int32))
        links.append(new)
        lengths.extend(length.tolist())
    municipality, place = np.divmod(np.concatenate(links), max(places, 1))
    return Pairs(
        distance=np.concatenate(distances),
        point=np.concatenate(points),
        first=np.cumsum(lengths),
        place=place,
        municipality=municipality,
        first_link=np.searchsorted(municipality, np.arange(len(residents.first))),
    )


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
