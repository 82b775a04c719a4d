"""Registering and claiming as verbs: what is stored before the address is proved, and what the proof changes."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.accounts import account_for
from places.facts import facts_of, without_names
from places.models import Actor, Change, Draft, Place, Space, Stewardship, Submission, Support
from places.registering.registration import (
    SOURCE,
    claim,
    confirm_address,
    confirmation_token,
    correct_address,
    resend,
    save_answers,
    sent_token,
    start_draft,
    submission_sent,
    submission_to_confirm,
    submit,
)
from places.vocabulary import ActedAs, Publication, Status, SubmissionKind, SubmissionState, Verb
from tests.factories import TODAY, make_municipality, make_place, square

pytestmark = pytest.mark.django_db

ADDRESS = "Dorfverein@Example.org"
PLACE: dict[str, Any] = {
    "longitude": "9,05",
    "latitude": "51,05",
    "name": "Dorfladen Ottlar",
    "kind": "village_shop",
    "community_use": "yes",
    "low_threshold": "no",
    "open_administration": "3",
    "conflict_space": "unknown",
    "mo_from": "09:00",
    "mo_to": "18:00",
    "key-0-who": "organisation",
    "key-0-name": "Dorfverein Ottlar",
    "key-0-sector": "civil_society",
    "key-0-roles": ["motivator", "promoter"],
    "key-1-who": "person",
    "key-1-name": "Erna Beispiel",
    "key-1-sector": "private_sector",
    "key-1-roles": ["provider"],
    "circle-0-who": "person",
    "circle-0-name": "Karl Einverstanden",
    "circle-0-consent": "on",
    "circle-0-sector": "civil_society",
    "circle-0-circle": "supporter",
    "circle-1-who": "organisation",
    "circle-1-name": "Dorfverein Ottlar",
    "circle-1-sector": "civil_society",
    "circle-1-circle": "fellow",
}


@pytest.fixture(autouse=True)
def territory() -> None:
    make_municipality("06635015", name="Korbach", geometry=square(9, 51))


def draft_of(entry_kind: str = "place", /, **answers: Any) -> Draft:
    draft = start_draft(entry_kind)
    save_answers(draft, answers)
    return draft


def sent(entry_kind: str = "place", /, **answers: Any) -> Submission:
    draft = draft_of(entry_kind, **(answers or PLACE))
    return submit(draft, today=TODAY, language="de", email=ADDRESS)


class TestSending:
    def test_stores_the_entry_unpublished_and_deletes_the_draft(self) -> None:
        submission = sent()
        place = Place.objects.get()
        assert submission.entry == place
        assert (place.publication, place.confirmed_on) == (Publication.DRAFT, None)
        assert (place.source, place.municipality.name if place.municipality else "") == (SOURCE, "Korbach")
        assert (submission.kind, submission.state) == (SubmissionKind.REGISTRATION, SubmissionState.UNCONFIRMED)
        assert not Draft.objects.exists()
        assert not User.objects.exists()
        assert not Change.objects.exists()

    def test_keeps_what_was_answered_and_leaves_open_what_was_not(self) -> None:
        sent()
        facts = facts_of(Place.objects.get())
        assert facts["location"] == [9.05, 51.05]
        assert (facts["community_use"], facts["low_threshold"], facts["open_to_all"]) == (True, False, None)
        assert (facts["open_administration"], facts["conflict_space"], facts["engaged_actors"]) == (3, None, None)
        assert facts["opening_hours"] == "Mo 09:00-18:00"
        assert facts["status"] == Status.ACTIVE

    def test_a_person_is_named_with_consent_only(self) -> None:
        sent()
        actors = facts_of(Place.objects.get())["actors"]
        assert [(actor["name"], actor["is_person"], actor["roles"]) for actor in actors] == [
            ("", True, ["provider"]),
            ("Dorfverein Ottlar", False, ["motivator", "promoter"]),
            ("Karl Einverstanden", True, []),
        ]  # fmt: skip
        assert not Actor.objects.filter(name__contains="Erna").exists()

    def test_an_actor_named_twice_is_one_in_the_nearer_circle(self) -> None:
        sent()
        (involvement,) = Place.objects.get().involvements.filter(actor__name="Dorfverein Ottlar")
        assert involvement.circle == "key_actor"

    def test_without_a_pin_the_middle_of_the_municipality_is_said_to_the_reviewer(self) -> None:
        submission = sent(name="Dorfladen", kind="village_shop", city="korbach")
        assert submission.entry.location.coords == submission.entry.municipality.centre.coords  # type: ignore[union-attr]
        assert "Mitte der Gemeinde" in submission.message

    def test_a_support_structure_has_its_areas_and_a_space_its_owner(self) -> None:
        where = {"longitude": "9.05", "latitude": "51.05", "name": "Beratung"}
        sent("support", **where, kind="advice", provider="Kreis", areas=["06635", "06635015"])
        sent(
            "space",
            **where,
            kind="shop",
            area_m2="120",
            owner_who="person",
            owner="Erna",
            owner_sector="private_sector",
        )
        assert facts_of(Support.objects.get())["areas"] == ["06635", "06635015"]
        space = Space.objects.get()
        assert (space.area_m2, space.owner, space.owner_sector) == (120, "", "private_sector")

    def test_is_refused_with_the_step_that_is_not_right(self) -> None:
        draft = draft_of(**PLACE | {"name": "", "longitude": "2"})
        with pytest.raises(ValidationError) as refused:
            submit(draft, today=TODAY, language="de", email=ADDRESS)
        assert set(refused.value.message_dict) == {"wo", "was"}
        assert Draft.objects.exists()
        assert not Place.objects.exists()

    def test_is_refused_without_an_address(self) -> None:
        with pytest.raises(ValidationError):
            submit(draft_of(**PLACE), today=TODAY, language="de", email="nobody")
        assert not Place.objects.exists()

    def test_twice_is_refused(self) -> None:
        draft = draft_of(**PLACE)
        submit(draft, today=TODAY, language="de", email=ADDRESS)
        with pytest.raises(Draft.DoesNotExist):
            submit(draft, today=TODAY, language="de", email=ADDRESS)

    def test_signed_in_it_waits_for_a_reviewer_at_once(self) -> None:
        user = account_for("somebody@example.org")
        submission = submit(draft_of(**PLACE), today=TODAY, language="de", by=user)
        assert (submission.state, submission.user) == (SubmissionState.WAITING, user)
        assert submission.email == ""


class TestProof:
    def test_makes_a_steward_and_puts_the_entry_before_the_reviewers(self) -> None:
        submission = confirm_address(sent(), today=TODAY)
        place = Place.objects.get()
        user = User.objects.get()
        assert user.email == ADDRESS.lower()
        assert Stewardship.of(place).get().user == user
        assert (place.publication, place.confirmed_on) == (Publication.SUBMITTED, TODAY)
        assert (submission.state, submission.waiting_since) == (SubmissionState.WAITING, TODAY)
        assert (submission.user, submission.email) == (user, "")

    def test_is_on_record_with_all_facts_and_without_persons_names(self) -> None:
        confirm_address(sent(), today=TODAY)
        change = Change.objects.get()
        assert (change.verb, change.acted_as) == (Verb.REGISTERED, ActedAs.STEWARD)
        assert change.before == {}
        assert change.after == without_names(facts_of(Place.objects.get()))

    def test_twice_changes_nothing(self) -> None:
        submission = sent()
        confirm_address(submission, today=TODAY)
        confirm_address(submission, today=TODAY.replace(year=2027))
        assert Submission.objects.get().waiting_since == TODAY
        assert (User.objects.count(), Stewardship.objects.count(), Change.objects.count()) == (1, 1, 1)

    def test_a_known_address_gets_no_second_account(self) -> None:
        known = account_for(ADDRESS)
        assert confirm_address(sent(), today=TODAY).user == known

    def test_the_link_holds_for_this_address_only(self) -> None:
        submission = sent()
        first = confirmation_token(submission)
        assert submission_to_confirm(first) == submission
        correct_address(submission, "richtig@example.org")
        submission.refresh_from_db()
        assert submission.email == "richtig@example.org"
        assert submission_to_confirm(first) is None
        second = confirmation_token(submission)
        confirm_address(submission, today=TODAY)
        assert submission_to_confirm(second) == submission  # and the page says that it is done
        assert submission_to_confirm(second[:-2]) is None

    def test_a_link_of_one_purpose_serves_no_other(self) -> None:
        submission = sent()
        assert submission_to_confirm(sent_token(submission)) is None
        assert submission_sent(confirmation_token(submission)) is None
        assert submission_sent(sent_token(submission)) == submission

    def test_once_confirmed_the_address_is_neither_corrected_nor_written_to(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        submission = confirm_address(sent(), today=TODAY)
        with django_capture_on_commit_callbacks(execute=True):
            mail.outbox.clear()
            correct_address(submission, "late@example.org")
            resend(submission)
        assert Submission.objects.get().email == ""
        assert mail.outbox == []


class TestClaims:
    def test_wait_for_a_reviewer_once_the_address_is_proved(self) -> None:
        place = make_place(longitude=9.05, latitude=51.05)
        submission = claim(place, today=TODAY, language="de", email=ADDRESS, message="Ich leite den Verein.")
        assert submission.state == SubmissionState.UNCONFIRMED
        confirmed = confirm_address(submission, today=TODAY)
        assert (confirmed.state, confirmed.kind) == (SubmissionState.WAITING, SubmissionKind.CLAIM)
        assert not Stewardship.objects.exists()
        change = Change.objects.get()
        assert (change.verb, change.acted_as, change.reason) == (Verb.CLAIMED, ActedAs.VISITOR, "")

    def test_may_be_made_of_an_entry_that_waits_itself(self) -> None:
        confirm_address(sent(), today=TODAY)
        submission = claim(Place.objects.get(), today=TODAY, language="de", email="other@example.org")
        assert confirm_address(submission, today=TODAY).state == SubmissionState.WAITING

    @pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.REJECTED, Publication.ARCHIVED])
    def test_are_refused_of_what_is_not_to_be_seen(self, publication: Publication) -> None:
        place = make_place(longitude=9.05, latitude=51.05, publication=publication)
        with pytest.raises(ValidationError):
            claim(place, today=TODAY, language="de", email=ADDRESS)

    def test_signed_in_nobody_claims_what_is_theirs_or_asked_for(self) -> None:
        user = account_for("somebody@example.org")
        place = make_place(longitude=9.05, latitude=51.05)
        assert claim(place, today=TODAY, language="de", by=user).state == SubmissionState.WAITING
        with pytest.raises(ValidationError):
            claim(place, today=TODAY, language="de", by=user)

    def test_a_steward_who_claims_by_address_is_not_before_the_reviewers_again(self) -> None:
        confirm_address(sent(), today=TODAY)
        again = claim(Place.objects.get(), today=TODAY, language="de", email=ADDRESS)
        assert confirm_address(again, today=TODAY).state == SubmissionState.WITHDRAWN
