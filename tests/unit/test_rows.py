"""Tables are read whatever their dialect, and every defect is told with its line. Real files: test_import_*.py."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.importers import rows
from places.importers.rows import Column, RefusedError, Rejected, Row, RowError, read_features, read_table

COLUMNS = (
    Column("id", rows.text(10), required=True),
    Column("note", rows.text(100, lines=True)),
    Column("rating", rows.whole_number(0, 4)),
)


def read(folder: Path, content: str | bytes, name: str = "table.csv") -> tuple[list[Row], list[str]]:
    """The rows of a file with this content, and its errors without the folder's name."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    rejected = Rejected(name)
    read_rows = read_features if name.endswith("json") else read_table
    return list(read_rows(file, COLUMNS, rejected)), [str(error) for error in rejected.errors]


def refused(folder: Path, content: str | bytes, name: str = "table.csv") -> list[str]:
    """What is said of a file that is refused as a whole."""
    with pytest.raises(RefusedError) as error:
        read(folder, content, name)
    return [str(said).removeprefix(f"{folder}/") for said in error.value.errors]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_ends_do_not_matter(tmp_path: Path, delimiter: str, start: str, end: str) -> None:
    content = start + end.join(delimiter.join(cells) for cells in (("id", "rating"), ("a", "3"), ("b", ""))) + end
    read_rows, errors = read(tmp_path, content)
    assert read_rows == [Row(2, {"id": "a", "rating": 3}), Row(3, {"id": "b", "rating": None})]
    assert errors == []


def test_a_column_that_is_not_there_is_not_in_the_row(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "id\na\n")
    assert row.values == {"id": "a"}


def test_lines_are_counted_through_quoted_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    content = 'id,note,rating\na,"one\r\ntwo\n\nfour",1\n\n,,\nb,plain,7\nc,"x\ny",8\n'
    read_rows, errors = read(tmp_path, content)
    assert read_rows == [Row(2, {"id": "a", "note": "one\ntwo\n\nfour", "rating": 1})]
    assert errors == [
        "table.csv:8: rating: not between 0 and 4: '7'",
        "table.csv:9: rating: not between 0 and 4: '8'",
    ]


def test_every_defect_of_a_row_is_told(tmp_path: Path) -> None:
    _, errors = read(tmp_path, "id,rating\n,x\n")
    assert errors == ["table.csv:2: id: a value is required: ''", "table.csv:2: rating: not a whole number: 'x'"]


def test_all_defects_of_a_header_are_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "rating,name,rating\n3,a,3\n") == [
        "table.csv:1: name: unknown column: 'name'",
        "table.csv:1: rating: column appears twice: 'rating'",
        "table.csv:1: id: required column is missing: 'id'",
    ]


def test_an_empty_file_lacks_its_header(tmp_path: Path) -> None:
    assert refused(tmp_path, "") == ["table.csv:1: is empty: a header line is required"]
    assert refused(tmp_path, "\ufeff\n\n") == ["table.csv:1: is empty: a header line is required"]


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(RefusedError, match=message):
            list(read_table(path, COLUMNS, Rejected("")))


def test_another_encoding_is_refused_at_its_first_foreign_letter(tmp_path: Path) -> None:
    content = "id,note\na,plain\nb,Grün\n".encode("latin-1")
    assert refused(tmp_path, content) == ["table.csv:3: the text is not UTF-8: 'ün'"]
    assert refused(tmp_path, "id,note\na,b\n".encode("utf-16"))[0].startswith("table.csv:1: the text is not UTF-8")


def test_a_quote_that_is_never_closed_is_refused_where_it_opens(tmp_path: Path) -> None:
    assert refused(tmp_path, 'id,note\na,x\nb,"no end\nc,y\n') == [
        "table.csv:3: not readable from here on: unexpected end of data"
    ]


def test_a_compressed_table_is_read_and_a_torn_one_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"id,rating\na,4\n", mtime=0)
    assert read(tmp_path, packed, "table.csv.gz")[0] == [Row(2, {"id": "a", "rating": 4})]
    assert "cannot be read to its end" in refused(tmp_path, packed[:-9], "table.csv.gz")[0]
    assert "cannot be read to its end" in refused(tmp_path, b"id,rating\n", "table.csv.gz")[0]


