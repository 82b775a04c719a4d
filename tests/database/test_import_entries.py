"""import_support and import_spaces: entries arrive from CSV and GeoJSON, once, in their municipality, or not at all."""

import csv
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from places.facts import facts_of
from places.importers.entries import SPACES, SUPPORT, Source, import_entries
from places.importers.places import import_places
from places.models import Change, Place, ServedArea, Space, Support
from places.vocabulary import Publication
from tests.conftest import DATA
from tests.database.refusals import errors_of, files_without_defect
from tests.factories import TODAY, make_municipality, make_space

pytestmark = pytest.mark.django_db

SOURCES = {"support": SUPPORT, "spaces": SPACES}
SUPPORT_KINDS = "advice, funding, network, training, equipment, volunteer_agency, other"
SPACE_KINDS = "shop, hall, school, inn, church, station, farm, office, plot, other"
LOST = "3: lon, lat: lies in no municipality of the edition 2022-12-31"
DEFECTS = {
    "support/unknown_kind.csv": [f"3: kind: not one of {SUPPORT_KINDS}: 'money'"],
    "support/area_4_digits.csv": ["3: areas: “0663” is neither a key of 2, 5 or 8 digits nor DE: '0663'"],
    "support/area_of_no_state.csv": ["3: areas: “99” is neither a key of 2, 5 or 8 digits nor DE: '99'"],
    "support/area_named_twice.csv": ["3: areas: “06” is named twice: '06; 16; 06'"],
    "support/outside_all_municipalities.csv": [f"{LOST}: '12.5, 51.05'"],
    "support/same_id_twice.csv": ["3: external_id: is in line 2 already: 'a'"],
    "support/confirmed_in_the_future.csv": ["3: confirmed_on: lies in the future: '2026-11-23'"],
    "support/website_javascript.csv": [
        "3: website: not an address that begins with https:// or http://: 'javascript:alert(1)'"
    ],
    "spaces/unknown_kind.csv": [f"3: kind: not one of {SPACE_KINDS}: 'village_shop'"],
    "spaces/area_0.csv": ["3: area_m2: not between 1 and 1000000: '0'"],
    "spaces/area_with_unit.csv": ["3: area_m2: not a whole number: '80 m²'"],
    "spaces/unknown_owner_sector.csv": [
        "3: owner_sector: not one of civil_society, administration, private_sector: 'private'"
    ],
    "spaces/ends_before_it_begins.csv": [
        "3: available_until: lies before available_from, 2027-01-02: '2027-01-01'",
    ],
    "spaces/no_such_day.csv": ["3: available_until: no such day: '2027-02-30'"],
    "spaces/lon_and_lat_swapped.csv": [f"{LOST}; are lon and lat swapped?: '51.05, 9.05'"],
}
WHOLE_FILES = {
    "support/column_of_spaces.csv": ["1: area_m2: unknown column: 'area_m2'"],
    "spaces/actors.csv": ["1: provider: unknown column: 'provider'"],
}


@pytest.fixture(autouse=True)
def municipalities() -> None:
    """Two squares of 0.1°, side by side from 9° east, 51° north."""
    make_municipality("06635001")
    make_municipality("06635002")


