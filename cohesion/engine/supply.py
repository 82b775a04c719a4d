"""Supply of residents, and what the worst single loss leaves of it, method.md §3-4. No class is drawn here.

The points and the places within their reach form one sparse matrix (N, P); all else is products of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
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
    return supply_on_pairs(closeness(inputs, parameters), inputs, strengths, parameters)


def supply_on_pairs(near: Sparse, inputs: Inputs, strengths: Strengths, parameters: Parameters) -> Supply:
    """As `supply_by_place`, where the `closeness` of all pairs is known already."""
    demand = np.asarray(near.T @ inputs.point_residents)
    crowding = parameters.residents_per_place / np.maximum(demand, parameters.residents_per_place)

    # All supply is counted in units of what suffices: A / sufficient_supply
    per_strength = _scale_columns(near, crowding / parameters.sufficient_supply)
    per_place = _scale_columns(per_strength, strengths.strength)
    received: Floats = per_place.sum(axis=1)
    reserve = np.maximum(received - 1, 0)
    adequacy = np.minimum(received, 1)

    residents = _sum_by_municipality(inputs, inputs.point_residents)
    adequately_supplied = _sum_by_municipality(inputs, inputs.point_residents * adequacy)
    supply = np.full(len(residents), np.nan)
    np.divide(adequately_supplied, residents, out=supply, where=residents > 0)

    unreached = np.diff(near.indptr) == 0
    share = _share_of_residents(inputs, residents)
    return Supply(
        supply=supply,
        residents=residents,
        residents_unreached=_sum_by_municipality(inputs, inputs.point_residents * unreached),
        demand=demand,
        crowding=crowding,
        contributions=_tidy(_scale_columns(share, 1 / np.maximum(received, 1)) @ per_place),
        place_losses=_losses(per_place, reserve, share, supply),
        actor_losses=_losses(per_strength @ strengths.lost_with_actor, reserve, share, supply),
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


def _losses(taken: Sparse, reserve: Floats, share: Sparse, supply: Floats) -> Sparse:
    """How far each loss lowers K (M, X), from what it takes (N, X) and what each point can spare (N,)."""
    missed = taken.data - np.repeat(reserve, np.diff(taken.indptr))
    np.maximum(missed, 0, out=missed)
    losses = share @ csr_array((missed, taken.indices, taken.indptr), shape=taken.shape)
    # Rounding must neither leave less than nothing nor make a loss of none
    np.minimum(losses.data, np.repeat(supply, np.diff(losses.indptr)), out=losses.data)
    losses.data[losses.data <= ROUNDING] = 0
    return _tidy(losses)


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


def _scale_columns(matrix: Sparse, factors: Floats) -> Sparse:
    """Each column times its factor; shares its structure with `matrix`, so neither may change in place."""
    data = matrix.data * factors[matrix.indices]
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _row_of_each_entry(matrix: Sparse) -> Integers:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _tidy(matrix: Sparse) -> Sparse:
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix
