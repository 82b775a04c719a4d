"""The step from one edition to the next: who succeeds whom, and that places, facts, mandates and cells go over."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from cohesion.assessment import assess
from cohesion.models import Score
from places.importers.boundaries import import_boundaries
from places.importers.rows import RefusedError
from places.models import (
    BoundaryEdition,
    Change,
    Mandate,
    Municipality,
    PopulationGrid,
    Region,
    ResidentPoint,
    Succession,
)
from places.successors import fate_of
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState
from tests.database.editions import (
    ANRODE,
    DIVIDED,
    HESSE,
    LATER,
    LIST,
    MERGED,
    NEXT,
    Boxes,
    first_edition,
    next_edition,
    stored,
)
from tests.factories import EDITION_DATE, NOON, make_edition, make_municipality, make_place, make_support

pytestmark = pytest.mark.django_db


# --- Bromskirchen and Anrode ----------------------------------------------------------------------------------------


def test_bromskirchen_went_into_allendorf_by_the_official_list(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    report = next_edition(tmp_path, MERGED, LIST)
    (row,) = stored().values()
    assert (row.kind, row.source, row.state) == (
        SuccessionKind.DISSOLVED,
        SuccessionSource.OFFICIAL,
        SuccessionState.CONFIRMED,
    )
    assert (row.area_share, row.resident_share, row.effective_on) == (1.0, 1.0, date(2023, 1, 1))
    assert row.reference == "06/2023/0002-R"
    assert "dissolved: Bromskirchen (06635005) → Allendorf (Eder) (06635001), 2023-01-01" in report.notes
    assert report.counts["dissolved"] == 1
    assert report.counts["changes of associations, left out"] == 1
    assert report.counts["changes of municipalities that are not loaded, left out"] == 3
    fate = fate_of("06635005")
    assert fate is not None
    assert fate.sole is not None
    assert fate.sole.municipality.ags == "06635001"
    assert fate.in_english() == ("Bromskirchen (06635005) became part of Allendorf (Eder) (06635001) on 2023-01-01.")


def test_anrode_was_divided_between_three_neighbours_by_area_and_residents(tmp_path: Path) -> None:
    first_edition(tmp_path, ANRODE, m16064073={"population": 3138, "population_on": EDITION_DATE})
    report = next_edition(tmp_path, DIVIDED, LIST)
    rows = {new: row for (old, new), row in stored().items()}
    assert {new: round(row.resident_share or 0, 4) for new, row in rows.items()} == {
        "16064071": round(1126 / 3138, 4),
        "16064046": round(313 / 3138, 4),
        "16061118": round(1699 / 3138, 4),
    }
    assert rows["16064071"].area_share == pytest.approx(24622179 / (24622179 + 4808650 + 23300105))
    fate = fate_of("16064073")
    assert fate is not None
    assert fate.sole is None
    assert [heir.municipality.ags for heir in fate.heirs] == ["16064071", "16061118", "16064046"]
    assert sum(heir.area_share for heir in fate.heirs) == pytest.approx(1)
    assert report.counts["split"] == 1


def test_without_a_list_the_overlap_proposes_and_waits_for_a_word(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE | ANRODE)
    report = next_edition(tmp_path, MERGED | DIVIDED)
    found = stored()
    assert {row.state for row in found.values()} == {SuccessionState.PROPOSED}
    assert found["06635005", "06635001"].area_share == 1.0
    shares = {new: row.area_share for (old, new), row in found.items() if old == "16064073"}
    assert shares == pytest.approx({"16064071": 0.47, "16061118": 0.44, "16064046": 0.09}, abs=0.005)
    assert report.counts["of them proposed by overlap, to be confirmed"] == 4
    assert {"dissolved", "split"} <= {note.split(":")[0] for note in report.notes}


def test_a_chain_within_the_time_is_followed_to_its_end(tmp_path: Path) -> None:
    areas: Boxes = {
        "06635001": ("A", (9.0, 51.0, 9.1, 51.1)),
        "06635002": ("B", (9.1, 51.0, 9.2, 51.1)),
        "06635003": ("C", (9.2, 51.0, 9.3, 51.1)),
    }
    head = LIST.splitlines()[0]
    rows = "\n".join(
        [
            head,
            "x,1,Gemeinde,,06635001,A,1,100,10,,06635002,B,01.01.2023,01.01.2023",
            "x,2,Gemeinde,,06635002,B,1,200,30,,06635003,C,01.01.2024,01.01.2024",
        ]
    )
    first_edition(tmp_path, areas)
    next_edition(tmp_path, {"06635003": ("C", (9.0, 51.0, 9.3, 51.1))}, rows, day=LATER)
    found = stored()
    assert set(found) == {("06635001", "06635003"), ("06635002", "06635003")}
    assert [row.effective_on for row in found.values()] == [date(2023, 1, 1), date(2024, 1, 1)]


# --- What goes over -------------------------------------------------------------------------------------------------


def test_facts_of_what_stayed_are_copied_and_of_what_merged_are_joined(tmp_path: Path) -> None:
    stayed = {"06635009": ("Diemelsee", (9.3, 51.0, 9.4, 51.1))}
    common = {"population_on": EDITION_DATE, "population_source": "Amt", "engaged_actors": 3}
    first_edition(
        tmp_path,
        HESSE | stayed,
        m06635001={**common, "population": 5500, "zok_tier": "grundzentrum", "inventory_completed_on": "2026-02-01"},
        m06635005={**common, "population": 1917, "zok_tier": "none", "inventory_completed_on": "2026-01-01"},
        m06635009={**common, "population": 4700, "zok_tier": "grundzentrum", "zok_source": "Plan", "engaged_actors": 1},
    )
    report = next_edition(tmp_path, MERGED | stayed, LIST)
    now = {row.ags: row for row in Municipality.objects.current()}
    same, joined = now["06635009"], now["06635001"]
    assert (same.population, same.zok_tier, same.zok_source, same.engaged_actors) == (4700, "grundzentrum", "Plan", 1)
    assert (same.population_on, same.population_source) == (EDITION_DATE, "Amt")
    assert (joined.population, joined.population_on) == (7417, EDITION_DATE)
    assert joined.population_source == "Summe der Vorgänger: Allendorf (Eder), Bromskirchen. Amt"
    assert (joined.zok_tier, joined.engaged_actors) == ("", 3)  # tiers differ, ratings agree
    assert joined.inventory_completed_on == date(2026, 1, 1)
    assert "Allendorf (Eder) (06635001): tier is unknown now, its predecessors differ" in report.notes
    assert Change.objects.get(ags="06635001").after == {"inventory_completed_on": "2026-01-01", "engaged_actors": 3}


def test_an_inventory_is_complete_only_where_every_predecessors_was(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE, m06635001={"inventory_completed_on": "2026-02-01"})
    report = next_edition(tmp_path, MERGED, LIST)
    assert Municipality.objects.current().get().inventory_completed_on is None
    assert report.counts["inventories that are no longer complete: not every predecessor's was"] == 1


def test_every_place_stays_and_finds_its_municipality_by_its_coordinates(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE | ANRODE)
    inside = [make_place(row, name=row.name) for row in Municipality.objects.all()]
    next_edition(tmp_path, MERGED | DIVIDED, LIST)
    found = {}
    for place in inside:
        place.refresh_from_db()
        assert place.municipality is not None
        assert place.municipality.edition.date == NEXT
        found[place.name] = place.municipality.ags
    assert found["Bromskirchen"] == "06635001"
    assert found["Anrode"] in {"16064046", "16064071"}  # on the middle line


def test_mandates_and_served_areas_go_to_the_successors_on_record(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE | ANRODE)
    reviewer = User.objects.create_user("pruefung")
    for area in ("06635005", "16064073", "06"):
        Mandate.objects.create(user=reviewer, area=area, starts_on=EDITION_DATE)
    support = make_support(Municipality.objects.get(ags="06635001"), "06635005", "16")
    report = next_edition(tmp_path, MERGED | DIVIDED, LIST)
    areas = sorted(Mandate.objects.values_list("area", flat=True))
    assert areas == ["06", "06635001", "16061118", "16064046", "16064071"]
    assert sorted(support.areas.values_list("area", flat=True)) == ["06635001", "16"]
    recorded = Change.objects.get(support=support)
    assert (recorded.before["areas"], recorded.after["areas"]) == (["06635005", "16"], ["06635001", "16"])
    assert report.counts["mandates that went over to successors"] == 2
    assert any("06635005" in note and "06635001" in note for note in report.notes if "mandate" in note)


def test_no_mandate_goes_over_where_the_successor_is_only_guessed(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE | ANRODE)
    for area in ("06635005", "16064073"):
        Mandate.objects.create(user=User.objects.create_user(area), area=area, starts_on=EDITION_DATE)
    next_edition(tmp_path, MERGED | DIVIDED)
    assert sorted(Mandate.objects.values_list("area", flat=True)) == ["06635001", "16064073"]


def test_the_census_grid_goes_over_cell_by_cell(tmp_path: Path) -> None:
    edition = make_edition()
    for index, ags in enumerate(("06635001", "06635005")):
        make_municipality(ags, residents={(4_290_500 + 7000 * index, 3_100_500): 40})
    PopulationGrid.objects.create(edition=edition, source="Zensus", cell_size=1000, imported_at=NOON)
    report = next_edition(tmp_path, MERGED, LIST)
    carried = ResidentPoint.objects.filter(municipality__edition__date=NEXT)
    assert sorted(carried.values_list("municipality__ags", "x", "residents")) == [
        ("06635001", 4_290_500, 40),
        ("06635001", 4_297_500, 40),
    ]
    assert PopulationGrid.objects.get(edition__date=NEXT).source == "Zensus"
    assert report.counts["residents in them"] == 80


def test_a_second_run_changes_nothing_and_asks_nobody_again(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE | ANRODE)
    next_edition(tmp_path, MERGED | DIVIDED)
    Succession.objects.filter(predecessor__ags="16064073").update(state=SuccessionState.CONFIRMED)
    before = list(Succession.objects.order_by("pk").values("predecessor", "successor", "state"))
    import_boundaries(tmp_path / f"{NEXT}.gpkg", edition=NEXT)
    assert list(Succession.objects.order_by("pk").values("predecessor", "successor", "state")) == before


def test_the_list_may_come_later_and_takes_the_place_of_what_was_guessed(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    next_edition(tmp_path, MERGED)
    changes = tmp_path / "changes.csv"
    changes.write_text(LIST)
    import_boundaries(tmp_path / f"{NEXT}.gpkg", edition=NEXT, changes=changes)
    (row,) = stored().values()
    assert (row.source, row.state) == (SuccessionSource.OFFICIAL, SuccessionState.CONFIRMED)


# --- A list that is wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (
            "x,1,Gemeinde,,6635005,B,1,1,1,,06635001,A,01.01.2023,",
            "ags_abgebend: not an AGS (8 digits); was a leading zero lost?: '6635005'",
        ),
        (
            "x,1,Gemeinde,,06635005,B,7,1,1,,06635001,A,01.01.2023,",
            "aenderungsart: neither 1 (dissolved) nor 2 (part moved), 3 (new key), 4 (new name): '7'",
        ),
        (
            "x,1,Gemeinde,,06635005,B,1,1,1,,06635001,A,01/01/2023,",
            "wirksam_juristisch: not a date as DD.MM.YYYY: '01/01/2023'",
        ),
        (
            "x,1,Gemeinde,,06635001,A,1,1,1,,06635005,B,01.01.2023,",
            "ags_abgebend: is still in the edition 2023-12-31: '06635001'",
        ),
        (
            "x,1,Gemeinde,,06635005,B,1,1,1,,06635077,X,01.01.2023,",
            "ags_aufnehmend: no municipality of the edition 2023-12-31 has this key: '06635077'",
        ),
        (
            "x,1,Gemeinde,,06635001,A,2,1,1,,06635005,B,01.01.2023,",
            "aenderungsart: a part moved, and no row says what remained: '2'",
        ),
        ("x,1,Gemeinde,,06635005,B,1,1,1,,,A,01.01.2023,", "ags_aufnehmend: a value is required: ''"),
    ],
)
def test_a_wrong_row_of_the_list_is_told_and_nothing_is_written(tmp_path: Path, row: str, error: str) -> None:
    first_edition(tmp_path, HESSE)
    with pytest.raises(RefusedError) as refused:
        next_edition(tmp_path, MERGED, f"{LIST.splitlines()[0]}\n{row}\n")
    said = [str(found).removeprefix(f"{tmp_path}/") for found in refused.value.errors]
    assert said == [f"changes.csv:2: {error}"]
    assert BoundaryEdition.objects.count() == 1


def test_rows_of_another_time_are_counted(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    report = next_edition(tmp_path, MERGED, LIST.replace("01.01.2023", "01.01.2021"))
    assert report.counts["changes of another time, left out"] == 4
    assert stored()["06635005", "06635001"].source == SuccessionSource.OVERLAP


def test_districts_keep_their_names_where_the_newer_file_has_none(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    Region.objects.filter(key="06635").update(name="Waldeck-Frankenberg", designation="Landkreis")
    next_edition(tmp_path, MERGED, LIST)
    assert Municipality.objects.current().get().district.full_name() == "Landkreis Waldeck-Frankenberg"


def test_a_file_that_does_not_say_what_is_a_forest_leaves_it_one(tmp_path: Path) -> None:
    forest = {"06635900": ("Gutsbezirk", (9.2, 51.0, 9.4, 51.1))}
    towns = {"06635015": ("Korbach", (9.4, 51.0, 9.5, 51.1))}
    first_edition(tmp_path, HESSE | forest | towns)
    Municipality.objects.update(designation="Gemeinde")
    Municipality.objects.filter(ags="06635900").update(designation="Gemeindefreies Gebiet", is_unincorporated=True)
    Municipality.objects.filter(ags="06635015").update(designation="Stadt")
    report = next_edition(tmp_path, MERGED | {"06635901": forest["06635900"]} | towns)
    now = {row.ags: row for row in Municipality.objects.current()}
    assert {key: row.is_unincorporated for key, row in now.items()} == {
        "06635001": False,
        "06635015": False,
        "06635901": True,
    }
    assert (now["06635901"].designation, now["06635015"].designation) == ("Gemeindefreies Gebiet", "Stadt")
    assert report.counts["unincorporated areas, as in the edition before"] == 1


def test_an_edition_change_keeps_every_earlier_figure(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE, m06635001={"population": 5500}, m06635005={"population": 1900})
    make_place(Municipality.objects.get(ags="06635005"))
    before = assess(date(2026, 11, 22)).assessment
    figures = list(Score.objects.order_by("pk").values())
    next_edition(tmp_path, MERGED, LIST)
    after = assess(date(2026, 11, 22)).assessment
    assert list(before.scores.order_by("pk").values()) == figures
    assert before.edition_id != after.edition_id
    assert Score.objects.get(assessment=after).municipality.population == 7400
