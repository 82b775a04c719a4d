"""From the database to the engine's arrays: the only bridge, and the only reader of places for the engine."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import FloatField, Func, IntegerField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from cohesion.engine import CONDITIONS, DYNAMICS, METHOD, Inputs, Parameters
from cohesion.engine.arrays import Integers, distinct
from cohesion.engine.draws import Names
from cohesion.engine.neighbourhood import Labels, Mask, part_of, points_within, touched
from cohesion.lattice import lattice
from cohesion.vocabulary import PopulationBasis
from places.bulk import numbers
from places.geo import to_metres
from places.models import BoundaryEdition, Involvement, Municipality, Place, ResidentPoint
from places.vocabulary import Role, Status

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# The database reads the numbers out of a location: no geometry is made of it
DEGREES = [Func("location", function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y")]


@dataclass(frozen=True, eq=False)
class Uncounted:
    """Published places that are not counted: no input of the engine, but told of where they are in reach (§8)."""

    ids: Indices  # (U,) ascending
    status: NDArray[np.str_]  # (U,) active: not confirmed in time; planned; dormant
    x: Floats
    y: Floats


@dataclass(frozen=True, eq=False)
class World:
    """The engine's inputs together with what their indices stand for."""

    inputs: Inputs
    municipality_ids: list[int]  # (M,) ordered by AGS
    municipality_ags: list[str]  # (M,)
    population_basis: list[str]  # (M,) PopulationBasis, or "" where no resident is known
    place_ids: list[int]  # (P,) ascending
    actor_ids: list[int]  # (A,) ascending
    uncounted: Uncounted

    def touched_since(self, before: "World", reach: float) -> Mask:
        """The municipalities (M,) of which any figure or finding may be another than ``before``."""
        if before.municipality_ids != self.municipality_ids or before.population_basis != self.population_basis:
            return np.ones(len(self.municipality_ids), dtype=bool)
        found = touched(before.inputs, before.labels(), self.inputs, self.labels(), reach)
        x, y = _differences(before.uncounted, self.uncounted)
        found[self.inputs.point_municipality[points_within(self.inputs, x, y, reach)]] = True
        return found

    def part(self, asked: Mask, reach: float) -> tuple["World", Mask]:
        """The world as far as the municipalities ``asked`` for depend on it, and which of its own those are."""
        part = part_of(self.inputs, asked, reach)
        return World(
            inputs=part.inputs,
            municipality_ids=_chosen(self.municipality_ids, part.municipalities),
            municipality_ags=_chosen(self.municipality_ags, part.municipalities),
            population_basis=_chosen(self.population_basis, part.municipalities),
            place_ids=_chosen(self.place_ids, part.places),
            actor_ids=_chosen(self.actor_ids, part.actors),
            uncounted=self.uncounted,
        ), part.asked

    def labels(self) -> Labels:
        """What places and actors are called before and after a change."""
        return Labels(np.array(self.place_ids, dtype=np.int64), np.array(self.actor_ids, dtype=np.int64))

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
    in_edition = Municipality.objects.of_edition(edition)
    municipalities = list(in_edition.order_by("ags").values_list("pk", "ags", "inventory_completed_on"))
    index_of = {row[0]: index for index, row in enumerate(municipalities)}
    grid = _grid_points(edition, index_of)
    rest = _lattice_points(edition, index_of, without=set(distinct(grid.municipality).tolist()))
    points = ResidentPoints(*(np.concatenate(pair) for pair in zip(grid, rest, strict=True)))
    basis = [""] * len(municipalities)
    for found, source in ((grid, PopulationBasis.GRID), (rest, PopulationBasis.LATTICE)):
        for index in distinct(found.municipality).tolist():
            basis[index] = source.value

    ratings = numbers(in_edition.values_list("pk", *CONDITIONS))
    counted = Place.objects.counted(as_of, freshness_months)
    places = numbers(counted.values_list("pk", "municipality_id", *DEGREES, *CONDITIONS, *DYNAMICS))
    places = places[np.argsort(places[:, 0])]
    place_x, place_y = to_metres(places[:, 2], places[:, 3])
    place_ids = places[:, 0].astype(np.int64)
    role_place, role_actor, role_kind = _roles(place_ids)
    actor_ids, actor_index = np.unique(role_actor, return_inverse=True)
    dynamics = 4 + len(CONDITIONS)

    return World(
        inputs=Inputs(
            point_x=points.x,
            point_y=points.y,
            point_residents=points.residents,
            point_municipality=points.municipality,
            place_x=place_x,
            place_y=place_y,
            place_municipality=_indices(places[:, 1], index_of),
            place_conditions=places[:, 4:dynamics].copy(),
            place_dynamics=places[:, dynamics:].copy(),
            role_place=role_place,
            role_actor=actor_index.astype(np.int64),
            role_kind=role_kind,
            actors=len(actor_ids),
            municipal_conditions=ratings[np.argsort(_indices(ratings[:, 0], index_of)), 1:],
            inventory_completed=np.array(
                [row[2] is not None and row[2] <= as_of for row in municipalities], dtype=bool
            ),
        ),
        municipality_ids=[row[0] for row in municipalities],
        municipality_ags=[row[1] for row in municipalities],
        population_basis=basis,
        place_ids=place_ids.tolist(),
        actor_ids=actor_ids.tolist(),
        uncounted=_uncounted(as_of, freshness_months),
    )


