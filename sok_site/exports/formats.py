"""Writes a layer to a file: GeoPackage, GeoParquet, GeoJSON, CSV; whole columns at once. Spreadsheets: workbook.py.

The same layer gives the same bytes: times in a file are those of its data. Coordinates are longitude and latitude as
they are stored (EPSG:4326): nothing is lost by a projection, and every GIS projects on its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely

from sok_site.exports.layers import GEOMETRY, Layer, words
from sok_site.exports.workbook import write_workbook

CRS = "EPSG:4326"
DECIMALS = 6  # of coordinates in GeoJSON: ten centimetres
ROWS_PER_GROUP = 2000  # of GeoParquet: a reader of one box leaves the others out
BEFORE_ANYTHING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    title: str
    media_type: str
    write: Callable[[Layer, Path], None]
    is_packed: bool = True  # else it is kept gzipped too, for readers who accept that


def write_geopackage(layer: Layer, path: Path) -> None:
    """One layer of a GeoPackage; the file may have others already. Titles are aliases of the fields, in German."""
    with _at(layer.changed_at):
        pyogrio.write_arrow(
            layer.table,
            path,
            layer=layer.name,
            driver="GPKG",
            geometry_name=GEOMETRY,
            geometry_type=_geometry_type(layer),
            crs=CRS,
            append=path.exists(),
            layer_metadata=layer.about,
            layer_options={
                "IDENTIFIER": layer.about["title"],
                "DESCRIPTION": "\n".join(f"{name}: {text}" for name, text in layer.about.items()),
                "GEOMETRY_NAME": GEOMETRY,
            },
        )


def write_geojson(layer: Layer, path: Path) -> None:
    """RFC 7946, with what is to be said of it as further members of the collection."""
    # GDAL takes the column of ids out of the properties, where they are wanted too.
    table = layer.table.append_column("feature_id", layer.table[layer.columns[0].name])
    with _at(layer.changed_at):
        pyogrio.write_arrow(
            table,
            path,
            layer=layer.name,
            driver="GeoJSON",
            geometry_name=GEOMETRY,
            geometry_type=_geometry_type(layer),
            crs=CRS,
            layer_options={
                "RFC7946": "YES",
                "COORDINATE_PRECISION": str(DECIMALS),
                "ID_FIELD": "feature_id",
                "FOREIGN_MEMBERS_COLLECTION": json.dumps(layer.about, ensure_ascii=False),
            },
        )


def write_geoparquet(layer: Layer, path: Path) -> None:
    """GeoParquet 1.1: geometries as WKB, beside each its box, so that a reader of one region reads little else."""
    shapes = shapely.from_wkb(layer.table[GEOMETRY].to_numpy())
    bounds = shapely.bounds(shapes)
    corners = ("xmin", "ymin", "xmax", "ymax")
    boxes = pa.StructArray.from_arrays([pa.array(bounds[:, at]) for at in range(4)], names=list(corners))
    geo = {
        "version": "1.1.0",
        "primary_column": GEOMETRY,
        "columns": {
            GEOMETRY: {
                "encoding": "WKB",
                "geometry_types": [_geometry_type(layer)] if len(shapes) else [],
                **({"bbox": shapely.total_bounds(shapes).tolist()} if len(shapes) else {}),
                "covering": {"bbox": {corner: ["bbox", corner] for corner in corners}},
            }
        },
    }
    told = {"geo": json.dumps(geo), **layer.about, "columns": json.dumps(_meanings(layer), ensure_ascii=False)}
    table = layer.table.append_column("bbox", boxes)
    schema = pa.schema([field.remove_metadata() for field in table.schema], metadata=told)
    pa.parquet.write_table(table.cast(schema), path, compression="zstd", row_group_size=ROWS_PER_GROUP)


def write_csv(layer: Layer, path: Path) -> None:
    """Commas, UTF-8 without a mark, for programs; spreadsheets have a file of their own."""
    pa.csv.write_csv(layer.plain, path)


FORMATS: dict[str, Format] = {
    "gpkg": Format("GeoPackage", "application/geopackage+sqlite3", write_geopackage),
    "parquet": Format("GeoParquet 1.1", "application/vnd.apache.parquet", write_geoparquet),
    "geojson": Format("GeoJSON (RFC 7946)", "application/geo+json", write_geojson, is_packed=False),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "csv": Format("CSV", "text/csv; charset=utf-8", write_csv, is_packed=False),
}


def _geometry_type(layer: Layer) -> str:
    return "Point" if layer.is_point else "MultiPolygon"


def _meanings(layer: Layer) -> dict[str, dict[str, str]]:
    return {
        column.name: {language: words(column.title, language) for language in ("de", "en")} for column in layer.columns
    }


@contextmanager
def _at(moment: datetime | None) -> Iterator[None]:
    """The time that GDAL writes into a file."""
    text = (moment or BEFORE_ANYTHING).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": text})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
