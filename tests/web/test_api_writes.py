"""Writing over the API with a key: submitted, reviewed on the pages, public, changed with If-Match; and every refusal.

Keys: tests/database/test_tokens.py and test_tokens_page.py. What the verbs do: their own tests.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from places import clock, throttling
from places.accounts import account_for
from places.api.bodies import MOST_BYTES
from places.api.examples import CHANGE, NEW
from places.care.edits import latest_change
from places.models import Actor, Change, Entry, Municipality, Place, Question, Stewardship, Submission, Support
from places.models.of_entry import ENTRY_KINDS
from places.tokens import make_token
from places.vocabulary import Circle, Publication, Role, SubmissionKind, SubmissionState, Verb
from tests.factories import (
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
from tests.web.answers import API, send

pytestmark = pytest.mark.django_db
LISTS = {"place": "places/", "support": "support/", "space": "spaces/"}
MAKE: dict[str, Callable[..., Any]] = {"place": make_place, "support": make_support, "space": make_space}


@pytest.fixture(autouse=True)
def world() -> None:
    """Nobody has written yet; there is Korbach, which the examples lie in."""
    cache.clear()
    make_municipality("06635015", name="Korbach")


@pytest.fixture
def place() -> Place:
    return make_place(name="Treff", description="Ein Haus", confirmed_on=clock.today(), municipality=korbach())


@pytest.fixture
def steward(place: Place) -> User:
    return make_steward(place)


@pytest.fixture
def key(steward: User) -> str:
    return key_of(steward)


def korbach() -> Municipality:
    return Municipality.objects.get(ags="06635015")


def key_of(user: User) -> str:
    today = clock.today()
    return make_token(user, name="Test", ends_on=today + timedelta(days=30), today=today)


def read(path: str) -> tuple[dict[str, Any], str]:
    """What anybody reads there, and its ETag."""
    answer = send("GET", path)
    assert answer.status_code == HTTPStatus.OK
    return answer.json(), answer.headers["ETag"]


def change(path: str, sent: Any, key: str, etag: str = "*", **headers: str) -> Any:
    return send("PATCH", path, sent, key=key, **{"If-Match": etag}, **headers)


def pointers(answer: Any) -> set[str]:
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.content.decode()
    return {error["pointer"] for error in answer.json()["errors"]}


# --- The walk --------------------------------------------------------------------------------------------------------


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


# --- Submitting ------------------------------------------------------------------------------------------------------


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


# --- Changing --------------------------------------------------------------------------------------------------------


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


# --- Confirming, withdrawing, answering ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LISTS)
def test_a_confirmation_answers_the_question_of_the_year(kind: str) -> None:
    entry: Entry = MAKE[kind](korbach(), confirmed_on=date(2020, 1, 1))
    today = clock.today()
    question = Question.objects.create(asked_on=today, last_sent_on=today, **{kind: entry})
    path = f"{LISTS[kind]}{entry.pk}/"
    done = send("POST", f"{path}confirmation/", key=key_of(make_steward(entry)))
    assert done.status_code == HTTPStatus.OK
    assert (done.json()["confirmed_on"], done.json()["is_confirmed"]) == (today.isoformat(), True)
    assert read(path) == (done.json(), done.headers["ETag"])
    question.refresh_from_db()
    assert question.answer == "still_there"


@pytest.mark.parametrize("kind", LISTS)
def test_what_is_withdrawn_is_gone_with_its_reason_on_record(kind: str) -> None:
    entry: Entry = MAKE[kind](korbach())
    key, path = key_of(make_steward(entry)), f"{LISTS[kind]}{entry.pk}/"
    assert pointers(send("POST", f"{path}withdrawal/", {}, key=key)) == {"#/reason"}
    assert send("POST", f"{path}withdrawal/", {"reason": "Geschlossen"}, key=key).status_code == HTTPStatus.NO_CONTENT
    assert send("GET", path).status_code == HTTPStatus.GONE
    assert Change.objects.get(verb=Verb.ARCHIVED).reason == "Geschlossen"


def test_a_question_of_the_reviewers_is_answered_and_a_submission_taken_back(place: Place, steward: User) -> None:
    key, today = key_of(steward), clock.today()
    asked = make_submission(
        place, SubmissionKind.CHANGE, user=steward, state=SubmissionState.ASKED_BACK, reason="Seit wann?", values={}
    )
    path = f"submissions/{asked.pk}/"
    assert send("GET", path, key=key).json()["answer"] == "Seit wann?"
    assert pointers(send("POST", f"{path}reply/", {"message": ""}, key=key)) == {"#/message"}
    answered = send("POST", f"{path}reply/", {"message": "Seit Mai"}, key=key).json()
    assert (answered["state"], answered["message"], answered["waiting_since"]) == ("waiting", "Seit Mai", str(today))
    assert pointers(send("POST", f"{path}reply/", {"message": "Seit Mai"}, key=key)) == {"#"}
    assert send("POST", f"{path}withdrawal/", key=key).json()["state"] == "withdrawn"
    assert pointers(send("POST", f"{path}withdrawal/", key=key)) == {"#"}


def test_nobody_sees_or_touches_the_submissions_of_others(place: Place, steward: User, key: str) -> None:
    mine = make_submission(place, SubmissionKind.CHANGE, user=steward)
    make_submission(make_space(korbach()), SubmissionKind.CLAIM, user=account_for("rosa@example.org"))
    assert [row["id"] for row in send("GET", "submissions/", key=key).json()["results"]] == [str(mine.pk)]
    other = key_of(account_for("rosa@example.org"))
    for method, path in (("GET", ""), ("POST", "withdrawal/"), ("POST", "reply/")):
        sent = {"message": "x"} if path == "reply/" else None
        assert send(method, f"submissions/{mine.pk}/{path}", sent, key=other).status_code == HTTPStatus.NOT_FOUND
    assert send("GET", "submissions/?state=accepted", key=key) is not None
    assert Client().get(f"{API}submissions/", {"state": "rejected"}, headers=_with(key)).json()["count"] == 0


# --- What every write has --------------------------------------------------------------------------------------------


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


WRITES = [
    ("POST", "places/"),
    ("PATCH", "places/{pk}/"),
    ("POST", "places/{pk}/confirmation/"),
    ("POST", "places/{pk}/withdrawal/"),
    ("GET", "submissions/"),
    ("GET", "submissions/1/"),
    ("POST", "submissions/1/reply/"),
    ("POST", "submissions/1/withdrawal/"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_without_a_key_that_holds_it_is_401_and_a_session_is_none(method: str, path: str, place: Place) -> None:
    client = Client()
    client.force_login(make_steward(place))
    for headers in ({}, _with("sok_" + "x" * 40), {"Authorization": "Basic eDp5"}):
        answer = client.generic(method, API + path.format(pk=place.pk), "{}", "application/json", headers=headers)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="SOK-Atlas"')
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == bool(headers)


def test_reads_are_open_without_a_key_and_private_with_one(place: Place, key: str) -> None:
    for path in ("places/", f"places/{place.pk}/"):
        assert "public" in Client().get(API + path).headers["Cache-Control"]
        own = Client().get(API + path, headers=_with(key))
        assert own.status_code == HTTPStatus.OK
        assert own.headers["Cache-Control"] == "private, no-cache"
    assert send("GET", "submissions/", key=key).headers["Cache-Control"] == "private, no-cache"
    assert "no-store" in change(f"places/{place.pk}/", {"name": "Neu"}, key).headers["Cache-Control"]


def test_a_body_is_json_of_a_bounded_size(key: str) -> None:
    def status(body: str | bytes, media: str = "application/json") -> int:
        answer = Client().post(f"{API}places/", body, content_type=media, headers=_with(key))
        assert answer.headers["Content-Type"] == "application/problem+json"
        return int(answer.status_code)

    assert status("name=Treff", "application/x-www-form-urlencoded") == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    for broken in ("{", '{"name": NaN}', '{"name": "\\ud800"}', b"\xff", "[" * 100_000):
        assert status(broken) == HTTPStatus.BAD_REQUEST, broken[:20]
    assert status('{"name": 1e400}') == HTTPStatus.UNPROCESSABLE_ENTITY
    assert status(b"[" + b" " * MOST_BYTES + b"]") == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_merge_patch_is_understood_by_its_own_name(place: Place, key: str) -> None:
    answer = Client().patch(
        f"{API}places/{place.pk}/",
        json.dumps({"description": None}),
        content_type="application/merge-patch+json",
        headers={**_with(key), "If-Match": "*"},
    )
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["description"] is None


def test_who_writes_too_much_is_asked_to_wait(place: Place, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "PER_WRITER", 1)
    path = f"places/{place.pk}/confirmation/"
    assert send("POST", path, key=key).status_code == HTTPStatus.OK
    refused = send("POST", path, key=key)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert refused.headers["Retry-After"] == "3600"
    assert send("GET", "submissions/", key=key).status_code == HTTPStatus.OK


def test_a_page_of_another_site_may_write_with_a_key_but_sends_no_cookie(place: Place) -> None:
    allowed = Client().options(f"{API}places/{place.pk}/", headers={"Origin": "https://example.org"}).headers
    assert allowed["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, PATCH"
    assert {"Authorization", "Content-Type", "If-Match"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
    assert allowed["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in allowed
    acts = Client().options(f"{API}places/{place.pk}/confirmation/").headers
    assert acts["Access-Control-Allow-Methods"] == "OPTIONS, POST"


def test_a_method_that_is_not_there_is_405_and_told_which_are(place: Place, key: str) -> None:
    for method, path, allowed in (
        ("PUT", f"places/{place.pk}/", "GET, PATCH, HEAD, OPTIONS"),
        ("DELETE", f"places/{place.pk}/", "GET, PATCH, HEAD, OPTIONS"),
        ("GET", f"places/{place.pk}/confirmation/", "POST, OPTIONS"),
    ):
        answer = Client().generic(method, API + path, headers=_with(key))
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert answer.headers["Allow"] == allowed


def test_problems_of_writes_are_in_english_whoever_asks(place: Place, key: str) -> None:
    sent = {"address": {"postcode": "3"}}
    answer = change(f"places/{place.pk}/", sent, key, **{"Accept-Language": "de"})
    assert answer.json()["errors"] == [{"pointer": "#/address/postcode", "detail": "A postcode has five digits."}]


def test_a_support_structure_serves_the_areas_it_is_given() -> None:
    support = make_support(korbach())
    key, path = key_of(make_steward(support)), f"support/{support.pk}/"
    assert change(path, {"areas": ["06", "06635015", "06"]}, key).json()["areas"] == ["06", "06635015"]
    assert change(path, {"areas": ["06", ""]}, key).json()["areas"] == [""]
    assert Support.objects.get().areas.count() == 1
