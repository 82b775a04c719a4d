"""What whoever looks after an entry may do: what is live at once, what waits; and that nobody loses anything."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.dispatch import Signal

from places import signals
from places.care.edits import ConflictError, latest_change
from places.care.stewardship import Outcome, change_status, confirm, reply, take_down, update_entry, withdraw
from places.facts import facts_of
from places.models import Change, Entry, Place, Question, Submission
from places.reviewing.decisions import ask_back, publish, reject
from places.vocabulary import ActedAs, Publication, Role, Status, SubmissionKind, SubmissionState, Verb
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

TOMORROW = TODAY + timedelta(days=1)
ACTOR = {"name": "Dorfverein", "sector": "civil_society", "is_person": False, "circle": "key_actor", "roles": []}


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015"), name="Dorfladen", description="Alt")


def change(entry: Entry, by: Any, seen: int | None = None, today: date = TODAY, **facts: Any) -> Outcome:
    message = facts.pop("message", "")
    seen = latest_change(entry) if seen is None else seen
    return update_entry(entry, by=by, facts=facts, seen=seen, today=today, message=message)


def stored(entry: Entry) -> dict[str, Any]:
    return facts_of(type(entry)._default_manager.get(pk=entry.pk))


def proposal(entry: Entry) -> Submission:
    return Submission.of(entry).get(kind=SubmissionKind.CHANGE)


def verbs(entry: Entry) -> list[str]:
    """The latest first."""
    return list(Change.of_entry(entry).values_list("verb", flat=True))


# --- What is live, what waits ----------------------------------------------------------------------------------------


def test_of_a_stewards_change_what_moves_the_class_waits_and_the_rest_is_live_at_once(place: Place) -> None:
    steward = make_steward(place)
    outcome = change(place, steward, description="Neu", engaged_actors=4, open_to_all=False, message="Siehe Satzung")
    assert outcome.live == ("description",)
    assert (stored(place)["description"], stored(place)["engaged_actors"]) == ("Neu", None)
    waits = proposal(place)
    assert outcome.waiting == waits
    assert waits.values == {"engaged_actors": 4, "open_to_all": False}
    assert waits.base == {"engaged_actors": None, "open_to_all": True}
    assert (waits.state, waits.waiting_since, waits.user) == (SubmissionState.WAITING, TODAY, steward)
    assert waits.message == "Siehe Satzung"
    assert verbs(place) == [Verb.PROPOSED, Verb.UPDATED]


def test_the_record_says_who_changed_what_from_what_to_what(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, description="Neu", name="Dorfladen", message="Vorstand hat beschlossen")
    line = Change.of_entry(place).get()
    assert (line.user, line.acted_as, line.ags) == (steward, ActedAs.STEWARD, "06635015")
    assert (line.before, line.after) == ({"description": "Alt"}, {"description": "Neu"})
    assert line.reason == "Vorstand hat beschlossen"


def test_an_open_proposal_is_added_to_and_not_doubled_and_keeps_its_place_in_the_queue(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4, message="Erstens")
    change(place, make_steward(place), open_to_all=False, today=TOMORROW, message="Zweitens")
    waits = proposal(place)
    assert waits.values == {"engaged_actors": 4, "open_to_all": False}
    assert waits.waiting_since == TODAY
    assert waits.message == "Erstens\n\nZweitens"


def test_proposing_what_stands_takes_the_proposal_back(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    outcome = change(place, steward, engaged_actors=None)
    assert outcome.taken_back
    assert proposal(place).state == SubmissionState.WITHDRAWN
    assert verbs(place)[0] == Verb.WITHDREW


def test_saving_what_one_saw_changes_nothing_and_records_nothing(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    lines = len(verbs(place))
    seen_facts = stored(place) | {"engaged_actors": 4, "description": "Alt\r\n"}
    outcome = change(place, steward, **{name: seen_facts[name] for name in ("engaged_actors", "description", "name")})
    assert outcome == Outcome(())
    assert len(verbs(place)) == lines


def test_of_a_support_structure_or_a_space_only_the_location_waits() -> None:
    municipality = make_municipality()
    for entry in (make_support(municipality), make_space(municipality)):
        near = [round(entry.location.x + 0.01, 7), round(entry.location.y, 7)]
        outcome = change(entry, make_steward(entry), status="dormant", location=near)
        assert outcome.live == ("status",)
        assert proposal(entry).values == {"location": near}


def test_what_a_reviewer_changes_is_live_at_once_and_on_record_as_a_reviewers(place: Place) -> None:
    reviewer = make_reviewer("06635")
    outcome = change(place, reviewer, engaged_actors=3, description="Neu", message="Ortstermin")
    assert sorted(outcome.live) == ["description", "engaged_actors"]
    assert stored(place)["engaged_actors"] == 3
    line = Change.of_entry(place).get()
    assert (line.acted_as, line.reason) == (ActedAs.REVIEWER, "Ortstermin")
    assert not Submission.objects.exists()


def test_a_steward_who_reviews_there_acts_as_reviewer(place: Place) -> None:
    reviewer = make_reviewer("06635")
    place.stewardships.create(user=reviewer, since=TODAY)
    assert change(place, reviewer, engaged_actors=3).live == ("engaged_actors",)


def test_while_an_entry_is_not_published_everything_is_written_and_its_registration_stays_open() -> None:
    place = make_place(publication=Publication.SUBMITTED)
    registration = make_submission(place, state=SubmissionState.ASKED_BACK, reason="Wer trägt ihn?")
    outcome = change(place, make_steward(place), actors=[ACTOR], status="planned")
    assert sorted(outcome.live) == ["actors", "status"]
    assert stored(place)["actors"] == [ACTOR]
    registration.refresh_from_db()
    assert registration.state == SubmissionState.ASKED_BACK


def test_what_moves_a_class_is_told_only_when_it_is_live(place: Place, settings: Any) -> None:
    heard: list[Any] = []

    def listen(sender: Any, **_rest: Any) -> None:
        heard.append(sender)

    told: Signal = signals.inputs_changed
    told.connect(listen)
    try:
        steward = make_steward(place)
        change(place, steward, engaged_actors=4, description="Neu")
        assert heard == []
        publish(proposal(place), by=make_reviewer("06635"), today=TODAY)
        assert heard == [Place]
    finally:
        told.disconnect(listen)


# --- Who may, and what ----------------------------------------------------------------------------------------------


def test_nobody_else_may_change_an_entry(place: Place) -> None:
    strangers = [
        AnonymousUser(),
        User.objects.create_user("stranger"),
        make_steward(make_place(place.municipality)),
        make_reviewer("16"),
        User.objects.create_superuser("administrator"),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            change(place, stranger, description="Neu")
    assert stored(place)["description"] == "Alt"
    assert not Change.objects.exists()


@pytest.mark.parametrize("fact", [{"publication": "archived"}, {"confirmed_on": "2030-01-01"}])
def test_publishing_and_confirming_are_no_edits(place: Place, fact: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied):
        update_entry(place, by=make_steward(place), facts=dict(fact), seen=0, today=TODAY)
    assert stored(place)["publication"] == Publication.PUBLISHED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("website", "javascript:alert(1)"),
        ("status", "gone"),
        ("engaged_actors", 5),
        ("postcode", "123"),
        ("location", [0.0, 0.0]),
        ("actors", [ACTOR, ACTOR]),
        ("actors", [ACTOR | {"name": ""}]),
        ("actors", [ACTOR | {"roles": ["king"]}]),
    ],
)
def test_an_impossible_fact_is_refused_by_its_name(place: Place, name: str, value: Any) -> None:
    before = stored(place)
    with pytest.raises(ValidationError) as refused:
        change(place, make_steward(place), description="Neu", **{name: value})
    assert name in refused.value.message_dict
    assert stored(place) == before
    assert not Submission.objects.exists()


def test_a_space_cannot_end_before_it_begins() -> None:
    space = make_space(available_from=date(2026, 5, 1))
    with pytest.raises(ValidationError, match="vor dem Anfang"):
        change(space, make_steward(space), available_until="2026-04-30")


def test_the_areas_of_a_support_structure_are_live_at_once_and_must_be_keys() -> None:
    support = make_support()
    steward = make_steward(support)
    with pytest.raises(ValidationError, match="Schlüssel"):
        change(support, steward, areas=["066"])
    change(support, steward, areas=["16", "06"])
    assert stored(support)["areas"] == ["06", "16"]


def test_a_person_may_take_part_without_a_name(place: Place) -> None:
    nameless = ACTOR | {"name": "", "is_person": True, "roles": ["motivator"]}
    change(place, make_steward(place), actors=[nameless])
    publish(proposal(place), by=make_reviewer("06635"), today=TODAY)
    assert stored(place)["actors"] == [nameless]


def test_a_reviewer_does_not_move_an_entry_out_of_her_area(place: Place) -> None:
    elsewhere = make_municipality("06634001")
    with pytest.raises(ValidationError, match="außerhalb Ihres Prüfauftrags"):
        change(place, make_reviewer("06635"), location=[elsewhere.centre.x, elsewhere.centre.y])


@pytest.mark.parametrize("publication", [Publication.ARCHIVED, Publication.REJECTED])
def test_what_is_not_looked_after_any_more_is_not_changed(place: Place, publication: str) -> None:
    steward = make_steward(place)
    Place.objects.update(publication=publication)
    with pytest.raises(ValidationError, match="nicht mehr in Bearbeitung"):
        change(place, steward, description="Neu")


# --- Two people at once ---------------------------------------------------------------------------------------------


def test_two_people_who_change_different_facts_both_keep_theirs(place: Place) -> None:
    first, second = make_steward(place), make_steward(place)
    seen = latest_change(place)
    page = {name: stored(place)[name] for name in ("name", "description", "website")}
    change(place, first, seen, **page | {"description": "Von der Ersten"})
    change(place, second, seen, **page | {"website": "https://example.org"})
    assert stored(place)["description"] == "Von der Ersten"
    assert stored(place)["website"] == "https://example.org"


def test_where_both_change_the_same_fact_the_second_is_told_all_three_states_and_nothing_is_written(
    place: Place,
) -> None:
    first, second = make_steward(place), make_steward(place)
    seen = latest_change(place)
    change(place, first, seen, description="Von der Ersten", city="Korbach")
    change(place, first, description="Von der Ersten, verbessert")
    with pytest.raises(ConflictError) as refused:
        change(place, second, seen, description="Vom Zweiten", website="https://example.org")
    (conflict,) = refused.value.conflicts
    assert (conflict.name, conflict.base) == ("description", "Alt")
    assert (conflict.theirs, conflict.mine) == ("Von der Ersten, verbessert", "Vom Zweiten")
    assert conflict.change is not None
    assert conflict.change.user == first
    assert stored(place)["website"] == ""
    assert stored(place)["description"] == "Von der Ersten, verbessert"


def test_after_seeing_it_the_second_may_decide_for_their_own(place: Place) -> None:
    first, second = make_steward(place), make_steward(place)
    change(place, first, 0, description="Von der Ersten")
    change(place, second, latest_change(place), description="Vom Zweiten")
    assert stored(place)["description"] == "Vom Zweiten"


def test_two_people_who_change_a_fact_alike_do_not_disagree(place: Place) -> None:
    first, second = make_steward(place), make_steward(place)
    change(place, first, 0, description="Beide", actors=[ACTOR])
    assert change(place, second, 0, description="Beide", actors=[ACTOR]) == Outcome(())


def test_two_proposals_of_different_values_for_one_fact_are_a_conflict_too(place: Place) -> None:
    first, second = make_steward(place), make_steward(place)
    change(place, first, 0, engaged_actors=4)
    with pytest.raises(ConflictError) as refused:
        change(place, second, 0, engaged_actors=1)
    assert [(one.base, one.theirs, one.mine) for one in refused.value.conflicts] == [(None, 4, 1)]
    assert proposal(place).values == {"engaged_actors": 4}


def test_what_a_reviewer_declined_meanwhile_is_not_proposed_again_by_saving_the_page(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    seen, shown = latest_change(place), proposal(place)
    reject(shown, by=make_reviewer("06635"), reason="Ohne Beleg", today=TODAY)
    page = {"engaged_actors": 4, "description": "Neu"}
    update_entry(place, by=steward, facts=page, seen=seen, seen_proposal=shown.pk, today=TODAY)
    assert stored(place)["description"] == "Neu"
    assert not Submission.objects.open().exists()


def test_what_a_reviewer_accepted_meanwhile_is_not_proposed_again_by_saving_the_page(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    seen, shown = latest_change(place), proposal(place)
    publish(shown, by=make_reviewer("06635"), today=TODAY)
    update_entry(place, by=steward, facts={"engaged_actors": 4}, seen=seen, seen_proposal=shown.pk, today=TODAY)
    assert stored(place)["engaged_actors"] == 4
    assert not Submission.objects.open().exists()


def test_a_reviewer_who_changed_the_fact_meanwhile_is_not_overwritten(place: Place) -> None:
    steward = make_steward(place)
    change(place, make_reviewer("06635"), 0, engaged_actors=2)
    with pytest.raises(ConflictError) as refused:
        change(place, steward, 0, engaged_actors=4)
    assert refused.value.conflicts[0].change is not None
    assert refused.value.conflicts[0].change.acted_as == ActedAs.REVIEWER


# --- Questions of the review, withdrawing, status, confirming ---------------------------------------------------------


def test_an_answer_lets_it_wait_again_from_today(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    ask_back(proposal(place), by=make_reviewer("06635"), question="Worauf stützt sich das?", today=TODAY)
    reply(proposal(place), by=steward, message=" Auf die Satzung. ", today=TOMORROW)
    waits = proposal(place)
    assert (waits.state, waits.waiting_since) == (SubmissionState.WAITING, TOMORROW)
    assert (waits.message, waits.reason) == ("Auf die Satzung.", "Worauf stützt sich das?")
    assert Change.of_entry(place).first().verb == Verb.REPLIED  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="schon geantwortet"):
        reply(waits, by=steward, message="Noch etwas", today=TOMORROW)


def test_an_answer_needs_words_and_comes_from_a_steward(place: Place) -> None:
    steward = make_steward(place)
    asked = make_submission(place, SubmissionKind.CHANGE, state=SubmissionState.ASKED_BACK)
    with pytest.raises(ValidationError):
        reply(asked, by=steward, message=" ", today=TODAY)
    with pytest.raises(PermissionDenied):
        reply(asked, by=make_reviewer("06635"), message="Ich", today=TODAY)


def test_changing_a_proposal_that_was_asked_back_is_an_answer_too(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    ask_back(proposal(place), by=make_reviewer("06635"), question="Wirklich 4?", today=TODAY)
    change(place, steward, engaged_actors=3, today=TOMORROW)
    assert (proposal(place).state, proposal(place).waiting_since) == (SubmissionState.WAITING, TOMORROW)


def test_a_message_with_a_change_answers_a_registration_that_was_asked_back() -> None:
    place = make_place(publication=Publication.SUBMITTED)
    registration = make_submission(place, state=SubmissionState.ASKED_BACK)
    outcome = change(place, make_steward(place), description="Neu", message="Steht jetzt da", today=TOMORROW)
    registration.refresh_from_db()
    assert outcome.replied
    assert (registration.state, registration.waiting_since) == (SubmissionState.WAITING, TOMORROW)
    assert registration.message == "Steht jetzt da"


def test_a_steward_takes_back_a_proposal_once(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    with pytest.raises(PermissionDenied):
        withdraw(proposal(place), by=make_reviewer("06635"), today=TODAY)
    withdraw(proposal(place), by=steward, today=TODAY)
    assert (proposal(place).state, proposal(place).decided_on) == (SubmissionState.WITHDRAWN, TODAY)
    assert place.is_published
    with pytest.raises(ValidationError, match="schon entschieden"):
        withdraw(proposal(place), by=steward, today=TODAY)


def test_a_registration_that_is_taken_back_archives_its_entry_on_one_line_of_the_record() -> None:
    place = make_place(publication=Publication.SUBMITTED)
    withdraw(make_submission(place), by=make_steward(place), today=TODAY)
    assert stored(place)["publication"] == Publication.ARCHIVED
    assert verbs(place) == [Verb.WITHDREW]


def test_a_claim_is_taken_back_by_whoever_made_it(place: Place) -> None:
    claimant = User.objects.create_user("claimant")
    claim = make_submission(place, SubmissionKind.CLAIM, user=claimant)
    with pytest.raises(PermissionDenied):
        withdraw(claim, by=make_steward(place), today=TODAY)
    withdraw(claim, by=claimant, today=TODAY)
    assert stored(place)["publication"] == Publication.PUBLISHED


def test_a_steward_takes_a_published_entry_out_of_the_public_with_a_reason(place: Place) -> None:
    steward = make_steward(place)
    change(place, steward, engaged_actors=4)
    with pytest.raises(ValidationError, match="Grund"):
        take_down(place, by=steward, today=TODAY, reason=" ")
    with pytest.raises(PermissionDenied):
        take_down(place, by=make_reviewer("06635"), today=TODAY, reason="Ich")
    take_down(place, by=steward, today=TODAY, reason="Verein aufgelöst")
    assert stored(place)["publication"] == Publication.ARCHIVED
    assert proposal(place).state == SubmissionState.WITHDRAWN
    line = Change.of_entry(place).first()
    assert line is not None
    assert (line.verb, line.reason) == (Verb.ARCHIVED, "Verein aufgelöst")


def test_the_status_of_a_place_is_proposed_that_of_a_space_is_live(place: Place) -> None:
    space = make_space(place.municipality)
    assert change_status(place, "dormant", by=make_steward(place), today=TODAY).waiting == proposal(place)
    assert change_status(space, "closed", by=make_steward(space), today=TODAY).live == ("status",)
    assert (stored(place)["status"], stored(space)["status"]) == (Status.ACTIVE, Status.CLOSED)
    with pytest.raises(ValidationError):
        change_status(space, "planned", by=make_steward(space), today=TODAY)


def test_changing_ones_mind_about_the_status_changes_the_proposal(place: Place) -> None:
    steward = make_steward(place)
    change_status(place, "dormant", by=steward, today=TODAY)
    change_status(place, "closed", by=steward, today=TODAY)
    assert proposal(place).values == {"status": "closed"}
    assert change_status(place, "active", by=steward, today=TODAY).taken_back


def test_a_steward_confirms_without_being_asked_and_the_question_is_answered(place: Place) -> None:
    steward = make_steward(place)
    question = Question.objects.create(place=place, asked_on=TODAY, last_sent_on=TODAY)
    confirm(place, by=steward, today=TOMORROW)
    question.refresh_from_db()
    assert stored(place)["confirmed_on"] == TOMORROW.isoformat()
    assert (question.answer, question.answered_on) == ("still_there", TOMORROW)
    assert verbs(place) == [Verb.CONFIRMED]
    with pytest.raises(PermissionDenied):
        confirm(place, by=User.objects.create_user("stranger"), today=TODAY)


def test_actors_in_another_order_are_the_same_actors(place: Place) -> None:
    involve(place, make_actor("B-Verein"), Role.PROVIDER, Role.MOTIVATOR)
    involve(place, make_actor("A-Verein"))
    turned = [{**row, "roles": row["roles"][::-1]} for row in stored(place)["actors"][::-1]]
    assert change(place, make_steward(place), actors=turned) == Outcome(())
