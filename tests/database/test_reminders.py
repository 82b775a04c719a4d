"""The yearly question goes out once a year, two reminders follow, nothing is sent twice, and silence is respected."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from places.care.questions import question_of, question_token
from places.letters import write_to
from places.models import Change, Correspondence, Entry, Question, Stewardship, tie
from places.upkeep.reminders import send_reminders
from places.vocabulary import Answer, Publication, Status, Verb
from tests.factories import TODAY, make_place, make_space, make_steward, make_support

pytestmark = pytest.mark.django_db

YEAR_AGO = date(2025, 11, 22)


@pytest.fixture
def run(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Send what is due on a day; the letters of this run as (to, subject)."""

    def run_one(today: date = TODAY, **options: Any) -> list[tuple[str, str]]:
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            send_reminders(today, **options)
        return [(message.to[0], str(message.subject)) for message in mail.outbox[before:]]

    return run_one


def looked_after(make: Any = make_place, **fields: Any) -> Any:
    entry = make(**{"confirmed_on": YEAR_AGO, **fields})
    make_steward(entry)
    return entry


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize("make", [make_place, make_support, make_space])
def test_a_year_after_the_last_confirmation_the_steward_is_asked(make: Any, run: Any) -> None:
    entry = looked_after(make, name="Dorfladen & Café")
    assert run(TODAY - timedelta(days=1)) == []
    ((_, subject),) = run()
    assert subject == "Stimmt noch alles bei „Dorfladen & Café“?"
    question = Question.of(entry).get()
    assert (question.asked_on, question.last_sent_on, question.reminders) == (TODAY, TODAY, 0)
    assert f"{site.SITE_URL}/noch-da/{question_token(question)}/" in mail.outbox[0].body
    assert "21. Januar 2027" in mail.outbox[0].body
    assert question_of(question_token(question), date(2027, 1, 21)) == question
    assert question_of(question_token(question), date(2027, 1, 22)) is None


def test_every_steward_is_asked_each_in_her_language(run: Any) -> None:
    place = looked_after(name="Dorfladen")
    second = make_steward(place, "second")
    Correspondence.objects.create(user=second, language="en")
    letters = run()
    assert len(letters) == 2
    assert len({to for to, _ in letters}) == 2
    english = next(message for message in mail.outbox if message.to == ["second@example.org"])
    assert "„" not in english.subject
    assert Question.of(place).count() == 1


def test_running_twice_writes_once(run: Any) -> None:
    looked_after()
    assert len(run()) == 1
    assert run() == []
    assert run(days(1)) == []


def test_two_reminders_follow_and_then_silence(run: Any) -> None:
    place = looked_after(name="Dorfladen")
    run()
    sent_on = [day for day in range(1, 100) if run(days(day))]
    assert sent_on == [20, 40]
    assert {message.subject for message in mail.outbox[1:]} == {"Zur Erinnerung: Stimmt noch alles bei „Dorfladen“?"}
    assert Question.of(place).get().reminders == 2


def test_the_link_of_every_letter_is_the_same(run: Any) -> None:
    looked_after()
    run()
    run(days(20))
    link = f"/noch-da/{question_token(Question.objects.get())}/"
    assert [link in message.body for message in mail.outbox] == [True, True]


def test_the_next_year_they_are_asked_anew(run: Any) -> None:
    place = looked_after()
    run()
    assert run(date(2027, 11, 21)) == []
    assert len(run(date(2027, 11, 22))) == 1
    assert Question.of(place).count() == 2


def test_days_without_a_run_bring_one_letter_not_several(run: Any) -> None:
    looked_after(confirmed_on=date(2020, 1, 1))
    assert len(run()) == 1
    assert len(run(days(45))) == 1  # both reminders were due
    assert run(days(46)) == []
    assert run(days(65)) == []  # the link no longer leads anywhere


