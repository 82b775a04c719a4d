"""Which areas of a newer edition the areas of an older one went into, by their overlap. Pure: no Django, no database.

Boundaries are drawn anew with every edition, some files are generalised: lines wander, and neighbours overlap in
slivers although nothing happened. How far lines wander is measured on the areas whose key is in both editions; what is
not much wider than that is no territory that went over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from places import keys
from places.geo import Geometries

LEAST_SHARE = 0.02  # of the smaller of both areas; what is less is a sliver
SLIVER_WIDTHS = 5.0  # as many times as lines usually wander; what is narrower is a sliver
LEAST_WANDERING = 10.0  # metres; so far lines may be apart in surveys of the same boundary
STAYED = 0.9  # of both: an area of the same key that is no other territory, however badly it is drawn
LEAST_OF_VANISHED = 0.1  # of its area, where of a vanished area nothing but slivers is found
NEAREST = 3000.0  # metres: an area that the newer file lost in generalising (a spit of land) went to a neighbour
CHUNK = 20_000  # intersections that are in memory at once

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Match:
    """Pairs of an older and a newer area (indices), and the share of the older area that each took over.

    The shares of one older area sum to 1; one without any pair has nothing in the newer edition.
    """

    old: Indices
    new: Indices
    share: Floats
    wandering: float  # metres that lines usually are apart


def match(old_keys: Sequence[str], old: Geometries, new_keys: Sequence[str], new: Geometries) -> Match:
    """Who took over whom. Polygons in metres of an equal-area system, valid; their number is not limited."""
    older, newer = np.asarray(old_keys, dtype=str), np.asarray(new_keys, dtype=str)
    i, j, area, width = _overlaps(old, new)
    old_area, new_area = shapely.area(old), shapely.area(new)
    same = older[i] == newer[j] if len(i) else np.zeros(0, dtype=bool)
    wandering = _wandering(old, new, i[same], j[same], area[same])
    wide = width >= SLIVER_WIDTHS * max(wandering, LEAST_WANDERING)
    large = area >= LEAST_SHARE * np.minimum(old_area[i], new_area[j])
    kept = same | (wide & large)
    # Of what has a successor in its own state nothing crosses the border: there lines wander from file to file, too
    at_home = _states(older)[i] == _states(newer)[j]
    kept &= at_home | (np.bincount(i[kept & at_home], minlength=len(older)) == 0)[i]
    lost = np.bincount(i[kept], minlength=len(older)) == 0
    kept |= lost[i] & (area >= LEAST_OF_VANISHED * old_area[i])
    i, j, area = i[kept], j[kept], area[kept]
    near_old, near_new = _nearest(np.flatnonzero(np.bincount(i, minlength=len(older)) == 0), old, new)
    # Nothing of them overlaps: each has one neighbour, which takes it whole
    i, j = np.concatenate([i, near_old]), np.concatenate([j, near_new])
    area = np.concatenate([area, old_area[near_old]])
    share = area / np.bincount(i, area, len(older))[i] if len(i) else area
    order = np.lexsort((j, i))
    return Match(i[order], j[order], share[order], wandering)


def _states(all_keys: NDArray[np.str_]) -> NDArray[np.str_]:
    return all_keys.astype(f"U{keys.STATE_DIGITS}")


def _overlaps(old: Geometries, new: Geometries) -> tuple[Indices, Indices, Floats, Floats]:
    """Pairs that share territory: indices, square metres, and the mean width of what they share in metres."""
    i, j = shapely.STRtree(new).query(old, predicate="intersects")
    identical = shapely.equals_exact(old[i], new[j])
    area, length = np.empty(len(i)), np.empty(len(i))
    area[identical], length[identical] = shapely.area(old[i[identical]]), shapely.length(old[i[identical]])
    # The neighbours of an area that is drawn exactly as before only touch it
    untouched = np.zeros(len(old), dtype=bool)
    untouched[i[identical]] = True
    beside = untouched[i] & ~identical
    area[beside], length[beside] = 0.0, 0.0
    rest = np.flatnonzero(~identical & ~beside)
    for start in range(0, len(rest), CHUNK):
        at = rest[start : start + CHUNK]
        shared: Any = shapely.intersection(old[i[at]], new[j[at]])
        area[at], length[at] = shapely.area(shared), shapely.length(shared)
    found = area > 0
    i, j, area, length = i[found], j[found], area[found], length[found]
    return i, j, area, 2 * area / length


def _wandering(old: Geometries, new: Geometries, i: Indices, j: Indices, area: Floats) -> float:
    """How far the lines of areas that stayed usually are apart: the median; 0 where none stayed."""
    stayed = area >= STAYED * np.maximum(shapely.area(old[i]), shapely.area(new[j]))
    i, j, area = i[stayed], j[stayed], area[stayed]
    if not len(i):
        return 0.0
    differing = shapely.area(old[i]) + shapely.area(new[j]) - 2 * area
    return max(0.0, float(np.median(differing / np.minimum(shapely.length(old[i]), shapely.length(new[j])))))


def _nearest(lost: Indices, old: Geometries, new: Geometries) -> tuple[Indices, Indices]:
    """For areas that overlap nothing the nearest newer one, of several the first; far from all there is none."""
    if not len(lost) or not len(new):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    found, near = shapely.STRtree(new).query_nearest(old[lost], max_distance=NEAREST)
    _, first = np.unique(found, return_index=True)
    return lost[found[first]], near[first].astype(np.intp)


def resident_shares(pairs: Match, cell_old: Indices, cell_new: Indices, residents: Floats) -> Floats:
    """For each pair the share of the older area's residents that live in the newer one, NaN where none is counted.

    Cells (older area, newer area, residents) of pairs that are no pair are told to nobody; the shares sum to 1.
    """
    size = int(max(pairs.new.max(initial=0), cell_new.max(initial=0))) + 1
    pair = pairs.old.astype(np.int64) * size + pairs.new
    cell = cell_old.astype(np.int64) * size + cell_new
    order = np.argsort(pair)
    at = np.searchsorted(pair[order], cell).clip(0, max(0, len(pair) - 1))
    counted = np.zeros(len(pair))
    if len(pair) and len(cell):
        hits = pair[order][at] == cell
        np.add.at(counted, order[at[hits]], residents[hits])
    total = np.bincount(pairs.old, counted, int(pairs.old.max(initial=0)) + 1)[pairs.old]
    shares: Floats = np.divide(counted, total, out=np.full(len(pair), np.nan), where=total > 0)
    return shares
