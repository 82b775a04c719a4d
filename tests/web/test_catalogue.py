"""The catalogue for data portals: what DCAT-AP.de wants, both languages, and only addresses that answer."""

import json
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from places.vocabulary import Publication
from sok_site.catalogue import CONTEXT
from tests.factories import make_assessment, make_municipality, make_place, make_space, make_support

pytestmark = pytest.mark.django_db
DATASETS = ["municipalities", "scores", "places", "support", "spaces"]


def catalogue(client: Client) -> dict[str, Any]:
    response = client.get("/catalog.jsonld")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/ld+json"
    read: dict[str, Any] = json.loads(response.content)
    return read


def datasets(client: Client) -> dict[str, dict[str, Any]]:
    return {found["@id"].partition("#")[2]: found for found in catalogue(client)["dcat:dataset"]}


@pytest.fixture
def world() -> None:
    here = make_municipality("06635001")
    make_place(here, confirmed_on=date(2026, 5, 4))
    make_place(here, confirmed_on=date(2026, 7, 8))
    make_place(here, confirmed_on=date(2026, 9, 9), publication=Publication.ARCHIVED)
    make_support(here)
    make_space(here)
    make_assessment(here.edition, date(2026, 1, 2))
    make_assessment(here.edition, date(2026, 11, 22))


def test_every_dataset_says_what_the_profile_requires_in_both_languages(client: Client, world: None) -> None:
    found = datasets(client)
    assert list(found) == DATASETS
    for dataset in found.values():
        for words in ("dct:title", "dct:description"):
            assert [text["@language"] for text in dataset[words]] == ["de", "en"]
            assert all(text["@value"] for text in dataset[words])
        required = {"dct:publisher", "dcat:contactPoint", "dcat:theme", "dct:spatial", "dct:temporal", "dct:modified"}
        assert required <= set(dataset)
        assert dataset["dcatde:politicalGeocodingURI"] == [
            {"@id": "http://dcat-ap.de/def/politicalGeocoding/stateKey/06"}
        ]
        assert dataset["dct:spatial"]["dcat:bbox"]["@value"].startswith("POLYGON ((9 ")


def test_time_is_that_of_the_assessments_and_of_the_published_confirmations(client: Client, world: None) -> None:
    found = {
        name: (dataset["dct:temporal"]["dcat:startDate"]["@value"], dataset["dct:temporal"]["dcat:endDate"]["@value"])
        for name, dataset in datasets(client).items()
    }
    assert found["scores"] == ("2026-01-02", "2026-11-22")
    assert found["places"] == ("2026-05-04", "2026-07-08")


def test_every_address_of_a_distribution_answers_in_the_format_that_it_promises(client: Client, world: None) -> None:
    for dataset in datasets(client).values():
        assert dataset["dcat:distribution"]
        for distribution in dataset["dcat:distribution"]:
            address = distribution["dcat:accessURL"]["@id"]
            assert address.startswith(f"{site.SITE_URL}/")
            response: Any = client.get(unquote(address.removeprefix(site.SITE_URL)))
            assert response.status_code == 200
            assert response.getvalue()
            promised = distribution.get("dcat:mediaType", {"@id": "/media-types/"})["@id"].partition("media-types/")[2]
            assert response["Content-Type"].startswith(promised)


def test_publisher_contact_and_licence_are_the_operator_s(client: Client, world: None, settings: Settings) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "name": "Landkreis Beispiel", "email": "atlas@example.org"}
    settings.DATA_LICENCE = "dl-by-de/2.0"
    found = catalogue(client)
    assert found["dct:publisher"]["foaf:name"] == "Landkreis Beispiel"
    dataset = found["dcat:dataset"][0]
    assert dataset["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:atlas@example.org"}
    distribution = dataset["dcat:distribution"][0]
    assert distribution["dct:license"] == {"@id": "http://dcat-ap.de/def/licenses/dl-by-de/2.0"}
    assert distribution["dcatde:licenseAttributionByText"] == "Landkreis Beispiel · © Test"


def test_no_licence_is_made_up(client: Client, world: None) -> None:
    assert "dct:license" not in json.dumps(catalogue(client))


def test_invented_places_are_said_to_be_invented(client: Client) -> None:
    make_place(is_fictional=True)
    for dataset in datasets(client).values():
        assert [
            "erfunden" in dataset["dct:description"][0]["@value"],
            "invented" in dataset["dct:description"][1]["@value"],
        ] == [True, True]


def test_an_empty_installation_has_a_catalogue_too(client: Client) -> None:
    found = datasets(client)
    assert list(found) == DATASETS
    assert "dct:temporal" not in found["places"]


def test_every_name_is_explained_by_the_context(client: Client, world: None) -> None:
    def names(data: Any) -> set[str]:
        if isinstance(data, list):
            return set().union(*map(names, data))
        if not isinstance(data, dict):
            return set()
        types = {data["@type"]} if "@type" in data else set()
        return {name for name in data if not name.startswith("@")} | types | names(list(data.values()))

    found = catalogue(client)
    assert found.pop("@context") == CONTEXT
    assert {name.partition(":")[0] for name in names(found)} <= set(CONTEXT)


def test_layers_and_files_of_everything_are_named(client: Client, world: None) -> None:
    found = datasets(client)
    addresses = {
        name: [item["dcat:accessURL"]["@id"].removeprefix(site.SITE_URL) for item in dataset["dcat:distribution"]]
        for name, dataset in found.items()
    }
    assert addresses["places"][-1] == "/ogc/collections/places"
    for name in ("municipalities", "places", "support", "spaces"):
        files = [f"/api/v1/exports/{name}.{ending}" for ending in ("gpkg", "parquet", "geojson", "xlsx", "csv")]
        assert set(files) <= {*addresses[name]}
    assert len(addresses["scores"]) == 2
    assert catalogue(client)["dcat:service"]["dcat:endpointURL"]["@id"].endswith("/ogc/")
    identifiers = [item["@id"] for dataset in found.values() for item in dataset["dcat:distribution"]]
    assert len(identifiers) == len({*identifiers})


def test_portals_and_pages_of_other_sites_take_it_only_if_changed(client: Client, world: None) -> None:
    first = client.get("/catalog.jsonld")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    for header, validator in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get("/catalog.jsonld", headers={header: first.headers[validator]})
        assert again.status_code == 304
