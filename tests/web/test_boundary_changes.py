"""Editions of boundaries in the change feed: what is told of municipalities, when, to whom, and never twice."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cohesion.changes import settled_until
from cohesion.events import Cursor, Happening
from cohesion.models import Assessment, Delivery
from cohesion.webhooks.packing import follow_feed, pack_all
from cohesion.webhooks.subscriptions import subscribe
from places.models import BoundaryEdition, Change, Municipality, Succession
from places.record import on_record
from places.reviewing.successions import decide_successions
from places.vocabulary import ActedAs, SuccessionKind, SuccessionSource, SuccessionState, Verb
from tests.database.editions import ANRODE, DIVIDED, HESSE, LIST, MERGED, first_edition, next_edition
from tests.factories import make_assessment, make_edition, make_municipality, make_place, make_score
from tests.web.answers import get

pytestmark = pytest.mark.django_db

NEXT = date(2023, 12, 31)
SINCE_LONG = timezone.now() - timedelta(hours=2)


@pytest.fixture(autouse=True)
def own_language() -> Any:
    yield
    translation.deactivate()


@pytest.fixture
def older() -> BoundaryEdition:
    return make_edition()


@pytest.fixture
def newer(older: BoundaryEdition) -> BoundaryEdition:
    return make_edition(NEXT, follows=older, followed_at=timezone.now() - timedelta(hours=3))


def succeeds(gone: Municipality, heir: Municipality, share: float = 1.0, **fields: Any) -> Succession:
    """Certain since two hours."""
    defaults: dict[str, Any] = {
        "kind": SuccessionKind.DISSOLVED,
        "effective_on": date(2023, 1, 1),
        "source": SuccessionSource.OFFICIAL,
        "state": SuccessionState.CONFIRMED,
        "confirmed_at": SINCE_LONG,
        "area_share": share,
        "resident_share": share,
    }
    return Succession.objects.create(predecessor=gone, successor=heir, **{**defaults, **fields})


def settle() -> None:
    """Let an hour pass."""
    hour = timedelta(hours=1)
    Change.objects.update(at=F("at") - hour)
    Assessment.objects.update(created_at=F("created_at") - hour)
    Succession.objects.update(confirmed_at=F("confirmed_at") - hour)
    BoundaryEdition.objects.update(followed_at=F("followed_at") - hour)


def told(**query: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = get("changes/", **query)["results"]
    return results


def types(**query: Any) -> list[str]:
    return [event["type"] for event in told(**query)]


def test_a_municipality_that_went_up_in_another_is_told_with_who_took_it_over(
    older: BoundaryEdition, newer: BoundaryEdition
) -> None:
    gone = make_municipality("06635005", name="Bromskirchen", edition=older)
    heir = make_municipality("06635001", name="Allendorf (Eder)", edition=newer)
    succeeds(gone, heir, resident_share=None)
    edition, dissolved = told()
    assert (edition["type"], edition["edition"], edition["municipality"]) == ("edition", "2023-12-31", None)
    assert edition["successors"] == []
    assert dissolved["type"] == "dissolved"
    assert dissolved["municipality"]["name"] == "Bromskirchen"
    assert (dissolved["edition"], dissolved["effective_on"]) == ("2023-12-31", "2023-01-01")
    (successor,) = dissolved["successors"]
    assert successor.pop("url").endswith("/api/v1/municipalities/06635001/")
    assert successor == {"ags": "06635001", "name": "Allendorf (Eder)", "area_share": 1.0, "resident_share": None}
    asked = Client().get(dissolved["municipality"]["url"])
    assert (asked.status_code, asked.headers["Location"]) == (301, "/api/v1/municipalities/06635001/")


@pytest.mark.parametrize(
    ("kinds", "happened"),
    [
        ([SuccessionKind.DISSOLVED, SuccessionKind.PART], "dissolved"),
        ([SuccessionKind.KEY_CHANGED], "rekeyed"),
        ([SuccessionKind.REMAINED, SuccessionKind.PART], "reduced"),
        ([SuccessionKind.RENAMED], "renamed"),
        ([SuccessionKind.REMAINED], None),
    ],
)
def test_what_happened_follows_from_the_kinds(
    older: BoundaryEdition, newer: BoundaryEdition, kinds: Sequence[SuccessionKind], happened: str | None
) -> None:
    gone = make_municipality("16064073", name="Anrode", edition=older)
    for number, kind in enumerate(kinds):
        heir = make_municipality(f"1606100{number}", name=f"Teil {number}", edition=newer)
        succeeds(gone, heir, 0.6 - number / 5, kind=kind)
    events = told()[1:]
    assert [event["type"] for event in events] == ([happened] if happened else [])
    for event in events:
        assert [successor["name"] for successor in event["successors"]] == [f"Teil {n}" for n in range(len(kinds))]


def test_a_proposal_is_told_when_an_administrator_confirmed_it_and_never_when_it_was_rejected(
    older: BoundaryEdition, newer: BoundaryEdition
) -> None:
    gone = make_municipality("16064073", name="Anrode", edition=older)
    guess = {"state": SuccessionState.PROPOSED, "source": SuccessionSource.OVERLAP, "confirmed_at": None}
    first, second, third = (
        succeeds(gone, make_municipality(f"1606100{number}", edition=newer), share, **guess)
        for number, share in enumerate((0.5, 0.3, 0.2))
    )
    assert types() == ["edition"]
    administrator = User.objects.create_superuser("administration")
    decide_successions(newer, by=administrator, confirm=True, chosen=[second.pk])
    settle()
    decide_successions(newer, by=administrator, confirm=False, chosen=[third.pk])
    settle()
    decide_successions(newer, by=administrator, confirm=True, chosen=[first.pk])
    settle()
    events = told()
    assert [event["type"] for event in events] == ["edition", "dissolved", "dissolved"]
    shares = [[successor["area_share"] for successor in event["successors"]] for event in events]
    assert shares == [[], [0.3], [0.5, 0.3]]  # each time what is certain by then


def test_whoever_follows_the_cursor_gets_each_event_once_whatever_happened_in_the_same_moment(
    older: BoundaryEdition, newer: BoundaryEdition
) -> None:
    heir = make_municipality("06635001", edition=newer)
    for number in range(3):
        succeeds(make_municipality(f"0663500{number + 5}", edition=older), heir)
    make_score(heir, make_assessment(newer), cohesion_class="risky", supply=0.1)
    place = make_place(heir)
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        place.name = "Neu"
        place.save()
    moment = timezone.now() - timedelta(hours=1)
    Change.objects.update(at=moment)
    Assessment.objects.update(created_at=moment)
    Succession.objects.update(confirmed_at=moment)
    BoundaryEdition.objects.filter(pk=newer.pk).update(followed_at=moment)
    whole = told()
    assert [event["type"] for event in whole] == ["assessed", "edition", *["dissolved"] * 3, "changed"]
    for limit in (1, 2, 4):
        collected: list[dict[str, Any]] = []
        since: dict[str, str] = {}
        while answer := get("changes/", limit=limit, **since)["results"]:
            collected += answer
            since = {"since": answer[-1]["cursor"]}
        assert collected == whole
    for event in whole:
        assert str(Cursor.parse(event["cursor"])) == event["cursor"]


def test_the_import_of_an_edition_is_told_and_a_second_one_of_the_same_tells_nothing_anew(tmp_path: Path) -> None:
    first_edition(tmp_path, {**HESSE, **ANRODE})
    for _import in range(2):
        next_edition(tmp_path, {**MERGED, **DIVIDED}, LIST)
        settle()
        events = told()
        assert [(event["type"], event["municipality"] and event["municipality"]["name"]) for event in events] == [
            ("edition", None),
            ("dissolved", "Bromskirchen"),
            ("dissolved", "Anrode"),
        ]
        assert [successor["name"] for successor in events[2]["successors"]] == [
            "Unstruttal",
            "Dingelstädt",
            "Mühlhausen/Thüringen",
        ]
    assert types(since=(timezone.now() - timedelta(minutes=90)).isoformat()) == []


def test_where_no_list_says_it_only_the_edition_and_new_names_are_told(tmp_path: Path) -> None:
    first_edition(tmp_path, HESSE)
    next_edition(tmp_path, {"06635001": ("Allendorf an der Eder", MERGED["06635001"][1])})
    settle()
    assert types() == ["edition", "renamed"]
    assert told()[1]["municipality"]["name"] == "Allendorf an der Eder"


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ([], ["edition", "rekeyed"]),
        (["16056"], ["edition", "rekeyed"]),  # where it was
        (["16063"], ["edition", "rekeyed"]),  # where it is
        (["06"], ["edition"]),  # a new edition concerns everybody
    ],
)
def test_webhooks_are_told_by_the_areas_on_both_sides(
    older: BoundaryEdition, newer: BoundaryEdition, areas: list[str], expected: list[str]
) -> None:
    owner = User.objects.create_user("owner", email="owner@example.org")
    subscription, _secret = subscribe(owner, "https://example.org/", [], areas)
    subscription.cursor = (timezone.now() - timedelta(days=1)).isoformat()
    subscription.save()
    gone = make_municipality("16056000", name="Eisenach", edition=older)
    heir = make_municipality("16063105", name="Eisenach", edition=newer)
    succeeds(gone, heir, kind=SuccessionKind.KEY_CHANGED)
    pack_all(settled_until())
    (delivery,) = Delivery.objects.all()
    assert [part.split('"')[0] for part in delivery.payload.split('"type":"')[2:]] == expected


def test_one_who_wants_only_these_gets_only_these(older: BoundaryEdition, newer: BoundaryEdition) -> None:
    owner = User.objects.create_user("owner", email="owner@example.org")
    subscription, _secret = subscribe(owner, "https://example.org/", [Happening.DISSOLVED.value], [])
    subscription.cursor = (timezone.now() - timedelta(days=1)).isoformat()
    subscription.save()
    succeeds(make_municipality("06635005", edition=older), make_municipality("06635001", edition=newer))
    pack_all(settled_until())
    assert Delivery.objects.get().events == 1


def test_a_decision_is_followed_by_webhooks_soon(
    older: BoundaryEdition,
    newer: BoundaryEdition,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    subscribe(User.objects.create_user("owner", email="owner@example.org"), "https://example.org/", [], [])
    DBTaskResult.objects.all().delete()
    gone, heir = make_municipality("06635005", edition=older), make_municipality("06635001", edition=newer)
    succeeds(gone, heir, state=SuccessionState.PROPOSED, confirmed_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        decide_successions(newer, by=User.objects.create_superuser("admin"), confirm=True, chosen=None)
    assert DBTaskResult.objects.get().task_path == follow_feed.module_path
    last = datetime.fromisoformat(Client().get("/api/v1/changes/").json()["results"][-1]["at"])
    assert last < timezone.now() - timedelta(hours=2)  # the decision itself is not settled yet


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            [
                "Neuer Gebietsstand: 31. Dezember 2023",
                "Gemeinde aufgelöst: Bromskirchen",
                "Seit dem 1. Januar 2023. Jetzt Teil von Allendorf (Eder).",
                "Jetzt aufgeteilt auf: Unstruttal (60 %), Dingelstädt (40 %).",
                "Gemeinde umbenannt: Tabarz",
                "Jetzt: Bad Tabarz.",
                "16063105 statt 16056000.",
                "Ein Teil gehört jetzt zu: Allendorf (Eder).",
            ],
        ),
        (
            "en",
            [
                "New boundaries: 31 December 2023",
                "Municipality dissolved: Bromskirchen",
                "Since 1 January 2023. Now part of Allendorf (Eder).",
                "Now divided between: Unstruttal (60 %), Dingelstädt (40 %).",
                "Municipality renamed: Tabarz",
                "Now: Bad Tabarz.",
                "16063105 instead of 16056000.",
                "A part now belongs to: Allendorf (Eder).",
            ],
        ),
    ],
)
def test_people_read_it_on_the_page_and_in_the_feed(
    older: BoundaryEdition, newer: BoundaryEdition, client: Client, language: str, words: list[str]
) -> None:
    def pair(old: str, name: str, new: str, heir: str, share: float = 1.0, **fields: Any) -> None:
        gone = Municipality.objects.filter(ags=old, edition=older).first()
        taking = Municipality.objects.filter(ags=new, edition=newer).first()
        gone = gone or make_municipality(old, name=name, edition=older)
        succeeds(gone, taking or make_municipality(new, name=heir, edition=newer), share, **fields)

    pair("06635005", "Bromskirchen", "06635001", "Allendorf (Eder)")
    pair("16064073", "Anrode", "16064071", "Unstruttal", 0.6)
    pair("16064073", "Anrode", "16061118", "Dingelstädt", 0.4)
    pair("16067064", "Tabarz", "16067064", "Bad Tabarz", kind=SuccessionKind.RENAMED)
    pair("16056000", "Eisenach", "16063105", "Eisenach", kind=SuccessionKind.KEY_CHANGED)
    pair("06635004", "Battenberg", "06635004", "Battenberg", 0.9, kind=SuccessionKind.REMAINED)
    pair("06635004", "Battenberg", "06635001", "Allendorf (Eder)", 0.1, kind=SuccessionKind.PART)
    page = client.get("/aenderungen/", headers={"Accept-Language": language}).content.decode()
    feed = client.get("/aenderungen.atom", headers={"Accept-Language": language}).content.decode()
    for text in (page, feed):
        shown = " ".join(_bare(text).replace("\u202f", " ").split())
        assert [word for word in words if word not in shown] == []
    assert 'href="/gemeinden/16064073/"' in page
    assert client.get("/gemeinden/16064073/").status_code == 410  # it names both
    assert client.get("/gemeinden/06635005/").status_code == 301


def _bare(page: str) -> str:
    """Without tags."""
    return "".join(part.split(">", 1)[-1] for part in page.split("<"))
