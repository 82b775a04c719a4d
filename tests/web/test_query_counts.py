"""Lists ask the database as often for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from places.vocabulary import Role
from tests.factories import (
    involve,
    make_actor,
    make_assessment,
    make_municipality,
    make_photo,
    make_place,
    make_score,
    make_space,
    make_support,
)
from tests.web.answers import ask

pytestmark = pytest.mark.django_db

LISTS = [
    ("municipalities/", {}, 6),
    ("municipalities/", {"format": "geojson"}, 6),
    ("municipalities/", {"format": "csv"}, 6),
    ("municipalities/06635001/places/", {}, 10),
    ("places/", {}, 9),
    ("places/", {"format": "csv", "district": "06635"}, 9),
    ("support/", {}, 9),
    ("support/", {"serves": "06635001", "format": "csv"}, 9),
    ("spaces/", {}, 8),
    ("municipalities/06635001/history/", {}, 8),
    ("assessments/", {}, 5),
    ("interplay/", {}, 5),
    ("scores/", {}, 6),
]


def grow(rows: int) -> None:
    assessment = make_assessment()
    for _ in range(rows):
        municipality = make_municipality()
        place = make_place(municipality)
        involve(place, make_actor(), Role.PROVIDER)
        involve(place, make_actor(), Role.MOTIVATOR)
        make_photo(place)
        make_photo(make_support(municipality, "06", "06635001"))
        make_photo(make_space(municipality))
        make_score(municipality, assessment, critical_kind="place", critical_place=place, critical_name=place.name)


def queries(path: str, parameters: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask(path, **parameters).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("path", "parameters", "number"), LISTS)
def test_the_number_of_queries_does_not_grow(path: str, parameters: dict[str, str], number: int) -> None:
    grow(1)
    queries(path, parameters)  # what is asked once in a process
    one = queries(path, parameters)
    grow(7)
    make_place(make_municipality("06635999"))
    many = queries(path, parameters)
    assert (one, many) == (number, number)
