"""The OpenAPI document: valid, without warnings, committed, in both notations; the reference page made from it."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from places.models import PlanningRegion
from sok_site.exports.formats import FORMATS
from sok_site.openapi import document
from sok_site.reference import OPERATIONS, PARAMETERS
from tests.factories import make_municipality, make_place, make_space, make_support
from tests.web.answers import API

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_document_is_valid_complete_and_the_one_that_is_committed(language: str, tmp_path: Path) -> None:
    made = tmp_path / "openapi.yaml"
    with translation.override(language):
        call_command("spectacular", "--validate", "--fail-on-warn", f"--file={made}")
    assert made.read_text() == SNAPSHOT.read_text(), "The API has changed. If that is meant: make openapi"


def test_the_document_says_that_it_is_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.1"


@pytest.mark.django_db
def test_it_is_served_in_both_notations(client: Client) -> None:
    as_json = client.get(f"{API}schema/", {"format": "json"})
    as_yaml = client.get(f"{API}schema/")
    assert as_json.headers["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert as_yaml.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert json.loads(as_json.content) == yaml.safe_load(as_yaml.content) == yaml.safe_load(SNAPSHOT.read_text())
    assert as_json.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{API}schema/", headers={"If-None-Match": as_yaml.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


def test_every_operation_and_every_parameter_is_worded_for_people() -> None:
    operations = [operation for methods in document()["paths"].values() for operation in methods.values()]
    assert {operation["operationId"] for operation in operations} == set(OPERATIONS)
    assert {p["name"] for operation in operations for p in operation.get("parameters", [])} == set(PARAMETERS)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_reference_shows_every_path_with_an_example_that_works(language: str, client: Client) -> None:
    municipality = make_municipality("16061045")
    make_place(municipality)
    make_support(municipality)
    make_space(municipality)
    PlanningRegion.objects.create(slug="nord", name="Nord", areas=["16"])
    page = client.get(f"{API}docs/", headers={"Accept-Language": language})
    assert page.status_code == HTTPStatus.OK
    text = page.content.decode()
    assert f'<html lang="{language}">' in text
    for path in document()["paths"]:
        assert f">{path}</code>" in text
    for endpoint in page.context["endpoints"]:
        if endpoint.method != "GET" or endpoint.needs_key:
            continue
        if "assessments/{id}" not in endpoint.path:  # there is none
            response = client.get(endpoint.example.removeprefix("http://testserver"))
            response.close()
            assert response.status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_the_reference_works_before_anything_is_loaded(client: Client) -> None:
    assert client.get(f"{API}docs/").status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_the_reference_tells_fields_by_name_type_and_vocabulary(client: Client) -> None:
    endpoints = {endpoint.operation: endpoint for endpoint in client.get(f"{API}docs/").context["endpoints"]}
    fields = {field.name: field for field in endpoints["getMunicipality"].fields}
    assert fields["zok.tier"].values == ["none", "grundzentrum", "mittelzentrum", "oberzentrum"]
    assert fields["zok.tier"].nullable
    assert not fields["ags"].nullable
    assert fields["cohesion.explanation.standing[].place.id"].description == ""
    assert (fields["cohesion.supply"].limits, fields["conditions.engaged_actors"].limits) == ("0–1", "0–4")
    parameters = {parameter.name: parameter for parameter in endpoints["listMunicipalities"].parameters}
    assert parameters["state"].several
    assert parameters["page_size"].default == "100"


def test_the_table_of_writes_in_the_documentation_says_the_same_as_the_document() -> None:
    rows = re.findall(r"^\| `([A-Z]+) (/api\S+)` \|", (SNAPSHOT.parent / "api.md").read_text(), re.MULTILINE)
    written = {
        (method.upper(), path) for path, methods in document()["paths"].items() for method in methods if method != "get"
    }
    assert set(rows) == written


@pytest.mark.django_db
def test_the_reference_tells_what_to_send_and_what_it_takes(client: Client) -> None:
    endpoints = {endpoint.operation: endpoint for endpoint in client.get(f"{API}docs/").context["endpoints"]}
    new, change, read = (endpoints[name] for name in ("submitPlace", "changePlace", "listPlaces"))
    assert (new.method, new.needs_key, read.needs_key) == ("POST", True, False)
    assert {field.name for field in new.body if not field.optional and "." not in field.name} == {
        *("name", "kind", "location"),
    }
    assert all(field.optional for field in change.body if "." not in field.name)
    assert "--json" in new.command
    assert "If-Match" in change.command
    assert read.command.startswith('curl "http')
    assert {"401", "403", "412", "428", "422"} <= set(change.problems)


def test_the_table_in_the_documentation_says_the_same_as_the_document() -> None:
    shared = {"format", "delimiter", "fields", "page", "page_size"}
    rows = re.findall(
        r"^\| `(/api\S+)` \| ([^|]+) \|([^|]*)\|$", (SNAPSHOT.parent / "api.md").read_text(), re.MULTILINE
    )
    told = {path: (set(formats.split(", ")), set(re.findall(r"`(\w+)`", own)) - shared) for path, formats, own in rows}
    media = {"application/json": "json", **{each.media_type.split(";")[0]: name for name, each in FORMATS.items()}}
    documented = {
        path: (
            {media[name] for name in methods["get"]["responses"]["200"]["content"]},
            {each["name"] for each in methods["get"].get("parameters", []) if each["in"] == "query"} - shared,
        )
        for path, methods in document()["paths"].items()
        if "get" in methods
    }
    assert told == documented
