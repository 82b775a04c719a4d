"""What an exported layer has in it: its columns as an Arrow table, and what is to be said beside them.

The properties are those of the layers at /ogc/ (ogc/collections.py), and what a file can have besides. Only published
entries are there, and people are named as everywhere: those who agreed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.conf import settings
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohesion.api.assessed import AssessedReading
from cohesion.models import Assessment
from places.fields import COORDINATE_DECIMALS
from sok_site.exports.columns import LATITUDE, LONGITUDE, OWN, Derived
from sok_site.licence import licence_address
from sok_site.ogc.collections import COLLECTIONS, Collection, Property, Rows

BATCH = 5000
GEOMETRY = "geometry"
PAGE = Property("page", _("Seite im Atlas"))
TYPES: dict[tuple[str, str], pa.DataType] = {
    ("string", ""): pa.string(),
    ("string", "date"): pa.date32(),
    ("string", "date-time"): pa.timestamp("ms", tz="UTC"),
    ("integer", ""): pa.int32(),
    ("number", ""): pa.float64(),
    ("boolean", ""): pa.bool_(),
}


@dataclass(frozen=True)
class Layer:
    """A layer as it stands now."""

    name: str
    title: str | Promise
    columns: tuple[Property, ...]  # in the table's order, without the geometry
    table: pa.Table  # with the geometry as WKB, longitude and latitude (WGS 84), in the last column
    about: dict[str, str]  # what is to be said of it, English words → text
    changed_at: datetime | None
    is_point: bool

    @cached_property
    def plain(self) -> pa.Table:
        """Without the geometry; a point is two columns more."""
        table = self.table.drop_columns([GEOMETRY])
        if not self.is_point:
            return table
        points = shapely.get_coordinates(shapely.from_wkb(self.table[GEOMETRY].to_numpy())).round(COORDINATE_DECIMALS)
        for at, column in enumerate((LONGITUDE, LATITUDE)):
            table = table.append_column(_field(column), pa.array(points[:, at]))
        return table

    @cached_property
    def plain_columns(self) -> tuple[Property, ...]:
        """What the columns of ``plain`` are."""
        return (*self.columns, LONGITUDE, LATITUDE) if self.is_point else self.columns


def read(name: str) -> Layer:
    """The layer of this name, read from the database now."""
    collection, own = COLLECTIONS[name], OWN[name]
    rows = collection.rows()
    stored = (*collection.properties, *own.stored)
    keys_first = [Derived(own.key, str)] if own.key else []
    pages = [Derived(PAGE, _page(collection))] if collection.page else []
    last = [*own.derived(rows), *pages]
    columns = (*(each.property for each in keys_first), *stored, *(each.property for each in last))
    schema = pa.schema(
        [*(_field(column) for column in columns), pa.field(GEOMETRY, pa.binary(), metadata=WKB_METADATA)]
    )
    paths = [collection.key, *(column.path for column in stored)]
    found = rows.queryset.values_list(*map(F, paths), AsWKB(collection.geometry)).iterator(chunk_size=BATCH)
    batches = []
    while chunk := list(islice(found, BATCH)):
        keys, *values, geometries = zip(*chunk, strict=True)
        by_name: dict[str, Any] = dict(zip((column.name for column in stored), values, strict=True))
        by_name |= {each.property.name: [each.of(key) for key in keys] for each in (*keys_first, *last)}
        arrays = [_array(column, by_name[column.name]) for column in columns]
        shapes = [None if shape is None else bytes(shape) for shape in geometries]
        batches.append(pa.record_batch([*arrays, _shapes(shapes, collection.is_point)], schema=schema))
    table = pa.Table.from_batches(batches, schema=schema)
    return Layer(
        name=name,
        title=collection.title,
        columns=columns,
        table=table,
        about=_about(collection, rows),
        changed_at=own.changed_at(rows, table),
        is_point=collection.is_point,
    )


def words(text: str | Promise, language: str) -> str:
    """A text of ours in one language."""
    with translation.override(language):
        return str(text)


# What GDAL and geopandas know a column of geometries by.
WKB_METADATA = {"ARROW:extension:name": "geoarrow.wkb"}


def _field(column: Property) -> pa.Field:
    # GDAL takes these two for the alias and the comment of a field, which QGIS shows.
    told = {
        "GDAL:OGR:alternative_name": words(column.title, "de"),
        "GDAL:OGR:comment": words(column.title, "en"),
    }
    return pa.field(column.name, TYPES[column.type, column.format], metadata=told)


def _array(column: Property, values: Any) -> pa.Array:
    """The values as a column; an empty text says nothing, figures are rounded as they are everywhere."""
    if column.type == "string" and not column.format:
        values = [str(value) if value not in (None, "") else None for value in values]
    elif column.decimals is not None:
        values = [None if value is None else round(value, column.decimals) for value in values]
    return pa.array(values, TYPES[column.type, column.format])


def _shapes(shapes: list[bytes | None], are_points: bool) -> pa.Array:
    """Points, or areas that are all of several parts: a layer has one type."""
    if are_points:
        return pa.array(shapes, pa.binary())
    read = shapely.from_wkb(np.array(shapes, dtype=object))
    single = shapely.get_type_id(read) == shapely.GeometryType.POLYGON
    read[single] = [shapely.MultiPolygon([area]) for area in read[single]]
    return pa.array(shapely.to_wkb(read), pa.binary())


def _page(collection: Collection) -> Callable[[Any], str]:
    """The address of a feature's page; made once, for there are many."""
    sample = "99999999"
    before, _sample, after = collection.page_path(sample).partition(sample)
    return lambda key: f"{settings.SITE_URL}{before}{key}{after}"


def _about(collection: Collection, rows: Rows) -> dict[str, str]:
    """What is to be said of a layer wherever its file goes."""
    beside = rows.beside()
    edition = rows.reading.edition
    assessment: Assessment | None = rows.reading.assessment if isinstance(rows.reading, AssessedReading) else None
    told = {
        "title": f"SOK-Atlas: {words(collection.title, 'de')} ({words(collection.title, 'en')})",
        "description": words(collection.description, "en"),
        "source": f"{settings.SITE_URL}/",
        "attribution": " · ".join(filter(None, (settings.OPERATOR["name"], beside["attribution"]))),
        "licence": settings.DATA_LICENCE or "not stated",
        "licence_url": licence_address(),
        "notice": beside.get("notice", ""),
        "boundaries": edition.date.isoformat() if edition else "",
        **(_of_assessment(assessment) if assessment else {}),
    }
    return {name: text for name, text in told.items() if text}


def _of_assessment(assessment: Assessment) -> dict[str, str]:
    return {
        "assessment": f"{settings.SITE_URL}/api/v1/assessments/{assessment.pk}/",
        "assessed_on": assessment.as_of.isoformat(),
        "method": assessment.method,
        "draws": str(assessment.draws),
        "seed": "" if assessment.seed is None else str(assessment.seed),
    }
