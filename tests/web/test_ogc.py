"""/ogc/ as any client sees it: links that lead somewhere, refusals by name, boxes, days, pages, coordinate systems."""

import json
import re
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from places.geo import WGS84
from places.models import Place
from places.vocabulary import Publication
from sok_site.ogc.collections import COLLECTIONS
from sok_site.ogc.crs import SUPPORTED, Crs
from sok_site.ogc.features import features, written_feature, written_features
from tests.factories import (
    make_assessment,
    make_edition,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
    square,
)

pytestmark = pytest.mark.django_db

ROOT = "/ogc/"
ALL = list(COLLECTIONS)
UTM32, LAEA, MERCATOR = (f"http://www.opengis.net/def/crs/EPSG/0/{srid}" for srid in (25832, 3035, 3857))


@pytest.fixture
def world() -> None:
    """Two districts of three municipalities; of every kind of entry one in each municipality of the first."""
    cache.clear()
    assessment = make_assessment()
    for index, ags in enumerate(("06635001", "06635002", "06636001")):
        municipality = make_municipality(
            ags, geometry=square(9 + index / 10, 51), zok_tier="" if index else "grundzentrum"
        )
        make_score(municipality, assessment, "risky" if index else "robust")
        if ags.startswith("06635"):
            make_place(municipality, name=f"Treff {index}", confirmed_on=date(2026, 3, 1 + index))
            make_support(municipality)
            make_space(municipality)


def get(path: str, status: int = HTTPStatus.OK, **query: Any) -> Any:
    """The answer as JSON; ``path``: below /ogc/."""
    response = Client().get(ROOT + path, query)
    assert response.status_code == status, response.content.decode()
    return response.json()


def items(collection: str, **query: Any) -> list[str]:
    """The ids of the features."""
    return [feature["id"] for feature in get(f"collections/{collection}/items", **query)["features"]]


def refused(collection: str, **query: Any) -> list[str]:
    """What was refused, by name."""
    problem = get(f"collections/{collection}/items", HTTPStatus.BAD_REQUEST, **query)
    return [error["parameter"] for error in problem["errors"]]


def links_in(node: Any) -> list[dict[str, str]]:
    if isinstance(node, list):
        return [link for part in node for link in links_in(part)]
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("href"), str) else []
    return own + [link for part in node.values() for link in links_in(part)]


# --- Links, documents -------------------------------------------------------------------------------------------------


def test_every_link_leads_to_what_it_says_and_everything_can_be_reached(world: None) -> None:
    client, seen, ahead = Client(), set(), [f"http://testserver{ROOT}"]
    while ahead:
        address = ahead.pop()
        parts = urlsplit(address)
        response = client.get(f"{parts.path}?{parts.query}", follow=True)
        assert response.status_code == HTTPStatus.OK, address
        seen.add(address)
        if "json" not in response.headers["Content-Type"]:
            continue
        for link in links_in(response.json()):
            target = urlsplit(link["href"])
            answered = client.get(f"{target.path}?{target.query}", follow=True)
            said = answered.headers["Content-Type"].split(";")[0]
            assert said == link["type"].split(";")[0], link
            if link["href"] not in seen and link["href"] not in ahead:
                ahead.append(link["href"])
    for name in ALL:
        assert f"http://testserver{ROOT}collections/{name}/items" in seen


