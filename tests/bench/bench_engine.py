"""Seconds and memory of the engine on growing worlds: `python -m tests.bench.bench_engine [PLACES]`. No assertion.

`BENCH_DRAWS=1000` makes as many draws as an assessment does, not a part of them; how far it is goes to stderr.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from time import perf_counter
from typing import TypeVar

import geopandas
import numpy as np
from scipy.spatial import KDTree

from cohesion.engine import Inputs, Parameters, Result, assess
from cohesion.engine.draws import DRAWS, SEED, SPREAD, Names, Tally, draw_classes, drawn_parameters, farthest_reach
from cohesion.engine.flips import find_flips
from cohesion.engine.neighbourhood import Labels, Part, part_of, touched
from cohesion.engine.pairs import find_pairs, inhabited
from cohesion.engine.reckoner import Ground
from cohesion.engine.strength import strengths
from cohesion.engine.supply import supply_on_pairs, worst_loss

Done = TypeVar("Done")

SIZES = (1_000, 10_000, 100_000, 1_000_000)
POINTS_PER_PLACE = 2.14  # inhabited 1-km cells of Germany, over 100,000 places
PAIRS_PER_PLACE = 56
ACTORS_PER_PLACE = 1.5
POINTS_PER_MUNICIPALITY = 20
NEIGHBOURS = 8  # an actor's other place is one of these
DRAWS_TIMED = {1_000: 1000, 10_000: 200, 100_000: 100}  # of 1,000; BENCH_DRAWS says another number
DRAWS_ALONE = 25  # on one core, for what a draw costs
MOST_JOINED = 100_000  # places that a table of all pairs in pandas still bears
# In worlds as dense as these no loss would hurt by default, and losses are what takes time
PARAMETERS = Parameters(sufficient_supply=5)


def synthetic_world(places: int, seed: int = 1) -> Inputs:
    """A seeded world with points and places spread evenly over a square."""
    random = np.random.default_rng(seed)
    points, actors = int(places * POINTS_PER_PLACE), int(places * ACTORS_PER_PLACE)
    # A place sees the points of a circle of radius `reach`
    side = np.sqrt(points * np.pi * PARAMETERS.reach**2 / PAIRS_PER_PLACE)
    cells = max(1, int(np.sqrt(points / POINTS_PER_MUNICIPALITY)))
    point_x, point_y, place_x, place_y = (random.uniform(0, side, size) for size in [points] * 2 + [places] * 2)

    def municipality(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        column, row = (x * cells // side).astype(np.int64), (y * cells // side).astype(np.int64)
        return np.asarray(column * cells + row)

    def ratings(*shape: int) -> np.ndarray:
        return np.where(random.random(shape) < 0.3, np.nan, random.integers(0, 5, shape))

    # Each actor has a place of its own; every fourth helps at another one nearby, too
    shared = np.flatnonzero(random.random(actors) < 0.25)
    own_place = random.integers(0, places, actors)
    located = np.column_stack([place_x, place_y])
    neighbours = np.asarray(KDTree(located).query(located[own_place[shared]], k=NEIGHBOURS + 1)[1])
    other_place = neighbours[np.arange(len(shared)), random.integers(1, NEIGHBOURS + 1, len(shared))]
    role_actor = np.concatenate([np.arange(actors), shared])
    return Inputs(
        point_x=point_x,
        point_y=point_y,
        point_residents=random.integers(1, 800, points).astype(float),
        point_municipality=municipality(point_x, point_y),
        place_x=place_x,
        place_y=place_y,
        place_municipality=municipality(place_x, place_y),
        place_conditions=ratings(places, 5),
        place_dynamics=ratings(places, 4),
        role_place=np.concatenate([own_place, other_place]),
        role_actor=role_actor,
        role_kind=random.integers(0, 3, len(role_actor)),
        actors=actors,
        municipal_conditions=ratings(cells**2, 5),
        inventory_completed=random.random(cells**2) < 0.5,
    )


def without_place(inputs: Inputs, place: int) -> Inputs:
    """The same world before that place was published."""
    kept = np.arange(len(inputs.place_x)) != place
    roles = inputs.role_place != place
    return replace(
        inputs,
        place_x=inputs.place_x[kept],
        place_y=inputs.place_y[kept],
        place_municipality=inputs.place_municipality[kept],
        place_conditions=inputs.place_conditions[kept],
        place_dynamics=inputs.place_dynamics[kept],
        role_place=(np.cumsum(kept) - 1)[inputs.role_place[roles]],
        role_actor=inputs.role_actor[roles],
        role_kind=inputs.role_kind[roles],
    )


def plain_supply(inputs: Inputs, strength: np.ndarray) -> np.ndarray:
    """K alone, in plain NumPy."""
    points = KDTree(np.column_stack([inputs.point_x, inputs.point_y]))
    places = KDTree(np.column_stack([inputs.place_x, inputs.place_y]))
    pairs = points.sparse_distance_matrix(places, PARAMETERS.reach, output_type="ndarray")
    f = np.clip((PARAMETERS.reach - pairs["v"]) / (PARAMETERS.reach - PARAMETERS.near), 0, 1)
    demand = np.bincount(pairs["j"], f * inputs.point_residents[pairs["i"]], places.n)
    crowding = np.minimum(1, PARAMETERS.residents_per_place / np.maximum(demand, 1))
    received = np.bincount(pairs["i"], f * (strength * crowding)[pairs["j"]], points.n)
    return _supply_of(inputs, received)


def joined_supply(inputs: Inputs, strength: np.ndarray) -> np.ndarray:
    """K alone as one would write it down first: a spatial join of two tables, and sums by group."""
    points = geopandas.GeoDataFrame(
        {"residents": inputs.point_residents}, geometry=geopandas.points_from_xy(inputs.point_x, inputs.point_y)
    )
    places = geopandas.GeoDataFrame(
        {"strength": strength, "at": geopandas.points_from_xy(inputs.place_x, inputs.place_y)},
        geometry=geopandas.points_from_xy(inputs.place_x, inputs.place_y),
    )
    pairs = points.sjoin(places, predicate="dwithin", distance=PARAMETERS.reach)
    distance = pairs.geometry.distance(geopandas.GeoSeries(pairs["at"]))
    pairs["f"] = ((PARAMETERS.reach - distance) / (PARAMETERS.reach - PARAMETERS.near)).clip(0, 1)
    demand = (pairs["f"] * pairs["residents"]).groupby(pairs["index_right"]).sum()
    crowding = (PARAMETERS.residents_per_place / demand).clip(upper=1)
    supply = pairs["f"] * pairs["strength"] * pairs["index_right"].map(crowding)
    received = supply.groupby(level=0).sum().reindex(points.index, fill_value=0.0)
    return _supply_of(inputs, received.to_numpy())


def _supply_of(inputs: Inputs, received: np.ndarray) -> np.ndarray:
    supplied = inputs.point_residents * np.minimum(1, received / PARAMETERS.sufficient_supply)
    return np.bincount(inputs.point_municipality, supplied) / np.bincount(
        inputs.point_municipality, inputs.point_residents
    )


def floor(pairs: int) -> float:
    """Seconds to read so many pairs (two indices, a number) once, at the bandwidth that this machine has now."""
    bytes_of_pair = 16
    memory = np.ones(1 << 25)  # 256 MiB, more than any cache
    memory.sum()
    seconds = min(timed(memory.sum)[0] for _ in range(3))
    return pairs * bytes_of_pair / (memory.nbytes / seconds)


def measure(places: int) -> None:
    """Print the lines of one size; runs in a process of its own, so that the peak is its own."""
    inputs = synthetic_world(places)
    before = peak()
    first, result = timed(lambda: assess(inputs, PARAMETERS))
    after = peak()
    # The first run pays for memory that nobody has touched yet, which is the machine's affair
    again, _ = timed(lambda: assess(inputs, PARAMETERS))
    seconds = min(first, again)
    pairs, bare = bare_evaluation(inputs)
    reading = floor(pairs)
    of_draws = measure_draws(inputs, result, bare, places) if places in DRAWS_TIMED else ""
    plain, supply = timed(lambda: plain_supply(inputs, result.strength))
    remark = "" if np.allclose(supply, result.supply) else "  K DIFFERS"
    joined = "         "
    if places <= MOST_JOINED:
        joining, supply = timed(lambda: joined_supply(inputs, result.strength))
        remark += "" if np.allclose(supply, result.supply) else "  JOINED K DIFFERS"
        joined = f"{seconds / joining:>9.2f}"
    print(
        f"assess {places:>9,} {pairs:>12,} {seconds:>8.2f} s {after:>6.2f} GiB {after - before:>6.2f} GiB"
        f" {seconds / reading:>8.0f} {seconds / plain:>8.1f} {joined}{remark}{of_draws}"
        f"{measure_publication(inputs, result, places)}"
    )


def measure_publication(inputs: Inputs, result: Result, places: int) -> str:
    """A line of what one place more costs where only its neighbourhood is reckoned anew."""
    new = places // 2
    before = without_place(inputs, new)
    was = Labels(np.delete(np.arange(places), new), np.arange(inputs.actors))
    now = Labels(np.arange(places), np.arange(inputs.actors))
    reach = farthest_reach(PARAMETERS, DRAWS)

    def neighbourhood() -> Part:
        return part_of(inputs, touched(before, was, inputs, now, reach), reach)

    finding, part = timed(neighbourhood)
    assessing, anew = timed(lambda: assess(part.inputs, PARAMETERS))
    names = Names(part.places, part.municipalities)
    drawing, _ = timed(lambda: draw_classes(part.inputs, PARAMETERS, draws=DRAWS, names=names))
    flipping, _ = timed(lambda: find_flips(part.inputs, anew, PARAMETERS))
    own = part.municipalities[part.asked]
    same = np.allclose(anew.supply[part.asked], result.supply[own], rtol=1e-12, equal_nan=True)
    return (
        f"\nchange {places:>9,} {part.asked.sum():>12,} {finding:>8.2f} s {assessing:>8.2f} s {drawing:>8.2f} s"
        f" {flipping:>8.2f} s {'' if same else '  K DIFFERS'}"
    )


def bare_evaluation(inputs: Inputs) -> tuple[int, float]:
    """How many pairs there are, and seconds of one core for K, all losses and K⁻ once they are known: a draw's
    measure."""
    residents = inhabited(inputs)
    pairs = find_pairs(inputs, residents, PARAMETERS.reach)

    def evaluate() -> None:
        worst_loss(supply_on_pairs(residents, pairs, strengths(inputs, PARAMETERS), PARAMETERS, workers=1))

    return len(pairs.distance), min(timed(evaluate)[0] for _ in range(3))


def measure_draws(inputs: Inputs, result: Result, bare: float, places: int) -> str:
    """A line of what draws cost, with ``bare`` seconds for one evaluation of K and all losses on known pairs."""
    draws = int(os.environ.get("BENCH_DRAWS") or DRAWS_TIMED[places])
    cores = len(os.sched_getaffinity(0))
    ground = Ground(inputs)

    def search(draws: int) -> float:
        reach = max(drawn_parameters(PARAMETERS, SPREAD, SEED, number).reach for number in range(draws))
        return timed(lambda: find_pairs(inputs, ground.residents, reach))[0]

    searching = search(draws)
    few = min(draws, DRAWS_ALONE)
    a_draw = (timed(lambda: draw_classes(inputs, PARAMETERS, draws=few, workers=1))[0] - search(few)) / few

    def told(reached: Tally) -> None:
        print(f"{reached.draws:,} of {draws:,} draws with {places:,} places", file=sys.stderr, flush=True)

    together, _ = timed(lambda: draw_classes(inputs, PARAMETERS, draws=draws, workers=cores, progress=told))
    thousand = searching + (together - searching) * DRAWS / draws
    note = "" if draws == DRAWS else f" (from {draws})"
    memory = peak()
    flipping, _ = timed(lambda: find_flips(inputs, result, PARAMETERS))
    return (
        f"\ndraws  {places:>9,} {bare:>8.3f} s {searching:>8.2f} s {a_draw:>8.4f} s {a_draw / bare:>6.2f}"
        f" {thousand:>8.1f} s on {cores} cores {memory:>6.2f} GiB  flips {flipping:>6.2f} s{note}"
    )


def peak() -> float:
    """The most memory that this process has had so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(work: Callable[[], Done]) -> tuple[float, Done]:
    """Seconds that the work takes, and what it returns."""
    start = perf_counter()
    done = work()
    return perf_counter() - start, done


