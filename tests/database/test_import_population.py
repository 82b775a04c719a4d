"""import_population: every cell of the census grid finds its municipality, or is told of as left out."""

import gzip
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest

from places.importers.boundaries import import_boundaries
from places.importers.population import import_population, read_grid
from places.importers.rows import Rejected
from places.keys import STATE_NAMES
from places.models import Municipality, PopulationGrid, ResidentPoint
from tests.conftest import DATA, FIXTURES, shared
from tests.database.refusals import errors_of, files_without_defect
from tests.factories import EDITION_DATE, box_in_metres, make_municipality, square

pytestmark = pytest.mark.django_db

FILES = DATA / "population"
SOUND = {"census_2022.csv", "census_2011.csv.gz", "no_identifier_100m.csv", "zensus2011_kassel.csv.gz"}
DEFECTS = {
    "not_a_number.csv": ["not_a_number.csv:3: Einwohner: not a whole number: 'zehn'"],
    "decimal_number.csv": ["decimal_number.csv:3: Einwohner: not a whole number: '2,5'"],
    "minus_2.csv": ["minus_2.csv:3: Einwohner: not between -1 and 1000000: '-2'"],
    "corner_not_centre.csv": [
        "corner_not_centre.csv:3: x_mp_1km: not the middle of a cell of 1000 m: '4301000'",
    ],
    "same_cell_twice.csv": ["same_cell_twice.csv:4: x_mp_1km: this cell was there before: '4300500, 3100500'"],
    "too_few_cells.csv": ["too_few_cells.csv:3: 2 cells where the header has 4"],
    "x_missing.csv": ["x_missing.csv:3: x_mp_1km: a value is required: ''"],
}
WHOLE_FILES = {
    "unknown_column.csv": ["unknown_column.csv:1: Haushalte: unknown column: 'Haushalte'"],
    "mixed_cell_sizes.csv": [
        "mixed_cell_sizes.csv:1: y_mp_100m: unknown column: 'y_mp_100m'",
        "mixed_cell_sizes.csv:1: y_mp_1km: required column is missing: 'y_mp_1km'",
    ],
    "no_residents_column.csv": ["no_residents_column.csv:1: Einwohner: required column is missing: 'Einwohner'"],
    "all_outside.csv": ["all_outside.csv: no cell with residents lies in a municipality of the edition 2022-12-31"],
    "nobody.csv": ["nobody.csv: no cell with residents lies in a municipality of the edition 2022-12-31"],
    "empty.csv": ["empty.csv:1: is empty: a header line is required"],
    "gzip_cut_off.csv.gz": [
        "gzip_cut_off.csv.gz:2: cannot be read to its end: "
        "Compressed file ended before the end-of-stream marker was reached"
    ],
}
OUTSIDE = "cells outside all municipalities, left out"
NEAR = "cells in no municipality, given to the nearest within 1 km"


def two_municipalities() -> None:
    """Each 3 km wide and 2 km high; cells of 1 km fit exactly into them."""
    make_municipality("06635001", geometry=box_in_metres(4_300_000, 3_100_000, 4_303_000, 3_102_000), population=25)
    make_municipality("06635002", geometry=box_in_metres(4_303_000, 3_100_000, 4_306_000, 3_102_000), population=35)


def points() -> list[tuple[str, int, int, int]]:
    """Every resident point: AGS, x, y, residents."""
    rows = ResidentPoint.objects.order_by("municipality__ags", "x", "y")
    return list(rows.values_list("municipality__ags", "x", "y", "residents"))


CENSUS = [
    ("06635001", 4_300_500, 3_100_500, 10),
    ("06635001", 4_301_500, 3_100_500, 20),
    ("06635002", 4_303_500, 3_101_500, 30),
]


