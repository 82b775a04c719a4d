"""Every municipality is in every zoom of the tiles, neighbours keep their line, and GDAL can read the archive."""

import gzip
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from places.geo import Bbox
from places.tiles.archive import build_archive, tile_id
from places.tiles.cutting import ZOOMS, Territory, cut
from tests.conftest import FIXTURES, SHARED_DATA

# In the middle of a tile of the highest zoom, so that nothing of it is cut apart in any zoom above 5.
WEST, SOUTH = 9.98, 51.95
SIMPLIFIED = SHARED_DATA / "vg250_gem_2022-12-31_simplified.gpkg"
REGIONS = [FIXTURES / "boundaries_2022-12-31.gpkg", *([SIMPLIFIED] if SIMPLIFIED.exists() else [])]


def square(column: int, row: int = 0, side: float = 0.02) -> shapely.Polygon:
    return shapely.box(WEST + column * side, SOUTH + row * side, WEST + (column + 1) * side, SOUTH + (row + 1) * side)


def territory(areas: dict[str, Any], names: dict[str, str] | None = None) -> Territory:
    return Territory(list(areas), np.array(list(areas.values()), dtype=object), names or {})


def read(path: Path, layer: str, zoom: int) -> geopandas.GeoDataFrame:
    # With the buffers of the tiles: cut off at their edges, GDAL 3.12 loses parts of multipolygons.
    return pyogrio.read_dataframe(path, layer=layer, ZOOM_LEVEL=str(zoom), CLIP="NO")


def written(folder: Path, areas: Territory) -> Path:
    path = folder / "tiles.pmtiles"
    path.write_bytes(cut(areas).content)
    return path


def keys(table: geopandas.GeoDataFrame) -> list[str]:
    return sorted({f"{number:08}" for number in table["mvt_id"]})


@pytest.mark.parametrize("region", REGIONS, ids=lambda path: path.stem)
def test_no_municipality_of_a_region_is_missing_in_any_zoom(region: Path, tmp_path: Path) -> None:
    table = pyogrio.read_dataframe(region, layer="vg250_gem", columns=["AGS"]).to_crs(4326)
    path = written(tmp_path, Territory(table["AGS"].tolist(), table.geometry.to_numpy(), {}))
    for zoom in ZOOMS:
        _, _, areas, (number, *_) = pyogrio.raw.read(
            path, layer="municipalities", columns=["mvt_id"], ZOOM_LEVEL=str(zoom), CLIP="NO"
        )
        assert sorted({f"{ags:08}" for ags in number.tolist()}) == sorted(table["AGS"]), zoom
        assert (shapely.area(shapely.from_wkb(areas)) > 0).all(), zoom


def test_a_region_has_no_hole_and_no_overlap_in_any_zoom(tmp_path: Path) -> None:
    table = pyogrio.read_dataframe(REGIONS[0], layer="vg250_gem", columns=["AGS"]).to_crs(4326)
    path = written(tmp_path, Territory(table["AGS"].tolist(), table.geometry.to_numpy(), {}))
    outside = shapely.union_all(table.to_crs(3857).geometry.to_numpy())
    holes_there = sum(len(part.interiors) for part in shapely.get_parts([outside]))
    for zoom in ZOOMS:
        found = read(path, "municipalities", zoom)
        pieces = found.geometry.to_numpy()
        unit = 40075016.69 / 2**zoom / (2048 if zoom == 4 else 4096)
        whole = shapely.union_all(pieces)
        if len(pieces) == len(table):  # nothing is in two tiles
            assert shapely.area(pieces).sum() == pytest.approx(whole.area, rel=3e-4), zoom
        holes = [hole for part in shapely.get_parts([whole]) for hole in part.interiors]
        assert len([hole for hole in holes if shapely.Polygon(hole).area > 4 * unit**2]) <= holes_there, zoom
        assert whole.area == pytest.approx(outside.area, rel=3e-2 if zoom == 4 else 3e-3), zoom


def test_neighbours_share_their_line_in_every_zoom(tmp_path: Path) -> None:
    steps = np.linspace(SOUTH, SOUTH + 0.02, 100)
    zigzag = [(WEST + 0.02 + 0.0004 * (step % 2), latitude) for step, latitude in enumerate(steps)]
    west = shapely.Polygon([(WEST, SOUTH), *zigzag, (WEST, SOUTH + 0.02)])
    east = shapely.difference(shapely.union(square(1), square(0)), west)
    path = written(tmp_path, territory({"06635001": west, "06635002": east}))
    corners = []
    for zoom in ZOOMS:
        found = read(path, "municipalities", zoom).geometry.to_numpy()
        assert shapely.coverage_is_valid(found), zoom
        corners.append(int(shapely.get_num_coordinates(found).sum()))
    assert corners == sorted(corners)
    assert corners[0] < 20 < corners[-1]