@pytest.mark.parametrize("collection", ALL)
def test_every_document_is_a_page_too_without_a_cookie(world: None, collection: str) -> None:
    (first, *_) = items(collection)
    own = f"collections/{collection}"
    for path in (
        "",
        "conformance",
        "api",
        "collections",
        own,
        f"{own}/queryables",
        f"{own}/items",
        f"{own}/items/{first}",
    ):
        response = Client().get(ROOT + path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert response.status_code == HTTPStatus.OK
        assert response.headers["Content-Type"].startswith("text/html"), path
        assert "<h1>" in response.content.decode()
        assert not response.cookies
        assert "Accept" in response.headers["Vary"]


def test_the_description_names_every_path_and_every_property(world: None) -> None:
    document = get("api")
    assert document["openapi"].startswith("3.0.")
    for name, collection in COLLECTIONS.items():
        items_of = document["paths"][f"/collections/{name}/items"]["get"]
        stated = {parameter.get("name") for parameter in items_of["parameters"]} - {None}
        assert stated == set(collection.by_name)
        assert f"/collections/{name}/items/{{featureId}}" in document["paths"]
    references = [part.split('"')[0] for part in json.dumps(document).split('"$ref": "#/')[1:]]
    for reference in set(references):
        node = document
        for step in reference.split("/"):
            node = node[step]


@pytest.mark.parametrize("collection", ALL)
def test_what_can_be_asked_is_what_features_have(world: None, collection: str) -> None:
    schema = get(f"collections/{collection}/queryables")
    Draft202012Validator.check_schema(schema)
    feature = get(f"collections/{collection}/items")["features"][0]
    assert set(feature["properties"]) - {"page"} == set(schema["properties"]) - {"geometry"}
    for name, value in feature["properties"].items():
        if value is not None and name != "page":
            Draft202012Validator(schema["properties"][name]).validate(value)


# --- Features -------------------------------------------------------------------------------------------------------


def test_a_municipality_has_its_facts_and_its_figures(world: None) -> None:
    feature = get("collections/municipalities/items/06635001")
    assert (feature["type"], feature["id"]) == ("Feature", "06635001")
    told = feature["properties"]
    assert (told["ags"], told["class"], told["zok_tier"]) == ("06635001", "robust", "grundzentrum")
    assert (told["supply"], told["assessed_on"], told["district"]) == (0.7123, "2026-11-22", "06635")
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert GEOSGeometry(json.dumps(feature["geometry"])).valid
    page = Client().get(f"{ROOT}collections/municipalities/items/06635001", {"f": "html"}).content.decode()
    assert "0,7123" in page, "rounded as in the document"
    assert not re.search(r"\d,\d{5}", page)


def test_a_municipality_without_a_score_is_unassessed(world: None) -> None:
    make_municipality("06635009", geometry=square(9.5, 51.5))
    told = get("collections/municipalities/items/06635009")["properties"]
    assert (told["class"], told["supply"], told["zok_tier"]) == ("unassessed", None, None)
    assert items("municipalities", **{"class": "unassessed"}) == ["06635009"]


def test_only_the_current_edition_is_shown(world: None) -> None:
    newer = make_edition(date(2025, 12, 31))
    make_municipality("06635001", edition=newer, geometry=square(9, 51))
    assert items("municipalities") == ["06635001"]
    assert items("districts") == ["06635"]


def test_a_district_is_the_sum_of_its_municipalities(world: None) -> None:
    assert items("districts") == ["06635", "06636"]
    shape = GEOSGeometry(json.dumps(get("collections/districts/items/06635")["geometry"]))
    shape.srid = WGS84
    assert shape.valid
    assert shape.area == pytest.approx(0.02)
    # also the one of neighbours, which are one polygon: a layer has one type, and the queryables say which
    geometries = [feature["geometry"]["type"] for feature in get("collections/districts/items")["features"]]
    assert geometries == ["MultiPolygon", "MultiPolygon"]
    assert get("collections/districts/queryables")["properties"]["geometry"]["format"] == "geometry-multipolygon"
    assert items("districts", bbox="9.25,51.01,9.26,51.02") == ["06636"]


@pytest.mark.parametrize("collection", ALL)
@pytest.mark.parametrize("limit", [1, 2])
def test_pages_have_every_feature_exactly_once(world: None, collection: str, limit: int) -> None:
    whole, found, address = items(collection), [], f"{ROOT}collections/{collection}/items?limit={limit}"
    while address:
        page = Client().get(address).json()
        found += [feature["id"] for feature in page["features"]]
        assert page["numberMatched"] == len(whole)
        assert page["numberReturned"] == len(page["features"]) <= limit
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert found == whole
    assert len(whole) >= 2


def test_beyond_the_last_there_is_nothing_and_too_much_is_the_most(world: None) -> None:
    page = get("collections/municipalities/items", offset=100)
    assert (page["numberMatched"], page["numberReturned"], page["features"]) == (3, 0, [])
    assert len(items("municipalities", limit=999_999)) == 3


def test_the_previous_page_is_named(world: None) -> None:
    page = get("collections/municipalities/items", limit=1, offset=1)
    (back,) = [link["href"] for link in page["links"] if link["rel"] == "prev"]
    assert [feature["id"] for feature in Client().get(back).json()["features"]] == ["06635001"]


@pytest.mark.parametrize("publication", [state for state in Publication if state != Publication.PUBLISHED])
def test_what_is_not_published_never_appears(world: None, publication: Publication) -> None:
    hidden: dict[str, Any] = {"places": make_place, "support": make_support, "spaces": make_space}
    for collection, make in hidden.items():
        municipality = make_municipality(geometry=square(9 + len(collection), 52))
        entry = make(municipality, name="Verborgen", publication=publication)
        status = HTTPStatus.GONE if publication == Publication.ARCHIVED else HTTPStatus.NOT_FOUND
        assert str(entry.pk) not in items(collection)
        assert items(collection, name="Verborgen") == []
        for form in ("json", "html"):
            response = Client().get(f"{ROOT}collections/{collection}/items/{entry.pk}", {"f": form})
            assert response.status_code == status
            assert "Verborgen" not in response.content.decode()


def test_a_merged_place_leads_to_the_other(world: None) -> None:
    kept, merged = Place.objects.order_by("pk")
    Place.objects.filter(pk=merged.pk).update(publication=Publication.ARCHIVED, merged_into=kept)
    assert items("places") == [str(kept.pk)]
    response = Client().get(f"{ROOT}collections/places/items/{merged.pk}?f=json")
    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response.headers["Location"] == f"{ROOT}collections/places/items/{kept.pk}?f=json"


# --- Choosing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": "9.01,51.01,9.02,51.02"}, ["06635001"]),
        ({"bbox": "9.01,51.01,0,9.02,51.02,100"}, ["06635001"]),
        ({"bbox": "9.05,51.05,9.15,51.06"}, ["06635001", "06635002"]),
        ({"bbox": "170,51,9.05,51.06"}, ["06635001"]),
        ({"bbox": "0,0,1,1"}, []),
        ({"class": "risky"}, ["06635002", "06636001"]),
        ({"class": "risky", "district": "06635"}, ["06635002"]),
        ({"ags": "06636001"}, ["06636001"]),
        ({"supply": "0.7123"}, ["06635001", "06635002", "06636001"]),
        ({"supply": "0.7124"}, []),
        ({"is_unincorporated": "true"}, []),
        ({"population": "1000", "population_on": "2022-12-31", "limit": "1"}, ["06635001"]),
        ({"datetime": "2026-11-22"}, ["06635001", "06635002", "06636001"]),
        ({"datetime": "2026-11-23T00:00:00Z/.."}, []),
    ],
)
def test_what_is_asked_is_found(world: None, query: dict[str, str], found: list[str]) -> None:
    assert items("municipalities", **query) == found


