"""A census grid of 100 m that nobody counted: every cell of 1 km of a database split into as many inhabited ones as its
residents fill, as the census' file has it. About 3 million lines for Germany, the same ones each time.

Needs Django's settings. Who reads it: import_population, by bench_assess.
"""

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from places.bulk import numbers
from places.models import ResidentPoint

SEED = 1
KILOMETRE, CELL = 1000, 100  # metres
PARTS = (KILOMETRE // CELL) ** 2
# Of r residents live some in FILLED × r ** GROWTH cells: 3.1 million in all of Germany, as the census has
FILLED, GROWTH = 0.71, 0.57
LINES = 100_000  # that are put into words at once

Integers = NDArray[np.int64]


def write_fine_grid(path: str) -> None:
    """Write the file (.csv.gz), and say how many cells and residents it has."""
    file = Path(path)
    points = numbers(ResidentPoint.objects.values_list("x", "y", "residents")).astype(np.int64)
    cells = split(points[np.lexsort(points.T)])
    with gzip.open(file, "wt", compresslevel=1, encoding="ascii") as lines:
        lines.write("Gitter_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n")
        for start in range(0, len(cells), LINES):
            lines.writelines(
                f"100mN{y // CELL}E{x // CELL};{x};{y};{residents}\n"
                for x, y, residents in cells[start : start + LINES].tolist()
            )
    print(f"{len(cells):,} cells of 100 m with {cells[:, 2].sum():,} residents in {file.stat().st_size / 1e6:.0f} MB")


def split(points: Integers) -> Integers:
    """Rows of x, y, residents (metres, centres) of cells of 1 km → those of cells of 100 m. Nobody gets lost."""
    random = np.random.default_rng(SEED)
    corners, at = np.unique(points[:, :2] // KILOMETRE, axis=0, return_inverse=True)
    residents = np.bincount(at.ravel(), points[:, 2]).astype(np.int64)
    filled = np.clip(np.ceil(FILLED * residents**GROWTH), 1, np.minimum(residents, PARTS)).astype(np.int64)
    found = []
    for start in range(0, len(corners), LINES):
        chosen = slice(start, start + LINES)
        # The first of a shuffled row are inhabited, by one at least; the others come where they like
        order = random.random((len(corners[chosen]), PARTS)).argsort(axis=1)
        shares = random.random(order.shape) * (np.arange(PARTS) < filled[chosen, None])
        more = residents[chosen] - filled[chosen]
        inside = random.multinomial(more, shares / shares.sum(axis=1, keepdims=True)) + (shares > 0)
        cell, part = np.nonzero(inside)
        north, east = np.divmod(order[cell, part], KILOMETRE // CELL)
        corner = corners[chosen][cell] * KILOMETRE + CELL // 2
        found.append(np.column_stack((corner[:, 0] + east * CELL, corner[:, 1] + north * CELL, inside[cell, part])))
    return np.concatenate(found)
