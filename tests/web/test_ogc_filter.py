"""filter= at /ogc/: what CQL2 finds, as text and as JSON, and that whatever is wrong is refused by its place."""

import json
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as some

from places.models import Municipality, Place
from places.vocabulary import SpaceKind
from sok_site.ogc import cql2
from sok_site.ogc.collections import COLLECTIONS
from sok_site.ogc.crs import CRS84
from sok_site.ogc.filtering import meaning
from tests.factories import (
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
    square,
)

pytestmark = pytest.mark.django_db

UTM32, LAEA = (f"http://www.opengis.net/def/crs/EPSG/0/{srid}" for srid in (25832, 3035))
A, B, C, D = "06635001", "06635002", "06636001", "06636002"


@pytest.fixture
def world() -> None:
    """Four municipalities from west to east, the last one without a score, a tier and a population."""
    cache.clear()
    assessment = make_assessment()
    facts: dict[str, dict[str, Any]] = {
        A: {"name": "Großenau", "zok_tier": "grundzentrum", "population": 500},
        B: {"name": "Übersee", "zok_tier": "mittelzentrum", "population": 1500},
        C: {"name": "50% Rabatt_", "zok_tier": "none", "population": 2500},
        D: {"name": "O'Hara", "zok_tier": "", "population": None, "population_on": None},
    }
    for index, (ags, own) in enumerate(facts.items()):
        municipality = make_municipality(ags, geometry=square(9 + index / 10, 51), **own)
        if ags != D:
            make_score(municipality, assessment, "risky" if index else "robust")


def ask(collection: str, status: int, **query: str) -> Any:
    response = Client().get(f"/ogc/collections/{collection}/items", query)
    assert response.status_code == status, response.content.decode()
    return response.json()


def found(written: Any, collection: str = "municipalities", **query: str) -> list[str]:
    """The ids of what a filter finds: a text, or an object, which is JSON."""
    if not isinstance(written, str):
        written, query = json.dumps(written), {"filter-lang": "cql2-json", **query}
    features = ask(collection, HTTPStatus.OK, filter=written, **query)["features"]
    return [feature["id"] for feature in features]


def refused(written: str, collection: str = "municipalities", **query: str) -> str:
    problem = ask(collection, HTTPStatus.BAD_REQUEST, filter=written, **query)
    (error,) = problem["errors"]
    assert error["parameter"] == "filter"
    return str(error["detail"])


# --- What is found ----------------------------------------------------------------------------------------------------


