"""Editions that are not simply the next: chains, older ones that come later, keys given anew, single states."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from places.importers.boundaries import import_boundaries
from places.models import (
    BoundaryEdition,
    Mandate,
    Municipality,
)
from places.successors import fate_of, forebears
from places.vocabulary import SuccessionKind, SuccessionSource
from tests.conftest import SHARED_DATA
from tests.database.editions import (
    ANRODE,
    HESSE,
    LATER,
    LIST,
    MERGED,
    NEXT,
    Boxes,
    boundaries,
    first_edition,
    next_edition,
    stored,
)
from tests.factories import EDITION_DATE

pytestmark = pytest.mark.django_db


def test_a_key_is_followed_through_several_editions(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    next_edition(tmp_path, MERGED, LIST)
    next_edition(tmp_path, {"06636001": ("Allendorf (Eder)", (9.0, 51.0, 9.2, 51.1))}, day=LATER)
    fate = fate_of("06635005")
    assert fate is not None
    assert fate.sole is not None
    assert (fate.sole.municipality.ags, fate.sole.is_confirmed) == ("06636001", False)
    found = forebears(Municipality.objects.get(ags="06636001"))
    keys = [[each.municipality.ags for each in found[edition.pk]] for edition in BoundaryEdition.objects.all()[1:]]
    assert keys == [["06635001"], ["06635001", "06635005"]]


def test_a_key_that_is_given_to_another_municipality_is_that_one_and_not_its_name(tmp_path: Path) -> None:
    """06635001 went into 06635002, and its key to a place at the other end."""
    first_edition(
        tmp_path,
        {
            "06635001": ("Ast", (9.0, 51.0, 9.1, 51.1)),
            "06635002": ("Buch", (9.1, 51.0, 9.2, 51.1)),
            "06635003": ("Clus", (9.2, 51.0, 9.4, 51.1)),
        },
        m06635001={"population": 300},
        m06635003={"population": 900},
    )
    report = next_edition(
        tmp_path,
        {
            "06635002": ("Buch", (9.0, 51.0, 9.2, 51.1)),
            "06635003": ("Clus", (9.2, 51.0, 9.3, 51.1)),
            "06635001": ("Dorn", (9.3, 51.0, 9.4, 51.1)),
        },
    )
    assert {pair: row.kind for pair, row in stored().items()} == {
        ("06635001", "06635002"): SuccessionKind.DISSOLVED,
        ("06635003", "06635003"): SuccessionKind.REMAINED,
        ("06635003", "06635001"): SuccessionKind.PART,
    }
    assert Municipality.objects.current().get(ags="06635001").population == 450
    (origins,) = forebears(Municipality.objects.current().get(ags="06635001")).values()
    assert [origin.municipality.name for origin in origins] == ["Clus"]
    assert report.counts["dissolved"] == 1
    assert report.counts["renamed"] == 0
    assert any(note.startswith("founded: Dorn (06635001) from Clus") for note in report.notes)


@pytest.mark.parametrize(
    ("before", "after", "is_renamed"),
    [
        ("Korbach", "Korbach, Kreisstadt", False),
        ("Taching a. See", "Taching a.See", False),
        ("Neustadt/Westerwald", "Neustadt/ Westerwald", False),
        ("Bischofsheim a.d. Rhön", "Bischofsheim i.d. Rhön", True),
        ("Döbern", "Döbern/Derbno", True),
    ],
)
def test_a_name_that_is_set_another_way_is_no_other_name(
    tmp_path: Path, before: str, after: str, is_renamed: bool
) -> None:
    box = (9.0, 51.0, 9.1, 51.1)
    first_edition(tmp_path, {"06635015": (before, box)})
    assert next_edition(tmp_path, {"06635015": (after, box)}).counts["renamed"] == is_renamed


def test_an_edition_that_is_older_than_all_others_becomes_the_beginning(tmp_path: Path) -> None:
    import_boundaries(boundaries(tmp_path / "newest.gpkg", MERGED), edition=NEXT)
    Municipality.objects.update(population=8000)
    report = next_edition(tmp_path, HESSE, LIST, day=EDITION_DATE)
    assert report.counts["dissolved"] == 1
    assert stored()["06635005", "06635001"].source == SuccessionSource.OFFICIAL
    fate = fate_of("06635005")
    assert fate is not None
    assert fate.sole is not None
    assert fate.sole.municipality.population == 8000
    assert set(Municipality.objects.filter(edition__date=EDITION_DATE).values_list("population", flat=True)) == {None}
    # Once more, with other boundaries: they are compared again
    moved = {**HESSE, "06635005": ("Bromskirchen", (9.1, 51.0, 9.21, 51.1))}
    assert next_edition(tmp_path, moved, day=EDITION_DATE).counts["dissolved"] == 1


def test_an_edition_between_two_that_were_compared_leaves_them_as_they_are_and_says_so(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    next_edition(tmp_path, MERGED, LIST, day=LATER)
    report = next_edition(tmp_path, HESSE, day=NEXT)
    assert any("lies between two editions" in note for note in report.notes)
    fate = fate_of("06635005")
    assert fate is not None
    assert fate.sole is not None
    assert BoundaryEdition.objects.get(date=NEXT).follows is None


def test_the_list_may_come_when_there_is_a_newer_edition_already(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    next_edition(tmp_path, MERGED)
    next_edition(tmp_path, MERGED, day=LATER)
    changes = tmp_path / "changes.csv"
    changes.write_text(LIST)
    import_boundaries(tmp_path / f"{NEXT}.gpkg", edition=NEXT, changes=changes)
    assert stored()["06635005", "06635001"].source == SuccessionSource.OFFICIAL


def test_an_edition_of_one_state_says_nothing_of_its_neighbours(tmp_path: Path) -> None:
    beyond: Boxes = {
        "16061001": ("Drüben", (9.2, 51.0, 9.21, 51.1))
    }  # so near that it is no spit of land that got lost
    first_edition(tmp_path, HESSE | beyond)
    Mandate.objects.create(user=User.objects.create_user("reviewer"), area="16061001", starts_on=EDITION_DATE)
    report = next_edition(tmp_path, MERGED)
    assert set(stored()) == {("06635005", "06635001")}
    assert list(Mandate.objects.values_list("area", flat=True)) == ["16061001"]
    assert report.counts["unexplained"] == 0
    assert any("lie in states that this edition lacks" in note for note in report.notes)
    # The other state comes later: it is no new municipality, and has the facts that it had
    Municipality.objects.filter(ags="16061001").update(population=700)
    report = next_edition(tmp_path, MERGED | beyond)
    assert (report.counts["founded"], Municipality.objects.current().get(ags="16061001").population) == (0, 700)


def test_states_that_come_with_a_later_edition_are_not_founded(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    report = next_edition(tmp_path, MERGED | ANRODE)
    assert (report.counts["founded"], report.counts["dissolved"]) == (0, 1)


if (SHARED_DATA / "gebietsaenderungen_2023_2025-02.csv").exists():

    def test_the_whole_official_list_can_be_read(tmp_path: Path) -> None:
        first_edition(tmp_path, HESSE)
        changes = (SHARED_DATA / "gebietsaenderungen_2023_2025-02.csv").read_text()
        report = next_edition(tmp_path, MERGED, changes)
        assert set(stored()) == {("06635005", "06635001")}
        assert report.counts["changes of associations, left out"] > 5
        assert report.counts["changes of another time, left out"] > 50
