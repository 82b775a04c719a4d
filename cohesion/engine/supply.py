"""Supply of residents, and what the worst single loss leaves of it, method.md §3-4. No class is drawn here.

The points and the places within their reach form one sparse matrix (N, P); all else is products of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, hstack
from scipy.spatial import KDTree

from cohesion.engine.arrays import LOSSES, Floats, Inputs, Integers, Sparse
from cohesion.engine.parameters import ROUNDING, Parameters
from cohesion.engine.strength import Strengths


@dataclass(frozen=True, eq=False)
class Supply:
    """Supply of each municipality, what it consists of and what it loses; fields as in `Result`."""

    supply: Floats
    residents: Floats
    residents_unreached: Floats
    demand: Floats
    crowding: Floats
    contributions: Sparse
    place_losses: Sparse
    actor_losses: Sparse


@dataclass(frozen=True, eq=False)
class WorstLoss:
    """What is left after the worst single loss, and which loss that is; fields as in `Result`."""

    supply_after_loss: Floats
    critical_kind: NDArray[np.int8]
    critical_index: NDArray[np.int64]


def supply_by_place(inputs: Inputs, strengths: Strengths, parameters: Parameters) -> Supply:
    """Supply `K` of each municipality by place (method.md §3), and how far each loss lowers it (§4)."""
    near = closeness(inputs, parameters)
    demand = np.asarray(near.T @ inputs.point_residents)
    crowding = parameters.residents_per_place / np.maximum(demand, parameters.residents_per_place)

    per_strength = near @ diags_array(crowding).tocsr()
    per_place = per_strength @ diags_array(strengths.strength).tocsr()
    received: Floats = per_place.sum(axis=1)
    adequacy = _adequacy(received, parameters)

    residents = _sum_by_municipality(inputs, inputs.point_residents)
    adequately_supplied = _sum_by_municipality(inputs, inputs.point_residents * adequacy)
    supply = np.full(len(residents), np.nan)
    np.divide(adequately_supplied, residents, out=supply, where=residents > 0)

    unreached = np.diff(near.indptr) == 0
    share = _share_of_residents(inputs, residents)
    # a / A, which is also right where A is 0
    adequacy_per_received = 1 / np.maximum(received, parameters.sufficient_supply)
    return Supply(
        supply=supply,
        residents=residents,
        residents_unreached=_sum_by_municipality(inputs, inputs.point_residents * unreached),
        demand=demand,
        crowding=crowding,
        contributions=_tidy(share @ diags_array(adequacy_per_received).tocsr() @ per_place),
        place_losses=_losses(per_place, received, share, supply, parameters),
        actor_losses=_losses(per_strength @ strengths.lost_with_actor, received, share, supply, parameters),
    )


def closeness(inputs: Inputs, parameters: Parameters) -> Sparse:
    """`f` (N, P) of each pair of a point and a place (method.md §3); pairs where it is 0 are not stored.

    `near` itself still counts as near, also where `reach` equals it and f is a step.
    """
    points = KDTree(np.column_stack([inputs.point_x, inputs.point_y]))
    places = KDTree(np.column_stack([inputs.place_x, inputs.place_y]))
    pairs = points.sparse_distance_matrix(places, parameters.reach, output_type="ndarray")
    distance = pairs["v"]
    f = np.ones(len(distance))
    falling = distance > parameters.near
    f[falling] = (parameters.reach - distance[falling]) / (parameters.reach - parameters.near)
    near = csr_array((f, (pairs["i"], pairs["j"])), shape=(points.n, places.n))
    near.eliminate_zeros()
    return near


def worst_loss(supply: Supply) -> WorstLoss:
    """Supply `K⁻` after the worst single loss of each municipality, and that loss (method.md §4)."""
    municipalities, places = supply.place_losses.shape
    losses = hstack([supply.place_losses, supply.actor_losses], format="csr")
    municipality = _row_of_each_entry(losses)
    largest = np.zeros(municipalities)
    np.maximum.at(largest, municipality, losses.data)

    # Rows are sorted, places before actors: the first of the largest losses is the critical one
    ties = np.flatnonzero(losses.data >= largest[municipality] - ROUNDING)
    lowered, first = np.unique(municipality[ties], return_index=True)
    column = losses.indices[ties[first]]
    by_place = column < places

    kind = np.full(municipalities, LOSSES.index("none"), dtype=np.int8)
    kind[lowered] = np.where(by_place, LOSSES.index("place"), LOSSES.index("actor"))
    index = np.full(municipalities, -1, dtype=np.int64)
    index[lowered] = np.where(by_place, column, column - places)
    return WorstLoss(supply.supply - largest, kind, index)


def _losses(taken: Sparse, received: Floats, share: Sparse, supply: Floats, parameters: Parameters) -> Sparse:
    """How far each loss lowers K (M, X), from what it takes (N, X) of what each point receives (N,)."""
    before = np.repeat(received, np.diff(taken.indptr))
    after = np.maximum(before - taken.data, 0)
    lowered = _adequacy(before, parameters) - _adequacy(after, parameters)
    losses = share @ csr_array((lowered, taken.indices, taken.indptr), shape=taken.shape)
    losses.data = np.minimum(losses.data, np.repeat(supply, np.diff(losses.indptr)))
    losses.data[losses.data <= ROUNDING] = 0
    return _tidy(losses)


def _adequacy(received: Floats, parameters: Parameters) -> Floats:
    """`a` from `A`."""
    return np.minimum(received / parameters.sufficient_supply, 1)


def _share_of_residents(inputs: Inputs, residents: Floats) -> Sparse:
    """Share (M, N) of its municipality's residents that live at each point."""
    inhabited = np.flatnonzero(inputs.point_residents)
    municipality = inputs.point_municipality[inhabited]
    share = inputs.point_residents[inhabited] / residents[municipality]
    return csr_array((share, (municipality, inhabited)), shape=(len(residents), len(inputs.point_x)))


def _sum_by_municipality(inputs: Inputs, values: Floats) -> Floats:
    """Sum (M,) of the values (N,) of each municipality's points."""
    total = np.zeros(len(inputs.municipal_conditions))
    np.add.at(total, inputs.point_municipality, values)
    return total


def _row_of_each_entry(matrix: Sparse) -> Integers:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _tidy(matrix: Sparse) -> Sparse:
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix
