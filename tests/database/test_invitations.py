"""Who joins and who leaves those that look after an entry: by a link that holds 14 days, of which nothing is stored."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.care.invitations import accept_invitation, invite, leave, read_invitation
from places.models import Change, Correspondence, Place, Stewardship
from places.permissions import is_steward
from places.vocabulary import Publication, Verb
from tests.factories import TODAY, make_municipality, make_place, make_reviewer, make_steward

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015"), name="Dorfladen")


@pytest.fixture
def invited(place: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Invites, and gives the token out of the letter."""

    def token_for(by: User, email: str = "Neu@Example.org", **terms: Any) -> str:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            invite(place, email, by=by, **{"hands_over": False, "today": TODAY, **terms})
        (letter,) = mail.outbox
        assert letter.to == [email]
        found = re.search(r"/einladung/([^/\s]+)/", str(letter.body))
        assert found is not None
        return found[1]

    return token_for


def test_whoever_reads_the_mailbox_joins_and_only_then_is_there_an_account(place: Place, invited: Any) -> None:
    steward = make_steward(place)
    token = invited(steward)
    assert User.objects.count() == 1
    assert not EmailAddress.objects.exists()
    assert accept_invitation(token, language="en", today=TODAY + timedelta(days=14)) == place
    joined = User.objects.get(email="neu@example.org")
    assert is_steward(joined, place)
    assert is_steward(steward, place)
    assert EmailAddress.objects.get().verified
    assert Correspondence.objects.get(user=joined).language == "en"
    assert [(line.verb, line.user) for line in Change.of_entry(place)] == [(Verb.JOINED, joined)]


def test_handing_over_ends_the_stewardship_of_who_did(place: Place, invited: Any) -> None:
    steward = make_steward(place)
    accept_invitation(invited(steward, hands_over=True), language="de", today=TODAY)
    assert [row.user.email for row in Stewardship.of(place)] == ["neu@example.org"]
    assert list(Change.of_entry(place).values_list("verb", flat=True)) == [Verb.LEFT, Verb.JOINED]


def test_inviting_oneself_to_take_over_changes_nothing(place: Place, invited: Any) -> None:
    steward = make_steward(place, email="ich@example.org")
    EmailAddress.objects.create(user=steward, email="ich@example.org", verified=True, primary=True)
    accept_invitation(invited(steward, "ich@example.org", hands_over=True), language="de", today=TODAY)
    assert is_steward(steward, place)


def test_accepting_twice_is_accepting_once(place: Place, invited: Any) -> None:
    token = invited(make_steward(place))
    for _time in range(2):
        assert accept_invitation(token, language="de", today=TODAY) == place
    assert Stewardship.of(place).count() == 2
    assert Change.of_entry(place).count() == 1


def test_a_link_holds_fourteen_days_and_only_as_it_was_written(place: Place, invited: Any) -> None:
    token = invited(make_steward(place))
    assert read_invitation(token, TODAY + timedelta(days=14)) is not None
    assert read_invitation(token, TODAY + timedelta(days=15)) is None
    assert read_invitation(token[:-1] + ("a" if token[-1] != "a" else "b"), TODAY) is None
    assert read_invitation("nonsense", TODAY) is None


def test_a_link_of_somebody_who_has_left_does_not_hold(place: Place, invited: Any) -> None:
    steward = make_steward(place)
    token = invited(steward)
    leave(place, by=steward)
    assert accept_invitation(token, language="de", today=TODAY) is None
    assert not Stewardship.of(place).exists()


def test_a_link_to_an_entry_that_was_taken_down_does_not_hold(place: Place, invited: Any) -> None:
    token = invited(make_steward(place))
    Place.objects.update(publication=Publication.ARCHIVED)
    assert accept_invitation(token, language="de", today=TODAY) is None


def test_only_a_steward_invites_and_leaves(place: Place) -> None:
    for other in (make_reviewer("06635"), User.objects.create_user("stranger"), make_steward(make_place())):
        with pytest.raises(PermissionDenied):
            invite(place, "neu@example.org", by=other, hands_over=False, today=TODAY)
        with pytest.raises(PermissionDenied):
            leave(place, by=other)
    assert mail.outbox == []


def test_leaving_is_on_record(place: Place) -> None:
    steward = make_steward(place)
    leave(place, by=steward)
    assert not is_steward(steward, place)
    assert Change.of_entry(place).get().verb == Verb.LEFT
