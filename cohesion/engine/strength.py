"""Strength of places, method.md §2, also without each of their actors (§4). Residents do not matter here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cohesion.engine.arrays import BEST_RATING, ROLES, Floats, Inputs, Integers, Sparse
from cohesion.engine.parameters import Parameters

# A set of roles is a bitmask: bit k stands for ROLES[k]. There are eight.
_SETS = np.arange(2 ** len(ROLES))
_SIZE = np.bitwise_count(_SETS).astype(np.int32)
SHARES_A_ROLE = (_SETS[:, np.newaxis] & _SETS != 0).astype(np.int32)
ANY_ROLE = _SETS[-1]
PROVIDER = 1 << ROLES.index("provider")


@dataclass(frozen=True, eq=False)
class Strengths:
    """Strength `s` and triad `T` of each place, and how much strength each actor would take away."""

    strength: Floats  # (P,) 0..1
    triad: Floats  # (P,) 0..1, NaN where no role was ever recorded
    lost_with_actor: Sparse  # (P, A) how far s falls when the actor leaves


@dataclass(frozen=True, eq=False)
class Triads:
    """The triad `T` of each place, and what is left of it without each actor (R: an actor at a place, each once)."""

    triad: Floats  # (P,) 0..1, NaN where no role was ever recorded
    place: Integers  # (R,) rising
    actor: Integers  # (R,)
    roles: Integers  # (R,) bitmask of those that the actor holds there
    triad_left: Floats  # (R,) 0..1
    closes: NDArray[np.bool_]  # (R,) the actor is the place's last provider
    holders: Integers  # (P, 8) actors who hold a role of each set of roles


def strengths(inputs: Inputs, parameters: Parameters) -> Strengths:
    """Strength of each place (method.md §2), also without each of its actors (§4)."""
    conditions = mean_of_known(inputs.place_conditions) / BEST_RATING
    dynamics = mean_of_known(inputs.place_dynamics) / BEST_RATING
    staff = triads(inputs)
    place = staff.place
    strength = strength_of(conditions, staff.triad, dynamics, parameters)
    weakened = strength_of(conditions[place], staff.triad_left, dynamics[place], parameters)
    lost = strength[place] - np.where(staff.closes, 0.0, weakened)
    lost_with_actor = csr_array((lost, (place, staff.actor)), shape=(len(strength), inputs.actors))
    lost_with_actor.eliminate_zeros()
    return Strengths(strength, staff.triad, lost_with_actor)


def triads(inputs: Inputs) -> Triads:
    """`T` of each place (method.md §2), also without each of its actors (§4); no rating matters here."""
    place, actor, roles = _roles_by_actor(inputs)
    places, sets = len(inputs.place_x), len(_SETS)
    of_each_set = np.bincount(place * sets + roles, minlength=places * sets).reshape(places, sets)
    holders = of_each_set.astype(np.int32) @ SHARES_A_ROLE
    triad = np.where(holders[:, ANY_ROLE] > 0, triad_of(holders), np.nan)
    left = holders[place] - SHARES_A_ROLE[roles]
    closes = (roles & PROVIDER != 0) & (left[:, PROVIDER] == 0)
    return Triads(triad, place, actor, roles, triad_of(left), closes, holders)


def mean_of_known(values: Floats, weights: Floats | float = 1.0) -> Floats:
    """Weighted mean (n,) of each row of `values` (n, k) over what is not NaN; NaN where all of it is.

    `weights` (k,) must be above 0; they are rescaled to the known values.
    """
    total, known = np.zeros(len(values)), np.zeros(len(values))
    # Column by column: NumPy is slow at summing very many short rows
    for column, weight in zip(values.T, np.broadcast_to(weights, values.shape[1]), strict=True):
        there = ~np.isnan(column)
        total += np.where(there, column, 0.0) * weight
        known += there * weight
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN that is wanted
        mean: Floats = total / known
    return mean


def _roles_by_actor(inputs: Inputs) -> tuple[Integers, Integers, Integers]:
    """Place, actor and set of roles of each pair of a place and an actor, each pair once."""
    pair_of_row = inputs.role_place.astype(np.int64) * inputs.actors + inputs.role_actor
    pairs, pair = np.unique(pair_of_row, return_inverse=True)
    roles = np.zeros(len(pairs), dtype=np.int64)
    np.bitwise_or.at(roles, pair, 1 << inputs.role_kind.astype(np.int64))
    place, actor = np.divmod(pairs, max(inputs.actors, 1))
    return place, actor, roles


def triad_of(holders: Floats | Integers) -> Floats:
    """`T` (n,) from the number of holders (n, 8) of each set of roles.

    Hall's theorem in its defect form: each set S of roles leaves at least |S| - holders(S) of them without an
    actor of their own, and the worst set says exactly how many must be left.
    """
    filled: Integers = (holders - _SIZE).min(axis=1) + len(ROLES)
    return filled / len(ROLES)


def strength_of(conditions: Floats, triad: Floats, dynamics: Floats, parameters: Parameters) -> Floats:
    """`s` (n,) from C, T and D (n,), each NaN where missing."""
    weights = np.array([parameters.weight_conditions, parameters.weight_triad, parameters.weight_dynamics])
    mean = mean_of_known(np.column_stack([conditions, triad, dynamics]), weights)
    return np.where(np.isnan(mean), parameters.unrated_strength, mean)
