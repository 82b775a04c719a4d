"""Renewal and the class of each municipality, method.md §5-6. How supply comes about does not matter here."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cohesion.engine.arrays import BEST_RATING, CLASSES, Floats, Inputs, Sparse
from cohesion.engine.parameters import ROUNDING, Parameters
from cohesion.engine.strength import mean_of_known


def renewal_conditions(inputs: Inputs) -> Floats:
    """Rating 0..4 of each condition in each municipality (M, 5), NaN where unknown (method.md §5).

    The municipality's own rating goes before the mean of the ratings of its counted places.
    """
    return conditions_of(homes(inputs), inputs.place_conditions, inputs.municipal_conditions)


def homes(inputs: Inputs) -> Sparse:
    """1 (M, P) where the place lies in the municipality."""
    located = np.flatnonzero(inputs.place_municipality >= 0)
    municipality = inputs.place_municipality[located]
    shape = len(inputs.municipal_conditions), len(inputs.place_x)
    return csr_array((np.ones(len(located)), (municipality, located)), shape=shape)


def conditions_of(home: Sparse, place_conditions: Floats, municipal_conditions: Floats) -> Floats:
    """As `renewal_conditions`, from the ratings of places (P, 5) and municipalities (M, 5) alone."""
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN that is wanted
        mean = (home @ np.nan_to_num(place_conditions)) / (home @ ~np.isnan(place_conditions))
    return np.where(np.isnan(municipal_conditions), mean, municipal_conditions)


def renewal(conditions: Floats) -> Floats:
    """`Q` (M,) 0..1 from the rating of each condition (M, 5), NaN where none is known (method.md §5)."""
    return mean_of_known(conditions) / BEST_RATING


def cohesion_classes(
    supply: Floats,
    supply_after_loss: Floats,
    renewal: Floats,
    inventory_completed: NDArray[np.bool_],
    parameters: Parameters,
) -> NDArray[np.int8]:
    """Class (M,) as index into CLASSES from K, K⁻ and Q (M,), NaN where not known (method.md §6)."""
    no_residents_known = np.isnan(supply)
    robust = _reaches(supply_after_loss, parameters.adequate)
    resilient = _reaches(supply, parameters.foothold) & _reaches(renewal, parameters.renewing)
    rules = {
        "unassessed": no_residents_known,
        "robust": robust,
        "resilient": resilient,
        "risky": inventory_completed,
    }
    classes = [np.int8(CLASSES.index(name)) for name in rules]
    return np.select(list(rules.values()), classes, default=np.int8(CLASSES.index("unassessed")))


def _reaches(figure: Floats, threshold: float) -> NDArray[np.bool_]:
    """Whether the figure reaches the threshold; what is not known does not."""
    return figure >= threshold - ROUNDING
