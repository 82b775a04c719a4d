"""Submitting over the API with a key: over the review to what is public; what is refused, and how."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from places.accounts import account_for
from places.api.examples import CHANGE, NEW
from places.care.edits import latest_change
from places.models import Actor, Change, Place, Stewardship, Submission
from places.models.of_entry import ENTRY_KINDS
from places.vocabulary import Publication, SubmissionState, Verb
from tests.factories import make_place, make_reviewer
from tests.web.answers import API, send
from tests.web.writes.steps import LISTS, change, key_of, korbach, pointers, read

pytestmark = pytest.mark.django_db


def test_from_submitting_over_the_review_to_changing_what_is_public(django_capture_on_commit_callbacks: Any) -> None:
    rosa, reviewer = account_for("rosa@example.org"), make_reviewer("06635")
    key = key_of(rosa)
    with django_capture_on_commit_callbacks(execute=True):
        sent = send("POST", "places/", NEW["place"], key=key)
    assert sent.status_code == HTTPStatus.CREATED
    submission = sent.json()
    assert sent.headers["Location"] == submission["url"]
    assert (submission["kind"], submission["state"]) == ("registration", "waiting")
    assert submission["proposed"]["triad"]["motivator"][0]["name"] == "Dorfladen eG"
    assert (submission["entry"]["publication"], submission["entry"]["url"]) == ("submitted", None)
    assert "Dorfladen am Anger" in mail.outbox[-1].subject
    own = f"submissions/{submission['id']}/"
    entry = f"places/{submission['entry']['id']}/"
    assert send("GET", entry).status_code == HTTPStatus.NOT_FOUND

    pages = Client()
    pages.force_login(reviewer)
    seen = latest_change(Place.objects.get())
    decided = pages.post(f"/pruefung/vorlagen/{submission['id']}/", {"action": "publish", "seen": seen})
    assert decided.status_code == HTTPStatus.FOUND

    submission = send("GET", own, key=key).json()
    assert submission["state"] == "accepted"
    assert submission["entry"]["url"].endswith(entry)
    assert reviewer.username not in json.dumps(submission)
    told, etag = read(entry)
    for name, value in NEW["place"].items():
        if name not in ("message", "triad", "circles", "conditions", "criteria"):
            assert told[name] == value, name
    assert told["criteria"]["open_to_all"] is True
    assert told["criteria"]["crosses_milieus"] is None
    assert [actor["name"] for actor in told["triad"]["provider"]] == ["Stadt Korbach"]
    assert [actor["name"] for actor in told["circles"]["key_actor"]] == ["Dorfladen eG", "Stadt Korbach"]

    changed = change(entry, {"description": "Neu", "address": {"street": "Am Anger 2"}}, key, etag)
    assert changed.status_code == HTTPStatus.OK
    assert (changed.json()["description"], changed.json()["address"]["postcode"]) == ("Neu", "34497")
    assert read(entry) == (changed.json(), changed.headers["ETag"])
    assert change(entry, {"description": "Alt"}, key, etag).status_code == HTTPStatus.PRECONDITION_FAILED


@pytest.mark.parametrize("kind", LISTS)
def test_every_kind_is_submitted_and_changed_as_the_examples_say(kind: str) -> None:
    rosa = account_for("rosa@example.org")
    key = key_of(rosa)
    sent = send("POST", LISTS[kind], NEW[kind], key=key)
    assert sent.status_code == HTTPStatus.CREATED, sent.content.decode()
    entry = ENTRY_KINDS[kind]._default_manager.get()
    assert entry.publication == Publication.SUBMITTED
    assert entry.source == "Angaben der Gruppe vor Ort"
    assert Stewardship.of(entry).get().user == rosa
    assert Submission.of(entry).get().message == NEW[kind].get("message", "")
    ENTRY_KINDS[kind]._default_manager.update(publication=Publication.PUBLISHED)
    Submission.objects.update(state=SubmissionState.ACCEPTED)
    path = f"{LISTS[kind]}{entry.pk}/"
    done = change(path, CHANGE[kind], key)
    waits = kind == "place"
    assert done.status_code == (HTTPStatus.ACCEPTED if waits else HTTPStatus.OK), done.content.decode()


def test_what_may_be_there_already_is_listed_as_on_the_page_and_can_be_submitted_all_the_same() -> None:
    key = key_of(account_for("rosa@example.org"))
    there = make_place(korbach(), name="Dorfladen am Anger", longitude=9.0463, latitude=51.0455)
    waiting = make_place(
        korbach(), name="Dorfladen Anger", publication=Publication.SUBMITTED, longitude=9.0464, latitude=51.0455
    )
    refused = send("POST", "places/", NEW["place"], key=key)
    assert refused.status_code == HTTPStatus.CONFLICT
    listed = refused.json()["duplicates"]
    assert [one["id"] for one in listed] == [str(there.pk), str(waiting.pk)]
    assert listed[0]["url"].endswith(f"{API}places/{there.pk}/")
    assert listed[0]["claim"].endswith(f"/orte/{there.pk}/betreuen/")
    assert listed[1]["url"] is None
    assert not Submission.objects.exists()
    assert send("POST", "places/?duplicates=accepted", NEW["place"], key=key).status_code == HTTPStatus.CREATED
    assert send("POST", "places/?duplicates=no", NEW["place"], key=key).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"name": "  "}, "#/name"),
        ({"name": None}, "#/name"),
        ({"kind": "castle"}, "#/kind"),
        ({"status": "closed"}, "#/status"),
        ({"location": [9.0463]}, "#/location"),
        ({"location": [2.35, 48.85]}, "#/location"),
        ({"location": None}, "#/location"),
        ({"location": [True, 51]}, "#/location"),
        ({"location": [1e300, 51]}, "#/location"),
        ({"address": {"postcode": "3449"}}, "#/address/postcode"),
        ({"address": {"country": "DE"}}, "#/address/country"),
        ({"address": None}, "#/address"),
        ({"website": "javascript:alert(1)"}, "#/website"),
        ({"criteria": {"open_to_all": "yes"}}, "#/criteria/open_to_all"),
        ({"criteria": {"nice": True}}, "#/criteria/nice"),
        ({"criteria": []}, "#/criteria"),
        ({"conditions": {"engaged_actors": 5}}, "#/conditions/engaged_actors"),
        ({"dynamics": {"consolidation": True}}, "#/dynamics/consolidation"),
        ({"founded_on": "gestern"}, "#/founded_on"),
        ({"description": 7}, "#/description"),
        ({"description": "x" * 5001}, "#/description"),
        ({"triad": {"motivator": [{"name": "Verein"}]}}, "#/triad/motivator/0/sector"),
        ({"triad": {"motivator": [{"sector": "civil_society", "is_person": False}]}}, "#/triad/motivator/0/name"),
        ({"triad": {"boss": []}}, "#/triad/boss"),
        ({"id": "7"}, "#/id"),
        ({"is_confirmed": True}, "#/is_confirmed"),
        ({"publication": "published"}, "#/publication"),
        ({"a/b~c": 1}, "#/a~1b~0c"),
    ],
)
def test_a_wrong_field_is_refused_with_a_pointer_to_it(wrong: dict[str, Any], at: str) -> None:
    key = key_of(account_for("rosa@example.org"))
    assert pointers(send("POST", "places/", {**NEW["place"], **wrong}, key=key)) == {at}
    assert not Place.objects.exists()


def test_all_errors_are_told_at_once_and_what_is_missing_too() -> None:
    key = key_of(account_for("rosa@example.org"))
    told = pointers(send("POST", "places/", {"founded_on": 1900, "sort": 1}, key=key))
    assert told == {"#/name", "#/kind", "#/location", "#/founded_on", "#/sort"}
    assert pointers(send("POST", "places/", [], key=key)) == {"#"}


@pytest.mark.parametrize(
    ("kind", "wrong", "at"),
    [
        ("support", {"areas": ["06635999"]}, "#/areas"),
        ("support", {"areas": "06"}, "#/areas"),
        ("support", {"opening_hours": ""}, "#/opening_hours"),
        ("space", {"area_m2": 0}, "#/area_m2"),
        ("space", {"area_m2": 12.5}, "#/area_m2"),
        ("space", {"available_until": "2026-12-31"}, "#/available_until"),
        ("space", {"owner": "Erika Muster", "owner_is_person": True}, "#/owner_consent"),
        ("space", {"owner_sector": "church"}, "#/owner_sector"),
    ],
)
def test_every_kind_has_its_own_rules(kind: str, wrong: dict[str, Any], at: str) -> None:
    key = key_of(account_for("rosa@example.org"))
    assert pointers(send("POST", LISTS[kind], {**NEW[kind], **wrong}, key=key)) == {at}


def test_a_person_is_named_only_with_their_consent() -> None:
    key = key_of(account_for("rosa@example.org"))
    erika = {"name": "Erika Muster", "is_person": True, "sector": "civil_society"}
    body = {**NEW["place"], "triad": {"motivator": [erika]}}
    assert pointers(send("POST", "places/", body, key=key)) == {"#/triad/motivator/0/consent"}
    body["triad"] = {"motivator": [{**erika, "consent": True}], "promoter": [{"sector": "administration"}]}
    assert send("POST", "places/", body, key=key).status_code == HTTPStatus.CREATED
    told = {(actor.name, actor.is_person) for actor in Actor.objects.filter(is_person=True)}
    assert told == {("Erika Muster", True), ("", True)}
    change = Change.objects.get(verb=Verb.REGISTERED)
    assert "Erika" not in json.dumps(change.after)
