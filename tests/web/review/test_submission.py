"""One submission on its page: shown beside what is there, decided with a reason, by who has seen it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from places.care.edits import latest_change
from places.models import Municipality, Place, Report, Stewardship, tie
from places.record import on_record
from places.vocabulary import ActedAs, Publication, ReportKind, Status, SubmissionKind, SubmissionState, Verb
from tests.factories import TODAY, make_place, make_steward, make_submission
from tests.web.review.steps import proposed, registered, text

pytestmark = pytest.mark.django_db


def test_a_registration_is_shown_whole_with_its_likely_duplicate_beside(
    reviewer: Client, korbach: Municipality
) -> None:
    known = make_place(korbach, name="Dorfladen Korbach", street="Am Markt 1")
    place = make_place(korbach, name="Dorfladen Korbach e. V.", street="Am Markt 2", description="Kaffee für alle")
    submission = registered(place, message="Wir sind umgezogen.")
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    for words in (
        "Kaffee für alle",
        "Wir sind umgezogen.",
        "gemeinschaftlich nutzbar",
        "Nicht angegeben:",
        "Am Markt 1",
    ):
        assert words in page
    assert f"/pruefung/zusammenfuehren/orte/{known.pk}/{place.pk}/" in page
    assert "0 m entfernt" in page


def test_a_change_is_shown_against_what_is_published_now(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, status=Status.ACTIVE)
    submission = proposed(place, status=Status.CLOSED.value)
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    assert re.search(r"veröffentlicht</span> aktiv</dd>.*vorgeschlagen</span> geschlossen</dd>", page, re.DOTALL)
    assert "Seit dem Vorschlag geändert" not in page
    Place.objects.filter(pk=place.pk).update(status=Status.DORMANT)
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    assert "Damals stand hier: aktiv." in page


def test_a_decision_is_done_and_leads_back_to_the_queue(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, name="Dorfladen")
    submission = registered(place)
    response = reviewer.post(
        f"/pruefung/vorlagen/{submission.pk}/", {"action": "publish", "seen": latest_change(place)}, follow=True
    )
    assert "„Dorfladen“ ist veröffentlicht." in response.content.decode()
    place.refresh_from_db()
    assert place.is_published
    assert "Hierüber ist entschieden" in text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")


def test_a_ready_sentence_is_enough_and_words_are_added_to_it(reviewer: Client, korbach: Municipality) -> None:
    submission = registered(make_place(korbach))
    sent = {"action": "reject", "reject-beginning": "0", "reject-words": "Siehe Dorfladen."}
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent).status_code == 302
    submission.refresh_from_db()
    assert submission.reason == "Dieser Ort ist schon eingetragen.\n\nSiehe Dorfladen."


@pytest.mark.parametrize("action", ["ask_back", "reject"])
def test_without_words_it_says_at_the_field_what_is_missing(
    action: str, reviewer: Client, korbach: Municipality
) -> None:
    submission = registered(make_place(korbach))
    response = reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": action})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{action}-words_error"' in page
    assert f'<a href="#id_{action}-words">' in page
    assert '<details class="decide__other" open>' in page
    submission.refresh_from_db()
    assert submission.state == SubmissionState.WAITING


def test_who_looked_at_an_older_state_is_asked_to_look_again(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    submission = registered(place)
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        Place.objects.filter(pk=place.pk).update(name="Neuer Name")
        place.refresh_from_db()
    sent = {"action": "publish", "seen": "0", "publish-reason": "Danke!"}
    response = reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "inzwischen geändert" in page
    assert "Danke!" in page
    assert Place.objects.get().publication == Publication.SUBMITTED
    sent["seen"] = str(latest_change(place))
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent).status_code == 302


def test_nothing_is_published_by_a_form_that_does_not_say_what_was_seen(
    reviewer: Client, korbach: Municipality
) -> None:
    submission = registered(make_place(korbach))
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": "publish"}).status_code == 409
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": "burn"}).status_code == 400


def test_a_fellow_steward_accepts_a_claim_and_sees_nothing_of_the_review(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    fellow = make_steward(place)
    applicant = User.objects.create_user("applicant", email="neu@example.org")
    claim = make_submission(place, SubmissionKind.CLAIM, user=applicant, message="Ich bin Kassenwartin.")
    client.force_login(fellow)
    page = text(client, f"/pruefung/vorlagen/{claim.pk}/")
    assert "Ich bin Kassenwartin." in page
    assert "neu@example.org" not in page
    assert "Ablehnen" not in page
    answer = client.post(f"/pruefung/vorlagen/{claim.pk}/", {"action": "publish", "seen": latest_change(place)})
    assert answer["Location"] == f"/orte/{place.pk}/betreuung/"
    assert Stewardship.of(place).filter(user=applicant).exists()
    text(client, f"/pruefung/vorlagen/{proposed(place, status='closed').pk}/", 403)


def test_no_page_of_the_review_shows_an_address(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    steward = make_steward(place, email="geheim@example.org")
    change = make_submission(place, SubmissionKind.CHANGE, user=steward, values={"name": "B"}, base={"name": "A"})
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, email="geheim@example.org", **tie(place))
    for path in (
        "/pruefung/",
        f"/pruefung/vorlagen/{change.pk}/",
        f"/pruefung/meldungen/{report.pk}/",
        f"/orte/{place.pk}/verlauf/",
        "/pruefung/gemeinden/06635015/",
    ):
        assert "geheim@example.org" not in text(reviewer, path)
