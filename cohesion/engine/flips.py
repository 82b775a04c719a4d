"""The smallest single change of one rating, one role or one place that would change a class (method.md §7). Exact.

Sizes, the smallest first: one rating by one step, by two, three, four; one role that somebody new takes up or that
is given up; one place that closes. Of changes of one size the municipality's own rating goes first, then the smaller
index of the place; there conditions before dynamics, each in its order, down before up; roles taken up before those
given up. A rating that is missing is not made up, a place that is not there not opened.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohesion.engine.arrays import BEST_RATING, CONDITIONS, DYNAMICS, Floats, Inputs, Integers, Result, distinct
from cohesion.engine.classes import cohesion_classes, renewal
from cohesion.engine.pairs import find_pairs
from cohesion.engine.parameters import DEFAULTS, ROUNDING, Parameters
from cohesion.engine.reckoner import ClassBlock, Ground, Reckoner
from cohesion.engine.strength import mean_of_known, strength_of
from cohesion.engine.turnover import turnover

FLIPS = ("none", "rating", "role", "place")
RATINGS = (*CONDITIONS, *DYNAMICS)

_COLUMNS = ("tie", "strength", "renewal", "rating", "steps", "role", "actor")
_SLACK = 3 * ROUNDING  # a bound that is missed by no more is looked at exactly


@dataclass(frozen=True, eq=False)
class Flips:
    """For each municipality (M,) the smallest change that gives it another class; -1 where a field says nothing."""

    kind: NDArray[np.int8]  # index into FLIPS
    cohesion_class: NDArray[np.int8]  # the class that it would have, index into CLASSES
    place: NDArray[np.int64]  # where; -1: the rating is the municipality's own
    rating: NDArray[np.int8]  # index into RATINGS
    steps: NDArray[np.int8]  # -4..4: by how much the rating changes
    role: NDArray[np.int8]  # index into ROLES
    actor: NDArray[np.int64]  # who gives the role up; -1: somebody new takes it up


def find_flips(inputs: Inputs, result: Result, parameters: Parameters = DEFAULTS) -> Flips:
    """The smallest single change for every municipality; ``result`` is what `assess` found from the same."""
    search = _Search(inputs, result, parameters)
    for steps in range(1, int(BEST_RATING) + 1):
        search.try_municipal_ratings(steps)
        search.try_all(search.ratings_of_places(steps))
    search.try_all(search.roles())
    search.try_all(search.closures())
    return search.found


@dataclass(frozen=True, eq=False)
class _Changes:
    """Changes (n) at places, each seen from one municipality, in the order in which they are preferred there."""

    kind: str
    tie: Integers  # (n,) index into the search's ties
    strength: Floats  # (n,) of the place afterwards
    renewal: Floats  # (n,) Q of the municipality afterwards
    rating: Integers
    steps: Integers
    role: Integers
    actor: Integers
    cases: list[slice] | None = None  # what shared actors would take away afterwards, for roles


class _Search:
    """What is found so far, and what is needed to find more. A tie is a municipality and a place that matters to it:
    because it is linked by somebody within reach, or because it lies there."""

    def __init__(self, inputs: Inputs, result: Result, parameters: Parameters) -> None:
        self.inputs, self.result, self.parameters = inputs, result, parameters
        self.ground = Ground(inputs)
        municipalities = len(inputs.municipal_conditions)

        def nothing(kind: type[np.signedinteger]) -> NDArray:  # type: ignore[type-arg]
            return np.full(municipalities, -1, dtype=kind)

        self.found = Flips(
            kind=np.zeros(municipalities, dtype=np.int8),
            cohesion_class=result.cohesion_class.copy(),
            place=nothing(np.int64),
            rating=nothing(np.int8),
            steps=np.zeros(municipalities, dtype=np.int8),
            role=nothing(np.int8),
            actor=nothing(np.int64),
        )
        self.open = ~np.isnan(result.supply)  # whoever has residents, until something is found
        pairs = self.pairs = find_pairs(inputs, self.ground.residents, parameters.reach)
        self.reckoner = Reckoner(self.ground, pairs)
        self.per_strength = (result.crowding / parameters.sufficient_supply)[pairs.place]
        places = max(len(inputs.place_x), 1)
        homes = np.flatnonzero(inputs.place_municipality >= 0)
        linked = pairs.municipality * places + pairs.place
        known = distinct(linked, inputs.place_municipality[homes].astype(np.int64) * places + homes)
        self.municipality, self.place = np.divmod(known, places)
        self.is_home = inputs.place_municipality[self.place] == self.municipality
        self.link = np.full(len(known), -1)
        self.link[np.searchsorted(known, linked)] = np.arange(len(linked))
        # What a place of strength 1 would give to the municipality at most: no figure moves further
        self.weight = np.zeros(len(known))
        self.weight[self.link >= 0] = self.reckoner.weights(parameters) * self.per_strength
        self.strength, self.lost = self.reckoner.strengths(self.ground.ratings, parameters)
        # How many places' ratings make up a condition of the municipality; none where it has its own
        counted = self.ground.home @ ~np.isnan(inputs.place_conditions)
        self.raters = np.where(np.isnan(inputs.municipal_conditions), counted, 0)
        self.known_conditions = (~np.isnan(result.renewal_conditions)).sum(axis=1)

    # --- Changes ----------------------------------------------------------------------------------------------------

    def ratings_of_places(self, steps: int) -> _Changes:
        """One rating of a place, by so many steps."""
        given = self.inputs
        ratings = np.column_stack([given.place_conditions, given.place_dynamics])
        found: list[_Changes] = []
        for step in (-steps, steps):
            possible = (ratings + step >= 0) & (ratings + step <= BEST_RATING)
            for first, end in ((0, len(CONDITIONS)), (len(CONDITIONS), len(RATINGS))):
                strength = self._strength_with(ratings, step, first)
                tried = np.zeros(len(ratings), dtype=bool)
                for column in range(first, end):
                    # Whoever sees nothing but the strength of the place sees no difference: the first will do
                    renews = self._renews(column)
                    chosen = possible[self.place, column] & (renews | ~tried[self.place])
                    tried |= possible[:, column]
                    tie = np.flatnonzero(chosen & self.open[self.municipality])
                    renewing = self.result.renewal[self.municipality[tie]]
                    moves = np.flatnonzero(renews[tie])
                    renewing[moves] += self._moved_renewal(tie[moves], column, step)
                    found.append(self._hopeful("rating", tie, strength[self.place[tie]], renewing, column, step))
        return self._in_order(found)

    def roles(self) -> _Changes:
        """One role of one actor at a place."""
        changes = turnover(self.ground, self.parameters)
        self._lost_of_case, self._row_of_case = changes.lost, changes.row
        # How far the strength of the place moves, with all its actors or without one of them
        move = np.abs(changes.strength - self.strength[changes.place])
        case = np.repeat(np.arange(len(changes.place)), np.diff(changes.first_case))
        left = changes.strength[case] - changes.lost
        was_left = self.strength[changes.place[case]] - self.lost[changes.row]
        np.maximum.at(move, case, np.abs(left - was_left))
        by_place = np.searchsorted(changes.place, np.arange(len(self.inputs.place_x) + 1))
        linked = np.flatnonzero((self.link >= 0) & self.open[self.municipality])
        begin, end = by_place[self.place[linked]], by_place[self.place[linked] + 1]
        tie = np.repeat(linked, end - begin)
        change = np.arange(len(tie)) + np.repeat(end - np.cumsum(end - begin), end - begin)
        delta = move[change] * self.weight[tie]
        hopeful = np.flatnonzero(self._may_flip(tie, delta, delta, self.result.renewal[self.municipality[tie]]))
        tie, change = tie[hopeful], change[hopeful]
        begin, end = changes.first_case[change], changes.first_case[change + 1]
        nothing = np.full(len(tie), -1)
        return _Changes(
            "role",
            tie,
            changes.strength[change],
            self.result.renewal[self.municipality[tie]],
            nothing,
            np.zeros(len(tie), dtype=np.int64),
            changes.role[change],
            changes.actor[change],
            [slice(*span) for span in zip(begin.tolist(), end.tolist(), strict=True)],
        )

    def closures(self) -> _Changes:
        """A place closes, and its ratings go with it."""
        tie = np.flatnonzero(self.open[self.municipality])
        moved = self.result.renewal_conditions[self.municipality[tie]]
        ratings = self.inputs.place_conditions[self.place[tie]]
        for column in range(len(CONDITIONS)):
            gone = self._renews(column)[tie] & ~np.isnan(ratings[:, column])
            raters = self.raters[self.municipality[tie], column][gone]
            total = moved[gone, column] * raters - ratings[gone, column]
            moved[gone, column] = np.where(raters > 1, total / np.maximum(raters - 1, 1), np.nan)
        return self._hopeful("place", tie, np.zeros(len(tie)), renewal(moved), -1, 0)

    def _renews(self, column: int) -> NDArray[np.bool_]:
        """Ties in which a rating of the place counts for the municipality's renewal."""
        if column >= len(CONDITIONS):
            return np.zeros(len(self.place), dtype=bool)
        renews: NDArray[np.bool_] = self.is_home & np.isnan(self.inputs.municipal_conditions[self.municipality, column])
        return renews

    def _moved_renewal(self, tie: Integers, column: int, step: int) -> Floats:
        municipality = self.municipality[tie]
        parts = (
            self.raters[municipality, column] * self.known_conditions[municipality] if column < len(CONDITIONS) else 1
        )
        moved: Floats = step / np.maximum(parts, 1) / BEST_RATING
        return moved

    def _strength_with(self, ratings: Floats, step: int, first: int) -> Floats:
        """Strength (P,) of each place if one of its conditions (or dynamics) were higher by ``step``."""
        conditions, dynamics = ratings[:, : len(CONDITIONS)], ratings[:, len(CONDITIONS) :]
        by_kind = []
        for begin, values in ((0, conditions), (len(CONDITIONS), dynamics)):
            rated = np.maximum((~np.isnan(values)).sum(axis=1), 1)
            by_kind.append((mean_of_known(values) + (step / rated if begin == first else 0)) / BEST_RATING)
        return strength_of(by_kind[0], self.ground.triads.triad, by_kind[1], self.parameters)

    # --- Bounds -----------------------------------------------------------------------------------------------------

    def _hopeful(
        self, kind: str, tie: Integers, strength: Floats, renewing: Floats, rating: int, steps: int
    ) -> _Changes:
        """Those of the changes that may flip the class, as far as bounds can tell."""
        move = (strength - self.strength[self.place[tie]]) * self.weight[tie]
        chosen = np.flatnonzero(self._may_flip(tie, np.maximum(-move, 0), np.maximum(move, 0), renewing))
        count = len(chosen)
        return _Changes(
            kind,
            tie[chosen],
            strength[chosen],
            renewing[chosen],
            np.full(count, rating),
            np.full(count, steps),
            np.full(count, -1),
            np.full(count, -1),
        )

    def _may_flip(self, tie: Integers, down: Floats, up: Floats, renewing: Floats) -> NDArray[np.bool_]:
        """Whether K and K⁻, which move no further than ``down`` and ``up``, may mean another class."""
        municipality = self.municipality[tie]
        now = self.result.cohesion_class[municipality]
        lowest = self._classes(municipality, -down - _SLACK, renewing)
        highest = self._classes(municipality, up + _SLACK, renewing)
        may: NDArray[np.bool_] = (lowest != now) | (highest != now)
        return may

    def _classes(
        self, municipality: Integers | slice, move: Floats | float = 0.0, renewing: Floats | None = None
    ) -> NDArray[np.int8]:
        """The class if K and K⁻ moved so far."""
        found = self.result
        return cohesion_classes(
            found.supply[municipality] + move,
            found.supply_after_loss[municipality] + move,
            found.renewal[municipality] if renewing is None else renewing,
            self.inputs.inventory_completed[municipality],
            self.parameters,
        )

    def _in_order(self, parts: list[_Changes]) -> _Changes:
        """The changes by municipality, place, rating, down before up."""
        together = [np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS]
        tie, _, _, rating, steps, _, _ = together
        order = np.lexsort((steps, rating, tie))
        tie, strength, renewing, rating, steps, role, actor = (column[order] for column in together)
        return _Changes(parts[0].kind, tie, strength, renewing, rating, steps, role, actor)

    # --- Trial ------------------------------------------------------------------------------------------------------

    def try_municipal_ratings(self, steps: int) -> None:
        """Change one of the municipality's own ratings by so many steps. That moves Q alone."""
        own = self.inputs.municipal_conditions
        for column in range(len(CONDITIONS)):
            for step in (-steps, steps):
                moved = self.result.renewal_conditions.copy()
                moved[:, column] = own[:, column] + step
                possible = (moved[:, column] >= 0) & (moved[:, column] <= BEST_RATING)
                becomes = self._classes(slice(None), renewing=renewal(moved))
                flips = np.flatnonzero(self.open & possible & (becomes != self.result.cohesion_class))
                self._write(flips, "rating", becomes[flips], rating=column, steps=step)

    def try_all(self, changes: _Changes) -> None:
        """Reckon the changes exactly, one by one, until each municipality has its flip."""
        block: ClassBlock | None = None
        for n, m in enumerate(self.municipality[changes.tie].tolist()):
            if not self.open[m]:
                continue
            if block is None or block.municipalities.start != m:
                block = self.reckoner.block(m, self.parameters)
            supply, after_loss = self._supplies(block, changes, n)
            becomes = cohesion_classes(
                np.array([supply]),
                np.array([after_loss]),
                changes.renewal[n : n + 1],
                self.inputs.inventory_completed[m : m + 1],
                self.parameters,
            )
            if becomes[0] != self.result.cohesion_class[m]:
                self._write(
                    np.array([m]),
                    changes.kind,
                    becomes,
                    place=int(self.place[changes.tie[n]]),
                    rating=int(changes.rating[n]),
                    steps=int(changes.steps[n]),
                    role=int(changes.role[n]),
                    actor=int(changes.actor[n]),
                )

    def _supplies(self, block: ClassBlock, changes: _Changes, n: int) -> tuple[float, float]:
        """K and K⁻ of the block's municipality after a change."""
        tie, strength = changes.tie[n], float(changes.strength[n])
        m, place, link = block.municipalities.start, int(self.place[tie]), int(self.link[tie])
        if link < 0:
            return float(self.result.supply[m]), float(self.result.supply_after_loss[m])
        given = self.per_strength[block.links] * self.strength[self.pairs.place[block.links]]
        given[link - block.links.start] = self.per_strength[link] * strength
        rows, lost = self._rows(changes, n, place, strength)
        before = self.lost[rows].copy()
        self.lost[rows] = lost
        after = block.supplies(self.per_strength[block.links], given, self.lost)
        self.lost[rows] = before
        return after

    def _rows(self, changes: _Changes, n: int, place: int, strength: float) -> tuple[Integers | slice, Floats | float]:
        """Which shared rows of the triads the change touches, and what their actors would take away then."""
        if changes.cases is not None:
            return self._row_of_case[changes.cases[n]], self._lost_of_case[changes.cases[n]]
        staff, shared = self.ground.triads, self.ground.shared
        begin, end = np.searchsorted(staff.place[shared], [place, place + 1])
        if begin == end or changes.kind == "place":
            return slice(begin, end), 0.0
        rows = shared[begin:end]
        # The triad is as it was, so what it adds to the strength with and without the actor is, too
        part = strength - self.strength[place]
        left = self.strength[place] - self.lost[begin:end] + part
        return slice(begin, end), strength - np.where(staff.closes[rows], 0.0, left)

    def _write(
        self,
        municipality: Integers,
        kind: str,
        cohesion_class: NDArray[np.int8],
        place: int = -1,
        rating: int = -1,
        steps: int = 0,
        role: int = -1,
        actor: int = -1,
    ) -> None:
        found = self.found
        found.kind[municipality] = FLIPS.index(kind)
        found.cohesion_class[municipality] = cohesion_class
        for array, value in (
            (found.place, place),
            (found.rating, rating),
            (found.steps, steps),
            (found.role, role),
            (found.actor, actor),
        ):
            array[municipality] = value
        self.open[municipality] = False
