"""Points find their municipality, on one rule for borders, and find it anew when boundaries change."""

from datetime import date

import numpy as np
import pytest
import shapely

from places.locating import first_covering, locate, municipality_at, relocate
from tests.factories import make_edition, make_municipality, make_place, make_space, square

pytestmark = pytest.mark.django_db


def test_a_point_lies_in_the_municipality_that_contains_it() -> None:
    west, east = make_municipality("06635002"), make_municipality("06635001")
    assert locate([9.05, 9.15, 9.25], [51.05, 51.05, 51.05]) == [west.pk, east.pk, None]


def test_no_points_find_nothing_and_ask_nothing() -> None:
    assert locate([], []) == []


def test_without_any_edition_every_point_lies_nowhere() -> None:
    assert locate([9.05], [51.05]) == [None]


def test_a_point_on_a_border_belongs_to_the_smaller_ags() -> None:
    make_municipality("06635002")
    smaller = make_municipality("06635001")
    assert locate([9.1], [51.05]) == [smaller.pk]


def test_of_areas_that_share_a_border_the_first_has_it_and_order_is_all_that_counts() -> None:
    west, east = shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)
    x, y = np.array([500.0, 1000.0, 1500.0, 2500.0]), np.full(4, 500.0)
    assert first_covering(np.array([west, east]), x, y).tolist() == [0, 0, 1, -1]
    assert first_covering(np.array([east, west]), x, y).tolist() == [1, 0, 0, -1]


def test_an_unincorporated_area_contains_points_too() -> None:
    forest = make_municipality("06635200", is_unincorporated=True)
    assert municipality_at(9.05, 51.05) == forest


def test_a_point_in_no_municipality_has_none() -> None:
    make_municipality()
    assert municipality_at(51.05, 9.05) is None


def test_only_the_newest_edition_is_asked() -> None:
    newer = make_municipality(edition=make_edition(date(2025, 12, 31)))
    make_municipality(edition=make_edition(date(2020, 12, 31)))
    assert locate([9.05], [51.05]) == [newer.pk]


def test_new_boundaries_move_every_entry_and_name_those_left_outside() -> None:
    old = make_municipality(geometry=square(9, 51, 0.4))
    stays, lost = make_place(old, longitude=9.05, latitude=51.05), make_place(old, longitude=9.35, latitude=51.35)
    space = make_space(old, location=stays.location)
    new = make_municipality(edition=make_edition(date(2025, 12, 31)), geometry=square(9, 51, 0.2))

    relocation = relocate()

    assert (relocation.moved, relocation.outside) == (3, (lost,))
    stays.refresh_from_db()
    lost.refresh_from_db()
    space.refresh_from_db()
    assert (stays.municipality, lost.municipality, space.municipality) == (new, None, new)
    assert relocate().moved == 0
