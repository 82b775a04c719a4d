"""What files of entries have in common: columns, one row per external_id, the municipality from the coordinates, what a
row says. Places with their actors: places.py; support structures and spaces: entries.py."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model

from places.geo import WGS84
from places.importers.rows import (
    Column,
    Parser,
    Rejected,
    Row,
    choice,
    day_up_to,
    degrees,
    text,
)
from places.locating import locate
from places.models import BoundaryEdition
from places.vocabulary import Status

LONGEST_DESCRIPTION = 20_000
SAME_PLACE = 1e-9  # degrees: what a coordinate may lose on its way through a database


def first_columns(model: type[Model], kinds: Sequence[str], today: date) -> tuple[Column, ...]:
    """What every file of entries has first; a confirmation that is told of has come."""
    return (
        Column("external_id", text_of(model, "external_id"), required=True),
        Column("name", text_of(model, "name"), required=True),
        Column("kind", choice(kinds), required=True),
        Column("lon", degrees(180), required=True),
        Column("lat", degrees(90), required=True),
        Column("status", choice(Status.values)),
        Column("confirmed_on", day_up_to(today)),
        Column("description", text(LONGEST_DESCRIPTION, lines=True)),
        Column("participation", text(LONGEST_DESCRIPTION, lines=True)),
        Column("street", text_of(model, "street")),
        Column("postcode", _postcode),
        Column("city", text_of(model, "city")),
        Column("website", _website_of(model)),
    )


def last_columns(model: type[Model]) -> tuple[Column, ...]:
    """What every file of entries has last."""
    return Column("source", text_of(model, "source")), Column("licence", text_of(model, "licence"))


# --- Cells ----------------------------------------------------------------------------------------------------------


def text_of(model: type[Model], field: str) -> Parser:
    """Text as long as the column of the database takes."""
    return text(longest(model, field))


def longest(model: type[Model], field: str) -> int:
    """How many characters the column of the database takes."""
    described: Any = model._meta.get_field(field)
    return int(described.max_length)


def _postcode(cell: str) -> str:
    if not re.fullmatch(r"[0-9]{5}", cell):
        raise ValueError("not five digits" + ("; was a leading zero lost?" if re.fullmatch(r"[0-9]{4}", cell) else ""))
    return cell


def _website_of(model: type[Model]) -> Parser:
    fits: Callable[[str], str] = text_of(model, "website")

    def parse(cell: str) -> str:
        try:
            URLValidator(schemes=("http", "https"))(cell)
        except ValidationError:
            raise ValueError("not an address that begins with https:// or http://") from None
        return fits(cell)

    return parse


# --- Rows -----------------------------------------------------------------------------------------------------------


def each_once(rows: Iterable[Row], rejected: Rejected) -> list[Row]:
    """The rows whose external_id was not there before; two of one id would overwrite each other."""
    lines: dict[str, int] = {}
    kept = []
    for row in rows:
        before = lines.setdefault(row.values["external_id"], row.line)
        if before == row.line:
            kept.append(row)
        else:
            where = "feature" if rejected.counts_features else "line"
            rejected.add(row.line, "external_id", f"is in {where} {before} already", row.values["external_id"])
    return kept


def with_municipality(rows: Sequence[Row], stand: BoundaryEdition, rejected: Rejected) -> list[tuple[Row, int | None]]:
    """Each row with the id of the municipality it lies in; None after rejecting it where it lies in none."""
    found = locate([row.values["lon"] for row in rows], [row.values["lat"] for row in rows])
    lost = [row for row, municipality in zip(rows, found, strict=True) if municipality is None]
    swapped = locate([row.values["lat"] for row in lost], [row.values["lon"] for row in lost])
    for row, elsewhere in zip(lost, swapped, strict=True):
        hint = "; are lon and lat swapped?" if elsewhere is not None else ""
        coordinates = f"{row.values['lon']}, {row.values['lat']}"
        rejected.add(row.line, "lon, lat", f"lies in no municipality of the edition {stand}{hint}", coordinates)
    return list(zip(rows, found, strict=True))


def fields_of(model: type[Model], row: Row, municipality: int, besides: set[str], fictional: bool) -> dict[str, Any]:
    """The columns of ``model`` that the row speaks of, without those ``besides``. An empty cell empties its column, but
    the status becomes active. What was withdrawn stays so: only a new entry is published, by who writes it."""
    said = {name: value for name, value in row.values.items() if name not in besides | {"lon", "lat"}}
    for name, value in said.items():
        if value is None:
            said[name] = Status.ACTIVE.value if name == "status" else _nothing(model, name)
    return {
        **said,
        "location": Point(row.values["lon"], row.values["lat"], srid=WGS84),
        "municipality_id": municipality,
        "is_fictional": fictional,
    }


def _nothing(model: type[Model], name: str) -> str | None:
    described: Any = model._meta.get_field(name)
    return None if described.null else ""


def same(before: Any, now: Any) -> bool:
    """Whether a column need not be written."""
    if isinstance(before, Point) and isinstance(now, Point):
        return abs(before.x - now.x) < SAME_PLACE and abs(before.y - now.y) < SAME_PLACE
    return bool(before == now)