def source_of(name: str) -> tuple[Source, Path]:
    return SOURCES[name.split("/")[0]], DATA / name


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    """A CSV file of entries in the first municipality; each row says what is not as usual."""
    usual = {"external_id": "a", "name": "Saal", "kind": "other", "lon": 9.05, "lat": 51.05}
    filled = [{**usual, **row} for row in rows]
    with (folder / "entries.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in filled for name in row)))
        writer.writeheader()
        writer.writerows(filled)
    return folder / "entries.csv"


def areas(support: Support) -> list[str]:
    return sorted(support.areas.values_list("area", flat=True))


# --- What arrives ---------------------------------------------------------------------------------------------------


def test_every_column_of_a_space_is_stored(tmp_path: Path) -> None:
    row = {
        "kind": "school",
        "status": "dormant",
        "confirmed_on": "2026-11-22",
        "description": "Vier Räume.\nEin Hof.",
        "participation": "Den Schlüssel hat das Rathaus.",
        "street": "Weg 1",
        "postcode": "01067",
        "city": "Allendorf",
        "website": "https://schule.example.org/",
        "area_m2": 420,
        "owner_sector": "administration",
        "owner": "Gemeinde",
        "available_from": "2027-01-01",
        "available_until": "2029-12-31",
        "source": "Leerstandskataster",
        "licence": "CC0-1.0",
    }
    report = import_entries(SPACES, write(tmp_path, row), today=TODAY)
    assert report.counts == {"created": 1, "updated": 0, "unchanged": 0, "rows skipped": 0}
    space = Space.objects.get()
    assert facts_of(space) == {
        "name": "Saal",
        "publication": "published",
        "merged_into": None,
        "location": [9.05, 51.05],
        **row,
    }
    assert (space.external_id, space.is_fictional) == ("a", False)
    assert space.municipality is not None
    assert space.municipality.ags == "06635001"


def test_support_structures_come_with_the_areas_they_serve() -> None:
    report = import_entries(SUPPORT, DATA / "support" / "two_structures.geojson", today=TODAY, fictional=True)
    assert report.counts["created"] == 2
    advice, foundation = Support.objects.order_by("external_id")
    assert (advice.provider, areas(advice), advice.is_fictional) == ("Landkreis", ["06635", "16"], True)
    assert (foundation.provider, areas(foundation)) == ("", [""])
    assert list(Support.objects.serving("06635001").order_by("pk")) == [advice, foundation]
    assert list(Support.objects.serving("01001000")) == [foundation]


@pytest.mark.parametrize(
    ("command", "file"), [("import_support", "support/two_structures.geojson"), ("import_spaces", None)]
)
def test_the_commands_read_a_file(command: str, file: str | None, tmp_path: Path, capsys: Any) -> None:
    path = DATA / file if file else write(tmp_path, {"external_id": "a"}, {"external_id": "b"})
    call_command(command, str(path))
    assert "  2 created\n" in capsys.readouterr().out
    assert Support.objects.count() + Space.objects.count() == 2


# --- Once and again -------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing() -> None:
    file = DATA / "support" / "two_structures.geojson"
    import_entries(SUPPORT, file, today=TODAY)
    before = list(Support.objects.order_by("pk").values()), list(ServedArea.objects.order_by("pk").values())
    report = import_entries(SUPPORT, file, today=TODAY)
    assert report.counts == {"created": 0, "updated": 0, "unchanged": 2, "rows skipped": 0}
    assert (list(Support.objects.order_by("pk").values()), list(ServedArea.objects.order_by("pk").values())) == before
    assert Change.objects.count() == 2


def test_a_changed_row_changes_its_entry_and_is_on_record(tmp_path: Path) -> None:
    row = {"external_id": "a", "areas": "06635"}
    import_entries(SUPPORT, write(tmp_path, row, {"external_id": "b", "areas": "06"}), today=TODAY)
    made = set(Change.objects.values_list("pk", flat=True))
    changed = {**row, "name": "Neue Stelle", "lon": 9.15, "areas": "16; DE"}
    report = import_entries(SUPPORT, write(tmp_path, changed, {"external_id": "b", "areas": "06"}), today=TODAY)
    assert (report.counts["updated"], report.counts["unchanged"]) == (1, 1)
    support = Support.objects.get(external_id="a")
    assert (support.name, areas(support)) == ("Neue Stelle", ["", "16"])
    assert support.municipality is not None
    assert support.municipality.ags == "06635002"
    change = Change.objects.exclude(pk__in=made).get()
    assert (change.verb, change.acted_as, change.support) == ("imported", "platform", support)
    assert change.before == {"name": "Saal", "location": [9.05, 51.05], "areas": ["06635"]}
    assert change.after == {"name": "Neue Stelle", "location": [9.15, 51.05], "areas": ["", "16"]}


def test_an_empty_cell_empties_and_a_missing_column_leaves_what_stands(tmp_path: Path) -> None:
    import_entries(SUPPORT, write(tmp_path, {"areas": "06", "provider": "Verein", "status": "closed"}), today=TODAY)
    import_entries(SUPPORT, write(tmp_path, {"name": "Anders"}), today=TODAY)
    support = Support.objects.get()
    assert (support.provider, support.status, areas(support)) == ("Verein", "closed", ["06"])
    import_entries(SUPPORT, write(tmp_path, {"areas": "", "provider": "", "status": ""}), today=TODAY)
    support.refresh_from_db()
    assert (support.provider, support.status, areas(support)) == ("", "active", [])


def test_an_end_is_held_against_the_beginning_that_is_stored(tmp_path: Path) -> None:
    make_space(external_id="a", available_from=date(2027, 6, 1))
    file = write(tmp_path, {"available_until": "2027-05-31"})
    assert errors_of(partial(import_entries, SPACES), file, today=TODAY) == [
        "entries.csv:2: available_until: lies before available_from, 2027-06-01: '2027-05-31'"
    ]


@pytest.mark.parametrize("publication", [Publication.ARCHIVED, Publication.REJECTED])
def test_what_was_taken_out_of_the_public_stays_out(tmp_path: Path, publication: Publication) -> None:
    file = write(tmp_path, {})
    import_entries(SPACES, file, today=TODAY)
    import_places(file, today=TODAY)
    Space.objects.update(publication=publication)
    Place.objects.update(publication=publication)
    again = write(tmp_path, {"name": "Neuer Name"})
    import_entries(SPACES, again, today=TODAY)
    import_places(again, today=TODAY)
    for entry in (Space.objects.get(), Place.objects.get()):
        assert (entry.name, entry.publication) == ("Neuer Name", publication)


# --- What does not arrive -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_is_told_and_nothing_is_written(name: str) -> None:
    source, file = source_of(name)
    errors = errors_of(partial(import_entries, source), file, today=TODAY)
    assert errors == [f"{file.name}:{said}" for said in DEFECTS[name]]
    assert (Support.objects.count(), Space.objects.count(), Change.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_may_be_skipped_and_is_still_told(name: str) -> None:
    source, file = source_of(name)
    report = import_entries(source, file, today=TODAY, skip_invalid=True)
    assert [str(error).removeprefix(f"{file}:") for error in report.rejected.errors] == DEFECTS[name]
    assert report.counts["rows skipped"] == 1
    assert list(source.model._default_manager.values_list("external_id", flat=True)) == ["a"]


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole_is_always_refused(name: str) -> None:
    source, file = source_of(name)
    errors = errors_of(partial(import_entries, source), file, today=TODAY, skip_invalid=True)
    assert errors == [f"{file.name}:{said}" for said in WHOLE_FILES[name]]


@pytest.mark.parametrize(("folder", "sound"), [("support", {"two_structures.geojson"}), ("spaces", set())])
def test_every_file_has_its_test(folder: str, sound: set[str]) -> None:
    told = {Path(name).name: said for name, said in (DEFECTS | WHOLE_FILES).items() if name.startswith(folder)}
    assert files_without_defect(folder, told, sound) == set()


@pytest.mark.parametrize("source", [SUPPORT, SPACES])
def test_a_dry_run_counts_and_leaves_nothing(source: Source, tmp_path: Path) -> None:
    report = import_entries(source, write(tmp_path, {}), today=TODAY, dry_run=True)
    assert report.counts["created"] == 1
    assert source.model._default_manager.count() == Change.objects.count() == 0


def test_queries_do_not_grow_with_the_rows(tmp_path: Path) -> None:
    def queries(number: int) -> int:
        rows = [{"external_id": f"{number}-{row}", "areas": "06; 16"} for row in range(number)]
        with CaptureQueriesContext(connection) as captured:
            import_entries(SUPPORT, write(tmp_path, *rows), today=TODAY)
        return len(captured)

    assert queries(2) == queries(20)
