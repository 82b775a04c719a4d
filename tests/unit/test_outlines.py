"""What the map draws has every municipality, keeps neighbours together, and is the same bytes for the same areas."""

import gzip
import json
from typing import Any

import numpy as np
import pytest
import shapely

from places.outlines import DECIMALS, draw_outlines, tolerance


def staircase(west: float, south: float, corners: int = 200) -> shapely.Polygon:
    """A square of 0.1° whose eastern side is a zigzag of about 5 m: corners that nobody sees on a map."""
    up = [(west + 0.1 + 0.00005 * (step % 2), south + 0.1 * step / corners) for step in range(corners + 1)]
    return shapely.Polygon([(west, south), *up, (west, south + 0.1)])


def drawn(ags: list[str], geometries: list[Any]) -> dict[str, Any]:
    multi = [shapely.MultiPolygon([g]) if g.geom_type == "Polygon" else g for g in geometries]
    packed, _ = draw_outlines(ags, np.array(multi))
    document = json.loads(gzip.decompress(packed))
    assert document["type"] == "FeatureCollection"
    for feature in document["features"]:
        assert feature.keys() == {"type", "id", "properties", "geometry"}
        assert (feature["type"], feature["properties"], feature["geometry"]["type"]) == ("Feature", {}, "MultiPolygon")
    return {feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"])) for feature in document["features"]}


def test_neighbours_still_share_their_line() -> None:
    west, east = staircase(9, 51), shapely.difference(shapely.box(9.05, 51, 9.3, 51.1), staircase(9, 51))
    found = drawn(["06635001", "06635002"], [west, east])
    assert list(found) == ["06635001", "06635002"]
    assert shapely.get_num_coordinates(found["06635001"]) < 10
    assert shapely.coverage_is_valid(np.array(list(found.values())))


def test_coordinates_have_four_decimals_and_rings_turn_as_geojson_says() -> None:
    (outline,) = drawn(["06635001"], [shapely.box(9.123456, 51.123456, 9.234567, 51.234567, ccw=False)]).values()
    coordinates = shapely.get_coordinates(outline)
    np.testing.assert_array_equal(coordinates, coordinates.round(DECIMALS))
    assert shapely.is_ccw(outline.geoms[0].exterior)


def test_no_municipality_vanishes_however_small() -> None:
    tiny = shapely.box(9.20001, 51.20001, 9.20002, 51.20002)  # about one square metre: less than a rounded degree
    hamlet = shapely.box(9.3, 51.3, 9.301, 51.301)
    found = drawn(["06635001", "06635002", "06635003"], [tiny, hamlet, shapely.box(9, 51, 9.1, 51.1)])
    assert len(found) == 3
    assert all(outline.area > 0 for outline in found.values())


def test_a_part_too_small_to_show_goes_and_the_rest_stays() -> None:
    rock = shapely.box(9.5, 51.5, 9.500001, 51.500001)
    (outline,) = drawn(["06635001"], [shapely.MultiPolygon([shapely.box(9, 51, 9.1, 51.1), rock])]).values()
    assert len(outline.geoms) == 1


def test_a_hole_too_small_to_show_closes() -> None:
    well = shapely.box(9.05, 51.05, 9.050001, 51.050001)
    (outline,) = drawn(["06635001"], [shapely.difference(shapely.box(9, 51, 9.1, 51.1), well)]).values()
    assert len(outline.geoms[0].interiors) == 0


def test_the_same_areas_give_the_same_bytes_and_others_another_digest() -> None:
    one, other = ([shapely.MultiPolygon([shapely.box(9, 51, east, 51.1)])] for east in (9.1, 9.2))
    assert draw_outlines(["06635001"], np.array(one)) == draw_outlines(["06635001"], np.array(one))
    assert draw_outlines(["06635001"], np.array(one))[1] != draw_outlines(["06635001"], np.array(other))[1]
    assert draw_outlines(["06635001"], np.array(one))[1] != draw_outlines(["06635002"], np.array(one))[1]


@pytest.mark.parametrize(("municipalities", "metres"), [(1, 100), (500, 100), (501, 200), (3000, 200), (11_299, 300)])
def test_a_map_of_more_is_drawn_more_coarsely(municipalities: int, metres: float) -> None:
    assert tolerance(municipalities) == metres
