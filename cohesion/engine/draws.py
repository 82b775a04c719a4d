"""How sure is the class? method.md §7: seeded draws of ratings and parameters, and the share of them in each class.

Draw i depends on the seed and on i alone, and what it does to a thing on that thing's name alone: neither the
number of workers nor the order of inputs changes a figure, and one place more moves no rating of another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isinf

import numpy as np
from numpy.typing import NDArray

from cohesion.engine.arrays import BEST_RATING, CLASSES, Floats, Inputs, Integers
from cohesion.engine.pairs import Pairs, find_pairs, within
from cohesion.engine.parameters import DEFAULTS, Parameters
from cohesion.engine.reckoner import Ground, Ratings, Reckoner
from cohesion.engine.workers import each, workers_for

DRAWS = 1000
SEED = 1

_SCALED = ("near", "reach", "sufficient_supply", "residents_per_place", "adequate", "foothold", "renewing")
_THRESHOLDS = ("adequate", "foothold", "renewing")
_LEAST_THRESHOLD, _GREATEST_THRESHOLD = 0.01, 0.99
_REACH_OVER_NEAR = 1.2

_DRAWS_AT_ONCE = 200  # between two reports of progress
_DRAWS_OF_A_TASK = 20
_ALIKE = 0.9  # draws of one task reach at least so far as the farthest of them: no more pairs than needed


@dataclass(frozen=True)
class Spread:
    """How far the draws go from what was given."""

    weights: float = 50.0  # concentration of the Dirichlet; infinite for weights that stay
    parameters: float = 0.15  # σ of the lognormal
    ratings: float = 0.15  # probability of −1, and of +1


SPREAD = Spread()
NO_SPREAD = Spread(weights=inf, parameters=0.0, ratings=0.0)


@dataclass(frozen=True, eq=False)
class Names:
    """What places and municipalities are called whatever their order: whole numbers, each once."""

    places: Integers  # (P,)
    municipalities: Integers  # (M,)


@dataclass(frozen=True, eq=False)
class Tally:
    """How often each municipality fell into each class in the first so many draws."""

    draws: int
    counts: NDArray[np.int64]  # (M, 4) in the order of CLASSES

    @property
    def shares(self) -> Floats:
        """Share (M, 4) of the draws in each class; NaN before the first draw."""
        with np.errstate(invalid="ignore"):
            return self.counts / np.float64(self.draws)

    def stability(self, cohesion_class: Integers) -> Floats:
        """Share (M,) of the draws that agree with the class."""
        return self.shares[np.arange(len(self.counts)), cohesion_class]


def draw_classes(
    inputs: Inputs,
    parameters: Parameters = DEFAULTS,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    spread: Spread = SPREAD,
    names: Names | None = None,
    workers: int | None = None,
    begun: Tally | None = None,
    progress: Callable[[Tally], None] | None = None,
) -> Tally:
    """Class every municipality in each of so many draws (method.md §7).

    ``begun`` is what an earlier run with the same other arguments had reached: it is gone on with. ``progress`` is
    given such a tally now and then. Without ``names`` the indices are the names.
    """
    municipalities = len(inputs.municipal_conditions)
    counts = np.zeros((municipalities, len(CLASSES)), dtype=np.int64) if begun is None else begun.counts.copy()
    done = 0 if begun is None else begun.draws
    if done >= draws:
        return Tally(done, counts)
    names = names or Names(np.arange(len(inputs.place_x)), np.arange(municipalities))
    chosen = {number: drawn_parameters(parameters, spread, seed, number) for number in range(done, draws)}
    ground = Ground(inputs)
    pairs = find_pairs(inputs, ground.residents, max(each.reach for each in chosen.values()))
    tasks = list(_tasks(chosen))
    work = partial(_count, ground, pairs, chosen, spread, seed, names)
    for task, found in zip(tasks, each(work, tasks, workers or workers_for(len(pairs.distance))), strict=True):
        counts += found
        if task.completes is not None and progress is not None:
            progress(Tally(task.completes, counts.copy()))
    return Tally(draws, counts)


def drawn_parameters(parameters: Parameters, spread: Spread, seed: int, number: int) -> Parameters:
    """The parameters of a draw. Whoever starts outside the bounds that the method sets is kept no farther outside."""
    random = np.random.default_rng((seed, number))
    weights = np.array([parameters.weight_conditions, parameters.weight_triad, parameters.weight_dynamics])
    weights /= weights.sum()
    if not isinf(spread.weights):
        weights = np.maximum(random.dirichlet(spread.weights * weights), 1e-12)
    factors = np.exp(spread.parameters * random.standard_normal(len(_SCALED)))
    scaled = {name: getattr(parameters, name) * float(factor) for name, factor in zip(_SCALED, factors, strict=True)}
    for name in _THRESHOLDS:
        given = getattr(parameters, name)
        least, greatest = min(_LEAST_THRESHOLD, given), max(_GREATEST_THRESHOLD, given)
        scaled[name] = min(max(scaled[name], least), greatest)
    if parameters.near > 0:
        farther = min(_REACH_OVER_NEAR, parameters.reach / parameters.near)
        scaled["reach"] = max(scaled["reach"], farther * scaled["near"])
    return replace(
        parameters,
        weight_conditions=float(weights[0]),
        weight_triad=float(weights[1]),
        weight_dynamics=float(weights[2]),
        **scaled,
    )


def farthest_reach(parameters: Parameters, draws: int, seed: int = SEED, spread: Spread = SPREAD) -> float:
    """How far any place reaches, in metres: as given, and in any of so many draws."""
    drawn = (drawn_parameters(parameters, spread, seed, number).reach for number in range(draws))
    return max(parameters.reach, *drawn) if draws else parameters.reach


def drawn_ratings(given: Ratings, spread: Spread, seed: int, number: int, names: Names) -> Ratings:
    """The ratings of a draw; what is missing stays missing."""
    if spread.ratings == 0:
        return given
    salts = np.random.SeedSequence((seed, number)).generate_state(3, np.uint64)
    return Ratings(
        conditions=_moved(given.conditions, names.places, salts[0], spread),
        dynamics=_moved(given.dynamics, names.places, salts[1], spread),
        municipal=_moved(given.municipal, names.municipalities, salts[2], spread),
    )


def _moved(ratings: Floats, names: Integers, salt: np.uint64, spread: Spread) -> Floats:
    chance = _chances(names, ratings.shape[1], salt)
    moves = np.subtract(chance >= 1 - spread.ratings, chance < spread.ratings, dtype=np.int8)
    moved: Floats = ratings + moves
    return np.clip(moved, 0, BEST_RATING, out=moved)


def _chances(names: Integers, columns: int, salt: np.uint64) -> Floats:
    """Evenly spread numbers 0..1 (n, columns) that depend on name, column and salt alone: splitmix64's mixing."""
    steps = np.arange(1, columns + 1, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03)
    mixed = _mixed(names.astype(np.uint64) + salt)[:, np.newaxis] + steps
    return (_mixed(mixed) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


# --- Work -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """Draws of much the same reach, the farthest first."""

    numbers: list[int]
    completes: int | None  # with it and all tasks before it so many draws are done, without a gap


def _tasks(chosen: dict[int, Parameters]) -> Iterator[_Task]:
    """All draws, a batch after the other."""
    numbers = sorted(chosen)
    for begin in range(0, len(numbers), _DRAWS_AT_ONCE):
        batch = numbers[begin : begin + _DRAWS_AT_ONCE]
        waiting = sorted(batch, key=lambda number: -chosen[number].reach)
        while waiting:
            least = chosen[waiting[0]].reach * _ALIKE
            task = [number for number in waiting[:_DRAWS_OF_A_TASK] if chosen[number].reach >= least]
            waiting = waiting[len(task) :]
            yield _Task(task, None if waiting else batch[-1] + 1)


def _count(
    ground: Ground,
    pairs: Pairs,
    chosen: dict[int, Parameters],
    spread: Spread,
    seed: int,
    names: Names,
    task: _Task,
) -> NDArray[np.int64]:
    """How often (M, 4) each municipality falls into each class in the draws of a task."""
    reckoner = Reckoner(ground, within(pairs, chosen[task.numbers[0]].reach))
    municipalities = np.arange(len(ground.inputs.municipal_conditions))
    counts = np.zeros((len(municipalities), len(CLASSES)), dtype=np.int64)
    for number in task.numbers:
        ratings = drawn_ratings(ground.ratings, spread, seed, number, names)
        counts[municipalities, reckoner.classes(ratings, chosen[number])] += 1
    return counts
