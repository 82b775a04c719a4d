"""Which areas went into which, by overlap alone: shares sum to 1, drawing anew is no change, spits are not lost."""

import numpy as np
import pytest
import shapely

from places.succession import Match, match, resident_shares


def squares(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*box) for box in boxes], dtype=object)


def shares(found: Match) -> dict[tuple[int, int], float]:
    pairs = zip(found.old.tolist(), found.new.tolist(), found.share.tolist(), strict=True)
    return {(old, new): share for old, new, share in pairs}


def test_what_stayed_as_it_was_succeeds_itself() -> None:
    areas = squares((0, 0, 1000, 1000), (1000, 0, 2000, 1000))
    assert shares(match(["a", "b"], areas, ["a", "b"], areas)) == {(0, 0): 1.0, (1, 1): 1.0}


def test_one_that_is_gone_went_into_the_one_that_covers_it() -> None:
    old, new = squares((0, 0, 1000, 1000), (1000, 0, 2000, 1000)), squares((0, 0, 2000, 1000))
    assert shares(match(["a", "b"], old, ["a"], new)) == {(0, 0): 1.0, (1, 0): 1.0}


def test_one_that_was_divided_went_to_each_by_its_area() -> None:
    old = squares((0, 0, 1000, 1000), (1000, 0, 2000, 1000), (2000, 0, 3000, 1000))
    new = squares((0, 0, 1250, 1000), (1250, 0, 3000, 1000))
    found = shares(match(["a", "b", "c"], old, ["a", "c"], new))
    assert found == pytest.approx({(0, 0): 1.0, (1, 0): 0.25, (1, 1): 0.75, (2, 1): 1.0})


def test_lines_that_wander_are_no_change_but_a_part_that_moved_is() -> None:
    old = squares(*((west, 0, west + 2000, 2000) for west in range(0, 20_000, 2000)))
    drawn = squares(*((west + 60, 0, west + 2060, 2000) for west in range(0, 20_000, 2000)))
    keys = [f"0663500{index}" for index in range(10)]
    assert shares(match(keys, old, keys, drawn)) == {(index, index): 1.0 for index in range(10)}
    drawn[0], drawn[1] = shapely.box(0, 0, 1000, 2000), shapely.box(1000, 0, 4000, 2000)
    found = shares(match(keys, old, keys, drawn))
    assert found[0, 0] == pytest.approx(0.5)
    assert found[0, 1] == pytest.approx(0.5)


def test_nobody_goes_to_another_state_who_has_a_successor_at_home() -> None:
    old = squares((0, 0, 1000, 1000), (1000, 0, 2000, 1000))
    new = squares((0, 0, 1300, 1000), (1300, 0, 2000, 1000))
    found = shares(match(["06635001", "16063001"], old, ["06635001", "16063002"], new))
    assert found == {(0, 0): 1.0, (1, 1): 1.0}
    # but who has none at all there went across the border, as Amt Neuhaus did
    found = shares(match(["06635001", "16063001"], old, ["06635001"], squares((0, 0, 2000, 1000))))
    assert found == {(0, 0): 1.0, (1, 0): 1.0}


def test_a_spit_of_land_that_the_newer_file_lost_went_to_its_neighbour() -> None:
    old, new = squares((0, 0, 1000, 1000), (1100, 0, 1300, 200)), squares((0, 0, 1000, 1000))
    assert shares(match(["a", "spit"], old, ["a"], new)) == {(0, 0): 1.0, (1, 0): 1.0}


def test_what_lies_far_from_the_newer_boundaries_has_no_successor() -> None:
    old, new = squares((0, 0, 1000, 1000), (50_000, 0, 51_000, 1000)), squares((0, 0, 1000, 1000))
    assert shares(match(["a", "far"], old, ["a"], new)) == {(0, 0): 1.0}


def test_residents_are_shared_by_their_cells_where_there_are_any() -> None:
    pairs = Match(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.5, 0.5, 1.0]), 0.0)
    old, new, residents = np.array([0, 0, 0]), np.array([0, 1, 1]), np.array([30.0, 60.0, 10.0])
    found = resident_shares(pairs, old, new, residents)
    assert found[:2] == pytest.approx([0.3, 0.7])
    assert np.isnan(found[2])