def test_a_day_finds_what_was_confirmed_then_and_what_knows_no_day(world: None) -> None:
    first, second = items("places")
    Place.objects.filter(pk=second).update(confirmed_on=None)
    assert items("places", datetime="2026-03-01") == [first, second]
    assert items("places", datetime="2026-03-02/2026-04-01") == [second]
    assert items("places", datetime="../2026-03-01T12:00:00+01:00") == [first, second]


def test_a_space_is_found_while_it_is_available(world: None) -> None:
    municipality = make_municipality(geometry=square(9.9, 51.9))
    last = date(2027, 1, 31)
    space = make_space(municipality, available_from=last - timedelta(days=30), available_until=last)
    assert str(space.pk) in items("spaces", datetime="2027-01-15")
    assert str(space.pk) not in items("spaces", datetime="2027-02-01/..")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"ordering": "name"}, ["ordering"]),
        ({"limit": "0"}, ["limit"]),
        ({"limit": "viele"}, ["limit"]),
        ({"limit": ["1", "2"]}, ["limit"]),
        ({"offset": "-1"}, ["offset"]),
        ({"bbox": "1,2,3"}, ["bbox"]),
        ({"bbox": "1,2,3,nan"}, ["bbox"]),
        ({"bbox": "9,52,10,51"}, ["bbox"]),
        ({"bbox": "9,51,1000,52"}, ["bbox"]),
        ({"bbox-crs": UTM32}, ["bbox-crs"]),
        ({"bbox": "9,51,10,52", "bbox-crs": "EPSG:4326"}, ["bbox-crs"]),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/1"}, ["crs"]),
        ({"datetime": "gestern"}, ["datetime"]),
        ({"datetime": "../.."}, ["datetime"]),
        ({"datetime": "2026-02-30"}, ["datetime"]),
        ({"datetime": "2026-03-02/2026-03-01"}, ["datetime"]),
        ({"class": "gut"}, ["class"]),
        ({"population": "1e3"}, ["population"]),
        ({"supply": "nan"}, ["supply"]),
        ({"is_unincorporated": "ja"}, ["is_unincorporated"]),
        ({"name": ""}, ["name"]),
        ({"name": "\x00"}, ["name"]),
        ({"f": "pdf"}, ["f"]),
        ({"limit": "0", "offset": "x"}, ["offset", "limit"]),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(world: None, query: dict[str, Any], wrong: list[str]) -> None:
    assert refused("municipalities", **query) == wrong


