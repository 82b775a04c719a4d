"""The figures that method 1 leaves open to choice, with their defaults. No formula lives here."""

from dataclasses import dataclass, fields
from math import isfinite

METHOD = "SOK-1"

# Figures this close are the same figure: at thresholds and among losses (method.md §6).
ROUNDING = 1e-9

_ABOVE_ZERO = (
    "weight_conditions",
    "weight_triad",
    "weight_dynamics",
    "reach",
    "residents_per_place",
    "sufficient_supply",
)
_SHARES = ("unrated_strength", "adequate", "foothold", "renewing")


@dataclass(frozen=True)
class Parameters:
    """The parameters of method.md §1-6; the weights need not sum to 1.

    Raises ValueError with the parameter's name for a value with which the method has no answer.
    """

    freshness_months: int = 24
    weight_conditions: float = 0.4
    weight_triad: float = 0.3
    weight_dynamics: float = 0.3
    unrated_strength: float = 0.3
    near: float = 1000.0  # metres
    reach: float = 5000.0  # metres
    residents_per_place: float = 3000.0
    sufficient_supply: float = 0.6
    adequate: float = 0.6
    foothold: float = 0.2
    renewing: float = 0.5

    def __post_init__(self) -> None:
        for name, value in self.as_dict().items():
            if not isfinite(value):
                raise ValueError(f"{name} must be a finite number, not {value}")
            if value < 0:
                raise ValueError(f"{name} must not be negative, not {value}")
            if name in _ABOVE_ZERO and value == 0:
                raise ValueError(f"{name} must be above 0")
            if name in _SHARES and value > 1:
                raise ValueError(f"{name} must be a share from 0 to 1, not {value}")
        if self.reach < self.near:
            raise ValueError(f"reach must not be below near: {self.reach} < {self.near}")

    def as_dict(self) -> dict[str, float]:
        """All parameters by name, in the order of the method, as plain numbers."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


DEFAULTS = Parameters()