def _uncounted(as_of: date, freshness_months: int) -> Uncounted:
    """Places in whatever municipality that are active without a confirmation in time, planned, or resting."""
    published = Place.objects.published()
    of_status = {
        Status.ACTIVE: Place.objects.unconfirmed(as_of, freshness_months),
        Status.PLANNED: published.filter(status=Status.PLANNED),
        Status.DORMANT: published.filter(status=Status.DORMANT),
    }
    found = {status.value: numbers(places.values_list("pk", *DEGREES)) for status, places in of_status.items()}
    rows = np.concatenate(list(found.values()))
    status = np.repeat(np.array(list(found), dtype=str), [len(each) for each in found.values()])
    order = np.argsort(rows[:, 0])
    x, y = to_metres(rows[order, 1], rows[order, 2])
    return Uncounted(rows[order, 0].astype(np.int64), status[order], x, y)


def _differences(before: Uncounted, after: Uncounted) -> tuple[Floats, Floats]:
    """Where anything came, went, moved or became another."""
    rows = [
        set(zip(*(getattr(each, name).tolist() for name in ("ids", "status", "x", "y")), strict=True))
        for each in (before, after)
    ]
    changed = sorted(rows[0] ^ rows[1])
    return np.array([row[2] for row in changed], dtype=float), np.array([row[3] for row in changed], dtype=float)


def _chosen(values: Sequence[Any], indices: Integers) -> list[Any]:
    return [values[index] for index in indices.tolist()]


def _indices(keys: Floats, index_of: dict[int, int]) -> Indices:
    """What index each key has; -1 where it is missing or has none."""
    known, index = (
        np.array([*index_of, np.nan]),
        np.array([*index_of.values(), -1]),
    )  # NaN sorts last and equals nothing
    order = np.argsort(known)
    at = order[np.searchsorted(known[order], keys)]
    return np.where(known[at] == keys, index[at], -1)


def _grid_points(edition: BoundaryEdition, index_of: dict[int, int]) -> ResidentPoints:
    """The census cells of the edition, by municipality, from west to east, from south to north."""
    # Of keys that were given together a range is found at less than half the cost of a join
    first, last = min(index_of, default=0), max(index_of, default=0)
    among = ResidentPoint.objects.filter(municipality_id__gte=first, municipality_id__lte=last)
    x, y, residents, key = numbers(among.values_list("x", "y", "residents", "municipality_id")).T
    municipality = _indices(key, index_of)
    order = np.lexsort((y, x, municipality))
    order = order[municipality[order] >= 0]
    return ResidentPoints(x[order], y[order], residents[order], municipality[order])


def _lattice_points(edition: BoundaryEdition, index_of: dict[int, int], without: set[int]) -> ResidentPoints:
    """The lattice of each inhabited municipality whose index is not in ``without``."""
    rows = (
        Municipality.objects.of_edition(edition)
        .incorporated()
        .filter(population__gt=0)
        .filter(pk__in=[pk for pk, index in index_of.items() if index not in without])
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


def _roles(place_ids: Indices) -> tuple[Indices, Indices, Indices]:
    """Recorded roles at counted places: place index, actor id, kind of role."""
    held = [Cast(role.value, IntegerField()) for role in Role]
    rows = numbers(Involvement.objects.with_role().values_list("place_id", "actor_id", *held)).astype(np.int64)
    rows = rows[np.isin(rows[:, 0], place_ids)]
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    involvement, kind = np.nonzero(rows[:, 2:])
    return np.searchsorted(place_ids, rows[involvement, 0]), rows[involvement, 1], kind
