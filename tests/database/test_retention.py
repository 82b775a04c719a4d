"""What docs/retention.md promises to delete is deleted when it is due, not before; and nothing else is."""

import os
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from places import tasks
from places.models import Actor, Change, Draft, Photo, Place, Report, Submission, tie
from places.upkeep import retention
from places.upkeep.retention import apply_retention
from places.vocabulary import Publication, ReportKind, Role, SubmissionKind, SubmissionState, Verb
from tests.factories import involve, make_actor, make_photo, make_place, make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    (tmp_path / "media" / "photos").mkdir(parents=True)
    (tmp_path / "mail").mkdir()
    return tmp_path / "media"


def today() -> date:
    return timezone.localdate()


def age(rows: Any, field: str, days: int) -> None:
    """Let rows be ``days`` old."""
    column = rows.model._meta.get_field(field)
    then = timezone.now() - timedelta(days=days)
    rows.update(**{field: then if isinstance(column, models.DateTimeField) else then.date()})


def unconfirmed(kind: SubmissionKind = SubmissionKind.REGISTRATION, **fields: Any) -> Submission:
    """A sending whose address nobody confirmed, 30 days old."""
    entry = make_place(publication=Publication.DRAFT if kind == SubmissionKind.REGISTRATION else Publication.PUBLISHED)
    submission = make_submission(
        entry, kind, state=SubmissionState.UNCONFIRMED, waiting_since=None, email="never@example.org", **fields
    )
    age(Submission.objects.filter(pk=submission.pk), "created_at", 30)
    return submission


def aged_file(file: Path, days: int) -> Path:
    file.write_bytes(b"x")
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(file, (then, then))
    return file


class TestUnconfirmed:
    def test_a_registration_goes_with_its_entry_its_actors_and_its_record(self) -> None:
        submission = unconfirmed()
        place = submission.entry
        assert isinstance(place, Place)
        involve(place, make_actor("Erika Muster"), Role.MOTIVATOR)
        elsewhere = make_actor("Heimatverein")
        involve(place, elsewhere, Role.PROVIDER)
        involve(make_place(place.municipality), elsewhere, Role.PROVIDER)
        Change.objects.create(verb=Verb.REGISTERED, ags="06635001", after={"name": "x"}, **tie(place))
        assert apply_retention(today()).unconfirmed == 1
        assert not Submission.objects.exists()
        assert not Place.objects.filter(pk=place.pk).exists()
        assert not Change.objects.exists()
        assert list(Actor.objects.all()) == [elsewhere]

    @pytest.mark.parametrize("kind", [SubmissionKind.CLAIM, SubmissionKind.CHANGE])
    def test_a_wish_about_a_public_entry_goes_and_the_entry_stays(self, kind: SubmissionKind) -> None:
        submission = unconfirmed(kind)
        apply_retention(today())
        assert not Submission.objects.exists()
        assert Place.objects.filter(pk=submission.entry.pk).exists()

    def test_on_the_29th_day_it_is_still_there(self) -> None:
        age(Submission.objects.filter(pk=unconfirmed().pk), "created_at", 29)
        assert apply_retention(today()).unconfirmed == 0
        assert Submission.objects.exists()

    @pytest.mark.parametrize("state", [state for state in SubmissionState if state != SubmissionState.UNCONFIRMED])
    def test_what_was_confirmed_stays(self, state: SubmissionState) -> None:
        submission = unconfirmed()
        Submission.objects.filter(pk=submission.pk).update(state=state, waiting_since=today())
        assert apply_retention(today()).unconfirmed == 0
        assert Place.objects.filter(pk=submission.entry.pk).exists()

    def test_no_address_of_it_is_left_in_the_database(self) -> None:
        unconfirmed()
        apply_retention(today())
        with connection.cursor() as cursor:
            for model in (Submission, Change, Draft, Report, Actor, Place):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
                assert "never@example.org" not in str(cursor.fetchall())


def test_a_draft_that_nobody_goes_on_writing_goes() -> None:
    for days in (29, 30):
        draft = Draft.objects.create(entry_kind="place", answers={"name": f"{days} Tage"})
        age(Draft.objects.filter(pk=draft.pk), "updated_at", days)
    assert apply_retention(today()).drafts == 1
    assert [str(draft) for draft in Draft.objects.all()] == ["29 Tage"]


def test_of_what_is_settled_the_address_goes_and_the_rest_stays() -> None:
    place = make_place()
    for handled_on in (None, today() - timedelta(days=29), today() - timedelta(days=30)):
        Report.objects.create(
            kind=ReportKind.ERROR,
            text="x",
            email="a@example.org",
            reported_on=today(),
            handled_on=handled_on,
            **tie(place),
        )
    make_submission(
        place, state=SubmissionState.REJECTED, email="b@example.org", decided_on=today() - timedelta(days=30)
    )
    assert apply_retention(today()).addresses == 2
    assert sorted(Report.objects.values_list("email", flat=True)) == ["", "a@example.org", "a@example.org"]
    assert Submission.objects.get().email == ""