TEXTS: list[tuple[Any, list[str]]] = [
    ("class = 'risky'", [B, C]),
    ("class <> 'risky'", [A, D]),
    ("NOT class = 'risky'", [A, D]),
    ("'risky' = class", [B, C]),
    ("class = 'risky' AND population > 2000", [C]),
    ("class = 'robust' OR class = 'risky' AND population > 2000", [A, C]),
    ("(class = 'robust' OR class = 'risky') AND population > 2000", [C]),
    ("not (class = 'robust' or population > 2000)", [B]),
    ("population < 1500", [A]),
    ("population <= 1500", [A, B]),
    ("1500 <= population", [B, C]),
    ("population >= 1499.5 AND population <= 1500.5", [B]),
    ("population = 1500.5", []),
    ("population <> 1500", [A, C]),
    ("NOT (population > 1000)", [A]),
    ("population < 1e15", [A, B, C]),
    ("population > -.5", [A, B, C]),
    ("population IS NULL", [D]),
    ("population IS NOT NULL", [A, B, C]),
    ("zok_tier IS NULL", [D]),
    ("zok_tier = 'none'", [C]),
    ("NOT zok_tier = 'none'", [A, B]),
    ("population BETWEEN 500 AND 1500", [A, B]),
    ("population NOT BETWEEN 500 AND 1500", [C]),
    ("population IN (500, 2500, 3)", [A, C]),
    ("population NOT IN (500, 2500)", [B]),
    ("class IN ('risky', 'robust')", [A, B, C]),
    ("name LIKE 'Ü%'", [B]),
    ("name LIKE 'ü%'", []),
    ("name LIKE '%s_e'", [B]),
    ("name NOT LIKE '%e%'", [C, D]),
    (r"name LIKE '50\% %\_'", [C]),
    (r"name LIKE '%\%'", []),
    ("name LIKE '%*%'", []),
    ("name LIKE '[O]%'", []),
    ("CASEI(name) = casei('GROSSENAU')", [A]),
    ("casei(name) LIKE casei('ÜBER%')", [B]),
    ("CASEI(name) IN ('übersee', 'nirgends')", [B]),
    ("name = 'O''Hara'", [D]),
    (r"name = 'O\'Hara'", [D]),
    ("\"name\" = 'Übersee'", [B]),
    ("name > 'P'", [B]),
    ("name BETWEEN 'G' AND 'P'", [A, D]),
    ("is_unincorporated = FALSE AND\n population = 500", [A]),
    ("TRUE", [A, B, C, D]),
    ("NOT true", []),
    ("supply = 0.7123", [A, B, C]),
    ("supply > 0.7123", []),
    ("supply >= 0.7123 AND supply <= 0.7123", [A, B, C]),
    ("supply > 0.71225 AND supply < 0.71235", [A, B, C]),
    ("supply = 0.71235", []),
    ("population_on = DATE('2022-12-31')", [A, B, C]),
    ("population_on = '2022-12-31'", [A, B, C]),
    ("population_on > TIMESTAMP('2022-12-31T12:00:00Z')", []),
    ("assessed_on >= DATE('2026-11-22')", [A, B, C]),
    ("T_BEFORE(population_on, DATE('2023-01-01'))", [A, B, C]),
    ("T_AFTER(population_on, assessed_on)", []),
    ("T_BEFORE(population_on, assessed_on)", [A, B, C]),
    ("t_during(population_on, INTERVAL('2022-12-30', '2023-01-01'))", [A, B, C]),
    ("T_DURING(population_on, INTERVAL('2022-12-31', '2023-01-01'))", []),
    ("T_INTERSECTS(population_on, INTERVAL('..', '2022-12-31'))", [A, B, C]),
    ("NOT T_INTERSECTS(population_on, INTERVAL('2023-01-01', '..'))", [A, B, C]),
    ("T_DISJOINT(population_on, INTERVAL('2023-01-01T00:00:00Z', '..'))", [A, B, C]),
    ("T_EQUALS(population_on, DATE('2022-12-31'))", [A, B, C]),
    ("district_name = state_name", []),
    ("population > area_km2", [A, B, C]),
    ("supply <= supply", [A, B, C]),
    ("1 < 2 AND population = 500", [A]),
    ("S_INTERSECTS(geometry, POINT(9.05 51.05))", [A]),
    ("S_INTERSECTS(geometry, BBOX(9.05, 51.05, 9.15, 51.06))", [A, B]),
    ("S_INTERSECTS(BBOX(170, 51, 9.05, 51.06), geometry)", [A]),
    ("S_DISJOINT(geometry, LINESTRING(9 51.05, 9.25 51.05))", [D]),
    ("S_WITHIN(geometry, POLYGON((8.9 50.9, 9.2001 50.9, 9.2001 51.2, 8.9 51.2, 8.9 50.9)))", [A, B]),
    ("S_CONTAINS(geometry, MULTIPOINT((9.05 51.05), (9.06 51.06)))", [A]),
    ("S_CONTAINS(POLYGON((8.9 50.9, 9.2001 50.9, 9.2001 51.2, 8.9 51.2, 8.9 50.9)), geometry)", [A, B]),
    ("S_TOUCHES(geometry, POINT(9.1 51.1))", [A, B]),
    ("S_CROSSES(geometry, LINESTRING(9.25 51.05, 9.28 51.2))", [C]),
    ("S_OVERLAPS(geometry, POLYGON((9.25 51.05, 9.26 51.05, 9.26 51.2, 9.25 51.05)))", [C]),
    ("S_EQUALS(geometry, POLYGON((9 51, 9 51.1, 9.1 51.1, 9.1 51, 9 51)))", [A]),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(9.05 51.05), LINESTRING(9.35 51, 9.36 51.01)))", [A, D]),
    ("S_INTERSECTS(geometry, POINT Z (9.05 51.05 100))", [A]),
    ("geometry IS NULL", []),
    ("S_EQUALS(geometry, geometry) AND NOT S_TOUCHES(geometry, geometry) AND population = 500", [A]),
    ("S_WITHIN(POINT(9 51), BBOX(8, 50, 10, 52)) AND population = 500", [A]),
    ("S_INTERSECTS(geometry,POINT(9.05 51.05)) AND (population > 5)", [A]),
]