def test_of_endless_errors_all_are_counted_and_the_first_kept() -> None:
    rejected = Rejected("table.csv")
    for line in range(1, rows.KEPT_ERRORS + 3):
        rejected.add(line, "id", "wrong", "x")
    assert (rejected.count, len(rejected.lines), len(rejected.errors)) == (10_002, 10_002, 10_000)


def test_a_value_is_shown_short_and_harmless() -> None:
    error = RowError("f.csv", "is wrong", 3, "name", "\x1b[31m" + "a" * 200)
    assert str(error) == "f.csv:3: name: is wrong: '\\x1b[31m" + "a" * 74 + "…'"


def test_features_are_counted_instead_of_lines(tmp_path: Path) -> None:
    columns = (
        *COLUMNS,
        Column("lon", rows.degrees(180), required=True),
        Column("lat", rows.degrees(90), required=True),
    )
    file = tmp_path / "points.geojson"
    file.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"id":"a","rating":4},"geometry":{"type":"Point","coordinates":[9.25,51,3]}},'
        '{"type":"Feature","properties":{"id":7},"geometry":{"type":"Point","coordinates":[9,99]}}]}'
    )
    rejected = Rejected("points.geojson")
    assert list(read_features(file, columns, rejected)) == [
        Row(1, {"id": "a", "rating": 4, "lon": 9.25, "lat": 51.0}),
    ]
    assert [str(error) for error in rejected.errors] == [
        "points.geojson:feature 2: lat: not between -90 and 90 degrees: '99'"
    ]


@pytest.mark.parametrize(
    ("parse", "cell", "message"),
    [
        (rows.text(3), "four", "4 characters where 3 are allowed"),
        (rows.text(9), "a\nb", "contains a line break"),
        (rows.text(9, lines=True), "a\x00b", "contains a control character"),
        (rows.whole_number(0, 9), "1.0", "not a whole number"),
        (rows.whole_number(0, 9), "1_0", "not a whole number"),
        (rows.whole_number(0, 9), "٣", "not a whole number"),
        (rows.whole_number(0, 9), "9" * 5000, "not a whole number"),
        (rows.whole_number(0, 9), "10", "not between 0 and 9"),
        (rows.degrees(90), "51,3", "not a number with a decimal point"),
        (rows.degrees(90), "inf", "not a number with a decimal point"),
        (rows.degrees(90), "nan", "not a number with a decimal point"),
        (rows.degrees(90), "1e999", "not between -90 and 90 degrees"),
        (rows.degrees(90), "-90.001", "not between -90 and 90 degrees"),
        (rows.day, "22.11.2026", "not a date as YYYY-MM-DD"),
        (rows.day, "20261122", "not a date as YYYY-MM-DD"),
        (rows.day, "2026-02-29", "no such day"),
        (rows.day_up_to(date(2026, 11, 22)), "2026-11-23", "lies in the future"),
        (rows.yes_no, "ja", "neither yes nor no nor empty"),
        (rows.choice(("a", "b")), "c", "not one of a, b"),
    ],
)
def test_a_cell_that_is_wrong_is_refused_with_a_reason(parse: rows.Parser, cell: str, message: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is what is tested
        parse(cell)
    assert str(refusal.value) == message


def test_cells_that_are_right_become_values() -> None:
    assert rows.text(20)("  Haus   am\tPlatz ") == "Haus am Platz"
    assert rows.whole_number(-1, 9)("-1") == -1
    assert rows.degrees(180)("-9.5e0") == -9.5
    assert rows.day("2024-02-29") == date(2024, 2, 29)
    assert rows.day_up_to(date(2026, 11, 22))("2026-11-22") == date(2026, 11, 22)
    assert (rows.yes_no("yes"), rows.yes_no("no")) == (True, False)
    assert rows.choice(("a", "b"))("b") == "b"


def test_letters_put_together_from_two_characters_are_the_same_letter(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "id\nGru\u0308n\n")
    assert row.values == {"id": "Grün"}


@given(st.floats(-180, 180))
def test_every_longitude_that_python_writes_is_read_back(longitude: float) -> None:
    assert rows.degrees(180)(repr(longitude)) == longitude
