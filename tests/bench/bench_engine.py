"""Seconds and memory of the engine on growing worlds: `python -m tests.bench.bench_engine`. No assertion."""

import resource
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import numpy as np
from scipy.spatial import KDTree

from cohesion.engine import Inputs, Parameters, assess

Done = TypeVar("Done")

SIZES = (1_000, 10_000, 100_000)
POINTS_PER_PLACE = 2.14  # inhabited 1-km cells of Germany, over 100,000 places
PAIRS_PER_PLACE = 56
ACTORS_PER_PLACE = 1.5
POINTS_PER_MUNICIPALITY = 20
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

    # Each actor has a place of its own; every fourth helps at another one, too
    shared = random.random(actors) < 0.25
    role_actor = np.concatenate([np.arange(actors), np.flatnonzero(shared)])
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
        role_place=random.integers(0, places, len(role_actor)),
        role_actor=role_actor,
        role_kind=random.integers(0, 3, len(role_actor)),
        actors=actors,
        municipal_conditions=ratings(cells**2, 5),
        inventory_completed=random.random(cells**2) < 0.5,
    )


def plain_supply(inputs: Inputs, strength: np.ndarray) -> np.ndarray:
    """K alone, in plain NumPy: the floor to compare with."""
    points = KDTree(np.column_stack([inputs.point_x, inputs.point_y]))
    places = KDTree(np.column_stack([inputs.place_x, inputs.place_y]))
    pairs = points.sparse_distance_matrix(places, PARAMETERS.reach, output_type="ndarray")
    f = np.clip((PARAMETERS.reach - pairs["v"]) / (PARAMETERS.reach - PARAMETERS.near), 0, 1)
    demand = np.bincount(pairs["j"], f * inputs.point_residents[pairs["i"]], places.n)
    crowding = np.minimum(1, PARAMETERS.residents_per_place / np.maximum(demand, 1))
    received = np.bincount(pairs["i"], f * (strength * crowding)[pairs["j"]], points.n)
    supplied = inputs.point_residents * np.minimum(1, received / PARAMETERS.sufficient_supply)
    return np.bincount(inputs.point_municipality, supplied) / np.bincount(
        inputs.point_municipality, inputs.point_residents
    )


def measure(places: int) -> None:
    """Print one line of the table; runs in a process of its own, so that the peak is its own."""
    inputs = synthetic_world(places)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, result = timed(lambda: assess(inputs, PARAMETERS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    floor, supply = timed(lambda: plain_supply(inputs, result.strength))
    remark = "" if np.allclose(supply, result.supply) else "  K DIFFERS"
    print(
        f"{places:>8,} {len(inputs.point_x):>8,} {len(inputs.municipal_conditions):>15,} {seconds:>8.2f} s "
        f"{peak / 2**20:>6.2f} GiB {(peak - before) / 2**20:>6.2f} GiB "
        f"{floor:>8.2f} s {seconds / floor:>6.1f}{remark}"
    )


def timed(work: Callable[[], Done]) -> tuple[float, Done]:
    """Seconds that the work takes, and what it returns."""
    start = perf_counter()
    done = work()
    return perf_counter() - start, done


def main() -> None:
    """Print the table, or the one line that the argument asks for."""
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
        return
    print(
        "  places   points  municipalities     assess  peak memory     of it own    K alone  ratio",
        flush=True,
    )
    for places in SIZES:
        subprocess.run([sys.executable, "-m", "tests.bench.bench_engine", str(places)], check=True)


if __name__ == "__main__":
    main()