def test_a_text_finds_what_it_says(world: None) -> None:
    told = [(written, found(written)) for written, _ in TEXTS]
    assert told == TEXTS


NAME, POPULATION, SHAPE = {"property": "name"}, {"property": "population"}, {"property": "geometry"}


OBJECTS: list[tuple[Any, list[str]]] = [
    ({"op": "=", "args": [{"property": "class"}, "risky"]}, [B, C]),
    (
        {"op": "and", "args": [{"op": ">", "args": [POPULATION, 5]}, {"op": "<", "args": [POPULATION, 2000]}]},
        [A, B],
    ),
    ({"op": "or", "args": [{"op": "=", "args": [POPULATION, each]} for each in (500, 1500, 7)]}, [A, B]),
    ({"op": "not", "args": [{"op": ">", "args": [POPULATION, 1000]}]}, [A]),
    ({"op": "between", "args": [POPULATION, 500, 1500]}, [A, B]),
    ({"op": "in", "args": [POPULATION, [500, 2500]]}, [A, C]),
    ({"op": "like", "args": [NAME, "Ü%"]}, [B]),
    ({"op": "like", "args": [{"op": "casei", "args": [NAME]}, {"op": "casei", "args": ["GROSS%"]}]}, [A]),
    ({"op": "isNull", "args": [POPULATION]}, [D]),
    ({"op": "=", "args": [{"property": "population_on"}, {"date": "2022-12-31"}]}, [A, B, C]),
    ({"op": "<", "args": [{"property": "population_on"}, {"timestamp": "2023-01-02T00:00:00Z"}]}, [A, B, C]),
    (
        {"op": "t_intersects", "args": [{"property": "population_on"}, {"interval": ["2022-12-31", ".."]}]},
        [A, B, C],
    ),
    ({"op": "s_intersects", "args": [SHAPE, {"bbox": [9.05, 51.05, 9.15, 51.06]}]}, [A, B]),
    ({"op": "s_intersects", "args": [SHAPE, {"type": "Point", "coordinates": [9.05, 51.05]}]}, [A]),
    (True, [A, B, C, D]),
]


def test_json_finds_what_it_says(world: None) -> None:
    told = [(written, found(written)) for written, _ in OBJECTS]
    assert told == OBJECTS


def test_shapes_are_read_in_their_system_and_its_axes(world: None) -> None:
    assert found("S_INTERSECTS(geometry, POINT(500100 5650000))", **{"filter-crs": UTM32}) == [A]
    assert found("S_INTERSECTS(geometry, POINT(3099500 4250900))", **{"filter-crs": LAEA}) == [A]
    assert found("S_INTERSECTS(geometry, BBOX(3099500, 4250900, 3099600, 4251000))", **{"filter-crs": LAEA}) == [A]
    assert found("S_INTERSECTS(geometry, POINT(4250900 3099500))", **{"filter-crs": LAEA}) == []


