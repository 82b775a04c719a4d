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

from places.fields import FeatureSerializer
from sok_site.problems import PROBLEM

PROBLEM_SCHEMA = {
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
    },
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
VALIDATORS = [
    OpenApiParameter("ETag", OpenApiTypes.STR, "header", response=[200, 304], description="For `If-None-Match`."),
    OpenApiParameter(
        "Last-Modified", OpenApiTypes.STR, "header", response=[200, 304], description="For `If-Modified-Since`."
    ),
]
PROBLEMS = {
    400: "A query parameter was not understood.",
    404: "There is nothing here.",
    406: "None of the formats in `Accept` is available.",
}

MOVED = "It was merged with another entry, which has this address."
GONE = "It was there and is no longer public."


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


class Schema(AutoSchema):
    """Reads what our views declare: parameters, formats, titles."""

    view: Any

    def get_operation_id(self) -> str:
        return str(self.view.operation)

    def get_summary(self) -> str:
        return str(self.view.title)

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0] or "index"]

    def get_auth(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        in_path = [parameter for name, parameter in PATH_PARAMETERS.items() if f"{{{name}}}" in self.path]
        formats = self.map_renderers("format")
        chosen = OpenApiParameter(
            "format", OpenApiTypes.STR, enum=formats, default="json", description="Goes before the `Accept` header."
        )
        in_query = [self.view.parameters] if self.view.parameters().fields else []
        return [*in_path, *in_query, *([chosen] if len(formats) > 1 else []), *VALIDATORS]

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}List"

    def get_response_serializers(self) -> Any:
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
            **({301: OpenApiResponse(description=MOVED)} if self.view.may_have_gone else {}),
            **{
                (status, PROBLEM): OpenApiResponse(self._component("Problem", PROBLEM_SCHEMA), description)
                for status, description in {**PROBLEMS, **({410: GONE} if self.view.may_have_gone else {})}.items()
            },
        }

    def _is_list_view(self, serializer: Any = None) -> bool:
        return isinstance(serializer, BaseSerializer) and self.view.pagination_class is not None

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
