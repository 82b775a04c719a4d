"""What reviewers decide of entries: who may, what it does, what is on record, and which letter tells whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.care.edits import latest_change
from places.facts import facts_of
from places.models import (
    Change,
    Correspondence,
    Entry,
    Municipality,
    Place,
    Report,
    Stewardship,
    Submission,
    tie,
)
from places.reviewing.deciding import OutdatedError
from places.reviewing.decisions import archive, ask_back, confirm_entry, handle_report, publish, publish_several, reject
from places.vocabulary import (
    ActedAs,
    Publication,
    ReportKind,
    Role,
    SpaceKind,
    Status,
    SubmissionKind,
    SubmissionState,
    SupportKind,
    Verb,
)
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_municipality,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.fixture
def reviewer(korbach: Municipality) -> User:
    return make_reviewer("06635", "pruefung-wf")


def registered(entry: Entry, email: str = "") -> Submission:
    """A registration that waits, with a steward whose address is proved."""
    type(entry)._default_manager.filter(pk=entry.pk).update(publication=Publication.SUBMITTED)
    entry.refresh_from_db()
    return make_submission(entry, user=make_steward(entry, email=email))


def proposed(entry: Entry, **values: Any) -> Submission:
    """A change of some facts, proposed as the entry stands."""
    now = facts_of(entry)
    return make_submission(entry, SubmissionKind.CHANGE, values=values, base={name: now[name] for name in values})


def letters(callbacks: DjangoCaptureOnCommitCallbacks, act: Any) -> list[tuple[str, list[str]]]:
    """Subjects and addresses of what ``act`` sends."""
    mail.outbox.clear()
    with callbacks(execute=True):
        act()
    return [(str(letter.subject), letter.to) for letter in mail.outbox]


def entries(korbach: Municipality) -> dict[str, Entry]:
    return {
        "place": make_place(korbach, name="Dorfladen"),
        "support": make_support(korbach, "06", name="Freiwilligenagentur", kind=SupportKind.VOLUNTEER_AGENCY),
        "space": make_space(korbach, name="Alte Schule", kind=SpaceKind.SCHOOL),
    }


# --- Publishing ---


@pytest.mark.parametrize("kind", ["place", "support", "space"])
def test_a_registration_becomes_public_on_record_and_its_steward_hears_of_it(
    kind: str,
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    entry = entries(korbach)[kind]
    submission = registered(entry, "verein@example.org")
    sent = letters(
        django_capture_on_commit_callbacks,
        lambda: publish(submission, by=reviewer, today=TODAY, reason=" Schön! "),
    )
    entry.refresh_from_db()
    submission.refresh_from_db()
    assert entry.is_published
    assert (submission.state, submission.decided_on, submission.decided_by) == (
        SubmissionState.ACCEPTED,
        TODAY,
        reviewer,
    )
    change = Change.of_entry(entry)[0]
    assert (change.verb, change.acted_as, change.reason) == (Verb.PUBLISHED, ActedAs.REVIEWER, "Schön!")
    assert (change.before, change.after) == ({"publication": "submitted"}, {"publication": "published"})
    assert sent == [(f"„{entry.name}“ ist veröffentlicht", ["verein@example.org"])]
    assert "Schön!" in mail.outbox[0].body
    assert entry.get_absolute_url() in mail.outbox[0].body


def test_a_letter_comes_in_the_language_of_whoever_reads_it(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    submission = registered(make_place(korbach, name="Dorfladen"))
    assert submission.user is not None
    Correspondence.objects.create(user=submission.user, language="en")
    translation.activate("de")
    with django_capture_on_commit_callbacks(execute=True):
        publish(submission, by=reviewer, today=TODAY)
    assert mail.outbox[-1].subject == "“Dorfladen” is published"
    assert "Guten Tag" not in mail.outbox[-1].body


def test_a_change_is_applied_to_the_entry_as_it_stands_now(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, description="alt")
    involve(place, make_actor("Verein"), Role.MOTIVATOR)
    actors = [
        {"name": "Gemeinde", "sector": "administration", "is_person": False, "circle": "fellow", "roles": ["provider"]}
    ]
    submission = proposed(place, status=Status.DORMANT.value, actors=actors)
    Place.objects.filter(pk=place.pk).update(description="inzwischen neu")
    publish(submission, by=reviewer, today=TODAY)
    place.refresh_from_db()
    assert (place.status, place.description) == (Status.DORMANT, "inzwischen neu")
    assert facts_of(place)["actors"] == actors
    change = Change.of_entry(place)[0]
    assert (change.verb, set(change.after)) == (Verb.ACCEPTED_CHANGE, {"status", "actors"})


def test_who_has_not_seen_the_latest_change_does_not_publish_over_it(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach)
    submission = proposed(place, status=Status.CLOSED.value)
    seen = latest_change(place)
    confirm_entry(place, by=reviewer, today=TODAY)
    with pytest.raises(OutdatedError, match="inzwischen geändert"):
        publish(submission, by=reviewer, today=TODAY, seen=seen)
    place.refresh_from_db()
    assert place.status == Status.ACTIVE
    publish(submission, by=reviewer, today=TODAY, seen=latest_change(place))
    place.refresh_from_db()
    assert place.status == Status.CLOSED


def test_nothing_is_decided_twice(korbach: Municipality, reviewer: User) -> None:
    submission = registered(make_place(korbach))
    reject(submission, by=reviewer, reason="Gibt es nicht", today=TODAY)
    acts: list[Callable[[], None]] = [
        lambda: publish(submission, by=reviewer, today=TODAY),
        lambda: ask_back(submission, by=reviewer, question="Wo?", today=TODAY),
        lambda: reject(submission, by=reviewer, reason="Doch nicht", today=TODAY),
    ]
    for act in acts:
        with pytest.raises(OutdatedError, match="schon entschieden"):
            act()


def test_a_change_must_not_carry_an_entry_out_of_the_mandate(korbach: Municipality, reviewer: User) -> None:
    elsewhere = make_municipality("16061037", name="Gerbershausen")
    place = make_place(korbach)
    there = [elsewhere.centre.x, elsewhere.centre.y]
    submission = proposed(place, location=there)
    with pytest.raises(ValidationError, match="Gerbershausen"):
        publish(submission, by=reviewer, today=TODAY)
    place.refresh_from_db()
    submission.refresh_from_db()
    assert (place.municipality, submission.state) == (korbach, SubmissionState.WAITING)
    assert not Change.of_entry(place).exists()


def test_a_claim_makes_a_steward_and_fellow_stewards_may_accept_it(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach, name="Dorfladen")
    fellow = make_steward(place, "fellow")
    applicant = User.objects.create_user("applicant", email="neu@example.org")
    claim = make_submission(place, SubmissionKind.CLAIM, user=applicant)
    stranger = User.objects.create_user("stranger")
    with pytest.raises(PermissionDenied):
        publish(claim, by=stranger, today=TODAY)
    with pytest.raises(PermissionDenied):  # not by herself, either
        publish(claim, by=applicant, today=TODAY)
    sent = letters(django_capture_on_commit_callbacks, lambda: publish(claim, by=fellow, today=TODAY))
    assert Stewardship.of(place).get(user=applicant).since == TODAY
    assert sent == [("Sie betreuen jetzt „Dorfladen“", ["neu@example.org"])]
    change = Change.of_entry(place)[0]
    assert (change.verb, change.acted_as, change.user) == (Verb.JOINED, ActedAs.STEWARD, fellow)


def test_a_steward_decides_of_nothing_but_claims(korbach: Municipality) -> None:
    place = make_place(korbach)
    steward = make_steward(place)
    with pytest.raises(PermissionDenied):
        publish(proposed(place, status=Status.DORMANT.value), by=steward, today=TODAY)
    claim = make_submission(place, SubmissionKind.CLAIM, user=User.objects.create_user("applicant"))
    with pytest.raises(PermissionDenied):
        reject(claim, by=steward, reason="Nein", today=TODAY)


def test_a_claim_of_a_deleted_account_cannot_be_accepted(korbach: Municipality, reviewer: User) -> None:
    claim = make_submission(make_place(korbach), SubmissionKind.CLAIM)
    with pytest.raises(ValidationError, match="gibt es nicht mehr"):
        publish(claim, by=reviewer, today=TODAY)


# --- Asking back, rejecting ---


def test_a_question_reaches_the_stewards_with_the_page_where_they_answer(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach, name="Dorfladen")
    submission = registered(place, "verein@example.org")
    sent = letters(
        django_capture_on_commit_callbacks,
        lambda: ask_back(submission, by=reviewer, question="Wer darf kommen?", today=TODAY),
    )
    submission.refresh_from_db()
    place.refresh_from_db()
    assert (submission.state, submission.reason) == (SubmissionState.ASKED_BACK, "Wer darf kommen?")
    assert place.publication == Publication.SUBMITTED
    assert sent == [("Eine Frage zu „Dorfladen“", ["verein@example.org"])]
    assert "Wer darf kommen?" in mail.outbox[0].body
    assert f"/orte/{place.pk}/bearbeiten/" in mail.outbox[0].body
    assert Change.of_entry(place)[0].reason == "Wer darf kommen?"


def test_who_wants_to_look_after_an_entry_is_led_through_the_sign_in_to_the_question(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach)
    make_steward(place, email="verein@example.org")
    applicant = User.objects.create_user("applicant", email="neu@example.org")
    claim = make_submission(place, SubmissionKind.CLAIM, user=applicant)
    sent = letters(
        django_capture_on_commit_callbacks,
        lambda: ask_back(claim, by=reviewer, question="Was verbindet Sie?", today=TODAY),
    )
    assert [to for _subject, to in sent] == [["neu@example.org"]]
    assert f"/konto/anmelden/?next=/orte/{place.pk}/betreuen/" in mail.outbox[0].body


def test_a_rejection_says_what_why_by_whom_and_how_to_object(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach, name="Dorfladen")
    submission = registered(place, "verein@example.org")
    with pytest.raises(ValidationError, match="warum"):
        reject(submission, by=reviewer, reason="  ", today=TODAY)
    letters(
        django_capture_on_commit_callbacks,
        lambda: reject(submission, by=reviewer, reason="Den Ort gibt es nicht.", today=TODAY),
    )
    place.refresh_from_db()
    assert place.publication == Publication.REJECTED
    body = mail.outbox[0].body
    for words in ("wurde abgelehnt", "Den Ort gibt es nicht.", "Korbach", "Was Sie tun können", "/impressum/"):
        assert words in body
    assert "pruefung-wf" not in body


def test_a_rejected_change_leaves_the_entry_as_it_is(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach)
    reject(proposed(place, status=Status.CLOSED.value), by=reviewer, reason="Noch offen", today=TODAY)
    place.refresh_from_db()
    assert (place.status, place.publication) == (Status.ACTIVE, Publication.PUBLISHED)
    change = Change.of_entry(place)[0]
    assert (change.verb, change.after) == (Verb.REJECTED, {})


@pytest.mark.parametrize("area", ["16061", "06634", "06635016"])
def test_a_reviewer_of_elsewhere_decides_nothing(area: str, korbach: Municipality) -> None:
    elsewhere = make_reviewer(area)
    waiting, published = make_place(korbach, name="Dorfladen"), make_place(korbach, name="Bücherei")
    submission = registered(waiting)
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, **tie(published))
    acts: list[Callable[[], None]] = [
        lambda: publish(submission, by=elsewhere, today=TODAY),
        lambda: ask_back(submission, by=elsewhere, question="Wo?", today=TODAY),
        lambda: reject(submission, by=elsewhere, reason="Nein", today=TODAY),
        lambda: confirm_entry(published, by=elsewhere, today=TODAY),
        lambda: archive(published, by=elsewhere, reason="Weg", today=TODAY),
        lambda: handle_report(report, by=elsewhere, outcome="Stimmt", today=TODAY),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert not Change.objects.exists()
    assert Submission.objects.get().state == SubmissionState.WAITING


# --- Several at once ---


def test_several_are_published_where_that_is_safe_and_the_others_say_why_not(
    korbach: Municipality, reviewer: User
) -> None:
    west, south = korbach.geometry.extent[:2]
    spots = [(west + 0.01, south + 0.01 + 0.017 * number) for number in range(5)]
    names = ["Dorfladen Nieder-Ense", "Offene Werkstatt", "Bücherei St. Marien", "Sportplatz Lengefeld", "Café Kiez"]
    safe, twin_of_other, asked, changed, claimed = (
        make_place(korbach, name=name, longitude=x, latitude=y) for name, (x, y) in zip(names, spots, strict=True)
    )
    make_place(korbach, name="Offene Werkstatt e. V.", longitude=spots[1][0], latitude=spots[1][1])
    elsewhere = make_place(make_municipality("16061037"), name="Anderswo")
    overtaken = proposed(changed, status=Status.DORMANT.value)
    Place.objects.filter(pk=changed.pk).update(status=Status.CLOSED)
    question = registered(asked)
    ask_back(question, by=reviewer, question="Wo?", today=TODAY)
    submissions = [
        registered(safe),
        registered(twin_of_other),
        question,
        overtaken,
        make_submission(claimed, SubmissionKind.CLAIM, user=User.objects.create_user("applicant")),
        registered(elsewhere),
    ]
    outcomes = publish_several(submissions, by=reviewer, today=TODAY)
    assert [outcome.obstacle for outcome in outcomes] == [
        "",
        "vielleicht ist er schon eingetragen",
        "eine Rückfrage ist offen",
        "der Eintrag hat sich seit dem Vorschlag geändert",
        "wer betreuen darf, entscheiden Sie einzeln",
        "Dafür haben Sie keinen Prüfauftrag.",
    ]
    safe.refresh_from_db()
    twin_of_other.refresh_from_db()
    assert (safe.publication, twin_of_other.publication) == (Publication.PUBLISHED, Publication.SUBMITTED)


def test_a_change_that_nothing_contradicts_is_published_with_several(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach)
    (outcome,) = publish_several([proposed(place, status=Status.DORMANT.value)], by=reviewer, today=TODAY)
    assert outcome.is_published
    place.refresh_from_db()
    assert place.status == Status.DORMANT


# --- Confirming, taking out, reports ---


def test_a_reviewer_confirms_what_nobody_looks_after(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, confirmed_on=date(2020, 1, 1))
    confirm_entry(place, by=reviewer, today=TODAY)
    place.refresh_from_db()
    assert place.confirmed_on == TODAY
    make_steward(place)
    with pytest.raises(ValidationError, match="betreut jemand"):
        confirm_entry(place, by=reviewer, today=TODAY + timedelta(days=1))


def test_archiving_needs_a_reason_that_reaches_the_stewards_and_closes_what_waits(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach, name="Dorfladen")
    make_steward(place, email="verein@example.org")
    applicant = User.objects.create_user("applicant", email="neu@example.org")
    waiting = [
        proposed(place, status=Status.CLOSED.value),
        make_submission(place, SubmissionKind.CLAIM, user=applicant),
    ]
    with pytest.raises(ValidationError, match="warum"):
        archive(place, by=reviewer, reason="", today=TODAY)
    sent = letters(
        django_capture_on_commit_callbacks, lambda: archive(place, by=reviewer, reason="Abgerissen", today=TODAY)
    )
    place.refresh_from_db()
    assert place.publication == Publication.ARCHIVED
    assert sorted(sent) == [
        ("Zu Ihrem Wunsch, „Dorfladen“ zu betreuen", ["neu@example.org"]),
        ("„Dorfladen“ ist nicht mehr öffentlich", ["verein@example.org"]),
    ]
    for submission in waiting:
        submission.refresh_from_db()
        assert (submission.state, submission.reason) == (SubmissionState.REJECTED, "Abgerissen")


def test_a_report_is_answered_and_its_address_forgotten(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    place = make_place(korbach, name="Dorfladen")
    report = Report.objects.create(
        kind=ReportKind.UNLAWFUL, reported_on=TODAY, email="wer@example.org", text="Beleidigend", **tie(place)
    )
    with pytest.raises(ValidationError, match="daraus wurde"):
        handle_report(report, by=reviewer, outcome=" ", today=TODAY)
    sent = letters(
        django_capture_on_commit_callbacks,
        lambda: handle_report(report, by=reviewer, outcome="Wir haben es gestrichen.", today=TODAY),
    )
    report.refresh_from_db()
    assert sent == [("Ihre Meldung zu „Dorfladen“", ["wer@example.org"])]
    assert "Wir haben es gestrichen." in mail.outbox[0].body
    assert (report.email, report.handled_on, report.handled_by) == ("", TODAY, reviewer)
    assert Change.of_entry(place)[0].verb == Verb.HANDLED_REPORT
    with pytest.raises(OutdatedError, match="schon bearbeitet"):
        handle_report(report, by=reviewer, outcome="Noch einmal", today=TODAY)


def test_letters_show_no_escaped_signs(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    submission = registered(make_place(korbach, name="Käthe's <Laden> & Café"))
    with django_capture_on_commit_callbacks(execute=True):
        ask_back(submission, by=reviewer, question="Offen & für alle?", today=TODAY)
    assert "Käthe's <Laden> & Café" in mail.outbox[-1].subject
    assert "Offen & für alle?" in mail.outbox[-1].body


def test_the_class_follows_a_decision_that_counts(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    submission = registered(make_place(korbach))
    with django_capture_on_commit_callbacks() as callbacks:
        publish(submission, by=reviewer, today=TODAY)
    assert any("_enqueue" in getattr(callback, "__qualname__", "") for callback in callbacks)