def test_a_filter_goes_together_with_everything_else(world: None) -> None:
    page = ask("municipalities", HTTPStatus.OK, filter="population > 600", district="06635", bbox="9,51,10,52")
    assert [feature["id"] for feature in page["features"]] == [B]
    assert page["numberMatched"] == 1
    page = ask("municipalities", HTTPStatus.OK, filter="population > 600", limit="1")
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert [feature["id"] for feature in Client().get(following).json()["features"]] == [C]


def test_districts_are_found_by_the_area_that_is_computed(world: None) -> None:
    assert found("S_INTERSECTS(geometry, POINT(9.25 51.05))", "districts") == ["06636"]
    assert found("S_DISJOINT(geometry, POINT(9.25 51.05))", "districts") == ["06635"]
    around = "POLYGON((8.9 50.9, 9.2001 50.9, 9.2001 51.2, 8.9 51.2, 8.9 50.9))"
    assert found(f"S_WITHIN(geometry, {around})", "districts") == ["06635"]
    assert found("S_CONTAINS(geometry, LINESTRING(9.05 51.05, 9.15 51.05))", "districts") == ["06635"]


def test_entries_are_found_by_words_truths_and_times(world: None) -> None:
    municipality = Municipality.objects.get(ags=A)
    old, new = make_place(municipality, name="Alt", confirmed_on=date(2020, 1, 1)), make_place(municipality, name="Neu")
    support, space = make_support(municipality), make_space(municipality, kind=SpaceKind.values[0])
    assert found("is_confirmed = true", "places") == [str(new.pk)]
    assert found("confirmed_on < DATE('2021-01-01') AND municipality = '06635001'", "places") == [str(old.pk)]
    Place.objects.filter(pk=old.pk).update(updated_at=datetime(2026, 3, 1, 22, 59, tzinfo=UTC))
    Place.objects.filter(pk=new.pk).update(updated_at=datetime(2026, 3, 1, 23, 1, tzinfo=UTC))  # the 2nd in Berlin
    for written, entry in (
        ("updated_at = DATE('2026-03-01')", old),
        ("updated_at <= DATE('2026-03-01')", old),
        ("updated_at > DATE('2026-03-01')", new),
        ("updated_at < TIMESTAMP('2026-03-01T23:00:00Z')", old),
        ("T_AFTER(updated_at, TIMESTAMP('2026-03-01T23:00:00Z'))", new),
    ):
        assert found(written, "places") == [str(entry.pk)], written
    assert found("updated_at > DATE('0001-01-01') AND updated_at < DATE('9999-12-31')", "support") == [str(support.pk)]
    assert found("T_INTERSECTS(INTERVAL(available_from, '..'), DATE('2026-01-01'))", "spaces") == []
    assert found(f"kind = '{SpaceKind.values[0]}' AND description IS NULL", "spaces") == [str(space.pk)]


# --- What is refused --------------------------------------------------------------------------------------------------


