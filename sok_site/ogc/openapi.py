"""The OpenAPI 3.0 document of /ogc/: every path by its own name, so that clients see which collection takes what."""

from typing import Any

from django.urls import reverse

from sok_site.ogc.collections import COLLECTIONS, Collection, Property
from sok_site.ogc.cql2 import LANGUAGES, MAX_LENGTH, TEXT
from sok_site.ogc.crs import CRS84, SUPPORTED
from sok_site.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Links
from sok_site.ogc.parameters import DEFAULT_LIMIT, FORMATS, ITEMS, MAX_LIMIT
from sok_site.problems import PROBLEM

Document = dict[str, Any]

PARAMETERS: dict[str, Document] = {
    "f": {"schema": {"type": "string", "enum": list(FORMATS)}, "description": "Goes before the Accept header."},
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "description": "Features per page; more than the maximum means the maximum.",
    },
    "offset": {"schema": {"type": "integer", "minimum": 0, "default": 0}, "description": "So many are passed over."},
    "bbox": {
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
        "style": "form",
        "explode": False,
        "description": "Only what touches the box: minimum of both axes, then maximum, in bbox-crs.",
    },
    "bbox-crs": {
        "schema": {"type": "string", "format": "uri", "enum": list(SUPPORTED), "default": CRS84.uri},
        "description": "The coordinate system of bbox.",
    },
    "crs": {
        "schema": {"type": "string", "format": "uri", "enum": list(SUPPORTED), "default": CRS84.uri},
        "description": "The coordinate system of the answer.",
    },
    "datetime": {
        "schema": {"type": "string"},
        "description": "A day, a time (RFC 3339) or two with a slash; “..” is open. What has no time is included.",
    },
    "filter": {
        "schema": {"type": "string", "maxLength": MAX_LENGTH},
        "description": (
            "CQL2 on the properties and “geometry”: comparisons, LIKE, BETWEEN, IN, IS NULL, CASEI, S_INTERSECTS and "
            "the other functions of space and time; no arithmetic. What is not known is neither equal nor unequal."
        ),
    },
    "filter-lang": {
        "schema": {"type": "string", "enum": list(LANGUAGES), "default": TEXT},
        "description": "How filter is written.",
    },
    "filter-crs": {
        "schema": {"type": "string", "format": "uri", "enum": list(SUPPORTED), "default": CRS84.uri},
        "description": "The coordinate system of shapes in filter.",
    },
}


def document(links: Links) -> Document:
    """The whole document."""
    paths: Document = {
        "/": _operation("getLandingPage", "Where everything begins", JSON, "LandingPage"),
        "/conformance": _operation("getConformance", "Which parts of the standard hold", JSON, "Conformance"),
        "/api": _operation("getApi", "This document", OPENAPI, ""),
        "/collections": _operation("getCollections", "All collections", JSON, "Collections"),
    }
    for collection in COLLECTIONS.values():
        paths |= _paths(collection)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "SOK-Atlas: OGC API - Features",
            "description": "Municipalities with their cohesion, Soziale Orte and what helps them, as features.",
            "version": "1.0.0",
        },
        "servers": [{"url": links.root + reverse("ogc:landing").rstrip("/")}],
        "paths": paths,
        "components": {
            "parameters": {name: {"name": name, "in": "query", **rest} for name, rest in PARAMETERS.items()},
            "schemas": _schemas(),
            "responses": {
                "Problem": {
                    "description": "What is wrong, RFC 9457.",
                    "content": {PROBLEM: {"schema": _reference("Problem")}},
                },
                "Missing": {
                    "description": "There is nothing here: RFC 9457, or a page for who asks for one.",
                    "content": {PROBLEM: {"schema": _reference("Problem")}, HTML: {"schema": {"type": "string"}}},
                },
                "Moved": {"description": "It went into another one, which has this address."},
                "NotModified": {"description": "As the client has it already."},
            },
        },
    }


