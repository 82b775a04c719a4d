"""What the engine found about each municipality, as plain data with ids (method §8): stored with the score.

Names and words are added when it is read (explanation.py, templates): a place may be renamed, a finding stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from typing import Any, TypeAlias, TypedDict

import numpy as np
from scipy.spatial import KDTree

from cohesion.engine import CLASSES, CONDITIONS, ROLES, Parameters, Result
from cohesion.engine.arrays import Sparse
from cohesion.engine.flips import FLIPS, RATINGS, Flips
from cohesion.inputs import World
from places.vocabulary import Role, Status

Entry: TypeAlias = tuple[int, float]  # of a row of a matrix: column and value

MOST_LISTED = 20  # places or actors named in one list; the counts beside it are of all


class Supplier(TypedDict):
    """A place that supplies the municipality."""

    place: int
    share: float  # what it contributes to K; all contributions sum to K
    loss: float  # what K loses when it closes


class Carrier(TypedDict):
    """An actor on whom supply hangs."""

    actor: int
    loss: float  # what K loses when it leaves everywhere at once


class CrowdedPlace(TypedDict):
    place: int
    crowding: float  # g, below 1
    demand: float  # residents, weighted by closeness


class VacantRoles(TypedDict):
    place: int
    roles: list[str]


class Flip(TypedDict):
    """The smallest single change that gives the municipality another class (method §7)."""

    kind: str  # of FLIPS: "rating", "role", "place"
    cohesion_class: str  # that it would have
    place: int | None  # where; None: the rating is the municipality's own
    rating: str | None
    steps: int  # by how much the rating changes
    role: str | None
    actor: int | None  # who gives the role up; None: somebody new takes it up


class Findings(TypedDict):
    """Method §8 for one municipality. Shares are of its residents' supply, 0..1."""

    residents: float
    standing: list[Supplier]  # by contribution
    standing_count: int
    carriers: list[Carrier]  # by loss
    unreached_residents: float
    crowded: list[CrowdedPlace]  # of those that supply it
    vacant_roles: list[VacantRoles]  # of its own counted places
    conditions: dict[str, float | None]  # 0..4, per condition as in §5
    unconfirmed: list[int]  # active places in reach, not confirmed in time
    planned: list[int]  # places in reach that are planned
    dormant: list[int]  # places in reach that rest
    flip: Flip | None  # None too where it was not looked for


def find(world: World, result: Result, parameters: Parameters, flips: Flips | None = None) -> list[Findings]:
    """The findings of every municipality, in the order of ``world``."""
    uncounted = _uncounted_in_reach(world, parameters)
    vacant = _vacant_roles(world)
    places_of = defaultdict(list)
    for place, municipality in enumerate(world.inputs.place_municipality.tolist()):
        places_of[municipality].append(place)
    suppliers = _largest(result.contributions)
    losses = _values_at(result.place_losses, suppliers)
    standing_count = np.diff(result.contributions.indptr).tolist()
    carriers = _largest(result.actor_losses)
    crowding, demand = result.crowding.tolist(), result.demand.tolist()
    residents, unreached = result.residents.tolist(), result.residents_unreached.tolist()
    conditions = result.renewal_conditions.tolist()
    return [
        Findings(
            residents=round(residents[index], 1),
            standing=[
                Supplier(place=world.place_ids[place], share=share, loss=loss)
                for (place, share), loss in zip(suppliers[index], losses[index], strict=True)
            ],
            standing_count=standing_count[index],
            carriers=[Carrier(actor=world.actor_ids[actor], loss=loss) for actor, loss in carriers[index]],
            unreached_residents=round(unreached[index], 1),
            crowded=[
                CrowdedPlace(place=world.place_ids[place], crowding=crowding[place], demand=round(demand[place], 1))
                for place, _ in suppliers[index]
                if crowding[place] < 1
            ],
            vacant_roles=[
                VacantRoles(place=world.place_ids[place], roles=vacant[place])
                for place in places_of[index][:MOST_LISTED]
                if vacant[place]
            ],
            conditions={
                name: None if isnan(value) else round(value, 4)
                for name, value in zip(CONDITIONS, conditions[index], strict=True)
            },
            unconfirmed=uncounted[Status.ACTIVE][index],
            planned=uncounted[Status.PLANNED][index],
            dormant=uncounted[Status.DORMANT][index],
            flip=_flip(world, flips, index) if flips else None,
        )
        for index in range(len(world.municipality_ids))
    ]


def _flip(world: World, flips: Flips, municipality: int) -> Flip | None:
    kind = FLIPS[flips.kind[municipality]]
    if kind == "none":
        return None

    def named(names: Sequence[Any], index: int) -> Any:
        return None if index < 0 else names[index]

    return Flip(
        kind=kind,
        cohesion_class=CLASSES[flips.cohesion_class[municipality]],
        place=named(world.place_ids, flips.place[municipality]),
        rating=named(RATINGS, flips.rating[municipality]),
        steps=int(flips.steps[municipality]),
        role=named(ROLES, flips.role[municipality]),
        actor=named(world.actor_ids, flips.actor[municipality]),
    )


def _largest(matrix: Sparse) -> list[list[Entry]]:
    """Of each row the entries with the largest values, then the smaller index: as many as are listed."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, row))
    rank = np.arange(len(order)) - matrix.indptr[row]  # rows stay where they are
    order = order[rank < MOST_LISTED]
    entries = list(zip(matrix.indices[order].tolist(), matrix.data[order].tolist(), strict=True))
    end = np.cumsum(np.minimum(np.diff(matrix.indptr), MOST_LISTED)).tolist()
    return [entries[first:last] for first, last in pairwise([0, *end])]


def _values_at(matrix: Sparse, entries: list[list[Entry]]) -> list[list[float]]:
    """What the matrix has where another one has those entries of its rows."""
    row = np.repeat(np.arange(len(entries)), [len(each) for each in entries])
    column = np.array([column for each in entries for column, _ in each], dtype=np.int64)
    values = iter(matrix[row, column].tolist() if len(row) else [])
    return [[next(values) for _ in each] for each in entries]


def _vacant_roles(world: World) -> list[list[str]]:
    """Per counted place, the roles of the triad that nobody holds there."""
    held = np.zeros((len(world.place_ids), len(Role)), dtype=bool)
    held[world.inputs.role_place, world.inputs.role_kind] = True
    vacant_of = {
        tuple(row): [role for role, is_held in zip(ROLES, row, strict=True) if not is_held]
        for row in np.unique(held, axis=0).tolist()
    }
    return [vacant_of[row] for row in zip(*held.T.tolist(), strict=True)]


def _uncounted_in_reach(world: World, parameters: Parameters) -> dict[Status, defaultdict[int, list[int]]]:
    """Published places that are not counted, by why and by each municipality with a resident in their reach."""
    found: dict[Status, defaultdict[int, list[int]]] = {
        status: defaultdict(list) for status in (Status.ACTIVE, Status.PLANNED, Status.DORMANT)
    }
    uncounted = world.uncounted
    if not len(uncounted.ids):
        return found
    points = KDTree(np.column_stack([world.inputs.point_x, world.inputs.point_y]))
    near = points.query_ball_point(np.column_stack([uncounted.x, uncounted.y]), parameters.reach)
    for pk, status, reached in zip(uncounted.ids.tolist(), uncounted.status.tolist(), near, strict=True):
        for municipality in sorted(set(world.inputs.point_municipality[reached].tolist())):
            found[Status(status)][municipality].append(pk)
    return found
