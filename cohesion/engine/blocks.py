"""Runs of municipalities with all their pairs, few enough to stay in the cache while they are reckoned with.

Whatever grows with the world is read block by block, so that twice the pairs take twice the time. How near is how
close (method.md §3) is said here; what follows from it is not.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from cohesion.engine.arrays import Floats, Integers, Sparse
from cohesion.engine.pairs import Pairs, Residents
from cohesion.engine.parameters import Parameters

_PAIRS_AT_ONCE = 1 << 16  # what a core's cache holds of them


class Block:
    """The pairs of a run of municipalities. Slices say which of all municipalities, points, links and pairs it has."""

    def __init__(self, residents: Residents, pairs: Pairs, first: int, last: int) -> None:
        self.municipalities = slice(first, last)
        self.links = slice(int(pairs.first_link[first]), int(pairs.first_link[last]))
        self.points = slice(int(residents.first[first]), int(residents.first[last]))
        self.pairs = slice(int(pairs.first[self.links.start]), int(pairs.first[self.links.stop]))
        self.residents = residents.residents[self.points]
        self.share = residents.share[self.points]
        self.municipality = residents.municipality[self.points] - first
        self.municipality_of_link = pairs.municipality[self.links] - first
        self._distance = pairs.distance[self.pairs]
        self._pairs_of_link = np.diff(pairs.first[self.links.start : self.links.stop + 1])
        point = pairs.point[self.pairs] - np.int32(self.points.start)
        start = (pairs.first[self.links.start : self.links.stop + 1] - self.pairs.start).astype(np.int32)
        shape = self.links.stop - self.links.start, self.points.stop - self.points.start
        # f (L, N) of this block, and the same numbers read the other way: both see what set_closeness writes
        self.near: Sparse = csr_array((np.zeros(len(point)), point, start), shape=shape)
        self.near_by_point = self.near.T
        self._closeness, self._point = self.near.data, self.near.indices

    def set_closeness(self, parameters: Parameters) -> None:
        """Write `f` of each pair (method.md §3). `near` still counts as near, also where `reach` equals it."""
        falling = parameters.reach - parameters.near
        if falling > 0:
            np.subtract(parameters.reach, self._distance, out=self._closeness)
            self._closeness /= falling
            np.clip(self._closeness, 0, 1, out=self._closeness)
        else:
            np.less_equal(self._distance, parameters.near, out=self._closeness, casting="unsafe")

    def by_municipality(self, values: Floats) -> Floats:
        """Sum (M,) of the values (N,) of each municipality's points."""
        size = self.municipalities.stop - self.municipalities.start
        return sums(self.municipality, values, size)

    def place_losses(self, reserve: Floats, per_place: Floats) -> Floats:
        """How far K falls (L,) when the place of each link closes, from what each point can spare (N,) and what each
        link gives (L,); method.md §4."""
        missed = np.repeat(per_place, self._pairs_of_link)
        missed *= self._closeness
        missed -= reserve[self._point]
        np.maximum(missed, 0, out=missed)
        return np.asarray(csr_array((missed, self._point, self.near.indptr), shape=self.near.shape) @ self.share)


def spans(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """Municipalities from-to of each block: as many pairs as are reckoned with at once, or one municipality."""
    municipalities = len(pairs.first_link) - 1
    first_pair = pairs.first[pairs.first_link]
    first = 0
    while first < municipalities:
        last = int(np.searchsorted(first_pair, first_pair[first] + _PAIRS_AT_ONCE, side="right")) - 1
        last = min(max(last, first + 1), municipalities)
        yield first, last
        first = last


def sums(index: Integers, values: Floats, size: int) -> Floats:
    """Sum (size,) of the values of each index."""
    return np.bincount(index, values, size).astype(np.float64, copy=False)


def ranges(begin: Integers, end: Integers) -> Integers:
    """begin[0] … end[0] - 1, begin[1] … end[1] - 1, and so on."""
    length = end - begin
    ranges: Integers = np.arange(length.sum()) + np.repeat(end - np.cumsum(length), length)
    return ranges
