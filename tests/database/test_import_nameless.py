"""import_places and persons who are not named: exports come back as they were, nobody is taken for somebody else."""

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from places.importers.places import import_places
from places.importers.report import Report
from places.importers.rows import RefusedError
from places.models import Actor, Change, Involvement, Place
from places.vocabulary import Circle, Role
from tests.factories import TODAY, make_actor, make_municipality, make_place

pytestmark = pytest.mark.django_db

HEAD = ("external_id", "name", "kind", "lon", "lat", "motivator", "provider", "key_actor", "fellow")


@pytest.fixture(autouse=True)
def municipality() -> None:
    make_municipality("06635001")  # 9.0 to 9.1 east, 51.0 to 51.1 north


def run(folder: Path, *rows: tuple[str, str, str, str, str]) -> Report:
    """Rows: the id, then the cells of actors."""
    file = folder / "places.csv"
    with file.open("w", newline="", encoding="utf-8") as target:
        table = csv.writer(target)
        table.writerow(HEAD)
        table.writerows((key, f"Ort {key}", "village_shop", "9.05", "51.05", *cells) for key, *cells in rows)
    return import_places(file, today=TODAY)


def told(key: str) -> list[tuple[str, str, bool, str, list[str]]]:
    rows = Involvement.objects.filter(place__external_id=key).select_related("actor").order_by("circle", "actor_id")
    return [
        (row.actor.name, row.actor.sector, row.actor.is_person, row.circle, [role.value for role in row.roles()])
        for row in rows
    ]


def test_a_person_without_a_name_holds_roles_and_is_another_at_every_place(tmp_path: Path) -> None:
    cells = ("|civil_society", "|civil_society; Verein|civil_society", "", "|administration")
    report = run(tmp_path, ("a", *cells), ("b", *cells))
    assert report.counts["created"] == 2
    for key in ("a", "b"):
        assert sorted(told(key)) == sorted(
            [
                ("", "civil_society", True, "key_actor", ["motivator", "provider"]),
                ("Verein", "civil_society", False, "key_actor", ["provider"]),
                ("", "administration", True, "fellow", []),
            ]
        )
    assert Actor.objects.filter(name="", sector="civil_society").count() == 2
    assert Actor.objects.filter(name="Verein").count() == 1


def test_two_in_one_cell_are_two_and_those_of_other_circles_are_others(tmp_path: Path) -> None:
    run(tmp_path, ("a", "|civil_society; |civil_society", "", "", "|civil_society"))
    assert told("a") == [
        ("", "civil_society", True, "fellow", []),
        ("", "civil_society", True, "key_actor", ["motivator"]),
        ("", "civil_society", True, "key_actor", ["motivator"]),
    ]


def test_the_same_file_again_changes_nothing_and_makes_nobody(tmp_path: Path) -> None:
    row = ("a", "|civil_society; |civil_society", "|administration", "", "|civil_society")
    run(tmp_path, row)
    before = list(Involvement.objects.order_by("pk").values())
    people = set(Actor.objects.values_list("pk", flat=True))
    report = run(tmp_path, row)
    assert report.counts["unchanged"] == 1
    assert list(Involvement.objects.order_by("pk").values()) == before
    assert set(Actor.objects.values_list("pk", flat=True)) == people


def test_one_who_is_no_longer_in_the_file_is_forgotten(tmp_path: Path) -> None:
    run(tmp_path, ("a", "|civil_society", "|administration", "", ""))
    report = run(tmp_path, ("a", "|civil_society", "", "", ""))
    assert report.counts["updated"] == 1
    assert told("a") == [("", "civil_society", True, "key_actor", ["motivator"])]
    assert Actor.objects.count() == 1


def test_what_an_export_writes_comes_back_as_it_was(tmp_path: Path) -> None:
    place = make_place(external_id="a", name="Laden")
    club = make_actor(name="Verein")
    someone, other = (Actor.objects.create(name="", sector=club.sector, is_person=True) for _ in range(2))
    Involvement.objects.create(place=place, actor=someone, circle=Circle.KEY_ACTOR, motivator=True)
    Involvement.objects.create(place=place, actor=other, circle=Circle.FELLOW)
    Involvement.objects.create(place=place, actor=club, circle=Circle.KEY_ACTOR, provider=True, promoter=True)
    before = told("a")
    cells: dict[str, list[str]] = {word.value: [] for word in (*Role, *Circle)}
    for row in Involvement.objects.order_by("actor__name", "pk").select_related("actor"):
        for word in (row.circle, *(role.value for role in row.roles())):
            cells[word].append(f"{row.actor.name}|{row.actor.sector}")  # as sok_site/exports/columns.py has it
    file = tmp_path / "export.csv"
    with file.open("w", newline="", encoding="utf-8") as target:
        table = csv.writer(target)
        table.writerow(["external_id", "name", "kind", "lon", "lat", *cells])
        point = place.location
        table.writerow(["a", "Laden", place.kind, point.x, point.y, *("; ".join(cell) for cell in cells.values())])
    report = import_places(file, today=TODAY)
    assert told("a") == before
    assert report.counts["unchanged"] == 1


def test_a_person_who_was_named_and_goes_is_forgotten_and_the_record_says_so(tmp_path: Path) -> None:
    place = make_place(external_id="a", name="Ort a")
    person = Actor.objects.create(name="Petra Muster", sector="civil_society", is_person=True)
    Involvement.objects.create(place=place, actor=person, circle=Circle.KEY_ACTOR, motivator=True)
    run(tmp_path, ("a", "Verein|civil_society", "", "", ""))
    assert not Actor.objects.filter(is_person=True).exists()
    change = Change.objects.get(place=place)
    assert [actor["is_person"] for actor in change.before["actors"]] == [True]
    assert "Petra" not in str(change.before)


def test_a_sector_is_still_needed(tmp_path: Path) -> None:
    with pytest.raises(RefusedError):
        run(tmp_path, ("a", "|", "", "", ""))
    with pytest.raises(RefusedError):
        run(tmp_path, ("a", "|nobody", "", "", ""))
    assert not Place.objects.exists()


def test_files_without_such_persons_cost_as_many_questions_as_before(tmp_path: Path) -> None:
    run(tmp_path, ("a", "Verein|civil_society", "", "", ""))
    with CaptureQueriesContext(connection) as few:
        run(tmp_path, ("a", "Verein|civil_society", "", "", ""))
    rows = [(f"x{number}", "Verein|civil_society", "", "", "") for number in range(20)]
    run(tmp_path, *rows)
    with CaptureQueriesContext(connection) as many:
        run(tmp_path, *rows)
    assert len(many) == len(few)
