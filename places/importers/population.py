"""import_population: the census grid as resident points of municipalities. Elsewhere cohesion has lattices."""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import shapely
from django.db.models import QuerySet, Sum
from django.utils import timezone
from numpy.typing import NDArray

from places.bulk import numbers, store_numbers
from places.geo import LAEA_EUROPE, WGS84, Geometries, project
from places.importers.municipalities import edition_of
from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import Column, Parser, Rejected, header, parse_record, records, refuse, text, whole_number
from places.keys import STATE_NAMES
from places.locating import areas, first_covering
from places.models import BoundaryEdition, Municipality, PopulationGrid, ResidentPoint

NEAR = 1000.0  # metres: a cell whose centre lies off the coast still belongs to somebody near
CHUNK = 200_000  # lines that are in memory as text, points that are in a tree at once
BATCH = 200_000  # points that are written at once
COLUMNS = ("municipality_id", "x", "y", "residents")  # of a resident point
RESIDENTS = "Einwohner"
NOBODY = -1  # of a cell: none, or kept secret
MOST_RESIDENTS = 1_000_000  # in one cell
FARTHEST = 10_000_000  # metres: where EPSG:3035 ends
# Which census a grid is from shows in how it names its cells.
CENSUSES = {
    2011: re.compile(r"[0-9]+k?mN[0-9]+E[0-9]+"),
    2022: re.compile(r"CRS3035RES[0-9]+k?mN[0-9]+E[0-9]+"),
}
OFFICES = "© Statistische Ämter des Bundes und der Länder, Zensus {year}, dl-de/by-2-0"

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """The inhabited cells of a file: centres in EPSG:3035 metres, residents, and the line that says so."""

    lines: Integers
    x: Integers
    y: Integers
    residents: Integers
    uninhabited: int
    cell_size: int  # metres
    cell_name: str  # "1km"
    census: int | None  # its year


@dataclass(frozen=True)
class _Head:
    names: list[str]
    columns: tuple[Column, ...]  # x, y, residents, identifier
    cell_size: int
    cell_name: str


