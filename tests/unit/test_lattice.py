"""The lattice of method.md §1, which stands in for a census grid. Who lives there is not asked."""

import pytest
from shapely import MultiPolygon, Point, Polygon, box, get_coordinates

from cohesion.lattice import lattice


def test_cells_of_a_kilometre_have_their_centres_at_the_half() -> None:
    assert lattice(box(4_321_000, 3_000_000, 4_322_000, 3_001_000)).tolist() == [[4_321_500, 3_000_500]]


def test_centres_go_from_south_to_north_and_from_west_to_east() -> None:
    assert lattice(box(0, 0, 2000, 2000)).tolist() == [[500, 500], [1500, 500], [500, 1500], [1500, 1500]]


def test_only_centres_inside_the_boundary_count() -> None:
    triangle = Polygon([(0, 0), (3000, 0), (0, 3000)])
    assert lattice(triangle).tolist() == [[500, 500], [1500, 500], [500, 1500]]


def test_a_centre_counts_though_its_cell_is_cut() -> None:
    assert lattice(box(400, 400, 1600, 600)).tolist() == [[500, 500], [1500, 500]]


def test_a_centre_on_the_border_is_not_inside() -> None:
    assert lattice(box(500, 0, 2000, 1000)).tolist() == [[1500, 500]]


def test_holes_and_parts_are_respected() -> None:
    with_hole = box(0, 0, 3000, 3000) - box(1000, 1000, 2000, 2000)
    assert len(lattice(with_hole)) == 8
    assert [1500, 1500] not in lattice(with_hole).tolist()
    parts = MultiPolygon([box(0, 0, 1000, 1000), box(9000, 0, 10_000, 1000)])
    assert lattice(parts).tolist() == [[500, 500], [9500, 500]]


def test_cells_west_and_south_of_the_origin_are_cells_too() -> None:
    assert lattice(box(-1000, -2000, 0, -1000)).tolist() == [[-500, -1500]]


@pytest.mark.parametrize(
    "surface",
    [
        box(600, 600, 900, 900),
        box(0, 0, 200, 3000) | box(0, 0, 3000, 200),
        box(2, 3, 998, 997) - box(9, 9, 991, 991),
    ],
)
def test_without_a_centre_inside_there_is_one_point_on_the_surface(surface: Polygon) -> None:
    points = lattice(surface)
    assert points.shape == (1, 2)
    assert surface.contains(Point(points[0]))


def test_an_empty_geometry_is_refused() -> None:
    with pytest.raises(ValueError, match="no lattice"):
        lattice(Polygon())


def test_every_centre_inside_is_found() -> None:
    disc = Point(4_000_321, 3_000_123).buffer(12_345)
    points = lattice(disc)
    every = [(x + 500, y + 500) for y in range(2_980_000, 3_020_000, 1000) for x in range(3_980_000, 4_020_000, 1000)]
    assert points.tolist() == [[x, y] for x, y in every if disc.contains(Point(x, y))]
    assert len(points) > 400
    assert get_coordinates(disc.envelope)[:, 0].min() < points[:, 0].min()
