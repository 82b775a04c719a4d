"""The OpenAPI 3.1 document: what drf-spectacular cannot see of our views, and the document itself, made once."""

from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import BaseSerializer

from places.api import idempotency
from places.api.keyed import NO_KEY, Keyed, Operation
from places.fields import FeatureSerializer
from sok_site.problems import PROBLEM

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An error as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "description": "Each query parameter that was not understood.",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "successors": {
            "type": "array",
            "description": "Of a municipality that was divided (410): who took it over, the largest part first.",
            "items": {
                "type": "object",
                "required": ["ags", "name", "area_share", "resident_share", "is_confirmed", "url"],
                "properties": {
                    "ags": {"type": "string"},
                    "name": {"type": "string"},
                    "area_share": {"type": "number", "minimum": 0, "maximum": 1},
                    "resident_share": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                    "is_confirmed": {"type": "boolean", "description": "By the official list or an administrator."},
                    "url": {"type": "string", "format": "uri"},
                },
            },
        },
        "districts": {
            "type": "array",
            "description": "Of a district that was divided (410): those its territory is in, the largest part first.",
            "items": {
                "type": "object",
                "required": ["key", "name", "area_share", "url"],
                "properties": {
                    "key": {"type": "string"},
                    "name": {"type": "string"},
                    "area_share": {"type": "number", "minimum": 0, "maximum": 1},
                    "url": {"type": "string", "format": "uri"},
                },
            },
        },
    },
}


def _problem_with(description: str, optional: tuple[str, ...] = (), **members: dict[str, Any]) -> dict[str, Any]:
    """A problem that tells these members too, always but for the optional ones."""
    of_reads = ("errors", "successors", "districts")
    properties = {name: part for name, part in PROBLEM_SCHEMA["properties"].items() if name not in of_reads}
    return {
        "type": "object",
        "description": description,
        "required": [*PROBLEM_SCHEMA["required"], *(name for name in members if name not in optional)],
        "properties": {**properties, **members},
    }


def _list_of(description: str, **members: dict[str, Any]) -> dict[str, Any]:
    item = {"type": "object", "required": [*members], "properties": members}
    return {"type": "array", "description": description, "items": item}


_STRING = {"type": "string"}
_URI = {"type": "string", "format": "uri"}
# Problems of writes that tell more: status → name and schema.
PROBLEMS_OF_WRITES = {
    409: (
        "MayBeThere",
        _problem_with(
            "Entries that may be the one that is to be registered.",
            optional=("duplicates",),
            duplicates=_list_of(
                "The likeliest first. Not there where the same `Idempotency-Key` is being worked on.",
                id=_STRING,
                name=_STRING,
                municipality={"type": ["string", "null"]},
                metres={"type": ["integer", "null"], "description": "How far away."},
                url={**_URI, "type": ["string", "null"], "description": "In the API; null where it waits for review."},
                claim={**_URI, "description": "Where people ask to look after it."},
            ),
        ),
    ),
    412: (
        "Outdated",
        _problem_with(
            "The entry is no longer as the client saw it.",
            etag={**_STRING, "description": "The ETag now."},
            changes=_list_of(
                "What the record says of it, the latest first: since `If-Unmodified-Since` where that was sent, else "
                "its last lines.",
                at={"type": "string", "format": "date-time"},
                fields_changed={"type": "array", "items": _STRING},
            ),
            now={"type": "object", "description": "How the fields stand that are named in `changes`."},
        ),
    ),
    422: (
        "Unprocessable",
        _problem_with(
            "Fields of the body that are wrong.",
            errors=_list_of(
                "Each with a JSON pointer (RFC 6901) to the field; “#” is the body.", pointer=_STRING, detail=_STRING
            ),
        ),
    ),
}
IF_MATCH = [
    OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        "header",
        required=True,
        description="The `ETag` of the JSON that you read last (`W/` does not matter), or `*` for whatever is there.",
    ),
    OpenApiParameter(
        "If-Unmodified-Since",
        OpenApiTypes.STR,
        "header",
        description="Its `Last-Modified`: then a 412 tells what changed since. It is no condition.",
    ),
]
KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "sok_…",
    "description": "A key that its owner made under `/konto/schluessel/`. It acts as its owner where they look after "
    "an entry, never as a reviewer or administrator. Reads of public data need none.",
}
LINK_SCHEMA = {
    "type": "object",
    "required": ["rel", "type", "href"],
    "properties": {
        "rel": {"enum": ["self", "prev", "next"]},
        "type": {"type": "string"},
        "href": {"type": "string", "format": "uri"},
    },
}
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_RINGS = {"type": "array", "items": {"type": "array", "minItems": 4, "items": _POSITION}}
GEOMETRIES: dict[str, dict[str, Any]] = {
    "location": {"type": {"const": "Point"}, "coordinates": _POSITION},
    "geometry": {"type": {"const": "MultiPolygon"}, "coordinates": {"type": "array", "items": _RINGS}},
}
PATH_PARAMETERS = {
    "ags": OpenApiParameter("ags", OpenApiTypes.STR, "path", pattern="^[0-9]{8}$", description="AGS, 8 digits."),
    "id": OpenApiParameter("id", OpenApiTypes.INT, "path", description="Id."),
}
TOO_MANY = "Too many requests in a minute; when to go on is in `Retry-After`."
VALIDATORS = [
    OpenApiParameter("ETag", OpenApiTypes.STR, "header", response=[200, 304], description="For `If-None-Match`."),
    OpenApiParameter(
        "Last-Modified", OpenApiTypes.STR, "header", response=[200, 304], description="For `If-Modified-Since`."
    ),
    OpenApiParameter(
        "RateLimit-Policy", OpenApiTypes.STR, "header", response=[200, 304, 429], description="Requests a minute."
    ),
    OpenApiParameter(
        "RateLimit", OpenApiTypes.STR, "header", response=[200, 304, 429], description="How many are left, until when."
    ),
    OpenApiParameter("Retry-After", OpenApiTypes.INT, "header", response=[429], description="Seconds."),
]
PROBLEMS = {
    400: "A query parameter was not understood.",
    404: "There is nothing here.",
    406: "None of the formats in `Accept` is available.",
    429: TOO_MANY,
}

