"""What goes into the engine and what comes out: arrays, their names, order and checks. No formula lives here.

Sizes: N resident points, P counted places, R recorded roles, A actors, M municipalities. An array's index is
the only name that a thing has here; where the method asks for the smaller id, the smaller index is meant.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.integer[Any]]
Sparse: TypeAlias = csr_array[np.float64, tuple[int, int]]

CONDITIONS = (
    "open_administration",
    "engaged_actors",
    "process_not_project",
    "supraregional_attention",
    "public_infrastructure",
)
DYNAMICS = ("opening_outward", "bundling_competences", "conflict_space", "consolidation")
ROLES = ("motivator", "provider", "promoter")
CLASSES = ("unassessed", "risky", "resilient", "robust")
LOSSES = ("none", "place", "actor")

BEST_RATING = 4.0


def distinct(*values: Integers) -> Integers:
    """Each value once, rising. NumPy's unique and union1d take ten times as long: they hash before they sort."""
    rising = np.sort(np.concatenate(values))
    found: Integers = rising[np.flatnonzero(np.diff(rising, prepend=rising[:1] - 1))]
    return found


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that method.md §1 asks for, as arrays. Checked when made: ValueError names the array that is wrong.

    Coordinates are metres in EPSG:3035, x east and y north. Ratings are 0..4, NaN where missing. An empty
    array of indices still needs an integer type.
    """

    point_x: Floats  # (N,)
    point_y: Floats  # (N,)
    point_residents: Floats  # (N,) not negative, need not be whole
    point_municipality: Integers  # (N,) 0..M-1
    place_x: Floats  # (P,)
    place_y: Floats  # (P,)
    place_municipality: Integers  # (P,) 0..M-1, or -1: in none
    place_conditions: Floats  # (P, 5) in the order of CONDITIONS
    place_dynamics: Floats  # (P, 4) in the order of DYNAMICS
    role_place: Integers  # (R,) 0..P-1
    role_actor: Integers  # (R,) 0..A-1
    role_kind: Integers  # (R,) index into ROLES; a row said twice counts once
    actors: int  # A
    municipal_conditions: Floats  # (M, 5) the municipality's own ratings
    inventory_completed: NDArray[np.bool_]  # (M,) on or before the assessment's date

    def __post_init__(self) -> None:
        points, places, roles = len(self.point_x), len(self.place_x), len(self.role_place)
        municipalities = len(self.municipal_conditions)
        if self.actors < 0:
            raise ValueError(f"actors must not be negative, not {self.actors}")
        self._expect_numbers("point_x", points)
        self._expect_numbers("point_y", points)
        self._expect_numbers("point_residents", points, least=0)
        self._expect_indices("point_municipality", points, 0, municipalities)
        self._expect_numbers("place_x", places)
        self._expect_numbers("place_y", places)
        self._expect_indices("place_municipality", places, -1, municipalities)
        self._expect_ratings("place_conditions", places, len(CONDITIONS))
        self._expect_ratings("place_dynamics", places, len(DYNAMICS))
        self._expect_indices("role_place", roles, 0, places)
        self._expect_indices("role_actor", roles, 0, self.actors)
        self._expect_indices("role_kind", roles, 0, len(ROLES))
        self._expect_ratings("municipal_conditions", municipalities, len(CONDITIONS))
        self._expect("inventory_completed", (municipalities,), "b")

    def _expect(self, name: str, shape: tuple[int, ...], kinds: str) -> NDArray[Any]:
        array: NDArray[Any] = getattr(self, name)
        if array.shape != shape:
            raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")
        if array.dtype.kind not in kinds:
            raise ValueError(f"{name} must not be of the type {array.dtype}")
        return array

    def _expect_numbers(self, name: str, size: int, least: float = -np.inf) -> None:
        numbers = self._expect(name, (size,), "fiu")
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name} must be finite")
        if (numbers < least).any():
            raise ValueError(f"{name} must not be below {least:g}")

    def _expect_indices(self, name: str, size: int, first: int, end: int) -> None:
        indices = self._expect(name, (size,), "iu")
        if ((indices < first) | (indices >= end)).any():
            raise ValueError(f"{name} must lie in {first}..{end - 1}")

    def _expect_ratings(self, name: str, rows: int, columns: int) -> None:
        ratings = self._expect(name, (rows, columns), "fiu")
        if ((ratings < 0) | (ratings > BEST_RATING)).any():
            raise ValueError(f"{name} must lie in 0..{BEST_RATING:g} or be NaN")


@dataclass(frozen=True, eq=False)
class Result:
    """All that the engine finds out. Shares lie in 0..1; sparse rows are sorted and hold no zeros."""

    # Of each municipality
    supply: Floats  # (M,) K, NaN without residents
    supply_after_loss: Floats  # (M,) K⁻, NaN without residents
    critical_kind: NDArray[np.int8]  # (M,) index into LOSSES
    critical_index: NDArray[np.int64]  # (M,) the place or actor, -1 for none
    renewal: Floats  # (M,) Q, NaN where no condition is known
    renewal_conditions: Floats  # (M, 5) what Q is the mean of, on the scale of ratings, NaN where unknown
    cohesion_class: NDArray[np.int8]  # (M,) index into CLASSES
    residents: Floats  # (M,)
    residents_unreached: Floats  # (M,) at points where every f is 0

    # Of each place
    strength: Floats  # (P,) s
    triad: Floats  # (P,) T, NaN where no role was ever recorded
    demand: Floats  # (P,) N_p, residents
    crowding: Floats  # (P,) g

    # Between municipalities and what supplies them
    contributions: Sparse  # (M, P) K by place; a row sums to K
    place_losses: Sparse  # (M, P) by how much K falls when the place closes
    actor_losses: Sparse  # (M, A) by how much K falls when the actor leaves
