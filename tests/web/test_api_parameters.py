"""Parameters of lists: near, ordering, fields, the CSV of spreadsheets, and what a proxy may keep."""

import csv
import io
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pyproj import Geod

from places.geo import WGS84, Nearby
from places.models import Entry
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
    square,
)
from tests.web.answers import API, ask, get, refused

pytestmark = pytest.mark.django_db

KASSEL = (9.4797, 51.3127)


def names(path: str, **query: Any) -> list[str]:
    return [item["name"] for item in get(path, **query)["results"]]


def at(metres_east: float, metres_north: float) -> dict[str, float]:
    """So far from Kassel, by the degrees of WGS 84 at its latitude: 111.26 km north, 69.68 km east."""
    return {"longitude": KASSEL[0] + metres_east / 69_684, "latitude": KASSEL[1] + metres_north / 111_263}


def put(entry: Entry, metres_east: float, metres_north: float) -> None:
    longitude, latitude = at(metres_east, metres_north).values()
    entry.location = Point(longitude, latitude, srid=WGS84)
    entry.save()


def near(metres: float) -> str:
    return f"{KASSEL[0]},{KASSEL[1]},{metres}"


def queries(path: str, **parameters: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask(path, **parameters).status_code == HTTPStatus.OK
    return len(captured)


# --- near ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "make"), [("places/", make_place), ("support/", make_support), ("spaces/", make_space)]
)
def test_near_finds_entries_by_true_metres_in_every_direction(path: str, make: Any) -> None:
    municipality = make_municipality(geometry=square(9, 51, 1))
    for name, east, north in [("N", 0, 980), ("E", 980, 0), ("S", 0, -980), ("W", -980, 0)]:
        put(make(municipality, name=name), east, north)
    for name, east, north in [("too far N", 0, 1020), ("too far E", 1020, 0), ("in the corner of the box", 800, 800)]:
        put(make(municipality, name=name), east, north)
    assert names(path, near=near(1000)) == ["N", "E", "S", "W"]
    assert get(path, near=near(1000))["count"] == 4


def test_near_finds_municipalities_of_which_a_part_lies_so_near() -> None:
    make_municipality("06635001", geometry=square(KASSEL[0] - 0.01, KASSEL[1] - 0.01, 0.02))
    make_municipality("06635002", geometry=square(KASSEL[0] + 1000 / 69_684, KASSEL[1], 0.1))
    make_municipality("06635003", geometry=square(KASSEL[0] + 0.5, KASSEL[1], 0.1))
    assert [item["ags"] for item in get("municipalities/", near=near(980))["results"]] == ["06635001"]
    features = get("municipalities/", near=near(1020), format="geojson")["features"]
    assert [feature["id"] for feature in features] == ["06635001", "06635002"]


def test_near_goes_with_other_parameters_and_with_pages() -> None:
    municipality = make_municipality(geometry=square(9, 51, 1))
    for distance in (300, 100, 200):
        make_place(municipality, name=f"{distance} m", **at(distance, 0))
    make_place(municipality, name="planned", status="planned", **at(0, 0))
    asked = {"near": near(1000), "status": "active", "ordering": "distance", "page_size": 2}
    assert names("places/", **asked) == ["100 m", "200 m"]
    assert names("places/", **asked, page=2) == ["300 m"]
    assert names("places/", near=near(250), ordering="-distance") == ["200 m", "100 m", "planned"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "blank"),
        ("9,51", "Three numbers"),
        ("9,51,5,5", "Three numbers"),
        ("9,51,near", "Three numbers"),
        ("9,91,5", "latitudes"),
        ("nan,51,5", "latitudes"),
        ("9,51,0", "at most 100000 metres"),
        ("9,51,100001", "at most 100000 metres"),
        ("9,51,nan", "at most 100000 metres"),
    ],
)
def test_a_wrong_near_is_refused_with_what_is_expected(value: str, told: str) -> None:
    assert told in refused("places/", "near", near=value)


@pytest.mark.parametrize("value", ["-170,-52,1000", "0,90,5", "180,-90,100000", "-180,0,100000"])
def test_the_ends_of_the_world_are_near_nothing(value: str) -> None:
    make_place(make_municipality())
    assert names("places/", near=value, ordering="distance") == []


