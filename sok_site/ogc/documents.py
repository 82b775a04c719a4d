"""What is said about the data: landing page, conformance, collections, queryables. OpenAPI: openapi.py."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sok_site.ogc.collections import COLLECTIONS, Collection
from sok_site.ogc.crs import CRS84, SUPPORTED

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA, OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
CONFORMANCE = "http://www.opengis.net/def/rel/ogc/1.0/conformance"

Link = dict[str, str]

CONFORMS_TO = [
    *(
        f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
        for name in ("core", "geojson", "html", "oas30")
    ),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison"),
            *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions"),
            "property-property",
        )
    ),
]


class Links:
    """Absolute addresses below /ogc/ as this request sees the site."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.root = request.build_absolute_uri("/").rstrip("/")

    def link(self, rel: str, name: str, media_type: str, title: str = "", *path: str) -> Link:
        """A link to the named address."""
        link = {"rel": rel, "type": media_type, "href": self.root + reverse(f"ogc:{name}", args=path)}
        return {**link, "title": title} if title else link

    def here(self, **changed: object) -> str:
        """This address with parameters changed; None leaves one out."""
        query = {**self.request.GET.dict(), **changed}
        kept = {name: value for name, value in query.items() if value is not None}
        return f"{self.root}{self.request.path}{'?' if kept else ''}{urlencode(kept)}"

    def own(self, media_type: str) -> list[Link]:
        """The document itself, and the same for people."""
        return [
            {"rel": "self", "type": media_type, "href": self.here(f="json")},
            {"rel": "alternate", "type": HTML, "href": self.here(f="html"), "title": _("Als Seite")},
        ]


def landing(links: Links) -> dict[str, Any]:
    """Where everything begins."""
    return {
        "title": "SOK-Atlas",
        "description": _("Gemeinden mit ihrer Kohäsion, Soziale Orte und was ihnen hilft, als Ebenen für jedes GIS."),
        "links": [
            *links.own(JSON),
            links.link("service-desc", "api", OPENAPI, _("Beschreibung der Schnittstelle (OpenAPI 3.0)")),
            {
                **links.link("service-doc", "api", HTML, _("Beschreibung der Schnittstelle")),
                "href": _html(links, "api"),
            },
            links.link("conformance", "conformance", JSON, _("Was vom Standard erfüllt ist")),
            links.link(CONFORMANCE, "conformance", JSON, _("Was vom Standard erfüllt ist")),
            links.link("data", "collections", JSON, _("Sammlungen")),
        ],
    }


def _html(links: Links, name: str) -> str:
    return f"{links.root}{reverse(f'ogc:{name}')}?f=html"


def conformance(links: Links) -> dict[str, Any]:
    """Which parts of the standard hold."""
    return {"conformsTo": CONFORMS_TO, "links": links.own(JSON)}


def collections(links: Links) -> dict[str, Any]:
    """All collections."""
    return {
        "links": links.own(JSON),
        "crs": list(SUPPORTED),
        "collections": [collection_document(each, links, alone=False) for each in COLLECTIONS.values()],
    }


def collection_document(collection: Collection, links: Links, alone: bool = True) -> dict[str, Any]:
    """One collection; ``alone``: a document of its own, not one of several, which name the coordinate systems once."""
    found = collection.rows()
    box = found.reading.once(f"extent of {collection.id}", lambda: collection.extent(found.queryset))
    extent = {"extent": {"spatial": {"bbox": [list(box)], "crs": CRS84.uri}}} if box else {}
    own = links.own(JSON) if alone else [links.link("self", "collection", JSON, "", collection.id)]
    title = str(collection.title)
    items = links.link("items", "items", GEOJSON, title, collection.id)
    return {
        "id": collection.id,
        "title": title,
        "description": f"{collection.description} {collection.time_text}",
        "attribution": found.beside()["attribution"],
        "itemType": "feature",
        **extent,
        "crs": list(SUPPORTED) if alone else ["#/crs"],
        "storageCrs": CRS84.uri,
        "links": [
            *own,
            items,
            {**items, "type": HTML, "href": f"{items['href']}?f=html"},
            links.link(QUERYABLES, "queryables", SCHEMA, _("Eigenschaften"), collection.id),
        ],
    }


def queryables(collection: Collection, links: Links) -> dict[str, Any]:
    """Which properties can be asked for, as JSON schema."""
    kind = "point" if collection.is_point else "multipolygon"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": links.link("self", "queryables", SCHEMA, "", collection.id)["href"],
        "type": "object",
        "title": str(collection.title),
        "description": str(collection.description),
        "properties": {
            **{each.name: each.schema for each in collection.properties},
            "geometry": {"title": _("Geometrie"), "format": f"geometry-{kind}", "x-ogc-role": "primary-geometry"},
        },
        "additionalProperties": False,
    }