def test_sessions_that_ran_out_go() -> None:
    for days in (-1, 1):
        session = SessionStore()
        session.create()
        Session.objects.filter(pk=session.session_key).update(expire_date=timezone.now() + timedelta(days=days))
    assert apply_retention(today()).sessions == 1
    assert Session.objects.count() == 1


def test_delivered_letters_go_soon_other_tasks_later_and_what_waits_never(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    kept = []
    for status, days, path, stays in (
        ("SUCCESSFUL", 2, "places.tasks.deliver", False),
        ("SUCCESSFUL", 0, "places.tasks.deliver", True),
        ("FAILED", 13, "places.tasks.deliver", True),
        ("FAILED", 15, "places.tasks.deliver", False),
        ("SUCCESSFUL", 13, "cohesion.tasks.assess_today", True),
        ("SUCCESSFUL", 15, "cohesion.tasks.assess_today", False),
        ("READY", 100, "places.tasks.deliver", True),
    ):
        row = DBTaskResult.objects.create(
            task_path=path, backend_name="default", args_kwargs={"args": [], "kwargs": {}}, status=status
        )
        if status != "READY":
            age(DBTaskResult.objects.filter(pk=row.pk), "finished_at", days)
        kept += [row.pk] if stays else []
    assert apply_retention(today()).tasks == 3
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == set(kept)


def test_a_task_whose_worker_is_gone_is_queued_again(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    tasks.post("Betreff", "Text", ["a@example.org"], {})
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - timedelta(hours=5))
    assert apply_retention(today()).stuck_tasks_revived == 1
    assert DBTaskResult.objects.get().status == "READY"


def test_the_cache_keeps_nothing_beyond_its_time() -> None:
    cache.set("kept", 1, 3600)
    cache.set("gone", 1, 3600)
    with connection.cursor() as cursor:
        then = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0) - timedelta(hours=2))
        cursor.execute("UPDATE cache SET expires = %s WHERE cache_key LIKE %s", [then, "%gone"])
    assert apply_retention(today()).cache_rows == 1
    assert cache.get("kept") == 1


def test_files_that_no_photograph_knows_go_unless_they_are_new(media: Path) -> None:
    photo = make_photo(make_place(), image="photos/a.webp", thumbnail="photos/b.webp")
    known = [aged_file(media / str(file), 9) for file in (photo.image, photo.thumbnail)]
    fresh = aged_file(media / "photos" / "fresh.webp", 0)
    lost = aged_file(media / "photos" / "lost.webp", 2)
    assert apply_retention(today()).photo_files == 1
    assert [file.exists() for file in (*known, fresh, lost)] == [True, True, True, False]
    assert Photo.objects.exists()


def test_mails_of_the_demo_go_and_where_mails_leave_nothing_is_touched(settings: Settings, tmp_path: Path) -> None:
    old, new = aged_file(tmp_path / "mail" / "old.log", 31), aged_file(tmp_path / "mail" / "new.log", 29)
    settings.MAIL_LEAVES = True
    assert apply_retention(today()).demo_mails == 0
    settings.MAIL_LEAVES = False
    assert apply_retention(today()).demo_mails == 1
    assert (old.exists(), new.exists()) == (False, True)


def test_a_second_run_finds_nothing() -> None:
    unconfirmed()
    assert apply_retention(today()) != retention.Removed()
    assert apply_retention(today()) == retention.Removed()


def test_a_trial_run_counts_and_deletes_nothing(media: Path) -> None:
    unconfirmed()
    lost = aged_file(media / "photos" / "lost.webp", 2)
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert out.getvalue().startswith("Would have: unconfirmed 1, drafts 0")
    assert "photo files 1" in out.getvalue()
    assert Submission.objects.exists()
    assert lost.exists()


def test_the_command_takes_the_day_as_an_argument() -> None:
    age(Submission.objects.filter(pk=unconfirmed().pk), "created_at", 0)
    later = today() + timedelta(days=30)
    out = StringIO()
    call_command("apply_retention", "--today", later.isoformat(), stdout=out)
    assert out.getvalue().startswith("unconfirmed 1, ")


def test_the_page_about_retention_says_the_days_of_the_code() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "retention.md").read_text(encoding="utf-8")
    named = {
        name: int(days)
        for days, name in re.findall(r"^\|[^|]+\|[^|]+\| (\d+) days?[^|]*\| `([A-Z_]+)` \|", page, re.MULTILINE)
    }
    assert named == {name: value for name, value in vars(retention).items() if name.endswith("_DAYS")}
