"""Strength of a place, method.md §2, and what is left of it when an actor leaves (§4). No residents here."""

from typing import Any

import numpy as np
import pytest

from cohesion.engine import Parameters, assess
from cohesion.engine.strength import strengths
from tests.unit.worlds import make_place, make_point, make_world, to_inputs


def strength_of(roles: Any = (), conditions: Any = None, dynamics: Any = None, **parameters: float) -> float:
    """Strength of the only place of a world; `roles` are (actor, role)."""
    return float(_only_place(roles, conditions, dynamics, **parameters).strength[0])


def triad_of(*roles: tuple[int, str]) -> float:
    """Triad of the only place of a world; `roles` are (actor, role)."""
    return float(_only_place(roles).triad[0])


def lost_with_actors(roles: Any = (), conditions: Any = None, dynamics: Any = None) -> list[float]:
    """How far the strength of the only place falls with each of the actors."""
    lost: list[float] = _only_place(roles, conditions, dynamics).lost_with_actor.toarray()[0].tolist()
    return lost


def _only_place(roles: Any = (), conditions: Any = None, dynamics: Any = None, **parameters: float) -> Any:
    world = make_world(
        places=[make_place(conditions=conditions, dynamics=dynamics)],
        roles=[(0, actor, role) for actor, role in roles],
    )
    return strengths(to_inputs(world), Parameters(**parameters))  # type: ignore[arg-type]


def test_a_place_of_which_nothing_is_known_has_the_unrated_strength() -> None:
    assert strength_of() == 0.3
    assert strength_of(unrated_strength=0.1) == 0.1


def test_ratings_count_as_shares_of_the_best_rating() -> None:
    assert strength_of(conditions=0) == 0
    assert strength_of(conditions=1) == pytest.approx(0.25)
    assert strength_of(conditions=4) == 1
    assert strength_of(dynamics=3) == pytest.approx(0.75)


def test_only_ratings_that_are_known_enter_their_mean() -> None:
    assert strength_of(conditions=[4, None, None, 1, None]) == pytest.approx(5 / 8)
    assert strength_of(dynamics=[None, 0, None, 3]) == pytest.approx(3 / 8)


def test_a_rating_of_zero_is_not_a_missing_rating() -> None:
    assert strength_of(conditions=[4, 0, None, None, None]) == pytest.approx(0.5)


def test_conditions_weigh_four_tenths_and_triad_and_dynamics_three_each() -> None:
    two_of_three = [(0, "motivator"), (1, "provider")]
    assert strength_of(two_of_three, conditions=1, dynamics=2) == pytest.approx(0.4 * 1 / 4 + 0.3 * 2 / 3 + 0.3 * 2 / 4)


def test_weights_are_rescaled_to_what_is_present() -> None:
    assert strength_of(conditions=4, dynamics=0) == pytest.approx(0.4 / 0.7)
    assert strength_of([(0, "promoter")], dynamics=0) == pytest.approx(0.5 / 3)
    assert strength_of([(0, "promoter")], conditions=0) == pytest.approx(0.3 / 0.7 / 3)


def test_each_weight_belongs_to_its_own_part() -> None:
    chosen = {"weight_conditions": 1, "weight_triad": 2, "weight_dynamics": 5}
    assert strength_of([(0, "provider")], conditions=4, dynamics=0, **chosen) == pytest.approx((1 + 2 / 3) / 8)
    assert strength_of([(0, "provider")], conditions=0, dynamics=4, **chosen) == pytest.approx((5 + 2 / 3) / 8)


def test_weights_need_not_sum_to_one() -> None:
    chosen = {"weight_conditions": 8, "weight_triad": 6, "weight_dynamics": 6}
    assert strength_of([(0, "provider")], 3, 1, **chosen) == pytest.approx(strength_of([(0, "provider")], 3, 1))


def test_the_triad_is_missing_while_no_role_is_recorded() -> None:
    assert np.isnan(triad_of())


def test_three_actors_with_a_role_each_fill_the_triad() -> None:
    assert triad_of((0, "motivator"), (1, "provider"), (2, "promoter")) == 1


