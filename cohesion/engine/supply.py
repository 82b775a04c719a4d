"""Supply of residents, and what the worst single loss leaves of it, method.md §3-4. No class is drawn here.

Block by block: what a municipality has of the places within reach is one sparse matrix, all else products of it.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cohesion.engine.arrays import LOSSES, Floats, Inputs, Integers, Sparse
from cohesion.engine.blocks import Block, ranges, spans, sums
from cohesion.engine.pairs import Pairs, Residents, find_pairs, inhabited
from cohesion.engine.parameters import ROUNDING, Parameters
from cohesion.engine.strength import Strengths
from cohesion.engine.workers import each, joined, workers_for


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
    residents = inhabited(inputs)
    pairs = find_pairs(inputs, residents, parameters.reach)
    return supply_on_pairs(residents, pairs, strengths, parameters, workers_for(len(pairs.distance)))


def supply_on_pairs(
    residents: Residents, pairs: Pairs, strengths: Strengths, parameters: Parameters, workers: int
) -> Supply:
    """As `supply_by_place`, where all pairs within reach, and none beyond, are known already."""

    def block_of(span: tuple[int, int]) -> Block:
        block = Block(residents, pairs, *span)
        block.set_closeness(parameters)
        return block

    def demand_of_links(span: tuple[int, int]) -> Floats:
        block = block_of(span)
        return np.asarray(block.near @ block.residents)

    # The first block is empty: also where there is nothing, columns have their type
    blocks = [(0, 0), *spans(pairs)]
    municipalities, (places, actors) = len(residents.first) - 1, strengths.lost_with_actor.shape
    demand = sums(pairs.place, np.concatenate(list(each(demand_of_links, blocks, workers))), places)
    crowding = parameters.residents_per_place / np.maximum(demand, parameters.residents_per_place)

    # All supply is counted in units of what suffices: A / sufficient_supply
    per_strength = crowding / parameters.sufficient_supply

    def supply_of_block(span: tuple[int, int]) -> _BlockSupply:
        block = block_of(span)
        return _supply_of_block(block, pairs.place[block.links], per_strength, strengths)

    found = _BlockSupply(*joined(each(supply_of_block, blocks, workers)))
    total = sums(residents.municipality, residents.residents, municipalities)
    supply = np.full(municipalities, np.nan)
    np.divide(found.supplied, total, out=supply, where=total > 0)
    by_place = partial(_rows, pairs.municipality, pairs.place, (municipalities, places))
    return Supply(
        supply=supply,
        residents=total,
        residents_unreached=found.unreached,
        demand=demand,
        crowding=crowding,
        contributions=by_place(found.contributions),
        place_losses=by_place(_true_losses(found.place_losses, supply[pairs.municipality])),
        actor_losses=_rows(
            found.losing,
            found.actor,
            (municipalities, actors),
            _true_losses(found.actor_losses, supply[found.losing]),
        ),
    )


def worst_loss(supply: Supply) -> WorstLoss:
    """Supply `K⁻` after the worst single loss of each municipality, and that loss (method.md §4)."""
    largest = np.maximum(_largest(supply.place_losses), _largest(supply.actor_losses))
    place, actor = (_first_with(largest, losses) for losses in (supply.place_losses, supply.actor_losses))
    by_place, by_actor = place >= 0, (place < 0) & (actor >= 0)
    kind = np.full(len(largest), LOSSES.index("none"), dtype=np.int8)
    kind[by_place], kind[by_actor] = LOSSES.index("place"), LOSSES.index("actor")
    return WorstLoss(supply.supply - largest, kind, np.where(by_place, place, actor))


def _largest(losses: Sparse) -> Floats:
    """The largest of each row, 0 where there is none."""
    largest = np.zeros(losses.shape[0])
    rows = np.flatnonzero(np.diff(losses.indptr))
    if len(rows):
        largest[rows] = np.maximum.reduceat(losses.data, losses.indptr[rows])
    return largest


def _first_with(largest: Floats, losses: Sparse) -> NDArray[np.int64]:
    """The first column of each row in which the loss is the largest, -1 where there is none; rows are sorted."""
    row = np.repeat(np.arange(len(largest)), np.diff(losses.indptr))
    ties = np.flatnonzero(losses.data >= largest[row] - ROUNDING)[::-1]
    first = np.full(len(largest), -1, dtype=np.int64)
    first[row[ties]] = losses.indices[ties]  # what is written last stays
    return first


class _BlockSupply(NamedTuple):
    """What is found in a block about its municipalities (M), links (L), and municipalities and the actors of places
    that supply them (T)."""

    supplied: Floats  # (M,) residents, each as far as supply is adequate
    unreached: Floats  # (M,) residents
    contributions: Floats  # (L,) to K
    place_losses: Floats  # (L,)
    losing: Integers  # (T,) municipality, rising
    actor: Integers  # (T,) rising within it
    actor_losses: Floats  # (T,)


def _supply_of_block(
    block: Block, place: Integers, per_strength_of_place: Floats, strengths: Strengths
) -> _BlockSupply:
    """What the places (L,) of a block's links give to its municipalities, and take when they or their actors go."""
    per_strength = per_strength_of_place[place]
    per_place = per_strength * strengths.strength[place]
    received: Floats = np.asarray(block.near_by_point @ per_place)
    reserve = np.maximum(received - 1, 0)
    reached = np.asarray(block.near_by_point @ np.ones(len(place))) > 0
    losing, actor, actor_losses = _actor_losses(block, place, per_strength, reserve, strengths.lost_with_actor)
    return _BlockSupply(
        supplied=block.by_municipality(block.residents * np.minimum(received, 1)),
        unreached=block.by_municipality(block.residents * ~reached),
        contributions=per_place * np.asarray(block.near @ (block.share / np.maximum(received, 1))),
        place_losses=block.place_losses(reserve, per_place),
        losing=losing,
        actor=actor,
        actor_losses=actor_losses,
    )


def _actor_losses(
    block: Block, place: Integers, per_strength: Floats, reserve: Floats, lost_with_actor: Sparse
) -> tuple[Integers, Integers, Floats]:
    """Municipality, actor and by how much K falls when the actor leaves everywhere at once; sorted."""
    begin, end = lost_with_actor.indptr[place], lost_with_actor.indptr[place + 1]
    link, row = np.repeat(np.arange(len(place)), end - begin), ranges(begin, end)
    teams, team = np.unique(
        block.municipality_of_link[link] * lost_with_actor.shape[1] + lost_with_actor.indices[row], return_inverse=True
    )
    lost = per_strength[link] * lost_with_actor.data[row]
    # What each point loses with an actor, whichever of the actor's places gave it
    taken = csr_array((lost, (team, link)), shape=(len(teams), len(place))) @ block.near
    taken.data -= reserve[taken.indices]
    np.maximum(taken.data, 0, out=taken.data)
    losing, actor = np.divmod(teams, max(lost_with_actor.shape[1], 1))
    return losing + block.municipalities.start, actor, np.asarray(taken @ block.share)


def _true_losses(losses: Floats, supply: Floats) -> Floats:
    """Rounding must neither leave less than nothing nor make a loss of none."""
    losses = np.minimum(losses, supply)
    return np.where(losses > ROUNDING, losses, 0.0)


def _rows(row: Integers, column: Integers, shape: tuple[int, int], values: Floats) -> Sparse:
    """A matrix of the values that are not zero; rows rise, and columns within them."""
    kept = np.flatnonzero(values)
    first = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=shape[0]))])
    return csr_array((values[kept], column[kept], first), shape=shape)
