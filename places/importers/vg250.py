"""Reads municipalities, and names of districts and states, from a vector file with VG250's columns. No database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio import errors

from places.geo import WGS84, Geometries, project
from places.importers.rows import Column, Rejected, Row, parse_row, refuse, text, whole_number
from places.keys import DISTRICT_DIGITS, STATE_DIGITS, parse_ags, parse_ars, state_key

MUNICIPALITIES, DISTRICTS, STATES = "vg250_gem", "vg250_krs", "vg250_lan"
LAND = "4"  # GF: land with structure; the other values are bodies of water
DECIMALS = 7  # of a degree, about 1 cm: both sides of a border round to the same points
MOST_RESIDENTS = 100_000_000
COLUMNS = (
    Column("AGS", parse_ags, required=True),
    Column("GEN", text(200), required=True),
    Column("ARS", parse_ars),
    Column("BEZ", text(100)),
    Column("EWZ", whole_number(0, MOST_RESIDENTS)),
)
UNREADABLE = (
    errors.DataSourceError,
    errors.DataLayerError,
    errors.CRSError,
    errors.FeatureError,
    errors.GeometryError,
    errors.FieldError,
)


@dataclass(frozen=True)
class Area:
    """A municipality or an unincorporated area as the file has it; its polygon is in ``Territory.geometries``."""

    ags: str
    name: str
    ars: str | None  # None: the file has no such column
    designation: str | None
    residents: int | None

    @property
    def is_unincorporated(self) -> bool:
        """Gemeindefreies Gebiet, gemeindefreier Bezirk."""
        return (self.designation or "").lower().startswith("gemeindefrei")


@dataclass(frozen=True)
class Territory:
    """What one file says: its areas ordered by AGS, their MultiPolygons in WGS 84, names of regions by key."""

    areas: list[Area]
    geometries: Geometries
    region_names: dict[str, tuple[str, str]]  # key → name, designation
    is_vg250: bool
    counts: dict[str, int]


@dataclass(frozen=True)
class _Layer:
    columns: dict[str, NDArray[Any]]  # by name in capitals
    geometries: Geometries
    crs: str


def read_territory(path: Path, layer: str | None, states: Collection[str], rejected: Rejected) -> Territory:
    """Everything that the file says of the municipalities of ``states`` (of all, if none is named).

    Raises RefusedError where the file as a whole is of no use; rows that are wrong go to ``rejected``.
    """
    rejected.counts_features = True
    layers = _layers(path)
    chosen = _choose(path, layers, layer)
    read = _read(path, chosen)
    for required in ("AGS", "GEN"):
        if required not in read.columns:
            raise refuse(str(path), f"layer {chosen} has no such column", column=required)
    rows, counts = _rows(read, states, rejected)
    polygons = _polygons(path, read, rows, rejected, counts)
    torn = {_text(read.columns["AGS"][line - 1]) for line in rejected.lines}
    areas, geometries = _united(rows, polygons, torn, counts)
    is_vg250 = chosen.lower().startswith("vg250") or {"GF", "BEZ"} <= read.columns.keys()
    return Territory(areas, geometries, _region_names(path, layers), is_vg250, counts)


def require(path: Path, territory: Territory, states: Collection[str]) -> None:
    """Raise RefusedError where nothing is left of the file, or of a state that was asked for."""
    if not territory.areas:
        raise refuse(str(path), "has no municipality")
    for state in sorted(states):
        if not any(state_key(area.ags) == state for area in territory.areas):
            raise refuse(str(path), "has no municipality of this state", column="AGS", value=state)


def _layers(path: Path) -> list[str]:
    """Names of the layers that have a geometry."""
    try:
        return [name for name, geometry in pyogrio.list_layers(path).tolist() if geometry is not None]
    except UNREADABLE as error:
        raise refuse(str(path), f"cannot be opened: {error}") from error


def _choose(path: Path, layers: Sequence[str], asked: str | None) -> str:
    if asked is not None:
        if asked not in layers:
            raise refuse(str(path), f"no such layer, there is {_listed(layers)}", column="--layer", value=asked)
        return asked
    usual = [name for name in layers if name.lower() == MUNICIPALITIES]
    if usual or len(layers) == 1:
        return (usual or layers)[0]
    raise refuse(str(path), f"which layer? --layer names one of {_listed(layers)}")


def _listed(layers: Sequence[str]) -> str:
    return ", ".join(layers) or "none with a geometry"


def _read(path: Path, layer: str, *, geometry: bool = True) -> _Layer:
    try:
        meta, _, wkb, data = pyogrio.raw.read(path, layer=layer, force_2d=True, read_geometry=geometry)
        geometries = shapely.from_wkb(wkb, on_invalid="fix") if geometry else np.empty(0, dtype=object)
    except UNREADABLE as error:
        raise refuse(str(path), f"layer {layer} cannot be read: {error}") from error
    columns = {name.upper(): values for name, values in zip(meta["fields"], data, strict=True)}
    if "ARS" not in columns and "RS" in columns:
        columns["ARS"] = columns["RS"]
    if geometry and not meta["crs"]:
        raise refuse(str(path), f"layer {layer} does not say its coordinate system (CRS)")
    return _Layer(columns, geometries, meta["crs"])


def _rows(read: _Layer, states: Collection[str], rejected: Rejected) -> tuple[list[Row], dict[str, int]]:
    """The rows of land in ``states``, numbered as in the file."""
    counts = {"rows read": len(read.columns["AGS"])}
    rows, water, elsewhere = [], 0, 0
    cells = {column.name: read.columns[column.name] for column in COLUMNS if column.name in read.columns}
    forms = read.columns.get("GF")
    for index in range(counts["rows read"]):
        if forms is not None and _text(forms[index]) != LAND:
            water += 1
            continue
        row = parse_row(index + 1, {name: _text(values[index]) for name, values in cells.items()}, COLUMNS, rejected)
        if row is not None and states and state_key(row.values["AGS"]) not in states:
            elsewhere += 1
        elif row is not None:
            rows.append(row)
    counts |= {"rows left out, not land (GF other than 4)": water} if forms is not None else {}
    counts |= {"rows left out, other states": elsewhere} if states else {}
    return rows, counts


def _text(value: Any) -> str:
    """A value of any field type as text. Keys that were stored as numbers have lost their leading zero, and stay so."""
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float | np.floating) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _polygons(
    path: Path, read: _Layer, rows: Sequence[Row], rejected: Rejected, counts: dict[str, int]
) -> dict[int, Any]:
    """For each row that has one: its number → a valid polygon in WGS 84."""
    lines = np.array([row.line for row in rows], dtype=int)
    geometries = read.geometries[lines - 1]
    empty = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    other = ~empty & ~np.isin(shapely.get_type_id(geometries), (3, 6))
    invalid = ~empty & ~other & ~shapely.is_valid(geometries)
    geometries[invalid] = repair(geometries[invalid])
    collapsed = invalid & shapely.is_empty(geometries)
    for line in lines[empty]:
        rejected.add(int(line), "geometry", "is empty")
    for line, geometry in zip(lines[other], geometries[other], strict=True):
        rejected.add(int(line), "geometry", "a polygon is required", geometry.geom_type)
    for line in lines[collapsed]:
        rejected.add(int(line), "geometry", "is a polygon without any area")
    usable = ~(empty | other | collapsed)
    counts["invalid polygons repaired"] = int((invalid & usable).sum())
    lines, geometries = lines[usable], _in_degrees(path, read.crs, geometries[usable])
    west, south, east, north = shapely.bounds(geometries).T if len(geometries) else np.empty((4, 0))
    # Written so that what could not be transformed (NaN, infinity) fails too.
    on_globe = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    for line in lines[~on_globe]:
        rejected.add(int(line), "geometry", "lies off the globe; is the file's coordinate system right?", read.crs)
    rounded = repair(shapely.transform(geometries[on_globe], lambda degrees: np.round(degrees, DECIMALS)))
    return dict(zip(lines[on_globe].tolist(), rounded, strict=True))


def _in_degrees(path: Path, crs: str, geometries: Geometries) -> Geometries:
    try:
        return project(geometries, crs, WGS84)
    except pyproj.exceptions.CRSError as error:
        raise refuse(str(path), f"its coordinate system is not known: {error}") from error


def repair(geometries: Geometries) -> Geometries:
    """Valid MultiPolygons: what is invalid is repaired, what is left of it beside areas (lines, points) is dropped."""
    repaired = geometries.copy()
    invalid = ~shapely.is_valid(repaired)
    repaired[invalid] = shapely.make_valid(repaired[invalid], method="structure", keep_collapsed=False)
    repaired[:] = [_multi(geometry) for geometry in repaired]
    return repaired


def _multi(geometry: Any) -> shapely.MultiPolygon:
    if isinstance(geometry, shapely.MultiPolygon):
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty])


def _united(
    rows: Sequence[Row], geometries: Mapping[int, Any], torn: Collection[str], counts: dict[str, int]
) -> tuple[list[Area], Geometries]:
    """One area per AGS, ordered by it; one with a rejected row (``torn``) is left out whole, not in part."""
    by_ags: dict[str, list[Row]] = {}
    for row in rows:
        by_ags.setdefault(row.values["AGS"], []).append(row)
    whole = sorted((ags, of) for ags, of in by_ags.items() if ags not in torn)
    counts["rows united with another of the same AGS"] = sum(len(of) - 1 for _, of in whole)
    areas, united = [], np.empty(len(whole), dtype=object)
    for index, (ags, of) in enumerate(whole):
        residents = max((row.values["EWZ"] for row in of if row.values.get("EWZ") is not None), default=None)
        said = {column: value or "" for column, value in of[0].values.items()}
        areas.append(Area(ags, said["GEN"], said.get("ARS"), said.get("BEZ"), residents))
        polygons = [geometries[row.line] for row in of]
        united[index] = polygons[0] if len(polygons) == 1 else _multi(shapely.union_all(polygons))
    return areas, united


def _region_names(path: Path, layers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Names and designations by key, from the layers of districts and states where the file has them."""
    names: dict[str, tuple[str, str]] = {}
    for layer in layers:
        digits = {DISTRICTS: DISTRICT_DIGITS, STATES: STATE_DIGITS}.get(layer.lower())
        if digits is None:
            continue
        columns = _read(path, layer, geometry=False).columns
        if not {"AGS", "GEN"} <= columns.keys():
            continue
        for index, ags in enumerate(columns["AGS"]):
            key = _text(ags)[:digits]
            is_land = "GF" not in columns or _text(columns["GF"][index]) == LAND
            if is_land or key not in names:
                designation = _text(columns["BEZ"][index]) if "BEZ" in columns else ""
                names[key] = (_text(columns["GEN"][index])[:200], designation[:100])
    return names
