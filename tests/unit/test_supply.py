"""Supply of residents and what the worst single loss leaves of it, method.md §3-4. No classes here."""

from typing import Any

import numpy as np
import pytest

from cohesion.engine import LOSSES, Inputs, Parameters, Result, assess
from cohesion.engine.blocks import Block
from cohesion.engine.pairs import find_pairs, inhabited
from tests.unit.worlds import make_municipality, make_place, make_point, make_world, to_inputs

TWO_MUNICIPALITIES = [make_municipality(), make_municipality()]


def assess_world(*args: Any, parameters: Parameters | None = None, **kwargs: Any) -> Result:
    """Result for the world that `make_world` makes of the arguments."""
    return assess(to_inputs(make_world(*args, **kwargs)), parameters or Parameters())


def closeness_at(distance: float, **parameters: float) -> float:
    """`f` at a distance in metres."""
    inputs = to_inputs(make_world([make_point(4_321_500, 3_000_500)], [make_place(4_321_500 + distance, 3_000_500)]))
    return float(closeness(inputs, Parameters(**parameters)).sum())  # type: ignore[arg-type]


def closeness(inputs: Inputs, parameters: Parameters) -> Any:
    """`f` of all pairs within reach of a world with a single municipality."""
    residents = inhabited(inputs)
    block = Block(residents, find_pairs(inputs, residents, parameters.reach), 0, 1)
    block.set_closeness(parameters)
    return block.near.toarray()


def critical(result: Result, municipality: int = 0) -> tuple[str, int]:
    """Kind and index of the critical loss of a municipality."""
    return LOSSES[result.critical_kind[municipality]], int(result.critical_index[municipality])


# Closeness


@pytest.mark.parametrize(
    ("distance", "f"),
    [(0, 1), (999, 1), (1000, 1), (2000, 0.75), (3000, 0.5), (4999, 0.00025), (5000, 0), (9000, 0)],
)
def test_closeness_is_one_up_to_near_and_falls_to_zero_at_reach(distance: float, f: float) -> None:
    assert closeness_at(distance) == pytest.approx(f, abs=1e-12)


def test_closeness_is_exactly_zero_at_reach() -> None:
    inputs = to_inputs(make_world([make_point(0, 0), make_point(0, 5000)], [make_place(3000, 4000), make_place(0, 0)]))
    assert closeness(inputs, Parameters())[0, 0] == 0
    assert closeness(inputs, Parameters())[1, 1] == 0
    assert assess(inputs).residents_unreached == 0


def test_closeness_is_a_step_where_near_equals_reach() -> None:
    assert closeness_at(2999, near=3000, reach=3000) == 1
    assert closeness_at(3000, near=3000, reach=3000) == 1
    assert closeness_at(3001, near=3000, reach=3000) == 0


def test_closeness_goes_by_the_straight_line() -> None:
    inputs = to_inputs(make_world([make_point(0, 0)], [make_place(1800, 2400)]))
    assert closeness(inputs, Parameters())[0, 0] == pytest.approx(0.5)


# Demand and crowding


def test_demand_counts_all_residents_across_boundaries_by_closeness() -> None:
    result = assess_world(
        [make_point(0, 0, 1000, 0), make_point(3000, 0, 600, 1), make_point(5000, 0, 700, 1)],
        [make_place(0, 0), make_place(90_000, 0)],
        municipalities=TWO_MUNICIPALITIES,
    )
    assert result.demand == pytest.approx([1300, 0])


def test_a_place_is_crowded_from_residents_per_place_on() -> None:
    def crowding(residents: float) -> float:
        return float(assess_world([make_point(residents=residents)], [make_place()]).crowding[0])

    assert crowding(0) == 1
    assert crowding(3000) == 1
    assert crowding(4000) == 0.75
    assert crowding(30_000) == pytest.approx(0.1)


def test_crowding_thins_the_supply_of_all_whom_the_place_supplies() -> None:
    result = assess_world(
        [make_point(0, 0, 5000, 0), make_point(100, 0, 1000, 1)],
        [make_place(conditions=4)],
        municipalities=TWO_MUNICIPALITIES,
        parameters=Parameters(sufficient_supply=1),
    )
    assert result.supply == pytest.approx([0.5, 0.5])


def test_demand_stays_as_it_is_when_a_place_is_lost() -> None:
    # 6,000 residents and two places at one spot: each is crowded to one half, before and after
    result = assess_world([make_point(residents=6000)], [make_place(conditions=4), make_place(conditions=4)])
    assert result.supply == pytest.approx([1])
    assert result.supply_after_loss == pytest.approx([0.5 / 0.6])


# Supply


def test_a_point_is_supplied_by_the_sum_of_strength_times_closeness() -> None:
    result = assess_world([make_point()], [make_place(0, 0, conditions=1), make_place(3000, 0, conditions=1)])
    assert result.supply == pytest.approx([(0.25 + 0.125) / 0.6])