def _paths(collection: Collection) -> Document:
    name, path = collection.id.capitalize(), f"/collections/{collection.id}"
    items = _operation(
        f"get{name}Items",
        f"Features of {collection.id}",
        GEOJSON,
        "FeatureCollection",
        parameters=[name for name in ITEMS if name != "f"],
        missing=False,
    )
    items["get"]["parameters"] += [_of_property(each) for each in collection.properties]
    item = _operation(
        f"get{name}Item", f"One feature of {collection.id}", GEOJSON, "Feature", parameters=["crs"], missing=True
    )
    identified = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    item["get"]["parameters"].append(identified)
    return {
        path: _operation(f"get{name}", f"The collection {collection.id}", JSON, "Collection"),
        f"{path}/queryables": _operation(f"get{name}Queryables", "Its properties as JSON schema", SCHEMA, ""),
        f"{path}/items": items,
        f"{path}/items/{{featureId}}": item,
    }


def _of_property(asked: Property) -> Document:
    schema = {name: value for name, value in asked.schema.items() if name != "title"}
    return {
        "name": asked.name,
        "in": "query",
        "description": str(asked.title),
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _operation(
    name: str, summary: str, media_type: str, schema: str, parameters: list[str] | None = None, missing: bool = False
) -> Document:
    answer = {media_type: {"schema": _reference(schema) if schema else {"type": "object"}}}
    page = {HTML: {"schema": {"type": "string"}}}
    responses: Document = {"200": {"description": summary, "content": {**answer, **page}}}
    responses["304"] = {"$ref": "#/components/responses/NotModified"}
    if missing:
        responses["301"] = {"$ref": "#/components/responses/Moved"}
        responses["404"] = {"$ref": "#/components/responses/Missing"}
    for status in ("400", "410", "429", "500") if missing else ("400", "429", "500"):
        responses[status] = {"$ref": "#/components/responses/Problem"}
    known = [{"$ref": f"#/components/parameters/{parameter}"} for parameter in ["f", *(parameters or [])]]
    return {"get": {"operationId": name, "summary": summary, "parameters": known, "responses": responses}}


def _reference(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], **properties: Document) -> Document:
    return {"type": "object", "required": required, "properties": properties}


def _schemas() -> Document:
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0}
    links = {"type": "array", "items": _reference("Link")}
    texts = {"type": "array", "items": text}
    geometry = {"type": "object", "nullable": True, "required": ["type", "coordinates"]}
    features = {"type": "array", "items": _reference("Feature")}
    return {
        "Link": _object(["href", "rel"], href=text, rel=text, type=text, title=text),
        "LandingPage": _object(["links"], title=text, description=text, links=links),
        "Conformance": _object(["conformsTo"], conformsTo=texts, links=links),
        "Collections": _object(
            ["links", "collections"],
            links=links,
            crs=texts,
            collections={"type": "array", "items": _reference("Collection")},
        ),
        "Collection": _object(
            ["id", "links"],
            id=text,
            title=text,
            description=text,
            attribution=text,
            extent={"type": "object"},
            itemType=text,
            crs=texts,
            storageCrs=text,
            links=links,
        ),
        "Feature": _object(
            ["type", "geometry", "properties"],
            type={"type": "string", "enum": ["Feature"]},
            id=text,
            geometry=geometry,
            properties={"type": "object"},
            links=links,
        ),
        "FeatureCollection": _object(
            ["type", "features", "numberMatched", "numberReturned", "links"],
            type={"type": "string", "enum": ["FeatureCollection"]},
            numberMatched=number,
            numberReturned=number,
            attribution=text,
            notice=text,
            links=links,
            features=features,
        ),
        "Problem": _object(
            ["type", "title", "status", "detail"],
            type=text,
            title=text,
            status=number,
            detail=text,
            instance=text,
            errors={"type": "array", "items": _object(["parameter", "detail"], parameter=text, detail=text)},
        ),
    }
