"""Reads tables, and says what is wrong in a row and where. What rows mean is in the module of each source. Pure."""

import csv
import gzip
import json
import math
import re
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

KEPT_ERRORS = 10_000  # of a file that is wrong throughout nobody reads more
SHOWN_CHARACTERS = 80

# Text of a cell that is not empty → value. Raises ValueError that says what is wrong, without the value.
Parser = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A column that a table may have; a required one must be there and have a value in every row."""

    name: str
    parse: Parser
    required: bool = False


@dataclass(frozen=True)
class Row:
    """One row that could be read: every column of its file with its value, None where the cell is empty."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row: ``FILE:LINE: COLUMN: what is wrong: 'value'``.

    LINE is the line on which the row begins. Files of features have no useful lines (GeoJSON is often a single one):
    there it is the feature's number in the file, "feature 7". Without a line the whole file is meant.
    """

    file: str
    what: str
    line: int | None = None
    column: str = ""
    value: str | None = None
    counts_features: bool = False

    def __str__(self) -> str:
        place = "" if self.line is None else f":feature {self.line}" if self.counts_features else f":{self.line}"
        column = f" {self.column}:" if self.column else ""
        value = "" if self.value is None else f": '{_shown(self.value)}'"
        return f"{self.file}{place}:{column} {self.what}{value}"


@dataclass
class Rejected:
    """The rows of one file that cannot be taken, in the order of the file."""

    file: str
    counts_features: bool = False
    lines: set[int] = field(default_factory=set)
    count: int = 0
    _errors: list[RowError] = field(default_factory=list)

    def add(self, line: int, column: str, what: str, value: str | None = None) -> None:
        """Reject the row that begins on ``line``."""
        self.lines.add(line)
        self.count += 1
        if len(self._errors) < KEPT_ERRORS:
            self._errors.append(RowError(self.file, what, line, column, value, self.counts_features))

    def take(self, other: "Rejected") -> None:
        """Tell of the rejected rows of another file too."""
        self.count += other.count
        self._errors += other._errors[: KEPT_ERRORS - len(self._errors)]

    @property
    def errors(self) -> list[RowError]:
        """The errors, by line; of more than KEPT_ERRORS the first found."""
        return sorted(self._errors, key=lambda error: error.line or 0)

    def __bool__(self) -> bool:
        return self.count > 0


class RefusedError(Exception):
    """The file was not imported and nothing was written; ``errors`` says why."""

    def __init__(self, errors: Sequence[RowError], count: int = 0) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
        self.count = count or len(errors)


def refuse(file: str, what: str, line: int | None = None, column: str = "", value: str | None = None) -> RefusedError:
    """The exception for a file that is wrong as a whole."""
    return RefusedError([RowError(file, what, line, column, value)])


# --- Reading --------------------------------------------------------------------------------------------------------


def read_table(path: Path, columns: Sequence[Column], rejected: Rejected) -> Iterator[Row]:
    """The rows of a CSV file that can be read; the others go to ``rejected``.

    UTF-8 with or without BOM, ``,`` or ``;`` as the header line has it. Raises RefusedError where the header is not
    what ``columns`` say or the text breaks off.
    """
    lines = records(path)
    names = header(path, next(lines, None), columns)
    for line, cells in lines:
        row = parse_record(line, cells, names, columns, rejected)
        if row is not None:
            yield row


def records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each record of a CSV file (also .csv.gz) that is not blank, header first, with the line on which it begins."""
    with _open(path) as file:
        lines = _decoded(path, file)
        first = next(lines, "")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        reader = csv.reader(_chain(first, lines), delimiter=delimiter, strict=True)
        begins = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            raise refuse(str(path), f"not readable from here on: {error}", begins) from error


