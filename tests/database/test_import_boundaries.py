"""import_boundaries: real and odd files become one valid municipality per AGS; a second import changes nothing."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from places.geo import WGS84, project
from places.importers.boundaries import VG250_ATTRIBUTION, import_boundaries
from places.models import BoundaryEdition, Municipality, PopulationGrid, Region
from places.tiles.storage import archive_path
from tests.conftest import DATA, shared
from tests.database.refusals import errors_of, files_without_defect
from tests.factories import EDITION_DATE, NOON, make_edition, make_municipality, make_place, square

pytestmark = pytest.mark.django_db

FILES = DATA / "boundaries"
SAMPLE = FILES / "vg250_sample.gpkg"
SOUND = {"vg250_sample.gpkg", "two_squares.geojson", "two_rows_of_one_ags.geojson", "bow_tie.geojson"}
SOUND |= {"with_ewz_and_gf.geojson"}
DEFECTS = {
    "lost_leading_zero.geojson": [
        "lost_leading_zero.geojson:feature 2: AGS: not an AGS (8 digits); was a leading zero lost?: '6635002'"
    ],
    "unknown_state.geojson": [
        "unknown_state.geojson:feature 2: AGS: not an AGS: no state has the key 66: '66635002'",
    ],
    "no_name.geojson": ["no_name.geojson:feature 2: GEN: a value is required: ''"],
    "empty_geometry.geojson": ["empty_geometry.geojson:feature 2: geometry: is empty"],
    "point.geojson": ["point.geojson:feature 2: geometry: a polygon is required: 'Point'"],
    "no_area.geojson": ["no_area.geojson:feature 2: geometry: is a polygon without any area"],
    "utm_said_to_be_degrees.geojson": [
        "utm_said_to_be_degrees.geojson:feature 2: geometry: lies off the globe; "
        "is the file's coordinate system right?: 'EPSG:4326'"
    ],
}
WHOLE_FILES = {
    "no_ags.geojson": ["no_ags.geojson: AGS: layer no_ags has no such column"],
    "no_features.geojson": ["no_features.geojson: AGS: layer no_features has no such column"],
    "no_vector_file.geojson": ["no_vector_file.geojson: cannot be opened: "],
}


def write(path: Path, layer: str, ags: list[str], crs: str | None = "EPSG:4326", **columns: list[Any]) -> Path:
    """A vector file (format by its suffix) with a square of 0.1° for each AGS; appended if it is there."""
    squares = shapely.to_wkb([shapely.box(9 + n / 10, 51, 9.1 + n / 10, 51.1) for n in range(len(ags))])
    data = {"AGS": ags, "GEN": [f"Gemeinde {key}" for key in ags], **columns}
    pyogrio.raw.write(
        path,
        squares,
        [np.array(values, dtype=object if isinstance(values[0], str) else None) for values in data.values()],
        list(data),
        layer=layer,
        geometry_type="Polygon",
        crs=crs,
        append=path.exists(),
    )
    return path


# --- Real files -----------------------------------------------------------------------------------------------------


def test_the_sample_of_vg250_holds_what_the_real_file_has() -> None:
    report = import_boundaries(SAMPLE, edition=EDITION_DATE)
    assert report.counts["created"] == 6
    assert report.counts["rows left out, not land (GF other than 4)"] == 3
    assert report.counts["invalid polygons repaired"] == 2
    assert report.counts["unincorporated areas in this file"] == 2
    rows = Municipality.objects.values_list("ags", "ars", "name", "designation", "is_unincorporated", "district__name")
    assert list(rows) == [
        ("01054039", "010545459039", "Gröde", "Gemeinde", False, "Nordfriesland"),
        ("01056025", "010560025025", "Helgoland", "Gemeinde", False, "Pinneberg"),
        ("01057069", "010575785069", "Ruhwinkel", "Gemeinde", False, "Plön"),
        ("01059002", "010595920002", "Arnis", "Stadt", False, "Schleswig-Flensburg"),
        ("09176451", "091769451451", "Haunstetter Forst", "Gemeindefreies Gebiet", True, "Eichstätt"),
        ("09472470", "094729470470", "Warmensteinacher Forst-Nord", "Gemeindefreies Gebiet", True, "Bayreuth"),
    ]
    helgoland = Municipality.objects.get(name="Helgoland")
    assert len(helgoland.geometry) == 2  # island and dune, without the water around them
    assert helgoland.area_km2 == pytest.approx(1.8, abs=0.1)
    assert (helgoland.centre.x, helgoland.centre.y) == pytest.approx((7.885, 54.181), abs=0.005)  # on the island
    assert list(Region.objects.filter(key__in=("01", "09")).values_list("key", "name", "designation")) == [
        ("01", "Schleswig-Holstein", "Land"),
        ("09", "Bayern", "Freistaat"),
    ]
    stand = BoundaryEdition.objects.get()
    assert (stand.source, stand.attribution) == ("vg250_sample.gpkg", VG250_ATTRIBUTION)


def test_a_state_of_the_real_file_arrives_whole_valid_and_only_once() -> None:
    file = shared("vg250_2016.gpkg", instead=SAMPLE)
    meta, _, wkb, data = pyogrio.raw.read(file, layer="vg250_gem", where="GF = 4 AND AGS LIKE '01%'")
    ags = data[list(meta["fields"]).index("AGS")]
    square_metres = dict(zip(ags, shapely.area(shapely.make_valid(shapely.from_wkb(wkb))), strict=True))

    report = import_boundaries(file, edition=EDITION_DATE, states=["01"])

    municipalities = {found.ags: found for found in Municipality.objects.all()}
    assert report.counts["created"] == len(municipalities) == len(square_metres)
    for key, found in municipalities.items():
        assert found.geometry.valid
        assert found.geometry.contains(found.centre)
        assert found.area_km2 == pytest.approx(square_metres[key] / 1e6, rel=2e-3)  # UTM is not equal-area
    assert set(Region.objects.values_list("key", flat=True)) == {"01"} | {key[:5] for key in municipalities}

    again = import_boundaries(file, edition=EDITION_DATE, states=["01"])
    assert (again.counts["created"], again.counts["updated"]) == (0, 0)
    assert again.counts["unchanged"] == len(municipalities)


# --- What stands, and what a second import does to it ----------------------------------------------------------------


def test_a_second_import_of_the_same_file_touches_nothing() -> None:
    import_boundaries(SAMPLE, edition=EDITION_DATE)
    before = BoundaryEdition.objects.values().get()
    rows = list(Municipality.objects.order_by("pk").values())
    report = import_boundaries(SAMPLE, edition=EDITION_DATE)
    assert (report.counts["created"], report.counts["updated"], report.counts["unchanged"]) == (0, 0, 6)
    assert BoundaryEdition.objects.values().get() == before
    assert list(Municipality.objects.order_by("pk").values()) == rows


def test_new_boundaries_of_an_edition_keep_its_facts_and_what_the_file_does_not_name() -> None:
    kept = make_municipality("06635009", geometry=square(10, 52))
    changed = make_municipality("06635001", geometry=square(9, 51, 0.2), population=77, zok_tier="none")
    report = import_boundaries(FILES / "two_squares.geojson", edition=EDITION_DATE)
    assert (report.counts["created"], report.counts["updated"]) == (1, 1)
    assert report.counts["not in this file, untouched"] == 1
    changed.refresh_from_db()
    assert (changed.name, changed.population, changed.zok_tier) == ("Allendorf", 77, "none")
    assert changed.geometry.extent == pytest.approx((9, 51, 9.1, 51.1))
    assert changed.area_km2 == pytest.approx(77.9, abs=0.5)
    assert Municipality.objects.get(pk=kept.pk).name == kept.name
    edition = BoundaryEdition.objects.get()
    drawn = pyogrio.read_dataframe(archive_path(edition.date, edition.tiles_digest), layer="municipalities")
    assert {f"{number:08}" for number in drawn["mvt_id"]} == set(Municipality.objects.values_list("ags", flat=True))


def test_a_column_that_the_file_does_not_have_takes_nothing_away(tmp_path: Path) -> None:
    forest = make_municipality("06633200", is_unincorporated=True, ars="066330200200")
    import_boundaries(write(tmp_path / "names.gpkg", "any", ["06633200"]), edition=EDITION_DATE)
    forest.refresh_from_db()
    assert (forest.name, forest.designation) == ("Gemeinde 06633200", "Gemeindefreies Gebiet")
    assert (forest.is_unincorporated, forest.ars) == (True, "066330200200")


def test_a_population_in_the_file_fills_in_only_where_none_is_known() -> None:
    import_boundaries(FILES / "with_ewz_and_gf.geojson", edition=EDITION_DATE)
    populations = Municipality.objects.order_by("ags").values_list("ags", "population", "is_unincorporated")
    assert list(populations) == [("06633200", None, True), ("06635001", 5400, False)]
    Municipality.objects.filter(ags="06635001").update(population=5500)
    report = import_boundaries(FILES / "with_ewz_and_gf.geojson", edition=EDITION_DATE)
    assert (report.counts["updated"], Municipality.objects.get(ags="06635001").population) == (0, 5500)


def test_an_older_edition_moves_no_place_and_a_newer_one_moves_all() -> None:
    inside = make_place(make_municipality("06635001"), longitude=9.05, latitude=51.05)
    outside = make_place(inside.municipality, longitude=9.09, latitude=51.25, name="Waldhaus")
    import_boundaries(FILES / "two_squares.geojson", edition=date(2020, 12, 31))
    inside.refresh_from_db()
    assert inside.municipality is not None
    assert inside.municipality.edition.date == EDITION_DATE

    report = import_boundaries(FILES / "two_squares.geojson", edition=date(2025, 12, 31))

    inside.refresh_from_db()
    outside.refresh_from_db()
    assert inside.municipality is not None
    assert (inside.municipality.edition.date, outside.municipality) == (date(2025, 12, 31), None)
    assert report.counts["entries that changed their municipality"] == 2
    assert report.counts["entries in no municipality"] == 1
    assert f"Place {outside.pk} lies in no municipality now: Waldhaus" in report.notes


def test_a_census_grid_sorted_into_older_boundaries_is_told_of() -> None:
    grid = PopulationGrid(edition=make_edition(), source="Zensus", cell_size=1000, imported_at=NOON)
    grid.save()
    report = import_boundaries(FILES / "two_squares.geojson", edition=EDITION_DATE)
    assert any("run import_population again" in note for note in report.notes)


# --- Odd files ------------------------------------------------------------------------------------------------------


def test_several_rows_of_one_ags_are_one_municipality() -> None:
    report = import_boundaries(FILES / "two_rows_of_one_ags.geojson", edition=EDITION_DATE)
    assert (report.counts["created"], report.counts["rows united with another of the same AGS"]) == (2, 1)
    assert len(Municipality.objects.get(ags="06635001").geometry) == 2


def test_a_bow_tie_keeps_both_its_halves() -> None:
    report = import_boundaries(FILES / "bow_tie.geojson", edition=EDITION_DATE)
    assert report.counts["invalid polygons repaired"] == 1
    repaired = Municipality.objects.get(ags="06635002").geometry
    assert repaired.valid
    assert repaired.area == pytest.approx(0.1 * 0.1 / 2)


def test_a_municipality_of_which_one_row_is_wrong_is_skipped_whole(tmp_path: Path) -> None:
    keys, residents = ["06635001", "06635002", "06635001"], [1, 2, -5]
    file = write(tmp_path / "part.gpkg", "any", keys, EWZ=residents)
    report = import_boundaries(file, edition=EDITION_DATE, skip_invalid=True)
    assert list(Municipality.objects.values_list("ags", flat=True)) == ["06635002"]
    assert [str(error) for error in report.rejected.errors] == [
        f"{file}:feature 3: EWZ: not between 0 and 100000000: '-5'"
    ]


def test_where_every_row_is_skipped_there_is_nothing_to_import(tmp_path: Path) -> None:
    file = write(tmp_path / "keys.gpkg", "any", ["6635001", "6635002"])
    assert errors_of(import_boundaries, file, edition=EDITION_DATE, skip_invalid=True) == [
        "keys.gpkg: has no municipality"
    ]
    assert not BoundaryEdition.objects.exists()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_is_told_and_nothing_is_written(name: str) -> None:
    assert errors_of(import_boundaries, FILES / name, edition=EDITION_DATE) == DEFECTS[name]
    assert not BoundaryEdition.objects.exists()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_may_be_skipped_and_is_still_told(name: str) -> None:
    report = import_boundaries(FILES / name, edition=EDITION_DATE, skip_invalid=True)
    assert [str(error).removeprefix(f"{FILES}/") for error in report.rejected.errors] == DEFECTS[name]
    assert list(Municipality.objects.values_list("ags", flat=True)) == ["06635001"]


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole_is_always_refused(name: str) -> None:
    (said,) = errors_of(import_boundaries, FILES / name, edition=EDITION_DATE, skip_invalid=True)
    assert said.startswith(WHOLE_FILES[name][0])
    assert not BoundaryEdition.objects.exists()


def test_every_file_has_its_test() -> None:
    assert files_without_defect("boundaries", DEFECTS | WHOLE_FILES, SOUND) == set()


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".fgb", ".geojson"])
def test_any_format_and_any_case_of_the_columns_will_do(tmp_path: Path, suffix: str) -> None:
    file = write(tmp_path / f"gemeinden{suffix}", "gemeinden", ["06635001"], bez=["Stadt"], rs=["066350001001"])
    import_boundaries(file, edition=EDITION_DATE)
    assert list(Municipality.objects.values_list("ags", "designation", "ars")) == [
        ("06635001", "Stadt", "066350001001"),
    ]


def test_a_folder_and_a_zip_of_shapefiles_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "vg250"
    folder.mkdir()
    write(folder / "VG250_GEM.shp", "VG250_GEM", ["06635001"])
    write(folder / "VG250_KRS.shp", "VG250_KRS", ["06635"])
    import_boundaries(folder, edition=EDITION_DATE)
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    report = import_boundaries(Path(packed), edition=EDITION_DATE)
    assert (report.counts["unchanged"], Municipality.objects.get().district.name) == (1, "Gemeinde 06635")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (said,) = errors_of(import_boundaries, tmp_path / "none.gpkg", edition=EDITION_DATE)
    assert said.startswith("none.gpkg: cannot be opened: ")


@pytest.mark.parametrize("crs", ["EPSG:25832", "EPSG:3035", "EPSG:31467", "EPSG:3857"])
def test_any_coordinate_system_becomes_wgs84(tmp_path: Path, crs: str) -> None:
    epsg = int(crs.removeprefix("EPSG:"))
    (there,) = project(np.array([shapely.segmentize(shapely.box(9, 51, 9.1, 51.1), 0.01)]), WGS84, epsg)
    file = tmp_path / "any.gpkg"
    pyogrio.raw.write(
        file,
        shapely.to_wkb(np.array([there])),
        [np.array(["06635001"], dtype=object), np.array(["Allendorf"], dtype=object)],
        ["AGS", "GEN"],
        layer="any",
        geometry_type="Polygon",
        crs=crs,
    )
    import_boundaries(file, edition=EDITION_DATE)
    assert Municipality.objects.get().geometry.extent == pytest.approx((9, 51, 9.1, 51.1), abs=1e-4)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_that_does_not_say_its_coordinate_system_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "gemeinden.shp", "gemeinden", ["06635001"], crs=None)
    assert errors_of(import_boundaries, file, edition=EDITION_DATE) == [
        "gemeinden.shp: layer gemeinden does not say its coordinate system (CRS)"
    ]


def test_of_several_layers_vg250_gem_is_meant_or_the_one_that_is_named(tmp_path: Path) -> None:
    file = write(tmp_path / "two.gpkg", "gemeinden", ["06635001"])
    write(file, "kreise", ["06635002"])
    assert errors_of(import_boundaries, file, edition=EDITION_DATE) == [
        "two.gpkg: which layer? --layer names one of gemeinden, kreise"
    ]
    assert errors_of(import_boundaries, file, edition=EDITION_DATE, layer="länder") == [
        "two.gpkg: --layer: no such layer, there is gemeinden, kreise: 'länder'"
    ]
    import_boundaries(file, edition=EDITION_DATE, layer="kreise")
    write(file, "VG250_GEM", ["06635003"])
    import_boundaries(file, edition=EDITION_DATE)
    assert list(Municipality.objects.values_list("ags", flat=True)) == ["06635002", "06635003"]


def test_only_the_states_that_are_asked_for_are_read_and_each_must_be_there() -> None:
    report = import_boundaries(SAMPLE, edition=EDITION_DATE, states=["09"])
    assert list(Municipality.objects.values_list("ags", flat=True)) == ["09176451", "09472470"]
    assert report.counts["rows left out, other states"] == 4
    assert errors_of(import_boundaries, SAMPLE, edition=EDITION_DATE, states=["09", "16"]) == [
        "vg250_sample.gpkg: AGS: has no municipality of this state: '16'"
    ]


def test_without_layers_of_regions_states_have_their_names_and_districts_their_keys() -> None:
    report = import_boundaries(FILES / "two_squares.geojson", edition=EDITION_DATE)
    assert list(Region.objects.values_list("key", "name")) == [("06", "Hessen"), ("06635", "")]
    assert str(Region.objects.get(key="06635")) == "06635"
    assert any("--attribution" in note for note in report.notes)
    assert BoundaryEdition.objects.get().attribution == ""


def test_source_and_attribution_are_stored_and_stay() -> None:
    file = FILES / "two_squares.geojson"
    import_boundaries(file, edition=EDITION_DATE, source="Kreis", attribution="© Kreis, CC0")
    report = import_boundaries(file, edition=EDITION_DATE)
    stand = BoundaryEdition.objects.get()
    assert (stand.source, stand.attribution, report.notes) == ("Kreis", "© Kreis, CC0", [])


def test_a_dry_run_counts_and_leaves_nothing() -> None:
    report = import_boundaries(SAMPLE, edition=EDITION_DATE, dry_run=True)
    assert report.counts["created"] == 6
    assert "dry run, nothing was written" in str(report)
    assert not BoundaryEdition.objects.exists()
    assert not Municipality.objects.exists()
