"""Two entries that mean the same: one stays with all that belonged to the other, the other leads to it for ever."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.facts import facts_of
from places.models import Change, Municipality, Photo, Report, Stewardship, Submission, tie
from places.reviewing.merging import merge
from places.vocabulary import Publication, ReportKind, Role, SubmissionKind, SubmissionState, Verb
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_municipality,
    make_photo,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)

pytestmark = pytest.mark.django_db
WHY = "Dieselbe Adresse, derselbe Verein"


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.fixture
def reviewer(korbach: Municipality) -> User:
    return make_reviewer("06635")


def test_the_one_that_stays_takes_the_facts_that_are_named_and_no_others(korbach: Municipality, reviewer: User) -> None:
    kept = make_place(korbach, name="Dorfladen", description="", street="Am Markt 1")
    other = make_place(korbach, name="Laden im Dorf", description="Seit 1990", street="Am Markt 2")
    involve(other, make_actor("Ladenverein"), Role.MOTIVATOR)
    merge(kept, other, by=reviewer, reason=WHY, take=["description", "actors"], today=TODAY)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.name, kept.description, kept.street) == ("Dorfladen", "Seit 1990", "Am Markt 1")
    assert [actor["name"] for actor in facts_of(kept)["actors"]] == ["Ladenverein"]
    assert (other.publication, other.merged_into) == (Publication.ARCHIVED, kept)
    assert kept.is_published


def test_areas_of_a_support_structure_and_the_size_of_a_space_can_be_taken(
    korbach: Municipality, reviewer: User
) -> None:
    agency, twin = make_support(korbach, "06635"), make_support(korbach, "06", "16")
    merge(agency, twin, by=reviewer, reason=WHY, take=["areas"], today=TODAY)
    assert facts_of(agency)["areas"] == ["06", "16"]
    hall, again = make_space(korbach), make_space(korbach, area_m2=120)
    merge(hall, again, by=reviewer, reason=WHY, take=["area_m2"], today=TODAY)
    hall.refresh_from_db()
    assert hall.area_m2 == 120


def test_stewards_photographs_claims_and_reports_move_and_what_waited_is_closed(
    korbach: Municipality, reviewer: User
) -> None:
    kept = make_place(korbach)
    other = make_place(korbach, publication=Publication.SUBMITTED)
    both, only_other = make_steward(kept, "both"), make_steward(other, "only-other")
    Stewardship.objects.create(user=both, since=TODAY, **tie(other))
    photo = make_photo(other)
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, **tie(other))
    registration = make_submission(other)
    claim = make_submission(other, SubmissionKind.CLAIM, user=User.objects.create_user("applicant"))
    merge(kept, other, by=reviewer, reason=WHY, take=[], today=TODAY)
    assert set(Stewardship.of(kept).values_list("user", flat=True)) == {both.pk, only_other.pk}
    assert not Stewardship.of(other).exists()
    assert Photo.of(kept).get() == photo
    assert Report.of(kept).get() == report
    assert Submission.of(kept).get() == claim
    registration.refresh_from_db()
    assert (registration.state, registration.decided_by) == (SubmissionState.ACCEPTED, reviewer)
    assert kept.name in registration.reason


def test_the_record_of_both_is_kept(korbach: Municipality, reviewer: User) -> None:
    kept, other = make_place(korbach, street="A"), make_place(korbach, street="B")
    merge(kept, other, by=reviewer, reason=WHY, take=["street"], today=TODAY)
    here, there = Change.of_entry(kept).get(), Change.of_entry(other).get()
    assert (here.verb, there.verb, here.reason, there.reason) == (Verb.MERGED, Verb.MERGED, WHY, WHY)
    assert (here.before, here.after) == ({"street": "A"}, {"street": "B"})
    assert there.after == {"publication": "archived", "merged_into": kept.pk}


def test_a_chain_leads_to_the_last(korbach: Municipality, reviewer: User) -> None:
    first, second, third = make_place(korbach), make_place(korbach), make_place(korbach)
    merge(second, first, by=reviewer, reason=WHY, take=[], today=TODAY)
    merge(third, second, by=reviewer, reason=WHY, take=[], today=TODAY)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.merged_into, second.merged_into) == (third, third)
    with pytest.raises(ValidationError, match="aufgegangen"):
        merge(second, make_place(korbach), by=reviewer, reason=WHY, take=[], today=TODAY)


def test_both_must_lie_within_the_mandate(korbach: Municipality, reviewer: User) -> None:
    here, elsewhere = make_place(korbach), make_place(make_municipality("16061037"))
    for kept, other in ((here, elsewhere), (elsewhere, here)):
        with pytest.raises(PermissionDenied):
            merge(kept, other, by=reviewer, reason=WHY, take=[], today=TODAY)
    assert not Change.objects.exists()


def test_what_makes_no_sense_is_refused_in_words(korbach: Municipality, reviewer: User) -> None:
    published, waiting = make_place(korbach), make_place(korbach, publication=Publication.SUBMITTED)
    draft, gone = (make_place(korbach, publication=state) for state in (Publication.DRAFT, Publication.ARCHIVED))
    for kept, other, words in (
        (waiting, published, "veröffentlichte Eintrag"),
        (published, draft, "Entwurf"),
        (gone, waiting, "Bleiben kann nur"),
        (published, published, "mit sich selbst"),
        (published, make_space(korbach), "derselben Art"),
    ):
        with pytest.raises(ValidationError, match=words):
            merge(kept, other, by=reviewer, reason=WHY, take=[], today=TODAY)
    with pytest.raises(ValidationError, match="dasselbe meinen"):
        merge(published, waiting, by=reviewer, reason=" ", take=[], today=TODAY)
    with pytest.raises(ValidationError, match="publication"):
        merge(published, waiting, by=reviewer, reason=WHY, take=["publication"], today=TODAY)
    assert not Change.objects.exists()


def test_the_stewards_of_the_duplicate_read_where_it_is_now(
    korbach: Municipality,
    reviewer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    kept, other = make_place(korbach, name="Dorfladen"), make_place(korbach, name="Laden")
    make_steward(kept, email="alt@example.org")
    make_steward(other, email="neu@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        merge(kept, other, by=reviewer, reason=WHY, take=[], today=TODAY)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["neu@example.org"], "„Laden“ gehört jetzt zu „Dorfladen“")
    assert WHY in letter.body
    assert f"/orte/{kept.pk}/betreuung/" in letter.body
