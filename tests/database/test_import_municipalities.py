"""import_municipalities: facts change what stands, empty cells leave it, and a wrong row keeps everything as it was."""

from datetime import date
from typing import Any

import pytest

from places.importers.municipalities import import_municipalities
from places.models import Municipality
from tests.conftest import DATA, FIXTURES
from tests.database.refusals import errors_of, files_without_defect
from tests.factories import EDITION_DATE, TODAY, make_edition, make_municipality

pytestmark = pytest.mark.django_db

FILES = DATA / "municipalities"
RATED = ("open_administration", "public_infrastructure")
SOUND = {"all_columns.csv", "bom_and_semicolons.csv", "empty_cells.csv"}
DEFECTS = {
    "rating_7.csv": ["rating_7.csv:3: open_administration: not between 0 and 4: '7'"],
    "unknown_ags.csv": ["unknown_ags.csv:3: ags: no municipality of the edition 2022-12-31 has this key: '06635099'"],
    "lost_leading_zero.csv": [
        "lost_leading_zero.csv:3: ags: not an AGS (8 digits); was a leading zero lost?: '6635002'"
    ],
    "same_ags_twice.csv": ["same_ags_twice.csv:3: ags: is in line 2 already: '06635001'"],
    "population_with_separator.csv": [
        "population_with_separator.csv:3: population: not a whole number: '5.200'",
    ],
    "population_negative.csv": ["population_negative.csv:3: population: not between 0 and 100000000: '-1'"],
    "residents_in_unincorporated_area.csv": [
        "residents_in_unincorporated_area.csv:3: population: Gemeinde 06635200 is an unincorporated area: '12'"
    ],
    "german_date.csv": ["german_date.csv:3: population_on: not a date as YYYY-MM-DD: '31.12.2022'"],
    "no_such_day.csv": ["no_such_day.csv:3: population_on: no such day: '2022-02-30'"],
    "inventory_in_the_future.csv": [
        "inventory_in_the_future.csv:3: inventory_completed_on: lies in the future: '2026-11-23'"
    ],
    "unknown_tier.csv": [
        "unknown_tier.csv:3: zok_tier: not one of none, grundzentrum, mittelzentrum, oberzentrum: 'kleinzentrum'"
    ],
    "line_break_in_a_cell.csv": [
        "line_break_in_a_cell.csv:3: zok_detail: contains a line break: 'Grundzentrum\\nmit Teilfunktion'"
    ],
    "too_many_cells.csv": ["too_many_cells.csv:3: 13 cells where the header has 12"],
    "too_few_cells.csv": ["too_few_cells.csv:3: 2 cells where the header has 12"],
}
# Wrong as a whole: there is no row that could be left out.
WHOLE_FILES = {
    "unknown_column.csv": ["unknown_column.csv:1: einwohner: unknown column: 'einwohner'"],
    "column_twice.csv": ["column_twice.csv:1: population: column appears twice: 'population'"],
    "no_ags_column.csv": [
        "no_ags_column.csv:1: name: unknown column: 'name'",
        "no_ags_column.csv:1: ags: required column is missing: 'ags'",
    ],
    "no_header.csv": [
        "no_header.csv:1: 06635001: unknown column: '06635001'",
        "no_header.csv:1: 5400: unknown column: '5400'",
        "no_header.csv:1: ags: required column is missing: 'ags'",
    ],
    "empty.csv": ["empty.csv:1: is empty: a header line is required"],
    "latin_1.csv": ["latin_1.csv:3: the text is not UTF-8: 'ür alle'"],
    "quote_never_closed.csv": ["quote_never_closed.csv:2: not readable from here on: unexpected end of data"],
}


@pytest.fixture(autouse=True)
def municipalities() -> None:
    """Two municipalities without facts, and an unincorporated area."""
    for ags in ("06635001", "06635002"):
        make_municipality(ags, population=None, population_on=None)
    make_municipality("06635200", is_unincorporated=True)


def facts(ags: str) -> dict[str, Any]:
    """What the file may say of a municipality."""
    names = [
        "population",
        "population_on",
        "population_source",
        "zok_tier",
        "zok_detail",
        "zok_source",
        "inventory_completed_on",
    ]
    found: dict[str, Any] = Municipality.objects.values(*names, *RATED).get(ags=ags)
    return found


NOTHING = {
    "population": None,
    "population_on": None,
    "population_source": "",
    "zok_tier": "",
    "zok_detail": "",
    "zok_source": "",
    "inventory_completed_on": None,
    "open_administration": None,
    "public_infrastructure": None,
}


