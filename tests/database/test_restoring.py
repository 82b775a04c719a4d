"""Back to how it stood: reconstructed from the record, publication left alone, on record itself."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from places.care.edits import latest_change
from places.facts import facts_of, write_facts
from places.models import Change, Entry, Municipality, Place
from places.record import on_record, write_change
from places.reviewing.deciding import OutdatedError
from places.reviewing.decisions import archive, confirm_entry
from places.reviewing.merging import merge
from places.reviewing.municipal import rate_conditions, state_inventory
from places.reviewing.restoring import is_restorable, republish, restore, to_restore
from places.vocabulary import ActedAs, Condition, Publication, Role, Status, Verb
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_municipality,
    make_place,
    make_reviewer,
    make_support,
)

pytestmark = pytest.mark.django_db
WHY = "Versehen"


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.fixture
def reviewer(korbach: Municipality) -> User:
    return make_reviewer("06635")


def changed(entry: Entry, **facts: Any) -> Change:
    """The line of the record of an edit."""
    with on_record(entry, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        write_facts(entry, facts)
    return Change.of_entry(entry)[0]


def test_what_stood_before_a_line_stands_again_with_all_that_came_later(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, name="Dorfladen", description="A", street="Am Markt 1")
    involve(place, make_actor("Verein"), Role.MOTIVATOR)
    before = facts_of(place)
    changed(place, street="Am Markt 2")
    line = changed(place, description="B", actors=[])
    changed(place, description="C", status=Status.CLOSED.value)
    restore(line, by=reviewer, today=TODAY, reason=WHY)
    place = Place.objects.get(pk=place.pk)
    assert facts_of(place) == before | {"street": "Am Markt 2"}
    last = Change.of_entry(place)[0]
    assert (last.verb, last.reason, last.user) == (Verb.RESTORED, WHY, reviewer)
    assert last.before["description"] == "C"
    assert last.after["status"] == Status.ACTIVE


def test_a_restored_state_can_be_set_back_too(korbach: Municipality, reviewer: User) -> None:
    support = make_support(korbach, "06635", name="Beratung")
    line = changed(support, name="Agentur", areas=["06", "16"])
    restore(line, by=reviewer, today=TODAY, reason=WHY)
    assert (facts_of(support)["areas"], Change.of_entry(support).count()) == (["06635"], 2)
    restore(Change.of_entry(support)[0], by=reviewer, today=TODAY, reason=WHY)
    support.refresh_from_db()
    assert (support.name, facts_of(support)["areas"]) == ("Agentur", ["06", "16"])


def test_what_was_only_proposed_is_not_taken_for_what_stood(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, status=Status.ACTIVE, description="A")
    line = changed(place, description="B")
    write_change(
        place,
        Verb.PROPOSED,
        by=None,
        acted_as=ActedAs.STEWARD,
        before={"status": "planned"},
        after={"status": "closed"},
    )
    assert not is_restorable(Change.of_entry(place)[0])
    restore(line, by=reviewer, today=TODAY, reason=WHY)
    place.refresh_from_db()
    assert (place.status, place.description) == (Status.ACTIVE, "A")


def test_a_confirmation_is_undone_only_by_setting_itself_back(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, description="A", confirmed_on=date(2024, 1, 1))
    edit = changed(place, description="B")
    confirm_entry(place, by=reviewer, today=TODAY)
    confirmation = Change.of_entry(place)[0]
    assert to_restore(edit) == ({"description": "B"}, {"description": "A"})
    assert to_restore(confirmation) == ({"confirmed_on": TODAY.isoformat()}, {"confirmed_on": "2024-01-01"})


def test_publication_is_never_set_back_but_brought_back(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach)
    archive(place, by=reviewer, reason="Abgerissen", today=TODAY)
    line = Change.of_entry(place)[0]
    assert not is_restorable(line)
    with pytest.raises(ValidationError, match="steht schon so da"):
        restore(line, by=reviewer, today=TODAY, reason=WHY)
    republish(place, by=reviewer, today=TODAY, reason="Steht noch")
    place.refresh_from_db()
    assert place.publication == Publication.PUBLISHED
    with pytest.raises(ValidationError, match="weder abgelehnt"):
        republish(place, by=reviewer, today=TODAY, reason="Noch einmal")


def test_what_went_up_in_another_stands_by_itself_again(korbach: Municipality, reviewer: User) -> None:
    kept, other = make_place(korbach), make_place(korbach)
    merge(kept, other, by=reviewer, reason="Gleich", take=[], today=TODAY)
    republish(other, by=reviewer, today=TODAY, reason="Doch zwei")
    other.refresh_from_db()
    assert (other.publication, other.merged_into) == (Publication.PUBLISHED, None)


def test_before_its_first_line_an_entry_was_not_there(korbach: Municipality, reviewer: User) -> None:
    place = Place(name="Neu", kind="library", location=korbach.centre, municipality=korbach)
    with on_record(place, Verb.REGISTERED, by=None, acted_as=ActedAs.VISITOR):
        place.save()
    line = Change.of_entry(place).get()
    assert not is_restorable(line)
    with pytest.raises(ValidationError, match="gab es den Eintrag noch nicht"):
        restore(line, by=reviewer, today=TODAY, reason=WHY)


def test_setting_back_needs_a_mandate_a_reason_and_the_latest_record(korbach: Municipality, reviewer: User) -> None:
    place = make_place(korbach, description="A")
    line = changed(place, description="B")
    with pytest.raises(PermissionDenied):
        restore(line, by=make_reviewer("16"), today=TODAY, reason=WHY)
    with pytest.raises(PermissionDenied):
        republish(place, by=make_reviewer("16061"), today=TODAY, reason=WHY)
    with pytest.raises(ValidationError, match="warum"):
        restore(line, by=reviewer, today=TODAY, reason=" ")
    with pytest.raises(OutdatedError):
        restore(line, by=reviewer, today=TODAY, reason=WHY, seen=latest_change(place) - 1)
    place.refresh_from_db()
    assert place.description == "B"


def test_setting_back_must_not_carry_an_entry_out_of_the_mandate(korbach: Municipality, reviewer: User) -> None:
    elsewhere = make_municipality("16061037", name="Gerbershausen")
    place = make_place(elsewhere)
    line = changed(place, location=[korbach.centre.x, korbach.centre.y])
    with pytest.raises(ValidationError, match="Gerbershausen"):
        restore(line, by=reviewer, today=TODAY, reason=WHY)


def test_ratings_and_the_inventory_of_a_municipality_are_set_back_each_by_itself(
    korbach: Municipality, reviewer: User
) -> None:
    engaged, open_administration = Condition.ENGAGED_ACTORS, Condition.OPEN_ADMINISTRATION
    rate_conditions(korbach, by=reviewer, ratings={engaged: 2}, evidence="a", today=TODAY)
    rate_conditions(korbach, by=reviewer, ratings={engaged: 4, open_administration: 1}, evidence="b", today=TODAY)
    wrong = Change.of(korbach)[0]
    state_inventory(korbach, by=reviewer, completed_on=date(2026, 1, 1), today=TODAY)
    state_inventory(korbach, by=reviewer, completed_on=date(2026, 11, 1), today=TODAY)
    restore(wrong, by=reviewer, today=TODAY, reason=WHY)
    korbach.refresh_from_db()
    assert (korbach.engaged_actors, korbach.open_administration) == (2, None)
    assert korbach.inventory_completed_on == date(2026, 11, 1)
    assert WHY in Change.of(korbach)[0].reason
    inventory = Change.of(korbach).filter(verb=Verb.COMPLETED_INVENTORY)[0]
    restore(inventory, by=reviewer, today=TODAY, reason=WHY)
    korbach.refresh_from_db()
    assert (korbach.inventory_completed_on, korbach.engaged_actors) == (date(2026, 1, 1), 2)


def test_a_municipality_is_set_back_by_its_reviewers_only(korbach: Municipality, reviewer: User) -> None:
    state_inventory(korbach, by=reviewer, completed_on=TODAY, today=TODAY)
    with pytest.raises(PermissionDenied):
        restore(Change.of(korbach)[0], by=make_reviewer("16"), today=TODAY, reason=WHY)
    korbach.refresh_from_db()
    assert korbach.inventory_completed_on == TODAY