WRONG_TEXTS: list[tuple[str, str]] = [
    ("", "expected"),
    ("class =", "ends too early"),
    ("class = 'risky' AND", "ends too early"),
    ("class = 'risky", "character 9"),
    ("class == 'risky'", "character 8"),
    ("population > 1 +  2", "character 16"),
    ("population + 1 > 2", "character 12"),
    ("klasse = 'risky'", "At “klasse” (character 1): There is no property “klasse”"),
    ("population > 1 AND class = 'gut'", "At “class = 'gut'” (character 20)"),
    ("population = 'viele'", "At “population = 'viele'” (character 1): A number is expected"),
    ("population = 1e400", "A number is expected"),
    ("name = 5", "A text is expected"),
    ("name = TRUE", "A text is expected"),
    ("name = '\x00'", "A text is expected"),
    ("name LIKE 'x\\", "character 11"),
    (r"name LIKE 'x\\\'", "A pattern does not end"),
    ("population LIKE '5%'", "LIKE compares"),
    ("is_unincorporated > false", "no order"),
    ("is_unincorporated = 'ja'", "true or false"),
    ("name", "ends too early"),
    ("'ja'", "ends too early"),
    ("casei(name)", "A condition is expected"),
    ("population = name", "A number cannot be compared with a text"),
    ("population_on = DATE('2026-02-30')", "At “DATE('2026-02-30')” (character 17)"),
    ("population_on = TIMESTAMP('2026-02-03')", "TIMESTAMP takes a time"),
    ("population_on = 'gestern'", "A time as in RFC 3339"),
    ("T_DURING(population_on, INTERVAL('a', 'b'))", "INTERVAL('a', 'b')"),
    ("T_AFTER(population_on)", "T_AFTER takes 2 operands"),
    ("T_AFTER(name, DATE('2026-01-01'))", "A day or a time is expected"),
    ("S_INTERSECTS(geometry, name)", "a shape are expected"),
    ("S_INTERSECTS(geometry, POINT(900 51))", "Longitudes lie between"),
    ("S_INTERSECTS(geometry, POINT(9))", "not a geometry"),
    ("S_INTERSECTS(geometry, POINT(9 51)", "ends too early"),
    ("S_INTERSECTS(geometry, POLYGON((9 51, 10 52, 10 51, 9 52, 9 51)))", "not valid"),
    ("S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(9 51), LINESTRING(8 51, 8 52)))", "together"),
    ("S_INTERSECTS(geometry, BBOX(9, 51, 10))", "Four numbers"),
    ("S_NEAR(geometry, POINT(9 51))", "There is no function “s_near”"),
    ("accenti(name) = 'x'", "There is no function “accenti”"),
    ("geometry = 5", "A property or a value is expected"),
    ("1; DROP TABLE places_place", "character 2"),
    ("(" * 50 + "TRUE" + ")" * 50, "brackets in brackets"),
    ("TRUE OR " * 600 + "TRUE", "more than 500 parts"),
    ("TRUE" + " " * 8000, "more than 8000 characters"),
]


def test_a_text_that_is_not_understood_is_refused_by_its_place(world: None) -> None:
    told = [(written, refused(written)) for written, _ in WRONG_TEXTS]
    assert [
        (written, said) for (written, said), (_, place) in zip(told, WRONG_TEXTS, strict=True) if place not in said
    ] == []


WRONG_JSON: list[tuple[str, str]] = [
    ("{", "At character 2"),
    ("[]", "At $"),
    ("null", "At $"),
    ("5", "A condition is expected"),
    ('{"op": "=", "args": [{"property": "klasse"}, "x"]}', "At $.args[0]: There is no property"),
    ('{"op": "=", "args": [{"property": "population"}, NaN]}', "NaN"),
    ('{"op": "=", "args": [{"property": "population"}, 1e999]}', "A number is expected"),
    ('{"op": "=", "args": [{"property": "name"}, "\\ud800"]}', "At $: A text is expected"),
    ('{"op": "=", "args": [{"property": ["name"]}, "x"]}', "At $.args[0]"),
    ('{"op": "=", "args": [{"property": "name"}]}', "takes 2 operands, not 1"),
    ('{"op": "in", "args": [{"property": "name"}, []]}', "at least one value"),
    ('{"op": "and", "args": [true]}', "two operands or more"),
    ('{"op": "+", "args": [1, 2]}', "There is no function “+”"),
    ('{"op": "<", "args": [{"property": "population_on"}, {"timestamp": "yesterday"}]}', "At $.args[1]"),
    ('{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point"}]}', "At $.args[1]"),
    ("[" * 20_0 + "]" * 20_0, "At $"),
    ('{"op":"not","args":[' * 60 + "true" + "]}" * 60, "objects in objects"),
]


