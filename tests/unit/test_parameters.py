"""The parameters of method.md: their defaults, and what is refused. What they do is tested elsewhere."""

from dataclasses import FrozenInstanceError

import pytest

from cohesion.engine import METHOD, ROUNDING, Parameters


def test_the_defaults_are_those_of_the_method() -> None:
    assert Parameters().as_dict() == {
        "freshness_months": 24,
        "weight_conditions": 0.4,
        "weight_triad": 0.3,
        "weight_dynamics": 0.3,
        "unrated_strength": 0.3,
        "near": 1000,
        "reach": 5000,
        "residents_per_place": 3000,
        "sufficient_supply": 0.6,
        "adequate": 0.6,
        "foothold": 0.2,
        "renewing": 0.5,
    }
    assert METHOD == "SOK-1"
    assert ROUNDING == 1e-9


def test_parameters_survive_the_way_through_a_dict() -> None:
    parameters = Parameters(near=500, freshness_months=12)
    assert Parameters(**parameters.as_dict()) == parameters  # type: ignore[arg-type]


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Parameters().near = 2000  # type: ignore[misc]


@pytest.mark.parametrize("name", Parameters().as_dict())
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_negative_and_endless_values_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        Parameters(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "weight_conditions",
        "weight_triad",
        "weight_dynamics",
        "residents_per_place",
        "sufficient_supply",
    ],
)
def test_zero_is_refused_where_it_would_be_divided_by(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be above 0"):
        Parameters(**{name: 0})


@pytest.mark.parametrize("name", ["unrated_strength", "adequate", "foothold", "renewing"])
def test_shares_end_at_one(name: str) -> None:
    assert Parameters(**{name: 1}).as_dict()[name] == 1
    assert Parameters(**{name: 0}).as_dict()[name] == 0
    with pytest.raises(ValueError, match=f"^{name} must be a share"):
        Parameters(**{name: 1.01})  # type: ignore[arg-type]


def test_reach_may_equal_near_but_not_fall_below_it() -> None:
    assert Parameters(near=3000, reach=3000).reach == 3000
    with pytest.raises(ValueError, match=r"^reach must not be below near: 2999 < 3000"):
        Parameters(near=3000, reach=2999)


def test_reach_is_above_zero_and_near_need_not_be() -> None:
    assert Parameters(near=0).near == 0
    with pytest.raises(ValueError, match=r"^reach must be above 0"):
        Parameters(near=0, reach=0)
