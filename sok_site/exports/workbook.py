"""Writes a layer as a spreadsheet: keys as text, days as days, nothing taken for a formula; a second sheet says what it
is, from whom, under which licence, and what each column means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sok_site.exports.layers import Layer, words
from sok_site.ogc.collections import Property

MOST_ROWS = 1_048_575  # of a sheet beside its header; what is more goes on in a further one
LONGEST_TEXT = 32_767  # of a cell
WIDEST = 60
BATCH = 2000
# Nothing is guessed from what a text looks like.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
BEFORE_ANYTHING = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no time zones

Write = Callable[[Worksheet, int, int, Any], Any]


def write_workbook(layer: Layer, path: Path) -> None:
    """The layer's table without outlines, and the sheet that explains it."""
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        changed_at = layer.changed_at.astimezone(UTC).replace(tzinfo=None) if layer.changed_at else BEFORE_ANYTHING
        book.set_properties(
            {
                "title": layer.about["title"],
                "comments": "\n".join(f"{name}: {text}" for name, text in layer.about.items()),
                "created": changed_at,
            }
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        writes = [_write(book, column) for column in layer.plain_columns]
        table = layer.plain
        for part, start in enumerate(range(0, max(1, table.num_rows), MOST_ROWS), start=1):
            sheet = book.add_worksheet(layer.name if part == 1 else f"{layer.name} {part}")
            rows = table.slice(start, MOST_ROWS)
            _head(sheet, layer.plain_columns, rows.num_rows, bold)
            at = 0
            for batch in rows.to_batches(max_chunksize=BATCH):
                columns = [column.to_pylist() for column in batch.columns]
                for offset, values in enumerate(zip(*columns, strict=True), start=at + 1):
                    for index, value in enumerate(values):
                        if value is not None:
                            writes[index](sheet, offset, index, value)
                at += batch.num_rows
        _explain(book.add_worksheet("Erläuterung"), layer, bold)


def _head(sheet: Worksheet, columns: tuple[Property, ...], rows: int, bold: Any) -> None:
    """The header, which stays in sight and filters; first of all, for no row that is passed can be gone back to."""
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _width(column))
        sheet.write_string(0, index, column.name, bold)
    sheet.freeze_panes(1, min(2, len(columns)))
    sheet.autofilter(0, 0, rows, len(columns) - 1)


def _explain(sheet: Worksheet, layer: Layer, bold: Any) -> None:
    for index, width in enumerate((28, 60, 60)):
        sheet.set_column(index, index, width)
    for row, (name, text) in enumerate(layer.about.items()):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text[:LONGEST_TEXT])
    heads = len(layer.about) + 1
    for index, text in enumerate(("Spalte / column", "Bedeutung", "meaning")):
        sheet.write_string(heads, index, text, bold)
    for row, column in enumerate(layer.plain_columns, start=heads + 1):
        sheet.write_string(row, 0, column.name)
        sheet.write_string(row, 1, words(column.title, "de"))
        sheet.write_string(row, 2, words(column.title, "en"))


def _width(column: Property) -> float:
    if column.type != "string":
        return max(10, min(len(column.name) + 2, 24))
    if column.format or column.choices:
        return 16
    return {"name": 34, "description": WIDEST, "participation": 40, "page": 44, "website": 34}.get(column.name, 18)


def _write(book: xlsxwriter.Workbook, column: Property) -> Write:
    if column.type == "boolean":
        return lambda sheet, row, at, value: sheet.write_boolean(row, at, value)
    if column.type in ("integer", "number"):
        return lambda sheet, row, at, value: sheet.write_number(row, at, value)
    if column.format == "date":
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        return lambda sheet, row, at, value: sheet.write_datetime(row, at, _midnight(value), day)
    if column.format == "date-time":
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        return lambda sheet, row, at, value: sheet.write_datetime(
            row, at, value.astimezone(UTC).replace(tzinfo=None), moment
        )
    text = book.add_format({"num_format": "@"})  # stays a text when somebody edits it
    return lambda sheet, row, at, value: sheet.write_string(row, at, value[:LONGEST_TEXT], text)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001
