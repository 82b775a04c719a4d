"""The version of the published data: whatever changes what the public reads changes it; it is seen with the data."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from cohesion.assessment import assess
from cohesion.models import Score
from places.data_version import (
    KEPT_ROWS,
    Version,
    current_version,
    may_be_kept,
    once_per_version,
    published_tables,
    unwatched,
    watch,
)
from places.models import Actor, BoundaryEdition, DataChange, Draft, Place, PopulationGrid, Submission
from places.record import on_record
from places.vocabulary import ActedAs, Role, SubmissionKind, Verb
from tests.conftest import DATA
from tests.factories import (
    NOON,
    TODAY,
    involve,
    make_actor,
    make_assessment,
    make_municipality,
    make_photo,
    make_place,
    make_reviewer,
    make_score,
    make_space,
    make_submission,
    make_support,
)

APPS = [apps.get_app_config(label) for label in ("places", "cohesion")]


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def by_the_administration() -> None:
    actor = make_actor("Verein")
    client = Client()
    client.force_login(make_administrator())
    response = client.post(f"/admin/places/actor/{actor.pk}/change/", {"name": "Bund", "sector": "civil_society"})
    assert response.status_code == 302


def make_administrator() -> Any:
    from django.contrib.auth.models import User

    return User.objects.create_superuser("boss", "boss@example.org", "x")


def by_a_verb() -> None:
    place = Place.objects.get()
    with transaction.atomic(), on_record(place, Verb.UPDATED, by=make_reviewer("06"), acted_as=ActedAs.REVIEWER):
        place.description = "Neu"
        place.save()


def renamed(place: Place) -> Place:
    place.name = "Neu"
    return place


WRITES: dict[str, Callable[[], Any]] = {
    "import_boundaries": lambda: call_command(
        "import_boundaries", str(DATA / "boundaries" / "two_squares.geojson"), "--edition", "2022-12-31", verbosity=0
    ),
    "import_municipalities": lambda: call_command(
        "import_municipalities", str(DATA / "municipalities" / "all_columns.csv"), verbosity=0
    ),
    "an assessment": lambda: assess(TODAY, draws=0),
    "the administration": by_the_administration,
    "a verb": by_a_verb,
    "bulk_create": lambda: Actor.objects.bulk_create(
        [Actor(name="A", sector="administration"), Actor(name="B", sector="administration")]
    ),
    "bulk_update": lambda: Place.objects.bulk_update([renamed(Place.objects.get())], ["name"]),
    "an update of a queryset": lambda: BoundaryEdition.objects.update(attribution="Neu"),
    "a deletion": lambda: Score.objects.all().delete(),
    "SQL by hand": lambda: sql("UPDATE places_place SET name = 'Neu'"),
}


def an_atlas() -> None:
    municipality = make_municipality("06635001")
    place = make_place(municipality)
    involve(place, make_actor(), Role.PROVIDER)
    make_photo(place)
    make_support(municipality, "06")
    make_space(municipality)
    make_score(municipality, make_assessment())
    PopulationGrid.objects.create(edition=municipality.edition, source="Zensus", cell_size=1000, imported_at=NOON)


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_changes_the_version() -> None:
    an_atlas()
    seen, unnoticed = {current_version().token}, []
    for name, write in WRITES.items():
        write()
        token = current_version().token
        if token in seen:
            unnoticed.append(name)
        seen.add(token)
    assert unnoticed == []


@pytest.mark.django_db(transaction=True)
def test_every_published_table_is_watched_also_against_sql() -> None:
    an_atlas()
    by_a_verb()
    seen, unnoticed = {current_version().token}, []
    for table in [table for app in APPS for table in published_tables(app)]:
        sql(f"UPDATE {table} SET id = id WHERE id = (SELECT MIN(id) FROM {table})")
        token = current_version().token
        if token in seen and not (connection.vendor == "sqlite" and _is_empty(table)):  # asked row by row there
            unnoticed.append(table)
        seen.add(token)
    assert unnoticed == []


def _is_empty(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return bool(cursor.fetchone()[0] == 0)


@pytest.mark.django_db(transaction=True)
def test_what_the_public_does_not_read_changes_nothing() -> None:
    an_atlas()
    before = current_version()
    make_reviewer("06")
    make_submission(Place.objects.get(), SubmissionKind.CHANGE, values={}, base={})
    assert Submission.objects.exists()
    Draft.objects.all().delete()
    assert current_version() == before


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_changes_nothing() -> None:
    an_atlas()
    before = current_version()
    with transaction.atomic():
        Place.objects.update(name="Neu")
        transaction.set_rollback(True)
    assert current_version() == before


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_in_part_is_noticed_when_it_is_done_again() -> None:
    an_atlas()
    before = current_version()
    with transaction.atomic():
        with transaction.atomic():
            Place.objects.update(name="Neu")
            transaction.set_rollback(True)
        Place.objects.update(name="Neuer")
    assert current_version() != before


@pytest.mark.django_db(transaction=True)
def test_old_rows_do_not_pile_up() -> None:
    place = make_place(make_municipality())
    for number in range(KEPT_ROWS + 10):
        Place.objects.filter(pk=place.pk).update(name=f"Ort {number}")
    assert 0 < DataChange.objects.count() <= KEPT_ROWS


@pytest.mark.django_db(transaction=True)
def test_the_moment_is_that_of_the_last_change() -> None:
    assert current_version() == Version("", None) or current_version().at is not None
    make_place(make_municipality())
    first = current_version().at
    Place.objects.update(name="Neu")
    second = current_version().at
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.django_db
def test_nothing_is_kept_of_a_transaction_of_ones_own() -> None:
    asked = []
    assert not may_be_kept()
    for _ in range(2):
        once_per_version(Version("1", None), "name", lambda: asked.append(1))
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_a_fact_is_looked_up_once_per_version() -> None:
    make_place(make_municipality())
    names = []

    def name() -> str:
        names.append(Place.objects.get().name)
        return names[-1]

    for _ in range(3):
        assert once_per_version(current_version(), "name", name) == names[-1]
    Place.objects.update(name="Neu")
    assert once_per_version(current_version(), "name", name) == "Neu"
    assert len(names) == 2


@pytest.mark.django_db
def test_the_key_differs_by_day_and_by_data() -> None:
    version = Version("1", None)
    assert version.key(TODAY) == version.key(TODAY)
    assert len({version.key(TODAY), version.key(TODAY.replace(day=1)), Version("2", None).key(TODAY)}) == 3


@pytest.mark.django_db
def test_a_table_that_lost_its_triggers_is_told_and_gets_them_again() -> None:
    places = apps.get_app_config("places")
    assert [table for app in APPS for table in unwatched(app)] == []
    if connection.vendor == "postgresql":
        sql("DROP TRIGGER places_place_changes_data ON places_place")
    else:
        sql("DROP TRIGGER places_place_changes_data_update")
    assert unwatched(places) == ["places_place"]
    watch(places)
    assert unwatched(places) == []


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_two_writers_do_not_wait_for_each_other_and_each_is_seen_when_it_ends() -> None:
        an_atlas()
        one, other = connection.copy(), connection.copy()
        try:
            before = current_version()
            for writer, name in ((one, "Eins"), (other, "Zwei")):
                writer.set_autocommit(False)
                with writer.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '2s'")
                    cursor.execute(
                        "INSERT INTO places_actor (name, is_person, sector) VALUES (%s, false, 'administration')",
                        [name],
                    )
            # Neither is there yet: what is read now is what the old version says
            assert current_version() == before
            assert Actor.objects.filter(sector="administration").count() == 0
            other.commit()
            between = current_version()
            assert between != before
            assert Actor.objects.filter(sector="administration").count() == 1
            one.commit()  # began first, ends last
            after = current_version()
            assert after not in (before, between)
            assert between.at is not None
            assert after.at is not None
            assert after.at > between.at
            assert Actor.objects.filter(sector="administration").count() == 2
        finally:
            one.close()
            other.close()

    @pytest.mark.django_db(transaction=True)
    def test_a_connection_that_was_cut_is_opened_again() -> None:
        an_atlas()
        before = current_version()
        killer = connection.copy()
        try:
            with connection.cursor() as cursor, killer.cursor() as knife:
                cursor.execute("SELECT pg_backend_pid()")
                knife.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
        finally:
            killer.close()
        assert current_version() == before
