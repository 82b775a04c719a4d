"""Boxes are parsed with a reason for each refusal; degrees and metres agree with EPSG's own figures."""

import numpy as np
import pytest
import shapely

from places.geo import LAEA_EUROPE, WGS84, Bbox, project, to_degrees, to_metres


def test_a_box_is_west_south_east_north() -> None:
    assert Bbox.parse("9, 51, 9.5,51.5").as_tuple() == (9.0, 51.0, 9.5, 51.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9,51,10", "four numbers"),
        ("9,51,10,x", "four numbers"),
        ("9,51,10,51.5,1", "four numbers"),
        ("9,51,nan,51.5", "longitudes lie between"),
        ("9,51,190,51.5", "longitudes lie between"),
        ("9,-91,10,51.5", "longitudes lie between"),
        ("10,51,9,51.5", "the minimum comes first"),
        ("9,52,10,51.5", "the minimum comes first"),
    ],
)
def test_what_is_no_box_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Bbox.parse(text)


def test_the_origin_of_epsg_3035_lies_where_it_is_defined() -> None:
    x, y = to_metres(np.array([10.0]), np.array([52.0]))
    assert (x[0], y[0]) == pytest.approx((4_321_000, 3_210_000), abs=1e-3)


def test_there_and_back_is_the_same_place() -> None:
    longitude, latitude = np.array([6.1, 9.5, 14.9]), np.array([47.5, 51.3, 54.9])
    back = to_degrees(*to_metres(longitude, latitude))
    np.testing.assert_allclose(back, (longitude, latitude), atol=1e-9)


def test_geometries_are_projected_x_before_y() -> None:
    (point,) = project(np.array([shapely.Point(10, 52)]), WGS84, LAEA_EUROPE)
    assert (point.x, point.y) == pytest.approx((4_321_000, 3_210_000), abs=1e-3)
