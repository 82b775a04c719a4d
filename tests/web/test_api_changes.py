"""/api/v1/changes/: what is told of the record and of assessments, what never is, and a cursor that loses nothing."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohesion.changes import FIGURES, settled_until
from cohesion.models import Assessment
from places.correction import correct_entry
from places.models import Change, Entry
from places.record import on_record, write_change
from places.reviewing.merging import merge
from places.reviewing.restoring import republish
from places.vocabulary import ActedAs, Publication, Verb
from tests.factories import (
    NOON,
    TODAY,
    make_assessment,
    make_edition,
    make_municipality,
    make_place,
    make_reviewer,
    make_score,
    make_space,
    make_support,
)
from tests.web.answers import API, get, refused

pytestmark = pytest.mark.django_db

NO_FIGURES: dict[str, Any] = dict.fromkeys(FIGURES)
CHANGE_OF_RECORD = {"assessment": None, "from": None, "to": None}


def settle() -> None:
    """Let an hour pass."""
    hour = timedelta(hours=1)
    Change.objects.update(at=F("at") - hour)
    Assessment.objects.update(created_at=F("created_at") - hour)


def told(**query: Any) -> list[dict[str, Any]]:
    settle()
    results: list[dict[str, Any]] = get("changes/", **query)["results"]
    return results


def types(**query: Any) -> list[str]:
    return [event["type"] for event in told(**query)]


def publish(entry: Entry, publication: str, verb: Verb) -> None:
    with on_record(entry, verb, by=None, acted_as=ActedAs.REVIEWER, reason="A secret reason."):
        entry.publication = publication
        entry.save()


def rename(entry: Entry, name: str, verb: Verb = Verb.UPDATED, **facts: Any) -> None:
    with on_record(entry, verb, by=make_reviewer("06"), acted_as=ActedAs.STEWARD, reason="A secret reason."):
        for fact, value in {"name": name, **facts}.items():
            setattr(entry, fact, value)
        entry.save()


# --- Entries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "make"), [("place", make_place), ("support", make_support), ("space", make_space)])
def test_the_life_of_an_entry_is_told_from_its_publication_on(kind: str, make: Any) -> None:
    entry = make(make_municipality("06635001", name="Korbach"), name="Alt", publication=Publication.SUBMITTED)
    rename(entry, "Noch geheim")
    publish(entry, Publication.PUBLISHED, Verb.PUBLISHED)
    rename(entry, "Laden", street="Am Anger 1", participation="Kommen Sie!")
    events = told()
    assert [event["type"] for event in events] == ["published", "changed"]
    assert events[1]["fields_changed"] == ["name", "participation", "address"]
    assert events[0]["fields_changed"] == []
    for event in events:
        assert event["municipality"]["name"] == "Korbach"
        assert (event["entry"]["kind"], event["entry"]["id"]) == (kind, str(entry.pk))
        assert event["entry"]["name"] == "Laden"
        assert event.items() >= CHANGE_OF_RECORD.items()
        assert Client().get(event["entry"]["url"]).json()["name"] == "Laden"


def test_what_was_taken_out_of_the_public_keeps_no_name_and_comes_back() -> None:
    place = make_place(make_municipality("06635001"), name="Laden von Frau Meier")
    rename(place, "Laden")
    publish(place, Publication.ARCHIVED, Verb.ARCHIVED)
    rename(place, "Laden im Archiv")
    events = told()
    assert [event["type"] for event in events] == ["changed", "withdrawn"]
    assert [event["entry"]["name"] for event in events] == [None, None]
    assert Client().get(events[1]["entry"]["url"]).status_code == HTTPStatus.GONE
    republish(place, by=make_reviewer("06", "bringer"), today=TODAY, reason="Wieder da.")
    assert types() == ["changed", "withdrawn", "restored"]


def test_a_merged_entry_says_where_it_went() -> None:
    municipality = make_municipality("06635001")
    kept, duplicate = make_place(municipality, name="Laden"), make_place(municipality, name="Laden (doppelt)")
    merge(kept, duplicate, by=make_reviewer("06"), reason="Dasselbe.", take=["name"], today=TODAY)
    changed, merged = told()
    assert (changed["type"], changed["entry"]["id"]) == ("changed", str(kept.pk))
    assert (merged["type"], merged["entry"]["name"]) == ("merged", None)
    assert merged["into"]["id"] == str(kept.pk)
    assert Client().get(merged["entry"]["url"]).headers["Location"] in merged["into"]["url"]


def test_an_import_and_the_administration_are_told_too(admin_user: Any) -> None:
    municipality = make_municipality("06635001")
    imported = make_place(municipality, name="Aus der Datei")
    write_change(imported, Verb.IMPORTED, by=None, acted_as=ActedAs.PLATFORM, reason="places.csv")
    imported.name = "Berichtigt"
    correct_entry(imported, by=admin_user)
    new = make_space(municipality)
    write_change(
        new,
        Verb.CORRECTED_PLACE,
        by=admin_user,
        acted_as=ActedAs.ADMINISTRATOR,
        before={"name": None, "publication": None},
        after={"name": new.name, "publication": "published"},
    )
    assert types() == ["published", "changed", "published"]


def test_photographs_and_confirmations_are_changes() -> None:
    place = make_place(make_municipality("06635001"), confirmed_on=date(2025, 1, 1))
    write_change(place, Verb.ADDED_PHOTO, by=None, acted_as=ActedAs.STEWARD, reason="Das Haus")
    with on_record(place, Verb.CONFIRMED, by=None, acted_as=ActedAs.STEWARD):
        place.confirmed_on = TODAY
        place.save()
    assert [event["fields_changed"] for event in told()] == [["photos"], ["confirmed_on"]]


@pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED])
def test_what_is_not_public_is_not_told(publication: str) -> None:
    place = make_place(make_municipality("06635001"), publication=Publication.DRAFT)
    publish(place, publication, Verb.REJECTED)
    rename(place, "Geheim")
    write_change(place, Verb.ADDED_PHOTO, by=None, acted_as=ActedAs.STEWARD, reason="Geheim")
    publish(place, Publication.ARCHIVED, Verb.WITHDREW)
    assert told() == []


def test_neither_persons_nor_reasons_nor_proposals_nor_what_was_said_to_reviewers_are_told() -> None:
    place = make_place(make_municipality("06635001"), name="Laden")
    person = make_reviewer("06", "petra.mueller")
    for verb in set(Verb) - {Verb.UPDATED}:
        if verb not in (Verb.IMPORTED, Verb.ADDED_PHOTO, Verb.REMOVED_PHOTO):
            words = {"before": {"reason": "x"}, "after": {"message": "petra@example.org"}}
            write_change(place, verb, by=person, acted_as=ActedAs.REVIEWER, reason="Anruf von Petra", **words)
    write_change(place, Verb.PROPOSED, by=person, acted_as=ActedAs.STEWARD, after={"name": "Vorschlag"})
    rename(place, "Neu")
    settle()
    answer = Client().get(f"{API}changes/").content.decode()
    assert get("changes/")["results"][0]["fields_changed"] == ["name"]
    assert len(get("changes/")["results"]) == 1
    for secret in ("petra", "Petra", "secret", "Vorschlag", "Anruf"):
        assert secret not in answer


# --- Municipalities --------------------------------------------------------------------------------------------------


def test_assessments_tell_whose_class_or_figures_changed_from_what_to_what() -> None:
    first, second = make_assessment(), make_assessment()
    for ags, before, after in [
        ("06635001", ("risky", 0.2), ("robust", 0.8)),
        ("06635002", ("risky", 0.2), ("risky", 0.20001)),
        ("06635003", ("risky", 0.2), ("risky", 0.3)),
        ("06635004", None, ("resilient", 0.5)),
        ("06635005", None, ("unassessed", None)),
    ]:
        municipality = make_municipality(ags)
        for assessment, figures in [(first, before), (second, after)]:
            if figures:
                make_score(municipality, assessment, cohesion_class=figures[0], **{**NO_FIGURES, "supply": figures[1]})
    events = [event for event in told() if event["assessment"].endswith(f"/{second.pk}/")]
    found = {event["municipality"]["ags"]: event for event in events}
    assert [*found] == ["06635001", "06635003", "06635004"]
    changed = found["06635001"]
    assert (changed["type"], changed["entry"], changed["into"]) == ("assessed", None, None)
    assert (changed["from"]["class"], changed["from"]["supply"]) == ("risky", 0.2)
    assert (changed["to"]["class"], changed["to"]["supply"]) == ("robust", 0.8)
    assert found["06635004"]["from"] is None


def test_an_assessment_of_an_earlier_day_or_an_older_edition_changes_nothing_that_is_shown() -> None:
    old = make_edition(date(2020, 12, 31))
    municipality, former = make_municipality("06635001"), make_municipality("06635001", edition=old)
    make_score(municipality, make_assessment(as_of=TODAY), cohesion_class="risky")
    make_score(municipality, make_assessment(as_of=date(2021, 1, 1)), cohesion_class="robust")
    make_score(former, make_assessment(old), cohesion_class="resilient")
    make_score(municipality, make_assessment(as_of=TODAY), cohesion_class="robust")
    events = told()
    assert [(event["from"] and event["from"]["class"], event["to"]["class"]) for event in events] == [
        (None, "risky"),
        ("risky", "robust"),
    ]


def test_a_new_edition_is_compared_by_key() -> None:
    old = make_edition(date(2020, 12, 31))
    make_score(make_municipality("06635001", edition=old), make_assessment(old), cohesion_class="risky")
    make_score(make_municipality("06635001"), make_assessment(), cohesion_class="robust")
    assert [event["from"] and event["from"]["class"] for event in told()] == [None, "risky"]


# --- The cursor ------------------------------------------------------------------------------------------------------


@pytest.fixture
def history() -> None:
    """Events of both kinds, several of them in the very same moment."""
    municipalities = [make_municipality(f"0663500{number}") for number in range(1, 5)]
    for cohesion_class in ("risky", "robust", "resilient"):
        assessment = make_assessment()
        for municipality in municipalities:
            make_score(municipality, assessment, cohesion_class=cohesion_class)
    place = make_place(municipalities[0])
    for number in range(6):
        rename(place, f"Name {number}")
    for rows, moment in [(Change.objects, "at"), (Assessment.objects, "created_at")]:
        rows.update(**{moment: NOON - timedelta(days=30)})
    Change.objects.filter(pk__gt=Change.objects.order_by("pk")[3].pk).update(at=NOON - timedelta(days=20))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 17])
@pytest.mark.usefixtures("history")
def test_whoever_follows_the_links_gets_every_event_once_in_order(limit: int) -> None:
    whole = get("changes/", limit=1000)
    assert (len(whole["results"]), whole["next"]) == (18, None)
    moments = [event["at"] for event in whole["results"]]
    assert moments == sorted(moments)
    collected, url = [], f"{API}changes/?limit={limit}"
    while url:
        response = Client().get(url)
        answer = response.json()
        collected += answer["results"]
        assert answer["cursor"] == answer["results"][-1]["cursor"]
        url = answer["next"]
        assert response.headers.get("Link") == (f'<{url}>; rel="next"' if url else None)
    assert collected == whole["results"]
    rest = get("changes/", since=whole["cursor"])
    assert (rest["results"], rest["cursor"], rest["next"]) == ([], whole["cursor"], None)


@pytest.mark.usefixtures("history")
def test_since_may_be_a_day_or_a_moment_and_that_one_is_included() -> None:
    moment = NOON - timedelta(days=20)
    assert len(get("changes/", since=moment.isoformat())["results"]) == 2
    assert len(get("changes/", since=f"{moment:%Y-%m-%dT%H:%M:%SZ}")["results"]) == 2
    assert len(get("changes/", since=f"{moment:%Y-%m-%d}")["results"]) == 2
    assert get("changes/", since=(moment + timedelta(microseconds=1)).isoformat())["results"] == []
    assert len(get("changes/", since="2000-01-01")["results"]) == 18


@pytest.mark.parametrize(
    "since", ["", "yesterday", "2026-13-01", "2026-01-01,x,1", "2026-01-01,c", "2026-01-01,c,-1", "2026-01-01,a,1"]
)
def test_a_wrong_since_is_refused(since: str) -> None:
    refused("changes/", "since", since=since)


@pytest.mark.parametrize("limit", ["0", "1001", "all"])
def test_a_wrong_limit_is_refused(limit: str) -> None:
    refused("changes/", "limit", limit=limit)


def test_what_has_just_happened_is_told_a_little_later() -> None:
    rename(make_place(make_municipality("06635001")), "Neu")
    before = Client().get(f"{API}changes/")
    assert before.json()["results"] == []
    settle()
    for header, validator in [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]:
        after = Client().get(f"{API}changes/", headers={header: before.headers[validator]})
        assert (after.status_code, len(after.json()["results"])) == (HTTPStatus.OK, 1)


def test_nothing_is_told_that_an_open_transaction_could_come_before() -> None:
    if connection.vendor != "postgresql":
        assert timezone.now() - timedelta(seconds=12) < settled_until() <= timezone.now() - timedelta(seconds=10)
        return
    place = make_place(make_municipality("06635001"))
    rename(place, "Neu")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT now(), txid_current()")
            (began, _number) = cursor.fetchone()
        assert settled_until() <= began - timedelta(seconds=9)
        Change.objects.update(at=began)
        assert get("changes/")["results"] == []
        other.rollback()
    finally:
        other.close()
    assert settled_until() > timezone.now() - timedelta(seconds=12)


def test_the_number_of_queries_does_not_grow_with_the_events() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            get("changes/")
        return len(captured)

    municipality = make_municipality("06635001")
    for make in (make_place, make_support, make_space):
        rename(make(municipality), "Neu")
    settle()
    few = queries()
    for make in (make_place, make_support, make_space) * 3:
        entry = make(municipality)
        rename(entry, "Neu")
        publish(entry, Publication.ARCHIVED, Verb.ARCHIVED)
    settle()
    assert len(get("changes/")["results"]) == 21
    assert queries() == few