def test_every_column_is_stored() -> None:
    report = import_municipalities(FILES / "all_columns.csv", today=TODAY)
    assert report.counts == {"updated": 2, "unchanged": 0, "not in this file, untouched": 1, "rows skipped": 0}
    assert facts("06635001") == {
        "population": 5400,
        "population_on": date(2022, 12, 31),
        "population_source": "Destatis",
        "zok_tier": "grundzentrum",
        "zok_detail": "",
        "zok_source": "INKAR 2024",
        "inventory_completed_on": date(2026, 10, 1),
        "open_administration": 3,
        "public_infrastructure": 0,
    }
    assert facts("06635002") == NOTHING | {
        "population": 5200,
        "population_on": date(2022, 12, 31),
        "zok_tier": "none",
        "zok_detail": "Kleinzentrum",
        "zok_source": "INKAR 2024",
    }


def test_the_same_file_again_changes_nothing() -> None:
    import_municipalities(FILES / "all_columns.csv", today=TODAY)
    report = import_municipalities(FILES / "all_columns.csv", today=TODAY)
    assert (report.counts["updated"], report.counts["unchanged"]) == (0, 2)


def test_an_empty_cell_and_a_missing_column_leave_what_stands() -> None:
    import_municipalities(FILES / "all_columns.csv", today=TODAY)
    before = facts("06635001")
    import_municipalities(FILES / "empty_cells.csv", today=TODAY)
    import_municipalities(FILES / "bom_and_semicolons.csv", today=TODAY)
    assert facts("06635001") == before | {"zok_detail": "Stadt, Land und Fluß"}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_is_told_and_nothing_is_written(name: str) -> None:
    assert errors_of(import_municipalities, FILES / name, today=TODAY) == DEFECTS[name]
    assert (facts("06635001"), facts("06635002")) == (NOTHING, NOTHING)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_may_be_skipped_and_is_still_told(name: str) -> None:
    report = import_municipalities(FILES / name, today=TODAY, skip_invalid=True)
    assert [str(error).removeprefix(f"{FILES}/") for error in report.rejected.errors] == DEFECTS[name]
    assert (report.counts["updated"], report.counts["rows skipped"]) == (1, 1)
    assert (facts("06635001")["population"], facts("06635002")) == (5400, NOTHING)


@pytest.mark.parametrize("name", WHOLE_FILES)
@pytest.mark.parametrize("skip_invalid", [False, True])
def test_a_file_that_is_wrong_as_a_whole_is_always_refused(name: str, skip_invalid: bool) -> None:
    said = errors_of(import_municipalities, FILES / name, today=TODAY, skip_invalid=skip_invalid)
    assert said == WHOLE_FILES[name]
    assert (facts("06635001"), facts("06635002")) == (NOTHING, NOTHING)


def test_every_file_has_its_test() -> None:
    assert files_without_defect("municipalities", DEFECTS | WHOLE_FILES, SOUND) == set()


def test_an_edition_can_be_named() -> None:
    make_municipality("06635001", edition=make_edition(date(2020, 12, 31)), population=1)
    import_municipalities(FILES / "bom_and_semicolons.csv", today=TODAY, edition=date(2020, 12, 31))
    populations = Municipality.objects.filter(ags="06635001").values_list("edition__date", "population")
    assert dict(populations) == {date(2020, 12, 31): 5400, EDITION_DATE: None}
    assert errors_of(import_municipalities, FILES / "empty_cells.csv", today=TODAY, edition=date(1999, 1, 1)) == [
        "empty_cells.csv: there are no boundaries of the edition 1999-01-01 yet: import_boundaries comes first"
    ]


def test_without_boundaries_there_is_nothing_to_tell_facts_of() -> None:
    Municipality.objects.all().delete()
    make_edition().delete()
    assert errors_of(import_municipalities, FILES / "all_columns.csv", today=TODAY) == [
        "all_columns.csv: there are no boundaries of any edition yet: import_boundaries comes first"
    ]


def test_the_demo_region_has_all_its_facts() -> None:
    lines = (FIXTURES / "municipalities_2022-12-31.csv").read_text(encoding="utf-8").splitlines()
    keys = [line.split(",", 1)[0] for line in lines[1:]]
    Municipality.objects.all().delete()
    for key in keys:
        make_municipality(key, population=None, is_unincorporated=key in ("06635200", "06633200", "06636200"))
    report = import_municipalities(FIXTURES / "municipalities_2022-12-31.csv", today=TODAY)
    assert report.counts["updated"] == len(keys) == 184
    assert not Municipality.objects.filter(zok_tier="").exists()