@pytest.mark.parametrize("answer", Answer.values)
def test_an_answer_ends_the_reminders(run: Any, answer: str) -> None:
    looked_after()
    run()
    Question.objects.update(answer=answer, answered_on=days(3))
    assert run(days(20)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_on": TODAY},
        {"confirmed_on": days(5)},
        {"publication": Publication.ARCHIVED},
        {"status": Status.CLOSED},
    ],
)
def test_what_settles_it_otherwise_ends_the_reminders(run: Any, change: dict[str, Any]) -> None:
    place = looked_after()
    run()
    type(place).objects.filter(pk=place.pk).update(**change)
    assert run(days(20)) == []


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, True),
        ({"status": Status.PLANNED}, True),
        ({"status": Status.DORMANT}, True),
        ({"status": Status.CLOSED}, False),
        ({"publication": Publication.ARCHIVED}, False),
        ({"publication": Publication.SUBMITTED}, False),
        ({"confirmed_on": date(2025, 11, 23)}, False),
        ({"confirmed_on": None}, False),  # published today
    ],
)
def test_only_public_entries_that_are_there_are_asked_about(run: Any, fields: dict[str, Any], asked: bool) -> None:
    looked_after(**fields)
    assert bool(run()) is asked


def test_one_that_was_never_confirmed_is_asked_a_year_after_it_was_published(run: Any) -> None:
    place = looked_after(confirmed_on=None)
    change = Change.objects.create(verb=Verb.PUBLISHED, ags="06635001", **tie(place))
    Change.objects.filter(pk=change.pk).update(at=datetime(2025, 11, 22, 9, tzinfo=UTC))
    assert run(TODAY - timedelta(days=1)) == []
    assert len(run()) == 1


def test_nobody_is_asked_where_nobody_looks_after_it_or_can_be_reached(run: Any) -> None:
    make_place(confirmed_on=YEAR_AGO)
    gone, silent = make_place(confirmed_on=YEAR_AGO), make_place(confirmed_on=YEAR_AGO)
    user = make_steward(gone)
    user.is_active = False
    user.save()
    user = make_steward(silent)
    user.email = ""
    user.save()
    assert run() == []
    assert not Question.objects.exists()


def test_a_reminder_goes_to_whoever_looks_after_it_now(run: Any) -> None:
    place = looked_after()
    run()
    Stewardship.of(place).delete()
    make_steward(place, "successor")
    assert [to for to, _ in run(days(20))] == ["successor@example.org"]


def test_about_invented_entries_nobody_is_written_to_where_mails_leave(run: Any, settings: Settings) -> None:
    place = looked_after(is_fictional=True)
    settings.MAIL_LEAVES = True
    assert run() == []
    settings.MAIL_LEAVES = False
    assert len(run()) == 1
    settings.MAIL_LEAVES = True
    assert run(days(20)) == []
    assert Question.of(place).get().reminders == 0


def test_a_question_is_stored_together_with_its_letters_or_not_at_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    first, second = looked_after(name="A"), looked_after(name="B")

    def killed_at_the_second(user: Any, letter: str, *, entry: Entry, **context: Any) -> None:
        write_to(user, letter, entry=entry, **context)
        if entry.pk == second.pk:
            raise KeyboardInterrupt

    monkeypatch.setattr("places.upkeep.reminders.write_to", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        send_reminders(TODAY)
    assert [question.entry for question in Question.objects.all()] == [first]
    assert DBTaskResult.objects.count() == 1
    monkeypatch.undo()
    send_reminders(TODAY)
    assert {question.entry for question in Question.objects.all()} == {first, second}
    assert DBTaskResult.objects.count() == 2


def test_a_trial_run_says_what_it_would_do_and_does_nothing(run: Any) -> None:
    place = looked_after()
    make_steward(place)
    out = StringIO()
    call_command("send_reminders", "--dry-run", "--today", TODAY.isoformat(), stdout=out)
    assert out.getvalue() == "Would have: asked about 1, reminded of 0, letters 2\n"
    assert not Question.objects.exists()
    assert mail.outbox == []


def test_the_command_acts_on_the_day_of_the_clock(settings: Settings) -> None:
    settings.TODAY = TODAY
    looked_after()
    out = StringIO()
    call_command("send_reminders", stdout=out)
    assert out.getvalue() == "asked about 1, reminded of 0, letters 1\n"
    with transaction.atomic():
        call_command("send_reminders", stdout=out)
    assert out.getvalue().endswith("asked about 0, reminded of 0, letters 0\n")
