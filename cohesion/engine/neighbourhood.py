"""Which municipalities a change of the inputs can touch, and their part of the world on its own: the same figures for
less work. No formula lives here.

Demand for a place depends on residents alone, so a place matters within its reach and nowhere else (method.md §3-4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from cohesion.engine.arrays import ROLES, Floats, Inputs, Integers, distinct

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Labels:
    """What places and actors are called: whole numbers, each once, the same before and after."""

    places: Integers  # (P,)
    actors: Integers  # (A,)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the world in which the municipalities that were asked for have the figures of the whole; others, of
    which only some points lie in it, have not. Indices are of the whole, rising."""

    inputs: Inputs
    municipalities: Integers
    asked: Mask  # of those
    places: Integers
    actors: Integers


def touched(before: Inputs, was: Labels, after: Inputs, now: Labels, reach: float) -> Mask:
    """The municipalities (M,) of which any figure may differ between two sets of inputs, with ``reach`` as the farthest
    that any place reaches. All of them where residents or municipalities themselves are others."""
    everybody = np.ones(len(after.municipal_conditions), dtype=bool)
    if len(before.municipal_conditions) != len(everybody):
        return everybody
    points = ("point_x", "point_y", "point_residents", "point_municipality")
    if not all(np.array_equal(getattr(before, name), getattr(after, name)) for name in points):
        return everybody
    own = np.column_stack([before.municipal_conditions, before.inventory_completed])
    changed = _rows_differ(own, np.column_stack([after.municipal_conditions, after.inventory_completed]))
    labels = _changed_places(before, was, after, now)
    for inputs, named in ((before, was), (after, now)):
        place = np.flatnonzero(np.isin(named.places, labels))
        home = inputs.place_municipality[place]
        changed[home[home >= 0]] = True
        near = points_within(inputs, inputs.place_x[place], inputs.place_y[place], reach)
        changed[inputs.point_municipality[near]] = True
    return changed


def points_within(inputs: Inputs, x: Floats, y: Floats, reach: float) -> Mask:
    """Resident points (N,) not farther than ``reach`` from any of the given ones."""
    return _within(inputs.point_x, inputs.point_y, x, y, reach)


def part_of(inputs: Inputs, asked: Mask, reach: float) -> Part:
    """The world as far as the municipalities ``asked`` for (M,) depend on it, places reaching no farther than
    ``reach``."""
    own_points = asked[inputs.point_municipality]
    matters = _within(
        inputs.place_x, inputs.place_y, inputs.point_x[own_points], inputs.point_y[own_points], reach
    ) | _of(asked, inputs.place_municipality)
    # Everybody whom those places can serve crowds them
    points = own_points | points_within(inputs, inputs.place_x[matters], inputs.place_y[matters], reach)
    # An actor with places elsewhere stays one who has several
    busy = np.zeros(inputs.actors, dtype=bool)
    busy[inputs.role_actor[matters[inputs.role_place]]] = True
    chosen = matters.copy()
    chosen[inputs.role_place[busy[inputs.role_actor]]] = True

    kept = asked.copy()
    kept[inputs.point_municipality[points]] = True
    roles = chosen[inputs.role_place]
    actors = distinct(inputs.role_actor[roles])
    municipality, place = _renumbered(kept), _renumbered(chosen)
    home = inputs.place_municipality[chosen]
    return Part(
        inputs=Inputs(
            point_x=inputs.point_x[points],
            point_y=inputs.point_y[points],
            point_residents=inputs.point_residents[points],
            point_municipality=municipality[inputs.point_municipality[points]],
            place_x=inputs.place_x[chosen],
            place_y=inputs.place_y[chosen],
            place_municipality=np.where(_of(kept, home), municipality[home], -1),
            place_conditions=inputs.place_conditions[chosen],
            place_dynamics=inputs.place_dynamics[chosen],
            role_place=place[inputs.role_place[roles]],
            role_actor=np.searchsorted(actors, inputs.role_actor[roles]),
            role_kind=inputs.role_kind[roles],
            actors=len(actors),
            municipal_conditions=inputs.municipal_conditions[kept],
            inventory_completed=inputs.inventory_completed[kept],
        ),
        municipalities=np.flatnonzero(kept),
        asked=asked[kept],
        places=np.flatnonzero(chosen),
        actors=actors,
    )


def _changed_places(before: Inputs, was: Labels, after: Inputs, now: Labels) -> Integers:
    """Labels of the places that came, went, moved, are rated otherwise or carried by others."""
    both, old, new = np.intersect1d(was.places, now.places, assume_unique=True, return_indices=True)
    differ = both[_rows_differ(_rows_of(before)[old], _rows_of(after)[new])]
    came_or_went = np.setxor1d(was.places, now.places, assume_unique=True)
    places = distinct(was.places, now.places)
    actors = distinct(was.actors, now.actors)
    roles = (_roles_of(before, was, places, actors), _roles_of(after, now, places, actors))
    carried = np.setxor1d(*roles, assume_unique=True)
    recarried = places[carried // (max(len(actors), 1) * len(ROLES))]
    return distinct(differ, came_or_went, recarried)


def _rows_of(inputs: Inputs) -> Floats:
    """All that is said of each place itself (P, k)."""
    columns = (inputs.place_x, inputs.place_y, inputs.place_municipality)
    return np.column_stack([*columns, inputs.place_conditions, inputs.place_dynamics])


def _rows_differ(one: Floats, other: Floats) -> Mask:
    """Rows (n,) with any difference; what is missing in both is none."""
    differ: Mask = ((one != other) & ~(np.isnan(one) & np.isnan(other))).any(axis=1)
    return differ


def _roles_of(inputs: Inputs, labels: Labels, places: Integers, actors: Integers) -> Integers:
    """Each role of an actor at a place once, as a number made of their ranks."""
    place = np.searchsorted(places, labels.places[inputs.role_place])
    actor = np.searchsorted(actors, labels.actors[inputs.role_actor])
    return distinct((place * len(actors) + actor) * len(ROLES) + inputs.role_kind)


def _within(x: Floats, y: Floats, of_x: Floats, of_y: Floats, reach: float) -> Mask:
    """Which points lie not farther than ``reach`` from any of the others; looks at those around them only."""
    found = np.zeros(len(x), dtype=bool)
    if not len(of_x):
        return found
    boxed = np.flatnonzero(
        (x >= of_x.min() - reach) & (x <= of_x.max() + reach) & (y >= of_y.min() - reach) & (y <= of_y.max() + reach)
    )
    others = KDTree(np.column_stack([of_x, of_y]))
    distance, _ = others.query(np.column_stack([x[boxed], y[boxed]]), distance_upper_bound=np.nextafter(reach, np.inf))
    found[boxed[np.isfinite(distance)]] = True
    return found


def _of(asked: Mask, municipality: Integers) -> Mask:
    """Which lie in a municipality that is asked for; -1 lies in none."""
    known: Mask = (municipality >= 0) & asked[municipality]
    return known


def _renumbered(kept: Mask) -> Integers:
    """The new index of each that is kept."""
    ranks: Integers = np.cumsum(kept) - 1
    return ranks
