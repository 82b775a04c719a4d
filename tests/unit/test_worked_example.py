"""The worked example of method.md §9, number by number. Nothing else."""

import numpy as np
import pytest

from cohesion.engine import CLASSES, LOSSES, Result, assess
from tests.unit.worlds import to_inputs, worked_example

SHOP, HALL = 0, 1


@pytest.fixture(scope="module")
def result() -> Result:
    return assess(to_inputs(worked_example()))


def test_the_shop_is_made_of_conditions_triad_and_dynamics(result: Result) -> None:
    assert result.triad[SHOP] == pytest.approx(2 / 3)
    assert result.strength[SHOP] == pytest.approx(0.4 * 0.75 + 0.3 * (2 / 3) + 0.3 * 0.5)
    assert result.strength[SHOP] == pytest.approx(0.65)


def test_of_the_hall_nothing_is_known(result: Result) -> None:
    assert np.isnan(result.triad[HALL])
    assert result.strength[HALL] == 0.3


def test_no_place_is_crowded(result: Result) -> None:
    assert result.demand == pytest.approx([1000 + 0.5 * 500, 0.5 * 1000 + 500])
    assert result.crowding.tolist() == [1, 1]


def test_all_of_01_is_sufficiently_supplied(result: Result) -> None:
    assert result.supply[0] == 1
    assert result.residents[0] == 1500
    assert result.residents_unreached[0] == 0


def test_shop_and_hall_share_the_supply_of_01(result: Result) -> None:
    shop = (1000 * 0.65 / 0.80 + 500 * 0.325 / 0.625) / 1500
    hall = (1000 * 0.15 / 0.80 + 500 * 0.30 / 0.625) / 1500
    assert result.contributions.toarray()[0] == pytest.approx([shop, hall])
    assert shop + hall == pytest.approx(1)


def test_without_the_shop_a_third_is_left(result: Result) -> None:
    assert result.supply_after_loss[0] == pytest.approx((1000 * 0.25 + 500 * 0.5) / 1500)
    assert result.supply_after_loss[0] == pytest.approx(1 / 3)
    assert (LOSSES[result.critical_kind[0]], result.critical_index[0]) == ("place", SHOP)


def test_the_provider_b_is_as_critical_as_the_shop_that_closes_without_it(result: Result) -> None:
    b = 1
    assert result.actor_losses.toarray()[0, b] == pytest.approx(2 / 3)
    assert result.place_losses.toarray()[0, SHOP] == pytest.approx(2 / 3)


def test_renewal_of_01_is_what_the_shop_says(result: Result) -> None:
    assert result.renewal_conditions[0].tolist() == [3, 3, 3, 3, 3]
    assert result.renewal[0] == 0.75


def test_01_is_resilient(result: Result) -> None:
    assert CLASSES[result.cohesion_class[0]] == "resilient"


def test_02_has_nothing_within_reach_and_is_risky(result: Result) -> None:
    assert result.supply[1] == result.supply_after_loss[1] == 0
    assert result.residents_unreached[1] == result.residents[1] == 400
    assert np.isnan(result.renewal[1])
    assert LOSSES[result.critical_kind[1]] == "none"
    assert CLASSES[result.cohesion_class[1]] == "risky"