@pytest.mark.parametrize(
    "path", ["", "api", "conformance", "collections", "collections/places", "collections/places/queryables"]
)
def test_documents_take_no_parameter_but_the_format(path: str) -> None:
    assert get(path, HTTPStatus.BAD_REQUEST, limit=1)["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize(
    "path", ["x", "collections/", "collections/x", "collections/x/items", "collections/places/items/x"]
)
def test_what_is_not_there_is_a_problem(path: str) -> None:
    response = Client().get(ROOT + path)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.headers["Content-Type"] == "application/problem+json"


# --- Coordinate systems -----------------------------------------------------------------------------------------------

# What pyproj says of the lower left corner of the first municipality, 9° E 51° N.
CORNERS = {UTM32: (500000.0, 5649824.8), LAEA: (3099222.4, 4250803.5), MERCATOR: (1001875.4, 6621293.7)}


@pytest.mark.parametrize("crs", [UTM32, LAEA, MERCATOR])
def test_coordinates_come_in_the_system_and_the_axes_that_are_asked_for(world: None, crs: str) -> None:
    response = Client().get(f"{ROOT}collections/municipalities/items", {"crs": crs, "limit": "1"})
    assert response.headers["Content-Crs"] == f"<{crs}>"
    shape = response.json()["features"][0]["geometry"]
    assert "crs" not in shape
    first, second = CORNERS[crs]
    nearest = min(abs(x - first) + abs(y - second) for x, y in shape["coordinates"][0][0])
    assert nearest < 1


@pytest.mark.parametrize("crs", [UTM32, LAEA, MERCATOR])
def test_a_box_is_read_in_its_system_and_axes(world: None, crs: str) -> None:
    first, second = CORNERS[crs]
    around = ",".join(str(number) for number in (first - 500, second - 500, first + 500, second + 500))
    assert items("municipalities", bbox=around, **{"bbox-crs": crs}) == ["06635001"]
    assert items("places", bbox=around, **{"bbox-crs": crs}) == []


def test_every_collection_names_the_same_systems(world: None) -> None:
    assert get("")["links"]
    assert get("collections")["crs"] == list(SUPPORTED)
    for name in ALL:
        assert get(f"collections/{name}")["crs"] == list(SUPPORTED)
    response = Client().get(f"{ROOT}collections/places/items")
    assert response.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"