def test_one_actor_with_all_roles_holds_one_of_them_at_once() -> None:
    assert triad_of((0, "motivator"), (0, "provider"), (0, "promoter")) == pytest.approx(1 / 3)


def test_three_actors_with_one_and_the_same_role_hold_one_role() -> None:
    assert triad_of((0, "provider"), (1, "provider"), (2, "provider")) == pytest.approx(1 / 3)


def test_roles_go_to_actors_so_that_most_are_held() -> None:
    # Only if 0 leaves `provider` to 1 can both hold a role
    assert triad_of((0, "motivator"), (0, "provider"), (1, "provider")) == pytest.approx(2 / 3)
    assert triad_of(
        (0, "motivator"), (0, "provider"), (1, "provider"), (1, "promoter"), (2, "promoter"), (2, "motivator")
    ) == pytest.approx(1)
    assert triad_of(
        (0, "motivator"), (0, "provider"), (0, "promoter"), (1, "promoter"), (2, "promoter")
    ) == pytest.approx(2 / 3)


def test_a_role_that_is_said_twice_counts_once() -> None:
    assert triad_of((0, "motivator"), (0, "motivator")) == pytest.approx(1 / 3)
    assert lost_with_actors([(0, "motivator"), (0, "motivator"), (1, "promoter")]) == pytest.approx([1 / 3, 1 / 3])


def test_roles_at_another_place_do_not_count_here() -> None:
    world = make_world(places=[make_place(), make_place()], roles=[(1, 0, "provider"), (1, 1, "promoter")])
    result = strengths(to_inputs(world), Parameters())
    assert result.triad == pytest.approx([np.nan, 2 / 3], nan_ok=True)
    assert result.strength == pytest.approx([0.3, 2 / 3])


def test_a_place_closes_with_its_last_provider() -> None:
    roles = [(0, "provider"), (1, "motivator")]
    strength = strength_of(roles, conditions=4)
    assert lost_with_actors(roles, conditions=4)[0] == pytest.approx(strength)


def test_a_place_with_another_provider_stays_open() -> None:
    roles = [(0, "provider"), (1, "provider"), (1, "promoter")]
    assert lost_with_actors(roles) == pytest.approx([1 / 3, 1 / 3])


def test_a_place_that_never_had_a_provider_does_not_close_for_want_of_one() -> None:
    assert lost_with_actors([(0, "motivator"), (1, "promoter")], conditions=4) == pytest.approx(
        [0.3 / 0.7 * 1 / 3, 0.3 / 0.7 * 1 / 3]
    )


def test_the_triad_is_zero_and_not_missing_when_the_last_actor_has_left() -> None:
    roles = [(0, "motivator")]
    assert strength_of(roles, conditions=4) == pytest.approx((0.4 + 0.1) / 0.7)
    assert lost_with_actors(roles, conditions=4) == pytest.approx([0.1 / 0.7])
    assert lost_with_actors(roles) == pytest.approx([1 / 3])


def test_an_actor_whom_others_can_replace_takes_nothing_away() -> None:
    roles = [(0, "motivator"), (1, "motivator"), (2, "provider"), (3, "promoter")]
    assert lost_with_actors(roles, conditions=3)[:2] == [0, 0]


def test_an_actor_weakens_all_places_where_it_has_a_role_and_no_other() -> None:
    world = make_world(
        points=[make_point()],
        places=[make_place(conditions=4), make_place(conditions=4), make_place(conditions=4)],
        roles=[(0, 0, "provider"), (1, 0, "promoter"), (1, 1, "provider"), (2, 1, "provider")],
    )
    lost = strengths(to_inputs(world), Parameters()).lost_with_actor.toarray()
    both, one = (0.4 + 0.2) / 0.7, (0.4 + 0.1) / 0.7
    assert lost[:, 0] == pytest.approx([one, both - one, 0])
    assert lost[:, 1] == pytest.approx([0, both, one])


def test_strength_and_triad_are_part_of_the_result() -> None:
    world = make_world(places=[make_place(conditions=2)], roles=[(0, 0, "provider")])
    result = assess(to_inputs(world))
    assert result.strength == pytest.approx([(0.4 * 0.5 + 0.3 / 3) / 0.7])
    assert result.triad == pytest.approx([1 / 3])