def header(path: Path, first: tuple[int, list[str]] | None, columns: Sequence[Column]) -> list[str]:
    """The names in the header, checked: each one known, none twice, the required ones there."""
    if first is None:
        raise refuse(str(path), "is empty: a header line is required", 1)
    line, cells = first
    names, known = [cell.strip() for cell in cells], [column.name for column in columns]
    problems = [("unknown column", name) for name in dict.fromkeys(names) if name not in known]
    problems += [("column appears twice", name) for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [
        ("required column is missing", column.name)
        for column in columns
        if column.required and column.name not in names
    ]
    if problems:
        raise RefusedError([RowError(str(path), what, line, name, name) for what, name in problems])
    return names


def read_features(path: Path, columns: Sequence[Column], rejected: Rejected) -> Iterator[Row]:
    """The rows of a GeoJSON FeatureCollection of Points: the properties, and ``lon``, ``lat`` from the geometry."""
    rejected.counts_features = True
    features = _features(path)
    known = {column.name for column in columns} - {"lon", "lat"}
    properties = [feature.get("properties") or {} for feature in features]
    used = dict.fromkeys(name for row in properties for name in row)
    if unknown := [name for name in used if name not in known]:
        raise RefusedError([RowError(str(path), "unknown property", None, name, name) for name in unknown])
    for number, (feature, row) in enumerate(zip(features, properties, strict=True), 1):
        try:
            lon, lat = _coordinates(feature.get("geometry"))
            cells = {name: _text_of(name, row.get(name)) for name in used}
        except ValueError as error:
            rejected.add(number, *error.args)
            continue
        parsed = parse_row(number, {**cells, "lon": lon, "lat": lat}, columns, rejected)
        if parsed is not None:
            yield parsed


def parse_record(
    line: int, cells: Sequence[str], names: Sequence[str], columns: Iterable[Column], rejected: Rejected
) -> Row | None:
    """The values of a record, or None after rejecting it: it needs as many cells as the header."""
    if len(cells) != len(names):
        noun = "cell" if len(cells) == 1 else "cells"
        rejected.add(line, "", f"{len(cells)} {noun} where the header has {len(names)}")
        return None
    return parse_row(line, dict(zip(names, cells, strict=True)), columns, rejected)


def parse_row(line: int, cells: Mapping[str, str], columns: Iterable[Column], rejected: Rejected) -> Row | None:
    """The values of a row, or None after rejecting it for every cell that is wrong."""
    values: dict[str, Any] = {}
    complete = True
    for column in columns:
        cell = unicodedata.normalize("NFC", cells.get(column.name, "").strip())
        if cell:
            try:
                values[column.name] = column.parse(cell)
            except ValueError as error:
                rejected.add(line, column.name, str(error), cell)
                complete = False
        elif column.required:
            rejected.add(line, column.name, "a value is required", "")
            complete = False
        elif column.name in cells:
            values[column.name] = None
    return Row(line, values) if complete else None


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    try:
        return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise refuse(str(path), error.strerror or "cannot be read") from error


def _decoded(path: Path, file: Iterable[bytes]) -> Iterator[str]:
    line = 0
    try:
        for line, raw in enumerate(file, 1):
            yield raw.decode("utf-8-sig" if line == 1 else "utf-8")
    except UnicodeDecodeError as error:
        where = raw[error.start : error.start + 20].decode("latin-1").strip()
        raise refuse(str(path), "the text is not UTF-8", line, value=where) from error
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(str(path), f"cannot be read to its end: {error}", line + 1) from error


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _features(path: Path) -> list[dict[str, Any]]:
    with _open(path) as file:
        text = "".join(_decoded(path, file))
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise refuse(str(path), f"not JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise refuse(str(path), "not GeoJSON: nested too deeply") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise refuse(str(path), "not a GeoJSON FeatureCollection")
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise RefusedError([RowError(str(path), "not a GeoJSON Feature", number, counts_features=True)])
    return features


def _coordinates(geometry: Any) -> tuple[str, str]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind != "Point":
        raise ValueError("geometry", "a Point is required", str(kind or ""))
    coordinates = geometry.get("coordinates")
    if not (
        isinstance(coordinates, list)
        and len(coordinates) in (2, 3)
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in coordinates)
    ):
        raise ValueError("geometry", "not two coordinates", str(coordinates))
    return repr(coordinates[0]), repr(coordinates[1])


def _text_of(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    raise ValueError(name, "neither text nor number", json.dumps(value))


def _shown(value: str) -> str:
    short = value if len(value) <= SHOWN_CHARACTERS else value[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in short)


# --- Cells ----------------------------------------------------------------------------------------------------------


def text(max_length: int, *, lines: bool = False) -> Parser:
    """Text of at most ``max_length`` characters; more than one line only where ``lines`` says so."""

    def parse(cell: str) -> str:
        if len(cell) > max_length:
            raise ValueError(f"{len(cell)} characters where {max_length} are allowed")
        if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in cell):
            raise ValueError("contains a control character")
        if lines:
            return cell.replace("\r\n", "\n").replace("\r", "\n")
        if "\n" in cell or "\r" in cell:
            raise ValueError("contains a line break")
        return " ".join(cell.split())

    return parse


def whole_number(low: int, high: int) -> Parser:
    """A whole number from ``low`` to ``high``, without separators."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", cell):
            raise ValueError("not a whole number")
        if not low <= int(cell) <= high:
            raise ValueError(f"not between {low} and {high}")
        return int(cell)

    return parse


def degrees(limit: int) -> Parser:
    """Decimal degrees of WGS 84 between -``limit`` and ``limit``: 90 for a latitude, 180 for a longitude."""

    def parse(cell: str) -> float:
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", cell):
            raise ValueError("not a number with a decimal point")
        if not -limit <= float(cell) <= limit:
            raise ValueError(f"not between -{limit} and {limit} degrees")
        return float(cell)

    return parse


def day(cell: str) -> date:
    """A date as YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise ValueError("not a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("no such day") from None


def day_up_to(today: date) -> Parser:
    """A date as YYYY-MM-DD that is not after ``today``."""

    def parse(cell: str) -> date:
        parsed = day(cell)
        if parsed > today:
            raise ValueError("lies in the future")
        return parsed

    return parse


def yes_no(cell: str) -> bool:
    """``yes`` or ``no``; empty means unknown."""
    if cell not in ("yes", "no"):
        raise ValueError("neither yes nor no nor empty")
    return cell == "yes"


def choice(values: Collection[str]) -> Parser:
    """One of ``values``."""

    def parse(cell: str) -> str:
        if cell not in values:
            raise ValueError(f"not one of {', '.join(values)}")
        return cell

    return parse
