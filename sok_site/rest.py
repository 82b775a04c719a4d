"""How the API writes its answers, for every endpoint: formats and pages. What it answers is in the apps.

The settings name these classes, so no app imports this module; Django REST framework loads it while it loads its
own views, so it imports none of them. Errors: problems.py; headers: headers.py.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from django.http.request import MediaType
from rest_framework import exceptions, pagination, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

from places.fields import Position

PROBLEM = "application/problem+json"

# --- Formats --------------------------------------------------------------------------------------------------------


class Negotiation(DefaultContentNegotiation):
    """``?format=`` goes before the Accept header; a format that is not there is a wrong parameter, not a wrong path."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """What the reader likes best by the weights of the Accept header (RFC 9110, 12.5.1), JSON where it is open.

        Django REST framework passes over ``q``, Django over whatever comes with a parameter like ``charset``.
        """
        asked = request.query_params.get(api_settings.URL_FORMAT_OVERRIDE)
        renderers = self.filter_renderers(renderers, asked) if asked else list(renderers)
        tokens = [token for token in request.headers.get("Accept", "").split(",") if token.strip()]
        ranges = [MediaType(token) for token in tokens or ["*/*"]]
        best = max(renderers, key=lambda renderer: _weight(renderer.media_type, ranges))  # the first of equal ones
        if not _weight(best.media_type, ranges):
            raise exceptions.NotAcceptable(available_renderers=renderers)
        return best, str(best.media_type)

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        renderers = list(renderers)
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            known = ", ".join(renderer.format for renderer in renderers)
            raise exceptions.ValidationError({"format": f"“{format}” is none of: {known}."})
        return found


def _weight(media_type: str, ranges: Iterable[MediaType]) -> float:
    """How much a reader wants a media type, 0 to 1: the closest of the ranges that cover it says so."""
    main, _, sub = media_type.partition("/")
    covering = [each for each in ranges if each.main_type in (main, "*") and each.sub_type in (sub, "*")]
    return max(covering, key=lambda each: each.specificity).quality if covering else 0


class GeoJson(JSONRenderer):
    """RFC 7946: a FeatureCollection of a list, a Feature of one thing. CRS84, right-hand rule.

    Geometries come from the database as text and are written as they are (places/reading.py).
    """

    media_type = "application/geo+json"
    format = "geojson"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        request = (renderer_context or {})["request"]
        own = {"rel": "self", "type": self.media_type, "href": request.build_absolute_uri()}
        if "results" not in data:
            return self._feature(data, {"links": [own]})
        turning = [
            {"rel": rel, "type": self.media_type, "href": data[name]}
            for name, rel in (("previous", "prev"), ("next", "next"))
            if data[name]
        ]
        head = {
            "type": "FeatureCollection",
            "numberMatched": data["count"],
            "numberReturned": len(data["results"]),
            "links": [own, *turning],
            **{name: data[name] for name in ("attribution", "notice") if name in data},
        }
        features = b",".join(self._feature(item) for item in data["results"])
        return self._json(head)[:-1] + b',"features":[' + features + b"]}"

    def _feature(self, item: dict[str, Any], beside: dict[str, Any] | None = None) -> bytes:
        geometry: bytes = item["geometry"].encode()
        properties = {name: value for name, value in item.items() if name not in ("geometry", "feature_id")}
        head = self._json({"type": "Feature", "id": item["feature_id"], **(beside or {})})[:-1]
        return head + b',"geometry":' + geometry + b',"properties":' + self._json(properties) + b"}"

    def _json(self, data: Any) -> bytes:
        return json.dumps(data, cls=self.encoder_class, ensure_ascii=False, separators=(",", ":")).encode()


class Csv(BaseRenderer):
    """One line for each item: nested fields as columns, dots as underscores; the header also when there is no item.

    With ``;`` it is for spreadsheets, which need a byte order mark to see that it is UTF-8 and take for a formula what
    looks like one: an apostrophe before it keeps it a text.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        view = (renderer_context or {})["view"]
        header, rows = view.table(data) if hasattr(view, "table") else _table(view, data["results"])
        delimiter = view.asked["delimiter"]
        cell = _cell if delimiter == "," else _harmless
        written = io.StringIO()
        writer = csv.writer(written, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)
        return written.getvalue().encode("utf-8" if delimiter == "," else "utf-8-sig")


def _table(view: Any, items: list[Any]) -> tuple[list[str], Iterator[list[Any]]]:
    row_serializer = getattr(view, "row_serializer_class", view.get_serializer)
    columns = list(_columns(row_serializer()))
    return ["_".join(names) for names, _ in columns], ([_at(item, path) for _, path in columns] for item in items)


def _columns(serializer: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], tuple[str | int, ...]]]:
    """The name of each column, in parts, and the path to its value."""
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.Serializer):
            yield from _columns(field, (*above, name))
        elif isinstance(field, Position):
            yield from (((*above, name, part), (*above, name, at)) for at, part in enumerate(("longitude", "latitude")))
        else:
            yield (*above, name), (*above, name)


def _at(item: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        if item is None:
            return None
        item = item[step]
    return item


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_part(part) for part in value)
    return value


def _harmless(value: Any) -> Any:
    cell = _cell(value)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _part(part: Any) -> str:
    """One of several in a cell: an actor as import_places reads it, a photograph by its address, a word."""
    if not isinstance(part, dict):
        return str(part)
    return f"{part['name'] or ''}|{part['sector']}" if "sector" in part else str(part["url"])


# --- Pages ----------------------------------------------------------------------------------------------------------


# What does not change how many there are
TURNING = ("page", "page_size", "format", "fields", "ordering", "delimiter")


class Pages(pagination.BasePagination):
    """``page`` and ``page_size`` (places/parameters.py); the pages before and after in the body and as Link header."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The page, not yet looked up."""
        self.view, self.request = view, request
        self.page, size = view.asked["page"], view.asked["page_size"]
        self.count = self._counted(queryset)
        self.pages = max(1, ceil(self.count / size))
        if self.page > self.pages:
            raise exceptions.ValidationError({"page": f"There is no page {self.page}; the last one is {self.pages}."})
        return queryset[(self.page - 1) * size : self.page * size]

    def _counted(self, queryset: Any) -> int:
        """How many there are on all pages: counted once for all of them, and for all readers where all see the same."""
        if "Authorization" in self.request.headers or not getattr(self.view, "may_be_kept", False):
            return int(queryset.count())
        asked = self.request.query_params.lists()
        narrowing = tuple(sorted((name, *texts) for name, texts in asked if name not in TURNING))
        return int(self.view.once(("count", self.request.path, narrowing), queryset.count))

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self._link(self.page + 1), "previous": self._link(self.page - 1)}
        rels = {"next": "next", "previous": "prev"}
        header = ", ".join(f'<{link}>; rel="{rels[name]}"' for name, link in links.items() if link)
        return Response(
            {"count": self.count, **links, **self.view.beside(), "results": data},
            headers={"Link": header} if header else None,
        )

    def _link(self, page: int) -> str | None:
        if not 1 <= page <= self.pages:
            return None
        url = self.request.build_absolute_uri()
        return str(remove_query_param(url, "page") if page == 1 else replace_query_param(url, "page", page))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "attribution", "results"],
            "properties": {
                "count": {"type": "integer", "minimum": 0, "description": "Items on all pages together."},
                "next": {**link, "description": "The next page."},
                "previous": {**link, "description": "The page before."},
                "attribution": {"type": "string", "description": "Whom to name when the data are shown."},
                "notice": {"type": "string", "description": "There while invented places are loaded."},
                "results": schema,
            },
        }
