"""The census grid of one edition sorted into the boundaries of the next, so that no second import is needed.

A cell that lies in no municipality of the newer edition, or in a forest, goes with its municipality. How a grid is
read: population.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from places.bulk import numbers, store_numbers
from places.importers.population import BATCH, COLUMNS
from places.importers.report import Progress, Report, in_batches
from places.locating import first_covering
from places.models import PopulationGrid, ResidentPoint
from places.succession import Match

if TYPE_CHECKING:
    from places.importers.edition_change import Side

CHUNK = 200_000

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Each inhabited cell: where, how many, and the indices of its older and its newer municipality (-1: none)."""

    x: Integers
    y: Integers
    residents: Integers
    old: NDArray[np.intp]
    new: NDArray[np.intp]


def assigned(older: Side, newer: Side, pairs: Match) -> Cells | None:
    """The cells of the older edition with their newer municipality; None where it has no grid."""
    if not PopulationGrid.objects.filter(edition=older.edition).exists():
        return None
    rows = ResidentPoint.objects.filter(municipality__edition=older.edition)
    table = numbers(rows.values_list(*COLUMNS)).astype(np.int64)
    ids = np.array([row.pk for row in older.rows], dtype=np.int64)
    table = table[np.isin(table[:, 0], ids)]
    by_id = np.argsort(ids)
    old = by_id[np.searchsorted(ids[by_id], table[:, 0])]
    order = np.lexsort((table[:, 2], table[:, 1], old))
    table, old = table[order], old[order]
    x, y = table[:, 1].astype(float), table[:, 2].astype(float)
    new = np.concatenate(
        [
            np.empty(0, dtype=np.intp),
            *(
                first_covering(newer.polygons, x[start : start + CHUNK], y[start : start + CHUNK])
                for start in range(0, len(x), CHUNK)
            ),
        ]
    )
    forest = np.array([row.is_unincorporated for row in newer.rows] + [True])[new]  # -1 finds the last
    new[forest] = _heirs(older, newer, pairs)[old[forest]]
    return Cells(table[:, 1], table[:, 2], table[:, 3], old, new)


def _heirs(older: Side, newer: Side, pairs: Match) -> NDArray[np.intp]:
    """For each older municipality the newer one that took most of it over and can have residents; -1 for none."""
    heirs, largest = np.full(len(older.rows), -1, dtype=np.intp), np.zeros(len(older.rows))
    for old, new, share in zip(pairs.old.tolist(), pairs.new.tolist(), pairs.share.tolist(), strict=True):
        if share > largest[old] and not newer.rows[new].is_unincorporated:
            heirs[old], largest[old] = new, share
    return heirs


def write_cells(cells: Cells | None, older: Side, newer: Side, report: Report, progress: Progress) -> bool:
    """Give the newer edition its grid, and say whether. One that was read for it stays as it is."""
    if cells is None:
        return False
    before = PopulationGrid.objects.get(edition=older.edition)
    there = PopulationGrid.objects.filter(edition=newer.edition).first()
    if there is not None and there.imported_at != before.imported_at:
        return False
    ResidentPoint.objects.filter(municipality__edition=newer.edition).delete()
    ids = np.array([row.pk for row in newer.rows], dtype=np.int64)
    kept = np.flatnonzero(cells.new >= 0)
    points = np.column_stack((ids[cells.new[kept]], cells.x[kept], cells.y[kept], cells.residents[kept]))
    for batch in in_batches(range(len(points)), BATCH, progress, "writing resident points"):
        store_numbers(ResidentPoint.objects, COLUMNS, points[batch[0] : batch[-1] + 1])
    PopulationGrid.objects.update_or_create(
        edition=newer.edition,
        defaults={
            "source": before.source,
            "attribution": before.attribution,
            "cell_size": before.cell_size,
            "imported_at": before.imported_at,
        },
    )
    report.count("cells of the census grid carried over", len(kept))
    report.count("residents in them", int(cells.residents[kept].sum()))
    report.count("cells outside the new boundaries, left out", int((cells.new < 0).sum()))
    return True
