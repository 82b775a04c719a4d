"""Changing over the API: with what was seen, by who looks after it; what moves a class waits."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from places import clock
from places.accounts import account_for
from places.api.examples import NEW
from places.models import Actor, Change, Place, Stewardship, Submission
from places.reviewing.restoring import republish
from places.vocabulary import Circle, Publication, Role, SubmissionKind, SubmissionState, Verb
from tests.factories import involve, make_actor, make_reviewer
from tests.web.answers import API, send
from tests.web.writes.steps import change, key_of, pointers, read

pytestmark = pytest.mark.django_db


def test_a_change_says_what_it_has_seen(place: Place, key: str) -> None:
    path = f"places/{place.pk}/"
    assert send("PATCH", path, {"name": "Neu"}, key=key).status_code == HTTPStatus.PRECONDITION_REQUIRED
    assert change(path, {"name": "Neu"}, key, "Neu").status_code == HTTPStatus.BAD_REQUEST
    assert change(path, {"name": "Neu"}, key, '"no"').status_code == HTTPStatus.PRECONDITION_FAILED
    etag = read(path)[1]
    packed = Client().get(API + path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert packed.startswith("W/")
    assert change(path, {"name": "Eins"}, key, f'"no", {etag}').json()["name"] == "Eins"
    assert change(path, {"name": "Zwei"}, key, packed).status_code == HTTPStatus.PRECONDITION_FAILED
    again = Client().get(API + path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert change(path, {"name": "Zwei"}, key, again).json()["name"] == "Zwei"
    assert change(path, {"name": "Drei"}, key, "*").json()["name"] == "Drei"


def test_who_comes_too_late_is_told_what_changed_since(place: Place, key: str) -> None:
    path = f"places/{place.pk}/"
    assert change(path, {"website": "https://alt.example"}, key).status_code == HTTPStatus.OK
    Change.objects.update(at=timezone.now() - timedelta(days=3))
    before, etag = read(path)
    seen = send("GET", path).headers["Last-Modified"]
    assert change(path, {"description": "Neu", "address": {"city": "Korbach"}}, key, etag).status_code == HTTPStatus.OK
    late = change(path, {"name": "Meins"}, key, etag, **{"If-Unmodified-Since": seen})
    assert late.status_code == HTTPStatus.PRECONDITION_FAILED
    told = late.json()
    now, etag = read(path)
    assert [line["fields_changed"] for line in told["changes"]] == [["address", "description"]]
    assert told["now"] == {"description": "Neu", "address": now["address"]}
    assert told["etag"] == etag
    assert now["name"] == before["name"]
    without = change(path, {"name": "Meins"}, key, '"no"').json()
    assert [line["fields_changed"] for line in without["changes"]] == [["address", "description"], ["website"]]
    assert change(path, {"name": "Meins"}, key, told["etag"]).json()["name"] == "Meins"


def test_what_changed_is_told_by_fields_that_the_answers_have(place: Place, steward: User, key: str) -> None:
    path = f"places/{place.pk}/"
    etag = read(path)[1]
    assert change(path, {"website": "https://neu.example"}, key, etag).status_code == HTTPStatus.OK
    assert send("POST", f"{path}withdrawal/", {"reason": "Umbau"}, key=key).status_code == HTTPStatus.NO_CONTENT
    place.refresh_from_db()
    republish(place, by=make_reviewer("06635"), today=clock.today(), reason="Wieder offen")
    told = change(path, {"name": "Meins"}, key, etag).json()
    assert [line["fields_changed"] for line in told["changes"]] == [["website"]]
    assert told["now"] == {"website": "https://neu.example"}


def test_what_moves_a_class_waits_and_the_rest_is_public(place: Place, steward: User, key: str) -> None:
    path = f"places/{place.pk}/"
    answer = change(path, {"criteria": {"open_to_all": False, "crosses_milieus": True}, "message": "Umbau"}, key)
    assert answer.status_code == HTTPStatus.ACCEPTED
    told = answer.json()
    assert told["live"] == ["#/criteria/crosses_milieus"]
    assert told["waiting"] == ["#/criteria/open_to_all"]
    assert answer.headers["Location"] == told["submission"]["url"]
    assert told["submission"]["proposed"] == {"criteria": {"open_to_all": False}}
    now, etag = read(path)
    assert (now["criteria"]["open_to_all"], now["criteria"]["crosses_milieus"]) == (True, True)
    submission = Submission.objects.get()
    assert (submission.kind, submission.state, submission.message, submission.user) == (
        SubmissionKind.CHANGE,
        SubmissionState.WAITING,
        "Umbau",
        steward,
    )
    again = change(path, {"criteria": {"open_to_all": False}}, key, etag)
    assert again.status_code == HTTPStatus.ACCEPTED
    assert again.json()["submission"]["id"] == told["submission"]["id"]


def test_what_is_given_back_as_it_was_read_changes_nothing_and_takes_nothing_back(place: Place, key: str) -> None:
    place.location.x += 0.0000012
    place.save()
    erika = Actor.objects.create(name="Erika Muster", sector="civil_society", is_person=True)
    nobody = Actor.objects.create(name="", sector="private_sector", is_person=True)
    involve(place, erika, Role.MOTIVATOR)
    involve(place, nobody, Role.PROVIDER, Role.PROMOTER, circle=Circle.FELLOW)
    path = f"places/{place.pk}/"
    assert change(path, {"status": "dormant"}, key).status_code == HTTPStatus.ACCEPTED
    told, etag = read(path)
    writable = [*("name", "kind", "status", "location", "address", "description", "participation", "website")]
    writable += ["opening_hours", "founded_on", "criteria", "conditions", "dynamics", "triad", "circles"]
    lines = Change.objects.count()
    assert change(path, {name: told[name] for name in writable}, key, etag).status_code == HTTPStatus.OK
    assert Change.objects.count() == lines
    assert Submission.objects.get().values == {"status": "dormant"}


def test_one_list_of_actors_is_replaced_and_the_others_stay(place: Place, key: str) -> None:
    involve(place, make_actor("Verein"), Role.MOTIVATOR)
    involve(place, make_actor("Bäckerei"), circle=Circle.SUPPORTER)
    path = f"places/{place.pk}/"
    told = change(path, {"triad": {"provider": [{"name": "Stadt", "sector": "administration"}]}}, key).json()
    rows = {actor["name"]: (actor["circle"], actor["roles"]) for actor in Submission.objects.get().values["actors"]}
    assert rows == {
        "Bäckerei": ("supporter", []),
        "Stadt": ("key_actor", ["provider"]),
        "Verein": ("key_actor", ["motivator"]),
    }
    assert told["waiting"] == ["#/triad", "#/circles"]
    twice = {"circles": {"fellow": [{"name": "Bäckerei", "sector": "civil_society"}]}}
    assert pointers(change(path, twice, key)) == {"#/circles/supporter/0/name"}
    assert pointers(change(path, {"triad": {"provider": [{"name": "Stadt"}]}}, key)) == {"#/triad/provider/0/sector"}


def test_only_who_looks_after_it_changes_it(place: Place) -> None:
    path, sent = f"places/{place.pk}/", {"name": "Neu"}
    other = key_of(account_for("rosa@example.org"))
    assert send("PATCH", path, sent, **{"If-Match": "*"}).status_code == HTTPStatus.UNAUTHORIZED
    assert change(path, sent, other).status_code == HTTPStatus.FORBIDDEN
    for act in ("confirmation/", "withdrawal/"):
        assert send("POST", path + act, {"reason": "weg"}, key=other).status_code == HTTPStatus.FORBIDDEN
    assert change("places/999999/", sent, other).status_code == HTTPStatus.NOT_FOUND
    Place.objects.update(publication=Publication.SUBMITTED)
    assert change(path, sent, other).status_code == HTTPStatus.NOT_FOUND
    Place.objects.update(publication=Publication.ARCHIVED)
    assert change(path, sent, other).status_code == HTTPStatus.GONE


def test_a_key_of_a_reviewer_is_no_more_than_a_stewards(place: Place) -> None:
    reviewer = make_reviewer("06635")
    reviewer.is_staff = reviewer.is_superuser = True
    reviewer.save()
    key, path = key_of(reviewer), f"places/{place.pk}/"
    assert change(path, {"name": "Neu"}, key).status_code == HTTPStatus.FORBIDDEN
    Stewardship.objects.create(place=place, user=reviewer, since=clock.today())
    assert change(path, {"status": "closed"}, key).status_code == HTTPStatus.ACCEPTED
    place.refresh_from_db()
    assert place.status == "active"
    assert Change.objects.get(verb=Verb.PROPOSED).acted_as == "steward"
    send("POST", "places/", {**NEW["place"], "name": "Ganz woanders"}, key=key)
    assert Place.objects.get(name="Ganz woanders").publication == Publication.SUBMITTED
