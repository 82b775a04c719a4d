"""The worked example of method.md §9, reckoned by the engine with the default parameters. Pure."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from cohesion.engine import CLASSES, Inputs, assess

SHOP, HALL = 0, 1
MUNICIPALITY_01, MUNICIPALITY_02 = 0, 1


@dataclass(frozen=True)
class WorkedExample:
    """The figures that the page shows; shares from 0 to 1."""

    conditions: float  # C of the shop
    dynamics: float  # D
    triad: float  # T
    shop_strength: float
    hall_strength: float
    supply: float  # K of municipality 01
    supply_after_loss: float
    renewal: float
    cohesion_class: str
    other_supply: float  # K of municipality 02
    other_class: str


def inputs() -> Inputs:
    """Two municipalities, three resident points, a shop and a hall."""
    ratings = np.full((2, 5), np.nan)
    ratings[SHOP] = 3
    dynamics = np.full((2, 4), np.nan)
    dynamics[SHOP] = 2
    return Inputs(
        point_x=np.array([0.0, 3000.0, 8000.0]),
        point_y=np.zeros(3),
        point_residents=np.array([1000.0, 500.0, 400.0]),
        point_municipality=np.array([MUNICIPALITY_01, MUNICIPALITY_01, MUNICIPALITY_02]),
        place_x=np.array([0.0, 3000.0]),
        place_y=np.zeros(2),
        place_municipality=np.array([MUNICIPALITY_01, MUNICIPALITY_01]),
        place_conditions=ratings,
        place_dynamics=dynamics,
        role_place=np.array([SHOP, SHOP, SHOP]),
        role_actor=np.array([0, 0, 1]),  # A is motivator and promoter, B is provider
        role_kind=np.array([0, 2, 1]),
        actors=2,
        municipal_conditions=np.full((2, 5), np.nan),
        inventory_completed=np.array([True, True]),
    )


@cache
def worked_example() -> WorkedExample:
    """Reckoned once; the same inputs give the same figures."""
    given = inputs()
    result = assess(given)
    return WorkedExample(
        conditions=float(given.place_conditions[SHOP].mean()) / 4,
        dynamics=float(given.place_dynamics[SHOP].mean()) / 4,
        triad=float(result.triad[SHOP]),
        shop_strength=float(result.strength[SHOP]),
        hall_strength=float(result.strength[HALL]),
        supply=float(result.supply[MUNICIPALITY_01]),
        supply_after_loss=float(result.supply_after_loss[MUNICIPALITY_01]),
        renewal=float(result.renewal[MUNICIPALITY_01]),
        cohesion_class=CLASSES[result.cohesion_class[MUNICIPALITY_01]],
        other_supply=float(result.supply[MUNICIPALITY_02]),
        other_class=CLASSES[result.cohesion_class[MUNICIPALITY_02]],
    )
