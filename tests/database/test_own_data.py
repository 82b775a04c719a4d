"""What is stored about a person can be had, and goes with the account; entries and the record stay."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from places.accounts import account_for
from places.models import Change, Correspondence, Mandate, Photo, Place, Report, Stewardship, Submission
from places.record import on_record
from places.upkeep.own_data import collect_own_data, delete_account
from places.vocabulary import ActedAs, ReportKind, SubmissionKind, SubmissionState, Verb
from tests.factories import TODAY, make_municipality, make_photo, make_place, make_steward, make_submission

pytestmark = pytest.mark.django_db

ADDRESS = "rosa@example.org"


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015"), name="Dorfladen")


@pytest.fixture
def rosa(place: Place) -> User:
    """Somebody who has done everything that one can do."""
    user = account_for(ADDRESS)
    user.first_name = "Rosa Rabe"
    user.set_password("Der Kuckuck ruft dreimal")
    user.save()
    Stewardship.objects.create(place=place, user=user, since=TODAY)
    make_submission(place, SubmissionKind.CHANGE, user=user, email=ADDRESS, message="Bitte prüfen")
    make_photo(place, added_by=user, credit="R. R.")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Handy", "credential": {"key": "geheim"}})
    Mandate.objects.create(user=user, area="06635", starts_on=TODAY)
    Report.objects.create(place=place, kind=ReportKind.ERROR, text="Falsch", email=ADDRESS, reported_on=TODAY)
    with on_record(place, Verb.UPDATED, by=user, acted_as=ActedAs.STEWARD, reason="Neu"):
        place.description = "Neu beschrieben"
        place.save()
    return user


def test_everything_is_handed_over_but_no_secret(rosa: User) -> None:
    data = collect_own_data(rosa)
    written = json.dumps(data, cls=DjangoJSONEncoder)
    assert data["account"]["display_name"] == "Rosa Rabe"
    assert data["addresses"] == [{"email": ADDRESS, "verified": True, "primary": True}]
    assert data["second_factors"][0]["name"] == "Handy"
    assert data["correspondence"] == {"language": "de", "wants_digest": True, "digest_sent_on": None}
    assert data["looks_after"][0]["entry"]["name"] == "Dorfladen"
    assert data["submissions"][0]["message"] == "Bitte prüfen"
    assert data["photos"][0]["credit"] == "R. R."
    assert data["mandates"][0]["area"] == "06635"
    assert data["reports"][0]["text"] == "Falsch"
    assert data["record"][0]["reason"] == "Neu"
    assert "geheim" not in written
    assert rosa.password not in written


def test_nothing_of_others_is_handed_over(rosa: User, place: Place) -> None:
    other = make_steward(place, "fremd")
    make_submission(make_place(place.municipality), user=other, message="Fremdes", email="fremd@example.org")
    written = json.dumps(collect_own_data(rosa), cls=DjangoJSONEncoder)
    assert "fremd" not in written.lower()


def test_nothing_of_the_person_is_left_and_the_entry_stays(rosa: User, place: Place) -> None:
    delete_account(rosa, today=TODAY)
    for model in (User, EmailAddress, Authenticator, Correspondence, Mandate, Stewardship):
        assert not model._default_manager.exists(), model
    submission = Submission.objects.get()
    assert (submission.user, submission.email) == (None, "")
    assert Report.objects.get().email == ""
    assert Photo.objects.get().added_by is None
    place.refresh_from_db()
    assert place.description == "Neu beschrieben"


def test_the_record_keeps_what_was_done_and_as_whom_but_not_by_whom(rosa: User, place: Place) -> None:
    delete_account(rosa, today=TODAY)
    lines = [(line.verb, line.acted_as, line.user) for line in Change.of_entry(place)]
    assert lines == [(Verb.LEFT, ActedAs.STEWARD, None), (Verb.UPDATED, ActedAs.STEWARD, None)]
    ended = Change.objects.get(verb=Verb.GAVE_MANDATE)
    assert (ended.ags, ended.after["ends_on"], ended.user) == ("06635", TODAY.isoformat(), None)


def test_a_wish_to_look_after_something_is_withdrawn(rosa: User) -> None:
    wish = make_submission(make_place(), SubmissionKind.CLAIM, user=rosa)
    delete_account(rosa, today=TODAY)
    wish.refresh_from_db()
    assert (wish.state, wish.decided_on) == (SubmissionState.WITHDRAWN, TODAY)


@pytest.mark.parametrize("alone", [True, False])
def test_a_question_that_nobody_can_answer_any_more_goes_back_to_the_reviewers(
    rosa: User, place: Place, alone: bool
) -> None:
    Submission.objects.update(state=SubmissionState.ASKED_BACK)
    if not alone:
        make_steward(place)
    delete_account(rosa, today=TODAY)
    submission = Submission.objects.get()
    assert submission.state == (SubmissionState.WAITING if alone else SubmissionState.ASKED_BACK)
    assert ("Konto wurde gelöscht" in submission.message) is alone


def test_the_last_administrator_cannot_go_but_the_last_but_one_can() -> None:
    first = User.objects.create_superuser("erste")
    User.objects.create_superuser("gesperrt", is_active=False)
    with pytest.raises(ValidationError):
        delete_account(first, today=TODAY)
    assert User.objects.filter(pk=first.pk).exists()
    User.objects.create_superuser("zweite")
    delete_account(first, today=TODAY)
    assert not User.objects.filter(pk=first.pk).exists()
