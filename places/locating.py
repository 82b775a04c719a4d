"""Which municipality a point lies in, in the current edition: for one point, for many, and after new boundaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from places.geo import Bbox
from places.models import ENTRY_MODELS, Entry, Municipality

# About 10 cm: a box around a single point must have an area.
MARGIN = 1e-6
BATCH = 5000

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Relocation:
    """What new boundaries did to the entries: how many changed their municipality, and which have none now."""

    moved: int
    outside: tuple[Entry, ...]


def locate(longitudes: Sequence[float], latitudes: Sequence[float]) -> list[int | None]:
    """The id of the municipality each point (WGS 84 degrees) lies in, None where it lies in none.

    In the current edition; an unincorporated area counts. A point on a border belongs to the smaller AGS.
    """
    if len(longitudes) == 0:
        return []
    x, y = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    around = Bbox(float(x.min()) - MARGIN, float(y.min()) - MARGIN, float(x.max()) + MARGIN, float(y.max()) + MARGIN)
    ids, polygons = areas(around)
    found = first_covering(polygons, x, y)
    return [ids[index] if index >= 0 else None for index in found.tolist()]


def municipality_at(longitude: float, latitude: float) -> Municipality | None:
    """The municipality of the current edition at a point (WGS 84 degrees), without its geometry."""
    (found,) = locate([longitude], [latitude])
    return None if found is None else Municipality.objects.with_names().get(pk=found)


def municipality_of(location: Point) -> Municipality:
    """The municipality an entry at ``location`` lies in. Raises ValidationError where there is none."""
    found = municipality_at(location.x, location.y)
    if found is None:
        raise ValidationError(_("Dieser Punkt liegt in keiner Gemeinde."))
    return found


def areas(bbox: Bbox | None = None) -> tuple[list[int], NDArray[Any]]:
    """Ids and polygons (WGS 84) of the current edition, ordered by AGS; only those that touch the box, if any."""
    found = Municipality.objects.current().order_by("ags")
    if bbox is not None:
        found = found.in_bbox(bbox)
    rows = list(found.values_list("pk", AsWKB("geometry")))
    return [pk for pk, wkb in rows], shapely.from_wkb([bytes(wkb) for pk, wkb in rows])


def first_covering(polygons: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> Indices:
    """For each point the index of the first polygon that covers it (its border included), -1 where none does."""
    found = np.full(len(x), len(polygons), dtype=np.intp)
    # A tree of the points, asked by prepared polygons: ten times as fast as the other way round.
    points: Any = shapely.points(x, y)
    polygon, point = shapely.STRtree(points).query(polygons, predicate="intersects")
    np.minimum.at(found, point, polygon)
    found[found == len(polygons)] = -1
    return found


def relocate() -> Relocation:
    """Give every entry of every kind, published or not, the municipality of the current edition that it lies in."""
    moved, outside = 0, []
    for model in ENTRY_MODELS:
        manager: Any = model._default_manager
        entries = list(manager.order_by("pk").only("pk", "name", "external_id", "location", "municipality_id"))
        found = locate([entry.location.x for entry in entries], [entry.location.y for entry in entries])
        elsewhere = []
        for entry, municipality in zip(entries, found, strict=True):
            if entry.municipality_id != municipality:
                entry.municipality_id = municipality
                elsewhere.append(entry)
        manager.bulk_update(elsewhere, ["municipality"], batch_size=BATCH)
        moved += len(elsewhere)
        outside += [entry for entry in entries if entry.municipality_id is None]
    return Relocation(moved, tuple(outside))
