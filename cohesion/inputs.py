"""From the database to the engine's arrays: the only bridge, and the only reader of places for the engine."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Point
from numpy.typing import NDArray

from cohesion.engine import CONDITIONS, DYNAMICS, METHOD, Inputs, Parameters
from cohesion.engine.draws import Names
from cohesion.lattice import lattice
from cohesion.vocabulary import PopulationBasis
from places.geo import to_metres
from places.models import BoundaryEdition, Involvement, Municipality, Place, ResidentPoint
from places.querysets import PlaceQuerySet

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class World:
    """The engine's inputs together with what their indices stand for."""

    inputs: Inputs
    municipality_ids: list[int]  # (M,) ordered by AGS
    municipality_ags: list[str]  # (M,)
    population_basis: list[str]  # (M,) PopulationBasis, or "" where no resident is known
    place_ids: list[int]  # (P,) ascending
    actor_ids: list[int]  # (A,) ascending

    def names(self) -> Names:
        """What the draws call places and municipalities, whatever others there are."""
        return Names(np.array(self.place_ids, dtype=np.int64), np.array(self.municipality_ags, dtype=np.int64))

    def digest(self, parameters: Parameters, draws: int = 0, seed: int = 0) -> str:
        """SHA-256 of method, parameters, draws with their seed, and every input; equal exactly where the figures
        must be equal."""
        words = [METHOD, parameters.as_dict(), self.municipality_ags, self.place_ids, self.actor_ids]
        if draws:
            words.append({"draws": draws, "seed": seed})
        sha = hashlib.sha256(json.dumps(words).encode())
        for field in fields(self.inputs):
            array = np.ascontiguousarray(getattr(self.inputs, field.name))
            sha.update(f"{field.name} {array.dtype.str} {array.shape}".encode())
            sha.update(array.tobytes())
        return sha.hexdigest()


class ResidentPoints(NamedTuple):
    """Where residents live, EPSG:3035 metres, and in which municipality (index)."""

    x: Floats
    y: Floats
    residents: Floats
    municipality: Indices


def read_world(edition: BoundaryEdition, as_of: date, freshness_months: int) -> World:
    """Everything method §1 asks for, on one edition as of one day, in an order that no database decides.

    Ratings and involvements are those that stand now; ``as_of`` decides which places are fresh and which
    inventories are completed.
    """
    municipalities = list(
        Municipality.objects.of_edition(edition)
        .order_by("ags")
        .values_list("pk", "ags", "inventory_completed_on", *CONDITIONS)
    )
    index_of = {row[0]: index for index, row in enumerate(municipalities)}
    grid = _grid_points(edition, index_of)
    rest = _lattice_points(edition, index_of, without=set(grid.municipality.tolist()))
    points = ResidentPoints(*(np.concatenate(pair) for pair in zip(grid, rest, strict=True)))
    basis = [""] * len(municipalities)
    for found, source in ((grid, PopulationBasis.GRID), (rest, PopulationBasis.LATTICE)):
        for index in np.unique(found.municipality).tolist():
            basis[index] = source.value

    counted = Place.objects.counted(as_of, freshness_months)
    places = list(counted.order_by("pk").values_list("pk", "municipality_id", "location", *CONDITIONS, *DYNAMICS))
    place_x, place_y = place_metres(row[2] for row in places)
    first_dynamic = 3 + len(CONDITIONS)
    place_ids = [row[0] for row in places]
    role_place, role_actor, role_kind = _roles(counted, place_ids)
    actor_ids, actor_index = np.unique(role_actor, return_inverse=True)

    return World(
        inputs=Inputs(
            point_x=points.x,
            point_y=points.y,
            point_residents=points.residents,
            point_municipality=points.municipality,
            place_x=place_x,
            place_y=place_y,
            place_municipality=np.array([index_of.get(row[1], -1) for row in places], dtype=np.int64),
            place_conditions=_ratings((row[3:first_dynamic] for row in places), len(CONDITIONS)),
            place_dynamics=_ratings((row[first_dynamic:] for row in places), len(DYNAMICS)),
            role_place=role_place,
            role_actor=actor_index.astype(np.int64),
            role_kind=role_kind,
            actors=len(actor_ids),
            municipal_conditions=_ratings((row[3:] for row in municipalities), len(CONDITIONS)),
            inventory_completed=np.array(
                [row[2] is not None and row[2] <= as_of for row in municipalities], dtype=bool
            ),
        ),
        municipality_ids=[row[0] for row in municipalities],
        municipality_ags=[row[1] for row in municipalities],
        population_basis=basis,
        place_ids=place_ids,
        actor_ids=actor_ids.tolist(),
    )


def place_metres(locations: Iterable[Point]) -> tuple[Floats, Floats]:
    """Locations in degrees as EPSG:3035 metres, x and y."""
    degrees = np.array([(point.x, point.y) for point in locations], dtype=float).reshape(-1, 2)
    return to_metres(degrees[:, 0], degrees[:, 1])


def _grid_points(edition: BoundaryEdition, index_of: dict[int, int]) -> ResidentPoints:
    """The census cells of the edition."""
    rows = (
        ResidentPoint.objects.filter(municipality__edition=edition)
        .order_by("municipality__ags", "x", "y")
        .values_list("x", "y", "residents", "municipality_id")
    )
    cells = np.fromiter(rows.iterator(chunk_size=50_000), dtype=np.dtype((np.int64, 4)))
    return ResidentPoints(
        cells[:, 0].astype(float),
        cells[:, 1].astype(float),
        cells[:, 2].astype(float),
        np.array([index_of[pk] for pk in cells[:, 3].tolist()], dtype=np.int64),
    )


def _lattice_points(edition: BoundaryEdition, index_of: dict[int, int], without: set[int]) -> ResidentPoints:
    """The lattice of each inhabited municipality whose index is not in ``without``."""
    rows = (
        Municipality.objects.of_edition(edition)
        .incorporated()
        .filter(population__gt=0)
        .exclude(pk__in=[pk for pk, index in index_of.items() if index in without])
        .order_by("ags")
        .annotate(wkb=AsWKB("geometry"))
        .values_list("pk", "population", "wkb")
    )
    found: list[ResidentPoints] = []
    for pk, population, wkb in rows.iterator(chunk_size=500):
        metres = shapely.transform(shapely.from_wkb(bytes(wkb)), _points_to_metres)
        centres = lattice(metres)
        share = np.full(len(centres), (population or 0) / len(centres))
        found.append(ResidentPoints(centres[:, 0], centres[:, 1], share, np.full(len(centres), index_of[pk])))
    if not found:
        return ResidentPoints(np.empty(0), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    return ResidentPoints(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _points_to_metres(degrees: Floats) -> Floats:
    """Rows of longitude and latitude → rows of x and y."""
    return np.column_stack(to_metres(degrees[:, 0], degrees[:, 1]))


def _roles(counted: PlaceQuerySet, place_ids: Sequence[int]) -> tuple[Indices, Indices, Indices]:
    """Recorded roles at counted places: place index, actor id, kind of role."""
    rows = np.array(
        list(Involvement.objects.with_role().filter(place__in=counted).role_columns()), dtype=np.int64
    ).reshape(-1, 5)
    involvement, kind = np.nonzero(rows[:, 2:])
    return np.searchsorted(place_ids, rows[involvement, 0]), rows[involvement, 1], kind


def _ratings(rows: Iterable[tuple[int | None, ...]], width: int) -> Floats:
    """Ratings 0..4 as floats; NaN where not known."""
    return np.array([tuple(row) for row in rows], dtype=float).reshape(-1, width)