def main() -> None:
    """Print the table, or the lines of the one size that the argument asks for."""
    if len(sys.argv) > 1:
        measure(int(sys.argv[1].replace(",", "").replace("_", "")))
        return
    print("assess: seconds of `assess`, the better of two; peak of memory, its own part; times the floor (reading all")
    print("        pairs once), times K alone in plain NumPy, times K alone by geopandas' sjoin and groupby")
    print("draws:  one bare evaluation of K and all losses on known pairs; the search for pairs; one draw on one core,")
    print("        and times the bare evaluation; 1,000 draws, memory; the search for what would flip each class")
    print("change: one place more: municipalities touched; to find them and their part of the world; to assess it;")
    print("        1,000 draws of it; what would flip each class")
    print("          places        pairs     assess  peak mem.     its own    floor  K plain     sjoin", flush=True)
    print("          places       bare      pairs       draw  ratio  1,000 draws")
    print("          places      touched    finding     assess  1,000 draws    flips", flush=True)
    seconds: list[tuple[float, float]] = []
    for places in SIZES:
        command = [sys.executable, "-m", "tests.bench.bench_engine", str(places)]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        print(lines, end="", flush=True)
        _, _, pairs, took, *_ = lines.split()
        seconds.append((float(pairs.replace(",", "")), float(took)))
    for smaller, larger in pairwise(seconds):
        growth = np.log(larger[1] / smaller[1]) / np.log(larger[0] / smaller[0])
        print(f"growth from {smaller[0]:,.0f} to {larger[0]:,.0f} pairs: exponent {growth:.2f}")


if __name__ == "__main__":
    main()