def test_more_than_sufficient_supply_at_one_point_does_not_help_another() -> None:
    result = assess_world(
        [make_point(0, 0, 300), make_point(50_000, 0, 100)],
        [make_place(conditions=4), make_place(conditions=4)],
    )
    assert result.supply == pytest.approx([0.75])


def test_points_weigh_by_their_residents() -> None:
    result = assess_world([make_point(0, 0, 10), make_point(50_000, 0, 90)], [make_place(conditions=4)])
    assert result.supply == pytest.approx([0.1])


def test_a_place_supplies_residents_of_other_municipalities_and_may_lie_in_none() -> None:
    result = assess_world(
        [make_point(0, 0, 100, 0), make_point(0, 0, 100, 1)],
        [make_place(0, 0, None, conditions=4)],
        municipalities=TWO_MUNICIPALITIES,
    )
    assert result.supply.tolist() == [1, 1]


def test_supply_is_unknown_where_nobody_lives() -> None:
    result = assess_world([make_point(residents=0, municipality=0)], [make_place()], municipalities=TWO_MUNICIPALITIES)
    assert np.isnan(result.supply).all()
    assert np.isnan(result.supply_after_loss).all()
    assert result.residents.tolist() == [0, 0]
    assert result.critical_kind.tolist() == [0, 0]
    assert result.critical_index.tolist() == [-1, -1]
    assert result.contributions.nnz == result.place_losses.nnz == result.actor_losses.nnz == 0


def test_without_any_place_supply_is_zero() -> None:
    result = assess_world([make_point()])
    assert result.supply.tolist() == result.supply_after_loss.tolist() == [0]
    assert result.residents_unreached.tolist() == [100]
    assert result.contributions.shape == result.place_losses.shape == (1, 0)


def test_a_world_without_anything_has_a_result() -> None:
    result = assess_world(municipalities=[])
    assert result.supply.shape == (0,)


def test_residents_are_unreached_where_no_place_is_close_however_weak_the_places_are() -> None:
    result = assess_world(
        [make_point(0, 0, 100), make_point(5000, 0, 30), make_point(7000, 0, 7)], [make_place(conditions=0)]
    )
    assert result.supply.tolist() == [0]
    assert result.residents_unreached.tolist() == [37]
    assert result.residents.tolist() == [137]


# Contributions


def test_contributions_share_supply_out_by_what_each_place_gives() -> None:
    result = assess_world(
        [make_point(0, 0, 100), make_point(3000, 0, 100)],
        [make_place(0, 0, conditions=4), make_place(3000, 0, conditions=2), make_place(50_000, 0)],
    )
    # A: 1 + 0.25 and 0.5 + 0.5, both more than sufficient
    assert result.contributions.toarray() == pytest.approx(np.array([[(0.8 + 0.5) / 2, (0.2 + 0.5) / 2, 0]]))


def test_contributions_are_what_arrives_where_supply_is_short() -> None:
    result = assess_world([make_point()], [make_place(conditions=1), make_place(3000, 0, conditions=1)])
    assert result.contributions.toarray() == pytest.approx(np.array([[0.25 / 0.6, 0.125 / 0.6]]))


def test_a_place_without_strength_contributes_and_takes_nothing() -> None:
    result = assess_world([make_point()], [make_place(conditions=0), make_place(conditions=1)])
    assert result.contributions.indices.tolist() == result.place_losses.indices.tolist() == [1]


# Losses


def test_a_place_that_closes_takes_all_it_gave() -> None:
    result = assess_world([make_point()], [make_place(conditions=1), make_place(3000, 0, conditions=1)])
    assert result.place_losses.toarray() == pytest.approx(np.array([[0.25 / 0.6, 0.125 / 0.6]]))
    assert result.supply_after_loss == pytest.approx([0.125 / 0.6])
    assert critical(result) == ("place", 0)


def test_a_place_that_others_can_make_up_for_is_no_loss() -> None:
    result = assess_world([make_point()], [make_place(conditions=4), make_place(conditions=3)])
    assert result.place_losses.nnz == 0
    assert result.supply_after_loss.tolist() == [1]
    assert critical(result) == ("none", -1)


def test_a_loss_is_felt_as_far_as_there_is_no_reserve() -> None:
    result = assess_world([make_point()], [make_place(conditions=2), make_place(conditions=1)])
    assert result.place_losses.toarray() == pytest.approx(np.array([[0.35 / 0.6, 0.1 / 0.6]]))


def test_the_only_place_leaves_exactly_nothing() -> None:
    result = assess_world([make_point(0, 0, 7), make_point(1234, 777, 0.3)], [make_place(conditions=1)])
    assert result.supply_after_loss.tolist() == [0]