def import_population(
    path: Path,
    *,
    source: str | None = None,
    attribution: str | None = None,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """All resident points of the newest edition are replaced by the cells of ``path`` (.csv or .csv.gz).

    A cell belongs to the municipality in which its centre lies, on a border to the smaller AGS; see ``_owners`` for
    centres that lie in none. Raises RefusedError.
    """
    report = Report(str(path), rejected=Rejected(str(path)), dry_run=dry_run)
    grid = read_grid(path, report.rejected, progress)
    refuse_rejected(report.rejected, skip_invalid)
    with one_transaction(dry_run):
        stand = edition_of(path, None)
        announce(progress, "locating cells")
        points = _points(grid, stand, path, report)
        stored = ResidentPoint.objects.filter(municipality__edition=stand)
        replaced = stored.count()
        told = _tell_source(stand, path, grid, source, attribution, report)
        if replaced == len(points) and np.array_equal(_read(stored), points):
            report.counts = {"created": 0, "unchanged": len(points), "replaced": 0, **report.counts}
        else:
            stored.delete()
            for batch in in_batches(range(len(points)), BATCH, progress, "writing resident points"):
                store_numbers(ResidentPoint.objects, COLUMNS, points[batch[0] : batch[-1] + 1])
            report.counts = {"created": len(points), "unchanged": 0, "replaced": replaced, **report.counts}
            told.imported_at = timezone.now()
            told.save(update_fields=["imported_at"])
        _compare(stand, report)
    report.count("rows skipped", len(report.rejected.lines))
    return report


# --- The file -------------------------------------------------------------------------------------------------------


def read_grid(path: Path, rejected: Rejected, progress: Progress = silent) -> Grid:
    """The inhabited cells of the file, in its order; rows that are wrong go to ``rejected``."""
    lines = records(path)
    head = _head(path, next(lines, None))
    told = iter(progress(lines, "reading cells"))
    inhabited, uninhabited, census = [np.empty((0, 4), dtype=np.int64)], 0, None
    while chunk := list(islice(told, CHUNK)):
        census = census or _census(head, chunk[0][1])
        numbers = _numbers(chunk, head, rejected)
        somebody = numbers[:, 3] > 0
        inhabited.append(numbers[somebody])
        uninhabited += int((~somebody).sum())
    cells = _each_once(np.concatenate(inhabited), head, rejected)
    line, x, y, residents = cells.T
    return Grid(line, x, y, residents, uninhabited, head.cell_size, head.cell_name, census)


def _head(path: Path, first: tuple[int, list[str]] | None) -> _Head:
    """Cell size and names as the header's own names tell them: x_mp_1km; y_mp_1km; Einwohner, maybe Gitter_ID_1km."""
    names = [cell.strip() for cell in first[1]] if first is not None else []
    sizes = [match for name in names if (match := re.fullmatch(r"x_mp_([1-9][0-9]{0,5})(k?)m", name))]
    cell_name = sizes[0][0].removeprefix("x_mp_") if sizes else "1km"
    cell_size = int(sizes[0][1]) * (1000 if sizes[0][2] else 1) if sizes else 1000
    identifier = next((name for name in names if name.lower() == f"gitter_id_{cell_name}"), f"Gitter_ID_{cell_name}")
    columns = (
        Column(f"x_mp_{cell_name}", _centre(cell_size), required=True),
        Column(f"y_mp_{cell_name}", _centre(cell_size), required=True),
        Column(RESIDENTS, whole_number(NOBODY, MOST_RESIDENTS)),
        Column(identifier, text(100)),
    )
    header(path, first, columns)
    if RESIDENTS not in names:
        raise refuse(str(path), "required column is missing", 1, RESIDENTS, RESIDENTS)
    return _Head(names, columns, cell_size, cell_name)


def _centre(cell_size: int) -> Parser:
    metres = whole_number(0, FARTHEST)

    def parse(cell: str) -> int:
        value: int = metres(cell)
        if value % cell_size != cell_size // 2:
            raise ValueError(f"not the middle of a cell of {cell_size} m")
        return value

    return parse


def _census(head: _Head, cells: list[str]) -> int | None:
    identifier = dict(zip(head.names, cells, strict=False)).get(head.columns[3].name, "")
    return next((year for year, pattern in CENSUSES.items() if pattern.fullmatch(identifier)), None)


def _numbers(chunk: list[tuple[int, list[str]]], head: _Head, rejected: Rejected) -> Integers:
    """Rows of line, x, y, residents. The whole chunk at once; row by row only where something in it is wrong."""
    numbers = _numbers_at_once(chunk, head)
    if numbers is not None:
        return numbers
    rows = []
    for line, cells in chunk:
        row = parse_record(line, cells, head.names, head.columns, rejected)
        if row is not None:
            x, y, residents, *_ = (row.values.get(column.name) for column in head.columns)
            rows.append((line, x, y, NOBODY if residents is None else residents))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _numbers_at_once(chunk: list[tuple[int, list[str]]], head: _Head) -> Integers | None:
    if any(len(cells) != len(head.names) for _, cells in chunk):
        return None
    numbers = np.empty((len(chunk), 4), dtype=np.int64)
    numbers[:, 0] = [line for line, _ in chunk]
    for index, column in enumerate(head.columns[:3], 1):
        position = head.names.index(column.name)
        cells = [cells[position] for _, cells in chunk]
        pattern = re.compile(r"[0-9]{1,9}" if column.required else r"-1|[0-9]{0,9}", re.ASCII)
        if not all(map(pattern.fullmatch, cells)):
            return None
        numbers[:, index] = np.array([cell or str(NOBODY) for cell in cells]).astype(np.int64)
    _, x, y, residents = numbers.T
    off_centre = ((x % head.cell_size) != head.cell_size // 2) | ((y % head.cell_size) != head.cell_size // 2)
    too_much = (x > FARTHEST) | (y > FARTHEST) | (residents > MOST_RESIDENTS)
    return None if (off_centre | too_much).any() else numbers


def _each_once(cells: Integers, head: _Head, rejected: Rejected) -> Integers:
    """The cells without those that were there before; a cell counted twice would double its residents."""
    _, first = np.unique(cells[:, 1] * (FARTHEST + 1) + cells[:, 2], return_index=True)
    again = np.setdiff1d(np.arange(len(cells)), first)
    for line, x, y, _ in cells[again].tolist():
        rejected.add(line, head.columns[0].name, "this cell was there before", f"{x}, {y}")
    once: Integers = cells[np.sort(first)]
    return once


# --- The municipalities ---------------------------------------------------------------------------------------------


def _points(grid: Grid, stand: BoundaryEdition, path: Path, report: Report) -> Integers:
    """Rows of COLUMNS, ordered by them, of all cells that belong to somebody."""
    forests = dict(Municipality.objects.of_edition(stand).values_list("pk", "is_unincorporated"))
    ids, polygons = areas()
    is_forest = np.array([forests[pk] for pk in ids])
    owner = _owners(grid, project(polygons, WGS84, LAEA_EUROPE), is_forest, stand, report)
    belongs = owner >= 0
    if not belongs.any():
        raise refuse(str(path), f"no cell with residents lies in a municipality of the edition {stand}")
    municipality = np.array(ids, dtype=np.int64)[owner[belongs]]
    return _in_order(np.column_stack([municipality, grid.x[belongs], grid.y[belongs], grid.residents[belongs]]))


def _owners(
    grid: Grid, polygons: Geometries, is_forest: NDArray[np.bool_], stand: BoundaryEdition, report: Report
) -> NDArray[np.intp]:
    """For each cell the index of its municipality, -1 where it has none.

    A centre in none goes to the nearest one within NEAR. In an unincorporated area, where nobody is registered, its
    residents live along the edge. In no area at all (the sea, a lake, a river's mouth) that holds only where the
    edition has the whole country: beyond the edge of a part of it live the neighbours, whom nobody here may claim.
    """
    shapely.prepare(polygons)
    x, y = grid.x.astype(float), grid.y.astype(float)
    chunks = [slice(start, start + CHUNK) for start in range(0, len(x), CHUNK)]
    owner = np.concatenate([np.empty(0, dtype=np.intp), *(first_covering(polygons, x[at], y[at]) for at in chunks)])
    in_forest = np.append(is_forest, False)[owner]  # an owner of -1 finds the last
    outside = owner < 0
    states = Municipality.objects.of_edition(stand).order_by().values_list("state__key", flat=True).distinct()
    seeking = np.flatnonzero(in_forest | outside if set(states) == STATE_NAMES.keys() else in_forest)
    owner[in_forest] = -1
    towns = np.flatnonzero(~is_forest)
    if len(seeking):
        # From the last area to the first, so that of several at the same distance the smaller AGS stays.
        tree = shapely.STRtree(polygons[towns])
        cell, town = tree.query_nearest(shapely.points(x[seeking], y[seeking]), max_distance=NEAR)
        latest_first = np.argsort(-town, kind="stable")
        owner[seeking[cell[latest_first]]] = towns[town[latest_first]]
    _tell(report, "in no municipality, given to the nearest within 1 km", grid, (owner >= 0) & (in_forest | outside))
    _tell(report, "in unincorporated areas, left out", grid, (owner < 0) & in_forest)
    _tell(report, "outside all municipalities, left out", grid, (owner < 0) & outside)
    return owner


def _tell(report: Report, where: str, grid: Grid, cells: NDArray[np.bool_]) -> None:
    report.count(f"cells {where}", int(cells.sum()))
    report.count(f"residents {where}", int(grid.residents[cells].sum()))


def _read(stored: QuerySet[ResidentPoint]) -> Integers:
    return _in_order(numbers(stored.values_list(*COLUMNS)).astype(np.int64))


def _in_order(points: Integers) -> Integers:
    """Rows of COLUMNS by municipality, from west to east, from south to north."""
    ordered: Integers = points[np.lexsort((points[:, 2], points[:, 1], points[:, 0]))]
    return ordered


def _tell_source(
    stand: BoundaryEdition, path: Path, grid: Grid, source: str | None, attribution: str | None, report: Report
) -> PopulationGrid:
    """Who is to be credited; of a grid that names its cells as the census does it is known."""
    if source is None and grid.census is not None:
        cell = re.sub(r"(k?m)$", r"-\1", grid.cell_name)
        source = f"Zensus {grid.census}, Bevölkerung im {cell}-Gitter"
    elif source is None:
        source = path.name
    if attribution is None:
        attribution = "" if grid.census is None else OFFICES.format(year=grid.census)
    if not attribution:
        report.notes.append("Nobody is credited for this grid: name who with --attribution.")
    said = {"source": source, "attribution": attribution, "cell_size": grid.cell_size}
    return PopulationGrid.objects.update_or_create(
        edition=stand, defaults=said, create_defaults={**said, "imported_at": timezone.now()}
    )[0]


def _compare(stand: BoundaryEdition, report: Report) -> None:
    """Whether the grid and the official populations speak of the same people."""
    municipalities = Municipality.objects.of_edition(stand).incorporated()
    counted = municipalities.aggregate(sum=Sum("resident_points__residents"))["sum"] or 0
    official = municipalities.aggregate(sum=Sum("population"))["sum"]
    empty = municipalities.filter(resident_points__isnull=True).count()
    report.count("municipalities without a resident point", empty)
    report.notes.append(f"Residents in resident points: {counted:,}")
    if official:
        difference = counted - official
        report.notes.append(
            f"Official populations: {official:,}; difference {difference:+,} ({difference / official:+.1%})"
        )