def test_json_that_is_not_understood_is_refused_by_its_place(world: None) -> None:
    told = [(written, refused(written, **{"filter-lang": "cql2-json"})) for written, _ in WRONG_JSON]
    assert [
        (written, said) for (written, said), (_, place) in zip(told, WRONG_JSON, strict=True) if place not in said
    ] == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"filter-lang": "cql2-text"}, "filter-lang"),
        ({"filter-crs": UTM32}, "filter-crs"),
        ({"filter": "TRUE", "filter-lang": "sql"}, "filter-lang"),
        ({"filter": "TRUE", "filter-crs": "EPSG:4326"}, "filter-crs"),
    ],
)
def test_what_belongs_to_a_filter_is_refused_by_its_name(query: dict[str, str], wrong: str) -> None:
    assert [error["parameter"] for error in ask("places", HTTPStatus.BAD_REQUEST, **query)["errors"]] == [wrong]


def test_a_shape_with_too_many_corners_is_refused(world: None) -> None:
    corners = ",".join(f"9 5{index % 10}" for index in range(1500))
    assert "corners" in refused(f"S_INTERSECTS(geometry, LINESTRING({corners}))")


# --- Whatever is written ----------------------------------------------------------------------------------------------

WORDS = some.sampled_from(
    [
        *("name", "class", "population", "supply", "population_on", "geometry", "is_unincorporated", "unknown"),
        *("AND", "OR", "NOT", "(", ")", ",", "=", "<>", "<", ">=", "BETWEEN", "LIKE", "IN", "IS", "NULL", "TRUE"),
        *("'x'", "'a%'", "'\\'", "''", "5", "-1.5e3", "1e999", "99999999999999999999", "\x00", "\ud7ff", "EMPTY"),
        *("CASEI(", "DATE('2026-01-01')", "TIMESTAMP('2026-01-01T00:00:00Z')", "INTERVAL('..','2026-01-01')"),
        *("S_INTERSECTS(geometry,", "T_DURING(population_on,", "POINT(9 51)", "POLYGON((9 51,10 51,10 52,9 51))"),
        *("BBOX(9,51,10,52)", "GEOMETRYCOLLECTION("),
    ]
)
LEAVES = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.text(max_size=5),
    some.sampled_from(
        [
            {"property": name}
            for name in ("name", "class", "population", "supply", "population_on", "geometry", "is_unincorporated")
        ]
    ),
    some.sampled_from([{"date": "2026-01-01"}, {"interval": ["..", "2026-01-01"]}, {"bbox": [9, 51, 10, 52]}]),
    some.sampled_from([{"type": "Point", "coordinates": [9, 51]}, {"type": "Polygon", "coordinates": [[[9, 51]]]}]),
)
OPERATIONS = ["and", "or", "not", "=", "<>", "<", "like", "between", "in", "isNull", "casei", "x", *cql2.PREDICATES]
TREES = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3),
        some.fixed_dictionaries(
            {"op": some.sampled_from(OPERATIONS), "args": some.lists(inner, min_size=1, max_size=3)}
        ),
    ),
    max_leaves=8,
)


def holds_or_is_refused(written: str, language: str) -> None:
    """Understood and then answered by the database, or refused; nothing else."""
    collection = COLLECTIONS["municipalities"]
    try:
        chosen = meaning(collection, cql2.parse(written, language, CRS84))
    except ValueError as error:
        told = str(error)
    else:
        told = f"{collection.rows().queryset.filter(chosen).count()} found"
    assert told


@settings(max_examples=150, deadline=None, derandomize=True)
@given(some.one_of(some.lists(WORDS, max_size=12).map(" ".join), some.text(max_size=40)))
def test_any_text_is_answered_or_refused(written: str) -> None:
    holds_or_is_refused(written, cql2.TEXT)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TREES)
def test_any_json_is_answered_or_refused(written: Any) -> None:
    holds_or_is_refused(json.dumps(written), cql2.JSON)