def test_the_smallest_municipality_keeps_a_polygon(tmp_path: Path) -> None:
    rock = shapely.box(WEST + 0.2, SOUTH, WEST + 0.20001, SOUTH + 0.00001)  # about one square metre
    path = written(tmp_path, territory({"06635001": square(0), "06635002": rock}))
    for zoom in ZOOMS:
        found = read(path, "municipalities", zoom)
        assert keys(found) == ["06635001", "06635002"]
        assert (found.area > 0).all()


def test_borders_are_lines_of_their_rank_and_municipalities_have_none(tmp_path: Path) -> None:
    areas = {"06635001": square(0), "06635002": square(1), "06636001": square(2), "16061001": square(3)}
    found = read(written(tmp_path, territory(areas)), "borders", 10).dissolve("rank")
    side = square(0).bounds
    assert sorted(found.index) == ["district", "state"]
    district = found.to_crs(4326).geometry["district"]
    assert district.bounds == pytest.approx((WEST + 0.04, side[1], WEST + 0.04, side[3]), abs=1e-4)
    state = found.to_crs(4326).geometry["state"]
    assert state.bounds == pytest.approx((WEST, side[1], WEST + 0.08, side[3]), abs=1e-4)
    assert shapely.distance(state, shapely.Point(WEST + 0.06, SOUTH + 0.01)) < 1e-4
    assert shapely.distance(state, shapely.Point(WEST + 0.02, SOUTH + 0.01)) > 5e-3


def test_labels_name_districts_and_states(tmp_path: Path) -> None:
    areas = territory({"06635001": square(0), "06635002": square(1)}, {"06": "Hessen", "06635": "Waldeck-Frankenberg"})
    path = written(tmp_path, areas)
    found = read(path, "labels", 10)
    assert sorted(zip(found["rank"], found["key"], found["name"], strict=True)) == [
        ("district", "06635", "Waldeck-Frankenberg"),
        ("state", "06", "Hessen"),
    ]
    assert (found.to_crs(4326).within(shapely.box(WEST, SOUTH, WEST + 0.04, SOUTH + 0.02))).all()
    assert list(read(path, "labels", 5)["rank"]) == ["state"]


def test_what_is_no_coverage_becomes_one(tmp_path: Path) -> None:
    overlapping = shapely.box(WEST + 0.015, SOUTH, WEST + 0.04, SOUTH + 0.02)
    found = read(written(tmp_path, territory({"06635001": square(0), "06635002": overlapping})), "municipalities", 10)
    assert shapely.coverage_is_valid(found.geometry.to_numpy())


def test_one_that_lies_on_another_stays_too(tmp_path: Path) -> None:
    areas = territory({"06635001": square(0), "06635002": square(0)}, {"06": "Hessen", "06635": "Kreis"})
    path = written(tmp_path, areas)
    for zoom in ZOOMS:
        assert keys(read(path, "municipalities", zoom)) == ["06635001", "06635002"]


def test_the_same_areas_give_the_same_bytes_and_others_do_not() -> None:
    one, same, other = (cut(territory({key: square(0)})).content for key in ("06635001", "06635001", "06635002"))
    assert one == same
    assert one != other


def test_the_first_bytes_hold_the_directory_and_the_lowest_zoom() -> None:
    archive = build_archive({(4, 8, 5): b"all", (5, 16, 10): b"finer"}, Bbox(9, 51, 10, 52), {})
    head = archive.content[: archive.head]
    assert head.endswith(gzip.compress(b"all", 9, mtime=0))
    assert archive.content[archive.head :] == gzip.compress(b"finer", 9, mtime=0)


@pytest.mark.parametrize(
    ("address", "number"), [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5)]
)
def test_tiles_are_numbered_along_a_hilbert_curve(address: tuple[int, int, int], number: int) -> None:
    assert tile_id(*address) == number


def test_too_many_tiles_or_none_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        build_archive({}, Bbox(9, 51, 10, 52), {})
    scattered = {(12, n * n % 4093, n * n * n % 4091): bytes(n % 97) for n in range(1, 20_000)}
    with pytest.raises(ValueError, match="too many"):
        build_archive(scattered, Bbox(9, 51, 10, 52), {})