# --- Only if changed; other sites -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["collections/places/items", "collections/municipalities/items/06635001"])
def test_the_same_again_is_only_said_to_be_unchanged(world: None, path: str) -> None:
    first = Client().get(ROOT + path)
    again = Client().get(ROOT + path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert not again.content
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    Place.objects.update(name="Anders")
    changed = Client().get(ROOT + path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == (HTTPStatus.OK if "places" in path else HTTPStatus.NOT_MODIFIED)
    now = Client().get(ROOT + path)
    assert Client().head(ROOT + path).headers["Last-Modified"] == now.headers["Last-Modified"]


def test_pages_of_other_sites_may_read(world: None) -> None:
    asked = Client().options(f"{ROOT}collections/places/items", headers={"Origin": "https://example.org"})
    assert asked.status_code == HTTPStatus.NO_CONTENT
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    answered = Client().get(f"{ROOT}collections/places/items", headers={"Origin": "https://example.org"})
    assert answered.headers["Access-Control-Allow-Origin"] == "*"
    assert answered.headers["Content-Language"] == "en"
    assert not answered.cookies


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(method: str) -> None:
    response = getattr(Client(), method)(f"{ROOT}collections/places/items", "{}", content_type="application/json")
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("collection", ALL)
def test_many_features_need_no_more_questions_than_one(world: None, collection: str) -> None:
    def questions(limit: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            items(collection, limit=limit)
        return len(asked)

    assert questions(1) - 1 == questions(100)  # only where a page is full is counted what else there is


@pytest.mark.parametrize("crs", [*SUPPORTED.values()], ids=lambda crs: str(crs.srid))
@pytest.mark.parametrize("collection", ALL)
def test_what_the_database_writes_is_what_would_be_written_here(world: None, collection: str, crs: Crs) -> None:
    asked = COLLECTIONS[collection]
    found = asked.rows()
    by_the_database = written_features(asked, found, found.queryset[:50], crs, "http://testserver")
    here = [feature.written() for feature in features(asked, found.queryset[:50], crs, "http://testserver")]
    assert here
    assert [*map(json.loads, by_the_database)] == [*map(json.loads, here)]
    for feature in by_the_database:
        assert written_feature(asked, found, json.loads(feature)["id"], crs, "http://testserver") == feature
    assert written_feature(asked, found, "999", crs, "http://testserver") is None


# --- Classes ----------------------------------------------------------------------------------------------------------


def test_a_class_is_asked_for_alike_however_it_is_asked(world: None) -> None:
    """One of them has no score at all, and so is unassessed; which also NOT knows."""
    make_municipality("06637001", geometry=square(9.5, 51))
    of_class = {"robust": ["06635001"], "risky": ["06635002", "06636001"], "unassessed": ["06637001"], "resilient": []}
    every = sorted(key for keys in of_class.values() for key in keys)
    for name, expected in of_class.items():
        others = [key for key in every if key not in expected]
        assert items("municipalities", **{"class": name}) == expected
        for sign, found in (("=", expected), ("<>", others)):
            assert items("municipalities", filter=f"class {sign} '{name}'") == found
        assert items("municipalities", filter=f"NOT (class = '{name}')") == others
        assert items("municipalities", filter=f"class IN ('{name}')") == expected
        rest = Client().get("/api/v1/municipalities/", {"cohesion_class": name}).json()["results"]
        assert [municipality["ags"] for municipality in rest] == expected


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_one_feature_is_planned_once_for_each_connection_and_found_where_a_pooler_has_forgotten(
        world: None,
    ) -> None:
        def asked(ags: str) -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                feature = get(f"collections/municipalities/items/{ags}")
            assert (feature["id"], feature["properties"]["ags"]) == (ags, ags)
            assert feature["properties"]["page"] == f"http://testserver/gemeinden/{ags}/"
            return [query["sql"].split()[0] for query in captured if "question_" in query["sql"]]

        assert asked("06635001") == ["PREPARE", "EXECUTE"]
        assert asked("06635002") == ["EXECUTE"]
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert asked("06635001") == ["EXECUTE"]  # in vain
        assert asked("06635002") == ["PREPARE", "EXECUTE"]