@pytest.mark.parametrize("latitude", [47.3, 51.3, 55.0, -89.9, 89.9999])
def test_the_box_around_a_circle_is_wide_enough(latitude: float) -> None:
    nearby = Nearby(10, latitude, 50_000)
    box = nearby.box()
    for azimuth in range(0, 360, 15):
        east, north, _back = Geod(ellps="WGS84").fwd(10, latitude, azimuth, 50_000)
        assert box.west <= east <= box.east
        assert box.south <= north <= box.north


def test_distance_is_an_order_only_together_with_near() -> None:
    assert "only together with" in refused("places/", "ordering", ordering="name,-distance")


# --- ordering --------------------------------------------------------------------------------------------------------


@pytest.fixture
def assessed() -> None:
    assessment = make_assessment()
    for ags, name, population, supply in [
        ("06635001", "Berg", 300, 0.5),
        ("06635002", "Aue", None, 0.9),
        ("06635003", "Dorf", 100, 0.5),
        ("06635004", "Ziel", 200, None),
    ]:
        municipality = make_municipality(ags, name=name, population=population)
        if supply is not None:
            make_score(municipality, assessment, supply=supply)


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("name", ["Aue", "Berg", "Dorf", "Ziel"]),
        ("-name", ["Ziel", "Dorf", "Berg", "Aue"]),
        ("population", ["Dorf", "Ziel", "Berg", "Aue"]),
        ("-population", ["Berg", "Ziel", "Dorf", "Aue"]),
        ("supply", ["Berg", "Dorf", "Aue", "Ziel"]),
        ("-supply", ["Aue", "Berg", "Dorf", "Ziel"]),
        ("-supply,-name", ["Aue", "Dorf", "Berg", "Ziel"]),
        ("-ags", ["Ziel", "Dorf", "Aue", "Berg"]),
    ],
)
@pytest.mark.usefixtures("assessed")
def test_municipalities_go_by_what_is_asked_with_the_unknown_last_and_equals_by_key(
    ordering: str, found: list[str]
) -> None:
    assert names("municipalities/", ordering=ordering) == found
    pages = [names("municipalities/", ordering=ordering, page_size=1, page=page) for page in (1, 2, 3, 4)]
    assert [name for page in pages for name in page] == found


@pytest.mark.parametrize("path", ["places/", "support/", "spaces/", "municipalities/06635001/places/"])
def test_entries_go_by_name(path: str) -> None:
    municipality = make_municipality("06635001")
    for name in ("B", "C", "A"):
        for make in (make_place, make_support, make_space):
            make(municipality, name=name)
    assert names(path, ordering="-name") == ["C", "B", "A"]
    assert names(path) == ["B", "C", "A"]


def test_spaces_go_by_size_and_assessments_by_day() -> None:
    for area in (30, None, 200):
        make_space(name=str(area), area_m2=area)
    assert names("spaces/", ordering="-area_m2") == ["200", "30", "None"]
    first, second = make_assessment(places_counted=5), make_assessment(places_counted=9)
    found = [item["id"] for item in get("assessments/", ordering="places_counted")["results"]]
    assert found == [first.pk, second.pk]


@pytest.mark.parametrize("ordering", ["size", "--name", "name;drop", "pk", "municipality__population"])
def test_an_unknown_order_is_refused_with_those_that_there_are(ordering: str) -> None:
    assert "name, -name" in refused("places/", "ordering", ordering=ordering)


# --- fields ----------------------------------------------------------------------------------------------------------


def test_an_answer_has_the_fields_that_are_asked_for_in_every_format() -> None:
    place = make_place(make_municipality("06635001", name="Korbach"), name="Laden", longitude=9.05, latitude=51.05)
    assert get("places/", fields="name,id")["results"] == [{"id": str(place.pk), "name": "Laden"}]
    assert get("places/", fields=["name", "location"])["results"] == [{"name": "Laden", "location": [9.05, 51.05]}]
    (feature,) = get("places/", fields="name", format="geojson")["features"]
    assert (feature["id"], feature["properties"]) == (str(place.pk), {"name": "Laden"})
    assert feature["geometry"] == {"type": "Point", "coordinates": [9.05, 51.05]}
    (row,) = get("places/", fields="municipality,name,location", format="csv")
    assert row.pop("municipality_url").endswith("/municipalities/06635001/")
    assert row == {
        "name": "Laden",
        "location_longitude": "9.05",
        "location_latitude": "51.05",
        "municipality_ags": "06635001",
        "municipality_name": "Korbach",
    }


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("municipalities/", "ags,cohesion"),
        ("municipalities/06635001/history/", "supply,assessed_on,class"),
        ("municipalities/06635001/places/", "criteria,triad"),
        ("support/", "areas,page"),
        ("spaces/", "area_m2,photos"),
        ("assessments/", "as_of,edition"),
    ],
)
def test_every_list_can_be_asked_for_some_fields(path: str, fields: str) -> None:
    municipality = make_municipality("06635001")
    make_score(municipality, make_assessment())
    for make in (make_place, make_support, make_space):
        make(municipality)
    (item,) = get(path, fields=fields)["results"]
    assert {*item} == {*fields.split(",")}


