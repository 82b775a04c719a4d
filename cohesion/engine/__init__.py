"""The method as a pure function, arrays in and arrays out: `assess`. No Django, no files, no clock."""

from cohesion.engine.arrays import CLASSES, CONDITIONS, DYNAMICS, LOSSES, ROLES, Inputs, Result
from cohesion.engine.classes import cohesion_classes, renewal, renewal_conditions
from cohesion.engine.parameters import DEFAULTS, METHOD, ROUNDING, Parameters
from cohesion.engine.strength import strengths
from cohesion.engine.supply import supply_by_place, worst_loss

__all__ = [
    "CLASSES",
    "CONDITIONS",
    "DEFAULTS",
    "DYNAMICS",
    "LOSSES",
    "METHOD",
    "ROLES",
    "ROUNDING",
    "Inputs",
    "Parameters",
    "Result",
    "assess",
]


def assess(inputs: Inputs, parameters: Parameters = DEFAULTS) -> Result:
    """Class each municipality, with every figure behind its class (method.md §2-6).

    Same inputs and parameters, same figures. What counts as a place is decided before (§1), how sure the
    class is after (§7); `freshness_months` is therefore not used here.
    """
    strong = strengths(inputs, parameters)
    supplied = supply_by_place(inputs, strong, parameters)
    worst = worst_loss(supplied)
    conditions = renewal_conditions(inputs)
    renewing = renewal(conditions)
    return Result(
        supply=supplied.supply,
        supply_after_loss=worst.supply_after_loss,
        critical_kind=worst.critical_kind,
        critical_index=worst.critical_index,
        renewal=renewing,
        renewal_conditions=conditions,
        cohesion_class=cohesion_classes(
            supplied.supply, worst.supply_after_loss, renewing, inputs.inventory_completed, parameters
        ),
        residents=supplied.residents,
        residents_unreached=supplied.residents_unreached,
        strength=strong.strength,
        triad=strong.triad,
        demand=supplied.demand,
        crowding=supplied.crowding,
        contributions=supplied.contributions,
        place_losses=supplied.place_losses,
        actor_losses=supplied.actor_losses,
    )
