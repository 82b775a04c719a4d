"""A reviewer is written to about what is hers, once a day at most, not without news, not against her will."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from places.models import Correspondence, Place, Report, Submission, tie
from places.upkeep.digests import reader_of, send_digests, stop_digest, stop_token
from places.vocabulary import ReportKind, SubmissionKind, SubmissionState
from tests.factories import TODAY, make_municipality, make_place, make_reviewer, make_space, make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Send what is due on a day; whom this run wrote to."""

    def run_one(today: date = TODAY) -> list[str]:
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            send_digests(today)
        return sorted(message.to[0] for message in mail.outbox[before:])

    return run_one


def reviewer(area: str, name: str) -> User:
    user = make_reviewer(area, name)
    user.email = f"{name}@example.org"
    user.save()
    return user


def waits_in(ags: str, name: str = "Dorfladen", since: date = TODAY, **fields: Any) -> Submission:
    municipality = make_municipality(ags, name=f"Gemeinde {ags}")
    return make_submission(make_place(municipality, name=name), waiting_since=since, **fields)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_what_waits_goes_to_the_nearest_level_that_has_a_reviewer(run: Any) -> None:
    for area, name in (("06", "state"), ("06635", "district"), ("06635001", "municipality"), ("16", "elsewhere")):
        reviewer(area, name)
    waits_in("06635001")
    assert run() == ["municipality@example.org"]
    waits_in("06635002")
    waits_in("06634001")
    assert run(days(1)) == ["district@example.org", "municipality@example.org", "state@example.org"]


def test_nothing_waits_nothing_is_sent(run: Any) -> None:
    reviewer("06", "state")
    waits_in("06635001", state=SubmissionState.ASKED_BACK)
    assert run() == []
    assert not Correspondence.objects.exists()


def test_the_letter_says_what_is_new_and_since_when_the_oldest_waits(run: Any) -> None:
    reviewer("06", "state")
    old = waits_in("06635001", "Altes Amt", days(-30))
    run(days(-2))
    waits_in("06635002", "Hofladen & Café")
    make_submission(
        make_space(make_municipality("06635003", name="Korbach"), name="Leere Schule"), SubmissionKind.CHANGE
    )
    Report.objects.create(kind=ReportKind.CLOSED, reported_on=TODAY, email="secret@example.org", **tie(old.entry))
    run()
    body = mail.outbox[-1].body
    assert mail.outbox[-1].subject == "SOK-Atlas: 4 Vorgänge warten auf Ihre Prüfung"
    assert "– Neuer Eintrag: Hofladen & Café (Gemeinde 06635002), seit 22. November 2026" in body
    assert "– Änderung: Leere Schule (Korbach), seit 22. November 2026" in body
    assert "– Meldung „Den Ort gibt es nicht mehr“: Altes Amt (Gemeinde 06635001), seit 22. November 2026" in body
    assert "Dazu wartet ein älterer Vorgang, seit 23. Oktober 2026." in body
    assert f"{site.SITE_URL}/pruefung/" in body
    assert "secret@example.org" not in body


def test_a_long_list_is_counted(run: Any) -> None:
    reviewer("06", "state")
    municipality = make_municipality("06635001")
    for number in range(23):
        make_submission(make_place(municipality, name=f"Ort {number}"))
    run()
    assert mail.outbox[0].body.count("– Neuer Eintrag:") == 20
    assert "– und 3 weitere Vorgänge" in mail.outbox[0].body


def test_it_comes_at_most_once_a_day(run: Any) -> None:
    reviewer("06", "state")
    waits_in("06635001")
    assert len(run()) == 1
    waits_in("06635002")
    assert run() == []
    assert len(run(days(1))) == 1


def test_while_nothing_is_new_it_comes_once_a_week(run: Any) -> None:
    reviewer("06", "state")
    waits_in("06635001", since=days(-3))
    assert [day for day in range(20) if run(days(day))] == [0, 7, 14]
    assert "Es wartet noch ein Vorgang, seit 19. November 2026." in mail.outbox[-1].body


def test_several_mandates_of_one_person_make_one_letter(run: Any) -> None:
    user = reviewer("06635001", "one")
    make_reviewer_again(user, "06635002")
    waits_in("06635001", "Hier")
    waits_in("06635002", "Dort")
    assert run() == ["one@example.org"]
    assert "Hier" in mail.outbox[0].body
    assert "Dort" in mail.outbox[0].body


def make_reviewer_again(user: User, area: str) -> None:
    user.mandates.create(area=area, starts_on=TODAY)


@pytest.mark.parametrize("terms", [{"starts_on": days(1)}, {"ends_on": days(-1)}])
def test_a_mandate_not_in_force_brings_no_letter(run: Any, terms: dict[str, date]) -> None:
    user = make_reviewer("06635", "late", **terms)
    user.email = "late@example.org"
    user.save()
    waits_in("06635001")
    assert run() == []


def test_who_left_or_has_no_address_gets_none(run: Any) -> None:
    left = reviewer("06635", "left")
    left.is_active = False
    left.save()
    make_reviewer("06635", "without")
    waits_in("06635001")
    assert run() == []


def test_administrators_hear_of_areas_without_a_reviewer_and_of_no_other(run: Any) -> None:
    User.objects.create_superuser("admin", email="admin@example.org")
    reviewer("06", "state")
    waits_in("06635001")
    assert run() == ["state@example.org"]
    waits_in("16061001", "Niemandsland")
    assert run(days(1)) == ["admin@example.org", "state@example.org"]
    body = next(message.body for message in mail.outbox if message.to == ["admin@example.org"])
    assert "Niemandsland" in body
    assert "Dorfladen" not in body
    assert "niemand einen Prüfauftrag hat" in body


def test_an_entry_outside_all_municipalities_is_the_administrators(run: Any) -> None:
    User.objects.create_superuser("admin", email="admin@example.org")
    waits_in("06635001")
    Place.objects.update(municipality=None)
    assert run() == ["admin@example.org"]


def test_she_reads_it_in_her_language(run: Any) -> None:
    Correspondence.objects.create(user=reviewer("06", "state"), language="en")
    waits_in("06635001")
    run()
    assert mail.outbox[0].subject == "SOK-Atlas: something waits for your review"
    assert "– New entry: Dorfladen" in mail.outbox[0].body


def test_a_mail_program_finds_how_to_stop_it_with_one_click(run: Any) -> None:
    user = reviewer("06", "state")
    waits_in("06635001")
    run()
    link = f"{site.SITE_URL}/post/abbestellen/{stop_token(user)}/"
    assert mail.outbox[0].extra_headers["List-Unsubscribe"] == f"<{link}>"
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.outbox[0].body
    assert reader_of(stop_token(user)) == user


def test_who_stopped_it_gets_none(run: Any) -> None:
    user = reviewer("06", "state")
    waits_in("06635001")
    stop_digest(user)
    assert run() == []


def test_a_trial_run_writes_nothing(run: Any) -> None:
    reviewer("06", "state")
    waits_in("06635001")
    out = StringIO()
    call_command("send_digests", "--dry-run", "--today", TODAY.isoformat(), stdout=out)
    assert out.getvalue() == "Would have: letters 1, waiting for somebody 1\n"
    assert len(run()) == 1


def test_reading_what_waits_takes_as_many_queries_for_many_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    municipality = make_municipality("06635001")
    for _ in range(3):
        make_submission(make_place(municipality))
    with django_assert_num_queries(5):
        send_digests(TODAY)
    for _ in range(10):
        make_submission(make_place(municipality))
    with django_assert_num_queries(5):
        send_digests(TODAY)