PROBLEMS_OF_ALL_WRITES = {
    400: "The request was not understood.",
    401: NO_KEY,
    406: "Answers to writes are JSON.",
    429: TOO_MANY,
}

MOVED = "It went into another one, which has this address."
GONE = "It was there and is there no longer."


def parameter_order(parameter: dict[str, Any]) -> int:
    """An endpoint's own parameters first, then those that all lists share."""
    shared = ("bbox", "near", "ordering", "fields", "page", "page_size", "format", "delimiter")
    return shared.index(parameter["name"]) + 1 if parameter["name"] in shared else 0


def inline_enums(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Vocabularies stay where they are used; only drf-spectacular's own mark is taken off."""

    def clean(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: clean(part) for name, part in node.items() if name != "x-spec-enum-id"}
        return [clean(part) for part in node] if isinstance(node, list) else node

    cleaned: dict[str, Any] = clean(result)
    return cleaned


def parts_of_items(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """An item of a list is whole, or with ``fields=`` some of it: the same members, of which none must be there."""
    schemas = result["components"]["schemas"]
    for name in [name.removesuffix("List") for name in schemas if name.endswith("List")]:
        part = f"{name}Part"
        schemas[part] = {
            **{key: value for key, value in schemas[name].items() if key != "required"},
            "description": f"What `fields` asks for of {name}.",
        }
        either = {"anyOf": [{"$ref": f"#/components/schemas/{which}"} for which in (name, part)]}
        schemas[f"{name}List"]["properties"]["results"]["items"] = either
        if feature := schemas.get(f"{name}Feature"):
            feature["properties"]["properties"] = either
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def closed_bodies(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """What a body does not declare is refused."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Body"):
            schema["additionalProperties"] = False
    return result


class Schema(AutoSchema):
    """Reads what our views declare: parameters, formats, titles."""

    view: Any

    @property
    def write(self) -> Operation | None:
        """What the view says of this method, where it is one that writes."""
        found: Operation | None = getattr(self.view, "operations", {}).get(self.method)
        return found

    def get_operation_id(self) -> str:
        return self.write.name if self.write else str(self.view.operation)

    def get_summary(self) -> str:
        return self.write.title if self.write else str(self.view.title)

    def get_description(self) -> str:  # type: ignore[override]
        return self.write.text if self.write else str(super().get_description())

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0] or "index"]

    def get_auth(self) -> list[Any]:
        if not isinstance(self.view, Keyed) or not self.view.needs_key(self.method):
            return []
        scheme = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="key", type=ResolvedComponent.SECURITY_SCHEMA, schema=KEY_SCHEME, object="key"
        )
        self.registry.register_on_missing(scheme)
        return [{"key": []}]

    def get_request_serializer(self) -> Any:
        return self.write.body if self.write else None

    def get_examples(self) -> list[Any]:
        return list(self.write.examples) if self.write else []

    def get_override_parameters(self) -> list[Any]:
        in_path = [parameter for name, parameter in PATH_PARAMETERS.items() if f"{{{name}}}" in self.path]
        if self.write:
            return [*in_path, *self._of_write(self.write)]
        formats = self.map_renderers("format")
        chosen = OpenApiParameter(
            "format", OpenApiTypes.STR, enum=formats, default="json", description="Goes before the `Accept` header."
        )
        in_query = [self.view.parameters] if self.view.parameters().fields else []
        return [*in_path, *in_query, *([chosen] if len(formats) > 1 else []), *VALIDATORS]

    def _of_write(self, write: Operation) -> list[Any]:
        """Parameters and headers of the answers of a method that writes."""
        location = [status for status in (201, 202) if status in write.answers]
        told = "Where the submission is."
        headers = [OpenApiParameter("Location", OpenApiTypes.URI, "header", response=location, description=told)]
        in_query = [write.parameters] if write.parameters is not None and write.parameters().fields else []
        asked = [*(IF_MATCH if write.conditional else []), *([idempotency.PARAMETER] if write.repeatable else [])]
        return [*in_query, *asked, *(headers if location else [])]

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}List"

    def get_response_serializers(self) -> Any:
        if self.write:
            return self._responses_of_write(self.write)
        serializer = self._get_serializer()  # type: ignore[no-untyped-call]
        by_format = {
            "json": serializer,
            "geojson": self._features(serializer),
            "csv": {
                "type": "string",
                "description": "Header and one line for each item; nested names with underscores.",
            },
        }
        return {
            **{
                (
                    200,
                    media,
                ): by_format[name]
                for name, media in self._media().items()
            },
            304: OpenApiResponse(description="Not modified."),
            **(self._moved() if self.view.may_have_gone else {}),
            **{
                (status, PROBLEM): OpenApiResponse(self._component("Problem", PROBLEM_SCHEMA), description)
                for status, description in {
                    **PROBLEMS,
                    **({410: GONE} if self.view.may_have_gone else {}),
                    **getattr(self.view, "problems", {}),
                }.items()
            },
        }

    def _moved(self) -> dict[Any, Any]:
        """Of a municipality or a district it says why."""
        if "{ags}" in self.path or "{key}" in self.path:
            return {(301, "text/plain"): OpenApiResponse(OpenApiTypes.STR, MOVED)}
        return {301: OpenApiResponse(description=MOVED)}

    def _responses_of_write(self, write: Operation) -> dict[Any, Any]:
        answers = {
            (status, "application/json") if serializer else status: OpenApiResponse(serializer, description)
            for status, (serializer, description) in write.answers.items()
        }
        problems = {}
        for status, description in sorted({**PROBLEMS_OF_ALL_WRITES, **write.problems}.items()):
            name, schema = PROBLEMS_OF_WRITES.get(status, ("Problem", PROBLEM_SCHEMA))
            problems[status, PROBLEM] = OpenApiResponse(self._component(name, schema), description)
        return {**answers, **problems}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return not self.write and isinstance(serializer, BaseSerializer) and self.view.pagination_class is not None

    def _media(self) -> dict[str, str]:
        return dict(zip(self.map_renderers("format"), self.map_renderers("media_type"), strict=True))

    def _component(self, name: str, schema: dict[str, Any]) -> dict[str, str]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
        )
        self.registry.register_on_missing(component)
        reference: dict[str, str] = component.ref
        return reference

    def _features(self, serializer: Any) -> dict[str, str] | None:
        if not isinstance(serializer, FeatureSerializer):
            return None
        item = self.resolve_serializer(serializer, "response")
        feature = {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": "string"},
                "geometry": {
                    "type": "object",
                    "required": ["type", "coordinates"],
                    "properties": GEOMETRIES[self.view.geometry],
                },
                "properties": item.ref,
                "links": {"type": "array", "items": LINK_SCHEMA},
            },
        }
        reference = self._component(f"{item.name}Feature", feature)
        if not self._is_list_view(serializer):
            return reference
        collection = {
            "type": "object",
            "required": ["type", "numberMatched", "numberReturned", "links", "attribution", "features"],
            "properties": {
                "type": {"const": "FeatureCollection"},
                "numberMatched": {"type": "integer", "minimum": 0, "description": "Items on all pages together."},
                "numberReturned": {"type": "integer", "minimum": 0},
                "links": {"type": "array", "items": LINK_SCHEMA},
                "attribution": {"type": "string"},
                "notice": {"type": "string"},
                "features": {"type": "array", "items": reference},
            },
        }
        return self._component(f"{item.name}FeatureCollection", collection)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of this installation. In English, whatever language asks for it first."""
    with translation.override("en"):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        made: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made