@pytest.mark.parametrize(("name", "year"), [("census_2011.csv.gz", 2011), ("census_2022.csv", 2022)])
def test_both_censuses_are_read_and_credited(name: str, year: int) -> None:
    two_municipalities()
    report = import_population(FILES / name)
    assert points() == CENSUS
    grid = PopulationGrid.objects.get()
    assert (grid.source, grid.cell_size) == (f"Zensus {year}, Bevölkerung im 1-km-Gitter", 1000)
    assert grid.attribution == f"© Statistische Ämter des Bundes und der Länder, Zensus {year}, dl-de/by-2-0"
    assert report.notes == [
        "Residents in resident points: 60",
        "Official populations: 60; difference +0 (+0.0%)",
    ]


def test_other_cell_sizes_and_commas_are_read_and_the_source_can_be_named() -> None:
    two_municipalities()
    report = import_population(FILES / "no_identifier_100m.csv", source="Meldeamt", attribution="© Meldeamt")
    assert points() == [("06635001", 4_300_550, 3_100_550, 3), ("06635001", 4_300_650, 3_100_550, 4)]
    grid = PopulationGrid.objects.get()
    assert (grid.source, grid.attribution, grid.cell_size) == ("Meldeamt", "© Meldeamt", 100)
    assert report.counts["municipalities without a resident point"] == 1


def test_without_a_census_in_it_the_file_names_itself_and_nobody_is_credited() -> None:
    two_municipalities()
    report = import_population(FILES / "no_identifier_100m.csv")
    assert PopulationGrid.objects.get().source == "no_identifier_100m.csv"
    assert "Nobody is credited for this grid: name who with --attribution." in report.notes


def test_the_same_file_again_changes_nothing() -> None:
    two_municipalities()
    import_population(FILES / "census_2022.csv")
    keys, grid = list(ResidentPoint.objects.values_list("pk", flat=True)), PopulationGrid.objects.values().get()
    report = import_population(FILES / "census_2022.csv")
    assert (report.counts["created"], report.counts["unchanged"]) == (0, 3)
    assert list(ResidentPoint.objects.values_list("pk", flat=True)) == keys
    assert PopulationGrid.objects.values().get() == grid


def test_another_grid_replaces_all_points() -> None:
    two_municipalities()
    import_population(FILES / "census_2022.csv")
    report = import_population(FILES / "no_identifier_100m.csv")
    assert (report.counts["created"], report.counts["replaced"], len(points())) == (2, 3, 2)
    assert PopulationGrid.objects.get().cell_size == 100


def test_nobody_lives_in_an_unincorporated_area_but_along_its_edge(tmp_path: Path) -> None:
    """The centre of a cell may lie in the forest, its residents at the end of a village."""
    two_municipalities()
    Municipality.objects.filter(ags="06635002").update(is_unincorporated=True, population=None)
    file = tmp_path / "forest.csv"
    file.write_text("x_mp_1km;y_mp_1km;Einwohner\n4300500;3100500;10\n4303500;3100500;7\n4305500;3100500;30\n")
    report = import_population(file)
    assert points() == [("06635001", 4_300_500, 3_100_500, 10), ("06635001", 4_303_500, 3_100_500, 7)]
    assert (report.counts[NEAR], report.counts[OUTSIDE]) == (1, 0)
    assert report.counts["cells in unincorporated areas, left out"] == 1
    assert report.counts["residents in unincorporated areas, left out"] == 30


def test_beyond_the_edge_of_a_part_of_the_country_live_the_neighbours(tmp_path: Path) -> None:
    two_municipalities()
    file = tmp_path / "beside.csv"
    file.write_text("x_mp_1km;y_mp_1km;Einwohner\n4300500;3100500;10\n4299500;3100500;7\n")
    report = import_population(file)
    assert points() == [("06635001", 4_300_500, 3_100_500, 10)]
    assert (report.counts[OUTSIDE], report.counts[NEAR]) == (1, 0)