def test_an_actor_that_carries_two_places_is_worse_than_each_of_them() -> None:
    result = assess_world(
        [make_point()],
        [make_place(conditions=2), make_place(conditions=2)],
        roles=[(0, 0, "provider"), (1, 0, "provider")],
    )
    strength = (0.4 * 0.5 + 0.3 / 3) / 0.7
    assert result.place_losses.toarray() == pytest.approx(1 - np.array([[strength, strength]]) / 0.6)
    assert result.actor_losses.toarray() == pytest.approx(np.array([[1.0]]))
    assert result.supply_after_loss.tolist() == [0]
    assert critical(result) == ("actor", 0)


def test_an_actor_whose_places_stay_open_takes_part_of_their_strength() -> None:
    result = assess_world([make_point()], [make_place(conditions=0)], roles=[(0, 0, "motivator"), (0, 1, "promoter")])
    assert result.supply == pytest.approx([0.2 / 0.7 / 0.6])
    assert result.actor_losses.toarray() == pytest.approx(np.array([[0.1 / 0.7 / 0.6, 0.1 / 0.7 / 0.6]]))


def test_a_place_goes_before_an_actor_whose_loss_is_as_bad() -> None:
    result = assess_world([make_point()], [make_place(conditions=2)], roles=[(0, 0, "provider")])
    assert result.place_losses.toarray() == pytest.approx(result.actor_losses.toarray())
    assert critical(result) == ("place", 0)


def test_of_equal_places_the_one_with_the_smaller_index_goes_first() -> None:
    result = assess_world(
        [make_point()],
        [
            make_place(4000, 0, conditions=1),
            make_place(-3000, 0, conditions=1),
            make_place(0, 3000, conditions=1),
        ],
    )
    assert critical(result) == ("place", 1)


def test_of_equal_actors_the_one_with_the_smaller_index_goes_first() -> None:
    places = [make_place(conditions=1) for _ in range(4)]
    roles = [(0, 2, "provider"), (1, 2, "provider"), (2, 1, "provider"), (3, 1, "provider")]
    result = assess_world([make_point()], places, roles, parameters=Parameters(sufficient_supply=2))
    assert critical(result) == ("actor", 1)


def test_losses_that_differ_by_rounding_only_are_equal() -> None:
    near_and_hardly_farther = [
        make_place(3000 - 1e-7, 0, conditions=1),
        make_place(3000 - 2e-7, 0, conditions=1),
    ]
    result = assess_world([make_point()], near_and_hardly_farther)
    losses = result.place_losses.toarray()[0]
    assert losses[1] > losses[0]
    assert critical(result) == ("place", 0)


def test_each_municipality_has_its_own_critical_loss() -> None:
    result = assess_world(
        [make_point(0, 0, 100, 0), make_point(20_000, 0, 100, 1)],
        [make_place(20_000, 0, conditions=1), make_place(0, 0, conditions=1)],
        municipalities=TWO_MUNICIPALITIES,
    )
    assert critical(result, 0) == ("place", 1)
    assert critical(result, 1) == ("place", 0)


def test_a_place_next_door_can_be_the_critical_one() -> None:
    result = assess_world(
        [make_point(0, 0, 100, 0)], [make_place(2000, 0, 1, conditions=4)], municipalities=TWO_MUNICIPALITIES
    )
    assert critical(result, 0) == ("place", 0)
    assert critical(result, 1) == ("none", -1)


def test_a_reserve_at_one_point_does_not_help_another() -> None:
    # The far point has one place only, the near one has plenty
    result = assess_world(
        [make_point(0, 0, 100), make_point(5500, 0, 100)],
        [make_place(conditions=4), make_place(conditions=4), make_place(2000, 0, conditions=4)],
    )
    lost_at_the_far_point = (5000 - 3500) / 4000 / 0.6
    assert result.place_losses.toarray() == pytest.approx(np.array([[0, 0, lost_at_the_far_point / 2]]))


def test_losses_that_differ_by_more_than_rounding_are_not_equal() -> None:
    result = assess_world([make_point()], [make_place(3000, 0, conditions=1), make_place(2999.9, 0, conditions=1)])
    assert critical(result) == ("place", 1)


def test_a_loss_that_rounds_to_none_is_none() -> None:
    def losses(residents_in_reach: float) -> int:
        points = [make_point(0, 0, residents_in_reach), make_point(90_000, 0, 1e6)]
        result = assess_world(points, [make_place(conditions=4)])
        assert (critical(result)[0] == "none") is (result.place_losses.nnz == 0)
        return int(result.place_losses.nnz)

    assert losses(1) == 1
    assert losses(0.0009) == 0


def test_rounding_never_makes_a_loss_exceed_the_supply_it_is_taken_from() -> None:
    points = [make_point(37 * i, 0, 1 + i / 7) for i in range(50)]
    for last in range(50):
        result = assess_world(points[: last + 1], [make_place(1500, 0, conditions=1)])
        assert result.place_losses.toarray()[0, 0] <= result.supply[0]
        assert result.supply_after_loss[0] >= 0
