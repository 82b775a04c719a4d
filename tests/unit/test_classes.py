"""Renewal and the class of a municipality, method.md §5-6. How supply comes about is tested elsewhere."""

import numpy as np
import pytest

from cohesion.engine import CLASSES, Parameters, assess
from cohesion.engine.classes import cohesion_classes, renewal, renewal_conditions
from tests.unit.worlds import Ratings, World, make_municipality, make_place, make_point, make_world, to_inputs

NAN = float("nan")


def class_of(supply: float, after_loss: float, q: float, completed: bool = True, **parameters: float) -> str:
    """Class by K, K⁻ and Q."""
    (index,) = cohesion_classes(
        np.array([supply]),
        np.array([after_loss]),
        np.array([q]),
        np.array([completed]),
        Parameters(**parameters),  # type: ignore[arg-type]
    )
    return CLASSES[index]


def conditions_of(own: Ratings, *places: World) -> list[float]:
    """Ratings by condition of the first of two municipalities."""
    world = make_world(places=places, municipalities=[make_municipality(own), make_municipality(4)])
    ratings: list[float] = renewal_conditions(to_inputs(world))[0].tolist()
    return ratings


# Renewal


def test_a_municipalitys_own_rating_goes_before_those_of_its_places() -> None:
    ratings = conditions_of([1, None, 0, None, None], make_place(conditions=[3, 2, 4, None, None]))
    assert ratings == pytest.approx([1, 2, 0, NAN, NAN], nan_ok=True)


def test_ratings_of_places_are_averaged_condition_by_condition() -> None:
    ratings = conditions_of(
        None, make_place(conditions=[4, 1, None, 0, None]), make_place(conditions=[1, None, None, 0, None])
    )
    assert ratings == pytest.approx([2.5, 1, NAN, 0, NAN], nan_ok=True)


def test_places_of_other_municipalities_and_of_none_do_not_count() -> None:
    ratings = conditions_of(None, make_place(municipality=1, conditions=4), make_place(municipality=None, conditions=4))
    assert ratings == pytest.approx([NAN] * 5, nan_ok=True)


def test_a_place_counts_where_it_lies_though_nobody_lives_in_its_reach() -> None:
    assert conditions_of(None, make_place(9e5, 9e5, conditions=3)) == [3] * 5


def test_renewal_is_the_mean_of_the_known_conditions_over_four() -> None:
    ratings = np.array([[4, 4, 4, 4, 4], [0, 1, NAN, NAN, 2], [0, NAN, NAN, NAN, NAN], [NAN] * 5])
    assert renewal(ratings) == pytest.approx([1, 0.25, 0, NAN], nan_ok=True)


def test_a_condition_counts_once_however_many_places_rate_it() -> None:
    places = [make_place(conditions=[4, None, None, None, None]) for _ in range(3)]
    world = make_world(places=[*places, make_place(conditions=[4, 0, None, None, None])])
    assert assess(to_inputs(world)).renewal.tolist() == [0.5]


# Class


def test_robust_is_who_stays_adequately_supplied_after_the_worst_loss() -> None:
    assert class_of(0.9, 0.6, NAN) == "robust"
    assert class_of(0.9, 0.59, NAN) == "risky"


def test_robust_needs_neither_renewal_nor_an_inventory() -> None:
    assert class_of(1, 1, 0, completed=False) == "robust"


def test_resilient_is_who_has_a_foothold_and_good_conditions() -> None:
    assert class_of(0.2, 0, 0.5) == "resilient"
    assert class_of(0.19, 0, 0.5) == "risky"
    assert class_of(0.2, 0, 0.49) == "risky"
    assert class_of(1, 0.59, 1) == "resilient"


def test_resilient_needs_no_inventory_but_a_known_renewal() -> None:
    assert class_of(0.3, 0, 0.7, completed=False) == "resilient"
    assert class_of(0.3, 0, NAN) == "risky"


def test_risky_needs_a_completed_inventory() -> None:
    assert class_of(0, 0, 0, completed=True) == "risky"
    assert class_of(0, 0, 0, completed=False) == "unassessed"


def test_without_residents_there_is_no_class_whatever_else_is_known() -> None:
    assert class_of(NAN, NAN, 1, completed=True) == "unassessed"


@pytest.mark.parametrize(("gap", "reached"), [(0.9e-9, True), (1.1e-9, False)])
def test_a_figure_within_rounding_of_a_threshold_reaches_it(gap: float, reached: bool) -> None:
    assert (class_of(1, 0.6 - gap, 0) == "robust") is reached
    assert (class_of(0.2 - gap, 0, 1) == "resilient") is reached
    assert (class_of(1, 0, 0.5 - gap) == "resilient") is reached


def test_the_thresholds_are_parameters() -> None:
    assert class_of(0.9, 0.6, 0, adequate=0.7) == "risky"
    assert class_of(0.3, 0, 1, foothold=0.4) == "risky"
    assert class_of(0.3, 0, 0.6, renewing=0.7) == "risky"


def test_the_class_of_a_municipality_follows_from_its_own_figures() -> None:
    world = make_world(
        points=[make_point(20_000 * m, 0, 100, m) for m in range(4)],
        places=[
            *[make_place(0, 0, 0, conditions=4) for _ in range(2)],
            make_place(20_000, 0, 1, conditions=2),
            make_place(40_000, 0, 2, conditions=1),
        ],
        municipalities=[make_municipality(completed=m < 3) for m in range(4)],
    )
    result = assess(to_inputs(world))
    assert [CLASSES[index] for index in result.cohesion_class] == [
        "robust",
        "resilient",
        "risky",
        "unassessed",
    ]
