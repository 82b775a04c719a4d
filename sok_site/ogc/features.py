"""Features as bytes. PostgreSQL writes them whole; elsewhere the geometry is text from the database and the properties
are plain columns. No row is a model, and nothing is parsed on its way out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from sok_site.ogc.collections import Collection, Property, Rows
from sok_site.ogc.crs import Crs, geojson
from sok_site.ogc.prepared import Question

Cell = Callable[[Any], Any]
# A lateral query that reads no table costs nothing: it names the columns of the record that is written.
FEATURE = """
SELECT '{{"type":"Feature","id":' || to_json(found.key::text) || ',"geometry":' || coalesce(shape, 'null')
    || ',"properties":' || row_to_json(said) || '}}'
FROM ({query}) AS found ({names}), LATERAL (SELECT {said}) AS said
WHERE """


@dataclass(frozen=True)
class Feature:
    """One row: its key, its geometry as GeoJSON text, its properties as JSON has them."""

    key: str
    geometry: str | None
    properties: dict[str, Any]

    def written(self) -> bytes:
        """The feature as GeoJSON."""
        geometry = b"null" if self.geometry is None else self.geometry.encode()
        head = BEGINNING + b',"id":' + written(self.key)
        return head + b',"geometry":' + geometry + b',"properties":' + written(self.properties) + b"}"


BEGINNING = b'{"type":"Feature"'


def written(data: Any) -> bytes:
    """JSON without spaces, letters as they are."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def members(data: dict[str, Any]) -> bytes:
    """The members of an object without its braces, each with a comma before it."""
    return b"," + written(data)[1:-1] if data else b""


def with_members(feature: bytes, data: dict[str, Any]) -> bytes:
    """A written feature with further members beside its own."""
    return BEGINNING + members(data) + feature.removeprefix(BEGINNING)


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


def written_features(collection: Collection, found: Rows, chosen: QuerySet[Any], crs: Crs, root: str) -> list[bytes]:
    """Those of the rows ``found`` that are ``chosen`` (a page of them), as GeoJSON features, in one query; the same as
    ``features`` writes. What the page passes over is neither read nor written."""
    keys = chosen.values("pk")
    if connection.vendor != "postgresql":
        rows = found.queryset.filter(pk__in=keys)
        return [feature.written() for feature in features(collection, rows, crs, root)]
    try:
        query, of_query = keys.query.sql_with_params()
    except EmptyResultSet:
        return []
    pk = "found.key" if collection.key == "pk" else "found.pk"
    return _written_by_database(collection, found, crs, root, f"{pk} IN ({query}) ORDER BY found.key", of_query)


def written_feature(collection: Collection, found: Rows, key: str, crs: Crs, root: str) -> bytes | None:
    """The feature of the rows ``found`` whose key is ``key``, as GeoJSON; None where there is none."""
    if connection.vendor != "postgresql":
        rows = found.queryset.filter(**{collection.key: key})
        written_ones = [feature.written() for feature in features(collection, rows, crs, root)]
        return written_ones[0] if written_ones else None
    question = found.reading.once(("one", collection.id, crs.uri), lambda: _of_one(collection, found, crs))
    features_found = question.rows(*_of_page(collection, root), int(key) if collection.key == "pk" else key)
    return str(features_found[0][0]).encode() if features_found else None


def _of_one(collection: Collection, found: Rows, crs: Crs) -> Question:
    """Said of the finished columns: a query of keys inside would be planned besides, and that takes longest."""
    statement, fixed = _statement(collection, found.queryset, crs)
    type_of_key = "bigint" if collection.key == "pk" else "text"
    return Question(f"{statement}found.key = %s", fixed, (*["text"] * len(_of_page(collection, "")), type_of_key))


def _of_page(collection: Collection, root: str) -> tuple[str, ...]:
    """What a statement takes for the addresses of pages."""
    if not collection.page:
        return ()
    head, tail = collection.page_around
    return root + head, tail


def _written_by_database(
    collection: Collection, found: Rows, crs: Crs, root: str, condition: str, of_condition: tuple[Any, ...]
) -> list[bytes]:
    # Which columns there are does not change with the question, and to word them takes longer than to read a page.
    statement, of_statement = found.reading.once(
        ("statement", collection.id, crs.uri), lambda: _statement(collection, found.queryset, crs)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement + condition, (*of_statement, *_of_page(collection, root), *of_condition))
        return [feature.encode() for (feature,) in cursor.fetchall()]


def _statement(collection: Collection, rows: QuerySet[Any], crs: Crs) -> tuple[str, tuple[Any, ...]]:
    """The query that writes features as far as what is chosen, with its parameters but that of the pages."""
    paths = [each.path for each in collection.properties]
    keys = [collection.key] if collection.key == "pk" else [collection.key, "pk"]
    query, parameters = (
        rows.order_by().values_list(geojson(collection.geometry, crs), *keys, *paths)
    ).query.sql_with_params()
    names = [f"column_{at}" for at in range(len(paths))]
    said = [_said(each, name) for each, name in zip(collection.properties, names, strict=True)]
    if collection.page:
        said.append("%s || found.key || %s AS page")
    named = ", ".join(["shape", "key", *keys[1:], *names])
    return FEATURE.format(said=", ".join(said), query=query, names=named), parameters


def _said(asked: Property, column: str) -> str:
    """The column as the feature says it, in PostgreSQL's words; twin of ``_cell``."""
    if asked.format == "date-time":
        column = f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    elif asked.decimals is not None:
        column = f"round({column}::numeric, {asked.decimals})::float8"
    elif asked.type == "string" and not asked.format:
        column = f"nullif({column}, '')"
    return f'{column} AS "{asked.name}"'


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
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if value else None
