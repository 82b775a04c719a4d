"""The verbs of a reviewer: allowed within the mandate only, recorded, and at once in the figures."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cohesion.models import Assessment, Score
from places.models import Change, Mandate, Municipality
from places.permissions import may_review
from places.reviewing.mandates import give_mandate
from places.reviewing.municipal import rate_conditions, state_inventory
from places.vocabulary import Condition, Verb
from tests.factories import TODAY, make_municipality

pytestmark = pytest.mark.django_db


def make_reviewer(area: str, **terms: Any) -> User:
    user = User.objects.create_user(f"reviewer-{area}-{User.objects.count()}")
    Mandate.objects.create(user=user, area=area, **{"starts_on": TODAY, **terms})
    return user


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.mark.parametrize(
    ("area", "allowed"),
    [("06", True), ("06635", True), ("06635015", True), ("16", False), ("06634", False), ("06635016", False)],
)
def test_a_mandate_reaches_as_far_as_its_key(korbach: Municipality, area: str, allowed: bool) -> None:
    assert may_review(make_reviewer(area), korbach, TODAY) is allowed


def test_a_mandate_holds_from_its_first_to_its_last_day(korbach: Municipality) -> None:
    user = make_reviewer("06635", starts_on=TODAY, ends_on=TODAY + timedelta(days=1))
    days = [TODAY + timedelta(days=days) for days in (-1, 0, 1, 2)]
    assert [may_review(user, korbach, day) for day in days] == [False, True, True, False]


def test_nobody_else_may_review(korbach: Municipality) -> None:
    assert not may_review(AnonymousUser(), korbach, TODAY)
    assert not may_review(User.objects.create_user("stranger"), korbach, TODAY)
    assert not may_review(User.objects.create_superuser("administrator"), korbach, TODAY)


def test_stating_the_inventory_is_stored_and_recorded(korbach: Municipality) -> None:
    user = make_reviewer("06635")
    state_inventory(korbach, by=user, completed_on=date(2026, 11, 1), today=TODAY, reason=" Ortsbeiräte gefragt ")
    korbach.refresh_from_db()
    assert korbach.inventory_completed_on == date(2026, 11, 1)
    change = Change.of(korbach).get()
    assert (change.user, change.verb, change.reason) == (user, Verb.COMPLETED_INVENTORY, "Ortsbeiräte gefragt")
    assert change.before == {"inventory_completed_on": None}
    assert change.after == {"inventory_completed_on": "2026-11-01"}


def test_taking_the_statement_back_is_another_line_of_the_record(korbach: Municipality) -> None:
    user = make_reviewer("06635")
    state_inventory(korbach, by=user, completed_on=TODAY, today=TODAY)
    state_inventory(korbach, by=user, completed_on=None, today=TODAY)
    assert [change.verb for change in Change.of(korbach)] == [Verb.WITHDREW_INVENTORY, Verb.COMPLETED_INVENTORY]


def test_saying_what_stands_already_records_nothing(korbach: Municipality) -> None:
    state_inventory(korbach, by=make_reviewer("06635"), completed_on=None, today=TODAY)
    assert not Change.objects.exists()


def test_an_inventory_of_tomorrow_is_refused(korbach: Municipality) -> None:
    with pytest.raises(ValidationError, match="Zukunft"):
        state_inventory(korbach, by=make_reviewer("06635"), completed_on=TODAY + timedelta(days=1), today=TODAY)


def test_rating_needs_evidence_and_a_rating_of_the_scale(korbach: Municipality) -> None:
    user = make_reviewer("06635")
    with pytest.raises(ValidationError, match="Beleg"):
        rate_conditions(korbach, by=user, ratings={Condition.ENGAGED_ACTORS: 3}, evidence=" ", today=TODAY)
    with pytest.raises(ValidationError, match="0 bis 4"):
        rate_conditions(korbach, by=user, ratings={Condition.ENGAGED_ACTORS: 5}, evidence="Beschluss", today=TODAY)
    rate_conditions(korbach, by=user, ratings={Condition.ENGAGED_ACTORS: 3}, evidence="Beschluss", today=TODAY)
    korbach.refresh_from_db()
    assert korbach.engaged_actors == 3
    assert Change.of(korbach).get().after == {"engaged_actors": 3}


def test_without_a_mandate_nothing_is_written(korbach: Municipality) -> None:
    elsewhere = make_reviewer("16061")
    with pytest.raises(PermissionDenied):
        state_inventory(korbach, by=elsewhere, completed_on=TODAY, today=TODAY)
    with pytest.raises(PermissionDenied):
        rate_conditions(korbach, by=elsewhere, ratings={Condition.ENGAGED_ACTORS: 3}, evidence="x", today=TODAY)
    korbach.refresh_from_db()
    assert (korbach.inventory_completed_on, korbach.engaged_actors) == (None, None)
    assert not Change.objects.exists()


def test_the_assessment_follows_the_change(
    korbach: Municipality, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    today = timezone.localdate()  # the assessment after a change is of the day on which it happens
    user = make_reviewer("06635", starts_on=today)
    with django_capture_on_commit_callbacks(execute=True):
        state_inventory(korbach, by=user, completed_on=today, today=today)
    assessment = Assessment.objects.newest()
    assert assessment is not None
    assert Score.objects.of(assessment).get(municipality=korbach).cohesion_class == "risky"


def test_only_an_administrator_gives_mandates_and_it_is_recorded() -> None:
    user, administrator = User.objects.create_user("new"), User.objects.create_superuser("administrator")
    mandate = Mandate(user=user, area="06635", starts_on=TODAY)
    with pytest.raises(PermissionDenied):
        give_mandate(mandate, by=user)
    give_mandate(mandate, by=administrator)
    mandate.ends_on = TODAY
    give_mandate(mandate, by=administrator)
    ended, given = Change.objects.filter(verb=Verb.GAVE_MANDATE)
    assert (given.before, given.after["ends_on"]) == ({}, None)
    assert (ended.before["ends_on"], ended.after["ends_on"]) == (None, TODAY.isoformat())


def test_the_record_survives_the_account(korbach: Municipality) -> None:
    user = make_reviewer("06635")
    state_inventory(korbach, by=user, completed_on=TODAY, today=TODAY)
    user.delete()
    assert Change.of(korbach).get().user is None


@pytest.mark.parametrize("terms", [{"area": "066"}, {"area": "06635", "ends_on": TODAY - timedelta(days=1)}])
def test_the_database_refuses_an_impossible_mandate(terms: dict[str, Any]) -> None:
    user = User.objects.create_user("somebody")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(user=user, **{"starts_on": TODAY, **terms})
