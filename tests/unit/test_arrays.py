"""Inputs are checked when they are made (method.md §1), and what is wrong is named. No figures here."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from cohesion.engine import CLASSES, CONDITIONS, DYNAMICS, ROLES, Inputs
from tests.unit.worlds import make_world, to_inputs, worked_example


def test_names_and_order_are_those_of_the_method() -> None:
    assert CONDITIONS == (
        "open_administration",
        "engaged_actors",
        "process_not_project",
        "supraregional_attention",
        "public_infrastructure",
    )
    assert DYNAMICS == ("opening_outward", "bundling_competences", "conflict_space", "consolidation")
    assert ROLES == ("motivator", "provider", "promoter")
    assert CLASSES == ("unassessed", "risky", "resilient", "robust")


@pytest.mark.parametrize("name", [field.name for field in fields(Inputs) if field.name != "actors"])
def test_an_array_of_another_length_is_refused_by_name(name: str) -> None:
    inputs = to_inputs(worked_example())
    one_more: Any = np.concatenate([getattr(inputs, name), getattr(inputs, name)[:1]])
    # The first array of its kind sets the length; then it is the next one that does not fit
    named = {
        "point_x": "point_y",
        "place_x": "place_y",
        "role_place": "role_actor",
        "municipal_conditions": "inventory_completed",
    }.get(name, name)
    with pytest.raises(ValueError, match=f"^{named} must have the shape"):
        replace(inputs, **{name: one_more})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("point_x", np.nan),
        ("point_y", np.inf),
        ("point_residents", np.nan),
        ("point_residents", -1),
        ("point_municipality", -1),
        ("point_municipality", 2),
        ("place_x", np.inf),
        ("place_y", np.nan),
        ("place_municipality", -2),
        ("place_municipality", 2),
        ("place_conditions", 4.5),
        ("place_conditions", -1),
        ("place_dynamics", np.inf),
        ("role_place", 2),
        ("role_place", -1),
        ("role_actor", 2),
        ("role_actor", -1),
        ("role_kind", 3),
        ("role_kind", -1),
        ("municipal_conditions", 5),
    ],
)
def test_an_impossible_value_is_refused_by_the_array_it_is_in(name: str, value: float) -> None:
    inputs = to_inputs(worked_example())
    array = getattr(inputs, name).copy()
    array.flat[-1] = value
    with pytest.raises(ValueError, match=f"^{name} must"):
        replace(inputs, **{name: array})


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("role_kind", np.array([0.0, 2.0, 1.0])),
        ("place_municipality", np.array([True, False])),
        ("inventory_completed", np.array([1, 0])),
        ("point_x", np.array(["0", "3000", "8000"])),
    ],
)
def test_an_array_of_another_type_is_refused_by_name(name: str, array: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} must not be of the type"):
        replace(to_inputs(worked_example()), **{name: array})


def test_the_number_of_actors_is_not_negative() -> None:
    with pytest.raises(ValueError, match=r"^actors must not be negative"):
        replace(to_inputs(make_world()), actors=-1)


def test_missing_ratings_and_a_place_in_no_municipality_are_possible() -> None:
    inputs = to_inputs(worked_example())
    replace(inputs, place_municipality=np.array([-1, -1]), place_conditions=np.full((2, 5), np.nan))