def test_in_the_whole_country_a_centre_off_the_coast_goes_to_the_nearest_shore(tmp_path: Path) -> None:
    two_municipalities()
    for index, state in enumerate(sorted(STATE_NAMES.keys() - {"06"})):
        make_municipality(f"{state}001001", geometry=square(6 + index / 2, 48))
    file = tmp_path / "coast.csv"
    file.write_text("x_mp_1km;y_mp_1km;Einwohner\n4306500;3100500;7\n4307500;3100500;8\n")
    report = import_population(file)
    assert points() == [("06635002", 4_306_500, 3_100_500, 7)]
    assert (report.counts[OUTSIDE], report.counts[NEAR]) == (1, 1)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_is_told_and_nothing_is_written(name: str) -> None:
    two_municipalities()
    import_population(FILES / "census_2022.csv")
    assert errors_of(import_population, FILES / name) == DEFECTS[name]
    assert points() == CENSUS


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_may_be_skipped_and_is_still_told(name: str) -> None:
    two_municipalities()
    report = import_population(FILES / name, skip_invalid=True)
    assert [str(error).removeprefix(f"{FILES}/") for error in report.rejected.errors] == DEFECTS[name]
    assert points()[0] == CENSUS[0]
    assert report.counts["rows skipped"] == 1


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole_is_always_refused(name: str) -> None:
    two_municipalities()
    assert errors_of(import_population, FILES / name, skip_invalid=True) == WHOLE_FILES[name]


def test_every_file_has_its_test() -> None:
    assert files_without_defect("population", DEFECTS | WHOLE_FILES, SOUND) == set()


def test_a_dry_run_counts_and_leaves_nothing() -> None:
    two_municipalities()
    report = import_population(FILES / "census_2022.csv", dry_run=True)
    assert (report.counts["created"], points(), PopulationGrid.objects.count()) == (3, [], 0)


def test_a_bad_row_is_found_on_its_line_in_a_long_file(tmp_path: Path) -> None:
    file = tmp_path / "long.csv.gz"
    rows = [f"{4_000_050 + 100 * (n % 1000)};{3_000_050 + 100 * (n // 1000)};{n % 7}" for n in range(250_000)]
    rows[240_000] = rows[240_000].rsplit(";", 1)[0] + ";viele"
    file.write_bytes(gzip.compress("\n".join(["x_mp_100m;y_mp_100m;Einwohner", *rows]).encode(), 1))
    rejected = Rejected("long.csv.gz")
    grid = read_grid(file, rejected)
    assert [str(error) for error in rejected.errors] == ["long.csv.gz:240002: Einwohner: not a whole number: 'viele'"]
    assert len(grid.x) + grid.uninhabited == 249_999
    assert grid.residents.sum() == sum(n % 7 for n in range(250_000) if n != 240_000)


def test_real_cells_in_the_demo_region_agree_with_an_independent_join() -> None:
    """The twin of the importer's own search: geopandas, in degrees, for whoever lives in the region."""
    file = shared("zensus2011_1km_de.csv.gz", instead=FILES / "zensus2011_kassel.csv.gz")
    boundaries = FIXTURES / "boundaries_2022-12-31.gpkg"
    import_boundaries(boundaries, edition=EDITION_DATE)
    report = import_population(file)

    cells = np.loadtxt(file, delimiter=";", skiprows=1, usecols=(1, 2, 3))
    x, y, residents = cells[cells[:, 2] > 0].T
    where = geopandas.GeoDataFrame({"residents": residents}, geometry=geopandas.points_from_xy(x, y, crs=3035))
    areas = geopandas.read_file(boundaries, layer="vg250_gem")
    is_forest = areas["BEZ"].str.lower().str.startswith("gemeindefrei")
    towns, forests = areas[~is_forest], areas.loc[is_forest, ["geometry"]]
    cells_there = where.to_crs(areas.crs)
    inside = cells_there.sjoin(towns, predicate="within")
    in_forests = cells_there[cells_there.index.isin(cells_there.sjoin(forests, predicate="within").index)]
    beside = in_forests.to_crs(3035).sjoin_nearest(towns.to_crs(3035), max_distance=1000)
    joined = pandas.concat([part[["AGS", "residents"]] for part in (inside, beside)])

    found: dict[str, int] = {}
    for ags, _, _, number in points():
        found[ags] = found.get(ags, 0) + number
    assert found == joined.groupby("AGS")["residents"].sum().to_dict()
    assert report.counts["created"] == len(joined)
