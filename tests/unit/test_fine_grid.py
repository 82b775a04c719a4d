"""The census grid of 100 m that the bench makes up (tests/bench/fine_grid.py)."""

import numpy as np

from tests.bench.fine_grid import split


def test_cells_of_1_km_are_split_and_nobody_gets_lost() -> None:
    points = np.array([[4_300_500, 3_100_500, 1], [4_301_500, 3_100_500, 62], [4_302_500, 3_100_500, 20_000]])
    cells = split(points)
    assert (cells[:, :2] % 100 == 50).all()
    assert (cells[:, 2] > 0).all()
    assert len(np.unique(cells[:, :2], axis=0)) == len(cells)
    of = cells[:, 0] // 1000 - 4300
    assert np.bincount(of, cells[:, 2]).tolist() == [1, 62, 20_000]
    assert np.bincount(of).tolist() == [1, 8, 100]
    assert np.array_equal(cells, split(points))
