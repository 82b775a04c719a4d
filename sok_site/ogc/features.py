"""Features as bytes: the geometry is text from the database, the properties are plain columns; no row is a model."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet

from sok_site.ogc.collections import Collection, Property
from sok_site.ogc.crs import Crs, geojson

Cell = Callable[[Any], Any]


@dataclass(frozen=True)
class Feature:
    """One row: its key, its geometry as GeoJSON text, its properties as JSON has them."""

    key: str
    geometry: str | None
    properties: dict[str, Any]

    def written(self, beside: bytes = b"") -> bytes:
        """The feature as GeoJSON; ``beside``: further members, already written, each with a comma before it."""
        geometry = b"null" if self.geometry is None else self.geometry.encode()
        head = b'{"type":"Feature","id":' + written(self.key) + beside
        return head + b',"geometry":' + geometry + b',"properties":' + written(self.properties) + b"}"


def written(data: Any) -> bytes:
    """JSON without spaces, letters as they are."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def members(data: dict[str, Any]) -> bytes:
    """The members of an object without its braces, each with a comma before it."""
    return b"," + written(data)[1:-1] if data else b""


def features(collection: Collection, rows: QuerySet[Any], crs: Crs, root: str) -> Iterator[Feature]:
    """The rows, in one query. ``root``: scheme and host, for the addresses of pages."""
    paths = [each.path for each in collection.properties]
    names = [each.name for each in collection.properties]
    cells = [(at, cell) for at, each in enumerate(collection.properties) if (cell := _cell(each))]
    for key, geometry, *values in rows.values_list(collection.key, geojson(collection.geometry, crs), *paths):
        for at, cell in cells:
            values[at] = cell(values[at])
        properties = dict(zip(names, values, strict=True))
        if collection.page:
            properties["page"] = root + collection.page_path(key)
        yield Feature(str(key), geometry, properties)


def without_geometry(collection: Collection, rows: QuerySet[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Keys and properties for a table, which draws nothing."""
    paths = [each.path for each in collection.properties]
    for key, *values in rows.values_list(collection.key, *paths):
        yield str(key), {each.name: value for each, value in zip(collection.properties, values, strict=True)}


def _cell(asked: Property) -> Cell | None:
    """What makes a column's value one of JSON; None where it is one already."""
    if asked.format:
        return _moment if asked.format == "date-time" else _day
    if asked.decimals is not None:
        decimals = asked.decimals
        return lambda value: None if value is None else round(value, decimals)
    return _known if asked.type == "string" else None


def _known(value: str | None) -> str | None:
    return value or None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def etag(*parts: bytes) -> str:
    """Of the content without the time of the answer, and so a weak one: two answers a second apart differ in it."""
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return f'W/"{digest.hexdigest()}"'