def test_an_unknown_field_is_refused_with_those_that_there_are() -> None:
    told = refused("places/", "fields", fields="name,mayor,municipality.name")
    assert "“mayor” is none of: id, name, kind" in told
    assert "“municipality.name” is none of" in told


def test_what_is_not_asked_for_is_not_looked_up() -> None:
    municipality = make_municipality()
    place, support = make_place(municipality), make_support(municipality, "06")
    involve(place, make_actor(), Role.PROVIDER)
    make_photo(place)
    make_photo(support)
    whole, some = queries("places/"), queries("places/", fields="id,name,location,municipality")
    assert whole - some == 2  # photographs, who takes part
    assert queries("places/", fields="id,name,triad") == some + 1
    assert queries("support/") - queries("support/", fields="name") == 2  # photographs, areas
    with CaptureQueriesContext(connection) as captured:
        get("places/", fields="id,name,page,url", ordering="name")
        get("municipalities/", fields="ags,name,population,centre")
    lists = [query["sql"] for query in captured if "LIMIT" in query["sql"] and '"population"' in query["sql"]]
    assert len(lists) == 1  # of municipalities: the one of places is not joined with them
    assert "class_shares" not in lists[0]
    assert "places_region" not in lists[0]


# --- CSV for spreadsheets --------------------------------------------------------------------------------------------


def test_the_csv_of_spreadsheets_has_a_mark_semicolons_and_no_formula() -> None:
    make_place(make_municipality("06635001"), name='=HYPERLINK("x")', street="-1+1", city="Südstadt; Nord")
    plain = ask("places/", format="csv", fields="name,address,location").content.decode()
    assert not plain.startswith("\ufeff")
    assert next(csv.DictReader(io.StringIO(plain)))["name"] == '=HYPERLINK("x")'
    written = ask("places/", format="csv", delimiter=";", fields="name,address,location").content
    assert written.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";")
    assert row["name"] == '\'=HYPERLINK("x")'
    assert row["address_street"] == "'-1+1"
    assert row["address_city"] == "Südstadt; Nord"
    assert float(row["location_longitude"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        *("municipalities/", "municipalities/06635001/history/", "support/", "spaces/", "assessments/"),
        *("interplay/", "scores/"),
    ],
)
def test_every_table_can_be_had_with_semicolons(path: str) -> None:
    make_score(make_municipality("06635001"), make_assessment())
    assert get(path, format="csv", delimiter=";") == get(path, format="csv")
    assert "none of: ,, ;" in refused(path, "delimiter", delimiter="|")


# --- What a proxy may keep -------------------------------------------------------------------------------------------


def test_a_proxy_may_keep_what_is_read_by_anybody_and_nothing_else(client: Client, admin_client: Client) -> None:
    kept = "public, max-age=0, s-maxage=60, must-revalidate"
    first = client.get(f"{API}places/")
    again = client.get(f"{API}places/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (HTTPStatus.NOT_MODIFIED, kept)
    assert first.headers["Cache-Control"] == kept
    assert not first.headers["ETag"].startswith("W/")
    assert "Cookie" not in first.headers["Vary"]
    assert client.get(f"{API}places/?fields=x").headers["Cache-Control"] == "no-cache"
    assert client.get(f"{API}places/1/").headers["Cache-Control"] == "no-cache"
    of_somebody = admin_client.get(f"{API}places/").headers["Cache-Control"]
    assert {*of_somebody.split(", ")} == {"private", "no-cache"}
