"""asOf: the published state of an earlier day, and the assessment that was shown then."""

import random
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from places.care.stewardship import take_down, update_entry
from places.facts import facts_of
from places.models import Actor, Change, Entry, Photo, Place, Support, tie
from places.record import on_record
from places.reviewing.decisions import archive
from places.reviewing.merging import merge
from places.reviewing.restoring import republish
from places.vocabulary import ActedAs, Circle, Kind, Publication, Role, Sector, Status, Verb
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_assessment,
    make_edition,
    make_municipality,
    make_photo,
    make_place,
    make_reviewer,
    make_score,
    make_space,
    make_steward,
    make_support,
)
from tests.web.answers import ask, get, refused

pytestmark = pytest.mark.django_db
SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)


# What is written while a test runs is of the real day, whichever that is.
NOW = max(date.today(), date(2027, 1, 1))  # noqa: DTZ011


@pytest.fixture(autouse=True)
def day_after_all(settings: Settings) -> None:
    settings.TODAY = NOW


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def since(entry: Entry, day: date) -> Any:
    """Let an entry, and what the record says of it so far, be of ``day``."""
    type(entry)._default_manager.filter(pk=entry.pk).update(created_at=noon(day), updated_at=noon(day))
    Change.objects.filter(**tie(entry), at__gt=noon(day)).update(at=noon(day))
    entry.refresh_from_db()
    return entry


def change(entry: Entry, day: date, verb: Verb = Verb.UPDATED, **facts: Any) -> None:
    """What a verb leaves behind, on ``day``."""
    entry.refresh_from_db()
    known = set(Change.objects.values_list("pk", flat=True))
    with on_record(entry, verb, by=None, acted_as=ActedAs.STEWARD):
        for name, value in facts.items():
            setattr(entry, name, value)
        entry.save()
    Change.objects.exclude(pk__in=known).update(at=noon(day))
    type(entry)._default_manager.filter(pk=entry.pk).update(updated_at=noon(day))


def names(path: str = "places/", **query: Any) -> list[str]:
    return [item["name"] for item in get(path, **query)["results"]]


def test_an_entry_is_as_it_stood_at_the_end_of_the_day() -> None:
    place = since(make_place(name="Vorher", status=Status.PLANNED), SPRING)
    change(place, SUMMER, name="Nachher", status=Status.ACTIVE, kind=Kind.LIBRARY)
    (then,) = get("places/", asOf="2026-05-31")["results"]
    assert (then["name"], then["status"], then["kind"]) == ("Vorher", "planned", "community_house")
    assert then["updated_at"].startswith("2026-03-01")
    for day in ("2026-06-01", str(NOW)):
        (now,) = get("places/", asOf=day)["results"]
        assert (now["name"], now["status"], now["kind"]) == ("Nachher", "active", "library")
    assert get(f"places/{place.pk}/", asOf="2026-05-31") == then
    assert get(f"places/{place.pk}/") == {**now, "is_confirmed": True}
    place.refresh_from_db()
    assert place.name == "Nachher"  # nothing was stored


def test_filters_apply_to_what_stood_then() -> None:
    here, there = make_municipality("06635001"), make_municipality("06636001")
    moved = since(make_place(here, name="Wandernd", status=Status.PLANNED), SPRING)
    since(make_place(here, name="Bleibend"), SPRING)
    change(moved, SUMMER, status=Status.ACTIVE, location=there.centre, municipality=there, kind=Kind.LIBRARY)
    then = {"asOf": "2026-05-31"}
    for asked, before, after in (
        ({"municipality": "06635001"}, ["Wandernd", "Bleibend"], ["Bleibend"]),
        ({"district": "06636"}, [], ["Wandernd"]),
        ({"status": "planned"}, ["Wandernd"], []),
        ({"kind": "library"}, [], ["Wandernd"]),
        ({"bbox": "9.1,51,9.2,51.1"}, [], ["Wandernd"]),
        ({"near": "9.05,51.05,1000"}, ["Wandernd", "Bleibend"], ["Bleibend"]),
    ):
        assert names(**asked, **then) == before
        assert names(**asked) == names(**asked, asOf=str(NOW)) == after
    assert names("municipalities/06635001/places/", **then) == ["Wandernd", "Bleibend"]
    assert names("municipalities/06636001/places/", **then) == []
    assert names("municipalities/06636001/places/") == ["Wandernd"]


def test_order_and_pages_are_those_of_the_day() -> None:
    here = make_municipality("06635001")
    renamed = since(make_place(here, name="Anfang", confirmed_on=SPRING), SPRING)
    for name, confirmed_on in (("Mitte", None), ("ähnlich", AUTUMN), ("Ende", SPRING)):
        since(make_place(here, name=name, confirmed_on=confirmed_on), SPRING)
    change(renamed, SUMMER, name="Zuletzt", confirmed_on=AUTUMN)
    now = names(ordering="name")
    then = names(ordering="name", asOf="2026-05-31")
    assert sorted(now) == sorted([*{*then} - {"Anfang"}, "Zuletzt"])
    Place.objects.filter(pk=renamed.pk).update(name="Anfang", confirmed_on=SPRING)
    for ordering in ("name", "-name", "confirmed_on", "-confirmed_on,name", "confirmed_on,-id"):
        expected = names(ordering=ordering)  # of the database itself
        assert names(ordering=ordering, asOf="2026-05-31") == expected
        pages = [get("places/", ordering=ordering, asOf="2026-05-31", page_size=3, page=page) for page in (1, 2)]
        assert [item["name"] for page in pages for item in page["results"]] == expected
        assert pages[0]["count"] == 4
        assert "asOf=2026-05-31" in pages[0]["next"]
    assert names(near="9.05,51.05,5000", ordering="distance", asOf="2026-05-31")[0] == "Anfang"


def test_what_was_not_public_yet_is_absent() -> None:
    draft = since(make_place(name="Entwurf", publication=Publication.SUBMITTED), SPRING)
    change(draft, SUMMER, Verb.PUBLISHED, publication=Publication.PUBLISHED)
    since(make_place(draft.municipality, name="Jünger"), AUTUMN)
    assert names(asOf="2026-05-31") == []
    assert names(asOf="2026-08-31") == ["Entwurf"]
    assert names(asOf="2026-09-01") == ["Entwurf", "Jünger"]
    assert ask(f"places/{draft.pk}/", asOf="2026-05-31").status_code == HTTPStatus.NOT_FOUND


def test_one_that_the_administration_made_is_there_from_then_on() -> None:
    place = since(make_place(name="Neu"), SPRING)
    facts = facts_of(place)
    Change.objects.create(
        verb=Verb.CORRECTED_PLACE, ags="06635001", place=place, before=dict.fromkeys(facts), after=facts
    )
    Change.objects.update(at=noon(SUMMER))
    assert names(asOf="2026-05-31") == []
    assert names(asOf="2026-06-01") == ["Neu"]


def test_what_was_only_proposed_changes_no_day() -> None:
    place = since(make_place(name="Steht"), SPRING)
    Change.objects.create(verb=Verb.PROPOSED, ags="", place=place, before={"name": "Steht"}, after={"name": "Anders"})
    Change.objects.create(verb=Verb.PROPOSED, ags="", place=place, before={"name": "Falsch"}, after={"name": "Anders"})
    assert names(asOf="2026-05-31") == ["Steht"]


def test_what_was_taken_out_of_the_public_is_out_of_its_history_too() -> None:
    place = since(make_place(name="Weg"), SPRING)
    reviewer = make_reviewer("06635")
    assert names(asOf="2026-05-31") == ["Weg"]
    archive(place, by=reviewer, reason="Auf Wunsch.", today=TODAY)
    assert names(asOf="2026-05-31") == []
    assert ask(f"places/{place.pk}/", asOf="2026-05-31").status_code == HTTPStatus.GONE
    republish(place, by=reviewer, today=TODAY, reason="Doch.")
    assert names(asOf="2026-05-31") == ["Weg"]


def test_what_went_up_in_another_stood_by_itself_before() -> None:
    kept = since(make_place(name="Bleibt"), SPRING)
    gone = since(make_place(kept.municipality, name="Geht"), SPRING)
    reviewer = make_reviewer("06635")
    merge(kept, gone, by=reviewer, today=TODAY, take=(), reason="Dasselbe Haus.")
    assert names() == ["Bleibt"]
    assert names(asOf="2026-05-31") == ["Bleibt", "Geht"]
    assert get(f"places/{gone.pk}/", asOf="2026-05-31")["name"] == "Geht"
    kept.refresh_from_db()
    archive(kept, by=reviewer, reason="Auf Wunsch.", today=TODAY)
    assert names(asOf="2026-05-31") == []


def test_who_took_part_then_but_persons_only_as_named_today() -> None:
    place = since(make_place(), SPRING)
    group, left = make_actor("Verein"), make_actor("Frühere Gruppe")
    person = Actor.objects.create(name="Ada Beispiel", is_person=True, sector=Sector.CIVIL_SOCIETY)
    for actor in (left, person):
        involve(place, actor, Role.MOTIVATOR)
    steward = make_steward(place)
    actors = [
        {
            "name": "Verein",
            "sector": "civil_society",
            "is_person": False,
            "circle": Circle.FELLOW,
            "roles": ["provider"],
        }
    ]
    from places.facts import write_facts

    with on_record(place, Verb.UPDATED, by=steward, acted_as=ActedAs.STEWARD):
        write_facts(place, {"actors": actors})
    (now,) = get("places/", asOf=str(NOW))["results"]
    assert [actor["id"] for actor in now["triad"]["provider"]] == [str(group.pk)]
    (then,) = get("places/", asOf="2026-05-31")["results"]
    assert then["triad"]["provider"] == []
    assert then["triad"]["motivator"] == [
        {"id": None, "name": None, "is_person": True, "sector": "civil_society"},
        {"id": str(left.pk), "name": "Frühere Gruppe", "is_person": False, "sector": "civil_society"},
    ]
    assert names(role_missing="provider", asOf="2026-05-31") == [place.name]
    assert names(role_missing="provider", asOf=str(NOW)) == []
    assert names(role_missing="motivator", asOf="2026-05-31") == []
    left.delete()
    (then,) = get("places/", asOf="2026-05-31")["results"]
    assert [actor["name"] for actor in then["triad"]["motivator"]] == [None, None]


def test_words_of_one_s_own_and_the_owner_are_those_of_today() -> None:
    place = since(make_place(description="Frau Beispiel, 0561 12345", participation="Bei Herrn X klingeln"), SPRING)
    change(place, SUMMER, description="Mittwochs offen", participation="")
    (then,) = get("places/", asOf="2026-05-31")["results"]
    assert (then["description"], then["participation"]) == ("Mittwochs offen", None)
    space = since(make_space(place.municipality, owner="Ada Beispiel", area_m2=50), SPRING)
    change(space, SUMMER, owner="", area_m2=80)
    (then,) = get("spaces/", asOf="2026-05-31")["results"]
    assert (then["owner"], then["area_m2"]) == (None, 50)
    change(space, AUTUMN, owner="Stadt Beispiel")
    (then,) = get("spaces/", asOf="2026-05-31")["results"]
    assert then["owner"] is None


def test_support_serves_whom_it_served_then() -> None:
    here = make_municipality("06635001")
    support = since(make_support(here, "06", provider="Land"), SPRING)
    from places.facts import write_facts

    with on_record(support, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        write_facts(support, {"areas": ["06636"]})
    (then,) = get("support/", serves="06635001", asOf="2026-05-31")["results"]
    assert then["areas"] == ["06"]
    assert get("support/", serves="06635001", asOf=str(NOW))["results"] == []
    assert Support.objects.get().areas.get().area == "06636"


def test_a_confirmation_holds_as_it_did_on_the_day() -> None:
    place = since(make_place(confirmed_on=date(2024, 6, 1)), date(2024, 6, 1))
    assert get(f"places/{place.pk}/", asOf="2024-12-01")["is_confirmed"] is True
    assert get(f"places/{place.pk}/", asOf="2026-11-01")["is_confirmed"] is False


def test_photographs_are_those_that_were_there() -> None:
    place = since(make_place(), SPRING)
    early, late = make_photo(place, alternative_text="Früh"), make_photo(place, alternative_text="Spät")
    Photo.objects.filter(pk=early.pk).update(added_at=noon(SPRING))
    Photo.objects.filter(pk=late.pk).update(added_at=noon(AUTUMN))
    (then,) = get("places/", asOf="2026-05-31")["results"]
    assert [photo["alternative_text"] for photo in then["photos"]] == ["Früh"]


@pytest.mark.parametrize("kind", ["geojson", "csv"])
def test_every_format_has_it_and_some_fields_of_it(kind: str) -> None:
    place = since(make_place(name="Vorher", longitude=None), SPRING)
    since(make_place(place.municipality, name="Gleich"), SPRING)
    change(place, SUMMER, name="Nachher")
    answer = get("places/", format=kind, asOf="2026-05-31")
    if kind == "csv":
        assert [row["name"] for row in answer] == ["Vorher", "Gleich"]
    else:
        assert [feature["properties"]["name"] for feature in answer["features"]] == ["Vorher", "Gleich"]
        now = get("places/", format=kind)
        assert [feature["geometry"] for feature in answer["features"]] == [f["geometry"] for f in now["features"]]
        assert get(f"places/{place.pk}/", format=kind, asOf="2026-05-31")["geometry"] == now["features"][0]["geometry"]
    assert get("places/", fields="id,name", asOf="2026-05-31")["results"] == [
        {"id": str(place.pk), "name": "Vorher"},
        {"id": str(place.pk + 1), "name": "Gleich"},
    ]


def test_days_to_come_and_what_is_no_day_are_refused() -> None:
    for day in (str(NOW + timedelta(days=1)), "gestern", "2026-13-01", "2026-01-01T00:00"):
        for path in ("places/", "municipalities/", "scores/", "interplay/"):
            refused(path, "asOf", asOf=day)
    assert names(asOf=str(NOW)) == []
    refused("assessments/", "asOf", asOf="2026-01-01")


# --- What replaying tells ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_walking_back_gives_what_was_written_down_and_the_feed_tells_of_every_step(seed: int) -> None:
    """A year of verbs at random: what the API answered in the evening is what it answers for that day later."""
    chance = random.Random(seed)
    here, there = make_municipality("06635001"), make_municipality("06635002")
    reviewer = make_reviewer("06635")
    places = [since(make_place(here, name=f"Ort {n}", publication="submitted"), SPRING) for n in range(5)]
    evenings: dict[date, list[dict[str, Any]]] = {}
    day = SPRING
    for _step in range(15):
        day += timedelta(days=chance.randint(1, 5))
        known = set(Change.objects.values_list("pk", flat=True))
        _something_happens(chance, chance.choice(places), places, [here, there], reviewer)
        Change.objects.exclude(pk__in=known).update(at=noon(day))
        evenings[day] = Client().get("/api/v1/places/").json()["results"]
    out = {str(place.pk) for place in Place.objects.filter(publication="archived", merged_into=None)}
    for place in Place.objects.filter(merged_into__isnull=False):
        if not getattr(place.successor(), "is_published", False):
            out.add(str(place.pk))
    told: dict[str, date] = {}
    public: dict[date, set[str]] = {}
    for event in get("changes/", limit=1000)["results"]:
        on = date.fromisoformat(event["at"][:10])
        if event["type"] in ("published", "restored"):
            told[event["entry"]["id"]] = on
        elif event["type"] in ("withdrawn", "merged"):
            told.pop(event["entry"]["id"])
        public[on] = {*told}
    for evening, expected in evenings.items():
        then = Client().get("/api/v1/places/", {"asOf": str(evening)}).json()["results"]
        assert [_comparable(item) for item in then] == [_comparable(item) for item in expected if item["id"] not in out]
        known_days = [on for on in public if on <= evening]
        by_feed = public[max(known_days)] if known_days else set()
        assert {item["id"] for item in then} == by_feed - out


def _something_happens(
    chance: random.Random, place: Place, places: list[Place], municipalities: list[Any], reviewer: User
) -> None:
    place.refresh_from_db()
    act = chance.choice(["edit", "edit", "edit", "publish", "archive", "move", "merge"])
    if act == "publish" and place.publication != "published":
        if place.publication == "archived":
            republish(place, by=reviewer, today=TODAY, reason="Doch.")
        else:
            with on_record(place, Verb.PUBLISHED, by=reviewer, acted_as=ActedAs.REVIEWER):
                place.publication = Publication.PUBLISHED
                place.save()
    elif act == "archive" and place.is_published:
        archive(place, by=reviewer, reason="Weg.", today=TODAY)
    elif act == "merge" and place.is_published:
        others = [other for other in places if other.pk != place.pk]
        other = chance.choice(others)
        other.refresh_from_db()
        if other.is_published:
            merge(place, other, by=reviewer, today=TODAY, take=(), reason="Dasselbe.")
    elif act == "move":
        municipality = chance.choice(municipalities)
        with on_record(place, Verb.UPDATED, by=reviewer, acted_as=ActedAs.REVIEWER):
            place.location, place.municipality = municipality.centre, municipality
            place.save()
    else:
        with on_record(place, Verb.UPDATED, by=reviewer, acted_as=ActedAs.REVIEWER):
            place.status = chance.choice(Status.values)
            place.name = f"{place.name.split(',')[0]}, {chance.randint(1, 99)}"
            place.low_threshold = chance.choice([True, False, None])
            place.save()


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("updated_at", "page", "is_confirmed")}


# --- Assessments ------------------------------------------------------------------------------------------------------


def stored(assessment: Any, day: date) -> Any:
    type(assessment).objects.filter(pk=assessment.pk).update(created_at=noon(day))
    return assessment


def test_municipalities_scores_and_interplay_are_of_the_assessment_that_was_shown() -> None:
    municipality = make_municipality("06635001")
    early = stored(make_assessment(as_of=SPRING), SPRING)
    late = stored(make_assessment(as_of=AUTUMN), AUTUMN)
    make_score(municipality, early, "risky")
    make_score(municipality, late, "robust")
    for day, cohesion_class, assessment in (("2026-08-31", "risky", early), ("2026-09-01", "robust", late)):
        (item,) = get("municipalities/", asOf=day)["results"]
        assert (item["cohesion"]["class"], item["cohesion"]["assessed_on"]) == (cohesion_class, str(assessment.as_of))
        assert get("municipalities/06635001/", asOf=day)["cohesion"]["class"] == cohesion_class
        assert get("municipalities/", asOf=day, cohesion_class=cohesion_class)["count"] == 1
        scores = get("scores/", asOf=day)
        assert (scores["cohesion_class"], scores["assessment"]["id"]) == ([cohesion_class], assessment.pk)
        cells = get("interplay/", asOf=day)["results"]
        assert [cell["cohesion_class"] for cell in cells if cell["municipalities"]] == [cohesion_class]


def test_one_that_was_made_later_for_an_earlier_day_was_not_shown_then() -> None:
    municipality = make_municipality("06635001")
    make_score(municipality, stored(make_assessment(as_of=SPRING), SPRING), "risky")
    make_score(municipality, stored(make_assessment(as_of=SUMMER), AUTUMN), "robust")
    assert get("scores/", asOf="2026-08-31")["cohesion_class"] == ["risky"]
    assert get("scores/", asOf="2026-09-01")["cohesion_class"] == ["robust"]


def test_the_edition_is_that_of_the_assessment() -> None:
    old, new = make_edition(date(2020, 12, 31)), make_edition(date(2025, 12, 31))
    make_municipality("06635001", edition=old, name="Alt")
    make_municipality("06635002", edition=new, name="Neu")
    stored(make_assessment(old, as_of=SPRING), SPRING)
    stored(make_assessment(new, as_of=SUMMER), SUMMER)
    stored(make_assessment(old, as_of=AUTUMN), AUTUMN)  # of an older edition: it is not shown
    assert names("municipalities/", asOf="2026-05-31") == ["Alt"]
    assert names("municipalities/", asOf="2026-06-01") == names("municipalities/", asOf="2026-11-01") == ["Neu"]
    assert get("municipalities/06635002/", HTTPStatus.NOT_FOUND, asOf="2026-05-31")["status"] == 404


def test_where_there_was_no_assessment_yet_it_is_said() -> None:
    make_municipality("06635001")
    stored(make_assessment(as_of=SUMMER), SUMMER)
    for path in ("municipalities/", "municipalities/06635001/", "scores/", "interplay/"):
        problem = get(path, HTTPStatus.NOT_FOUND, asOf="2026-05-31")
        assert problem["detail"] == "At the end of 2026-05-31 there was no assessment."


def test_a_day_and_an_assessment_are_not_asked_for_together() -> None:
    assessment = make_assessment()
    for path in ("municipalities/", "scores/", "interplay/"):
        assert "together" in refused(path, "asOf", asOf=str(NOW), assessment=assessment.pk)


def test_an_answer_about_an_earlier_day_is_kept_until_something_changes() -> None:
    place = since(make_place(name="Vorher"), SPRING)
    first = ask("places/", asOf="2026-05-31")
    again = Client().get("/api/v1/places/", {"asOf": "2026-05-31"}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    take_down(place, by=make_steward(place), today=TODAY, reason="Weg")
    assert get("places/", asOf="2026-05-31")["results"] == []


def test_one_s_own_edit_is_walked_back_as_well() -> None:
    place = since(make_place(website="https://alt.example.org/"), SPRING)
    steward = make_steward(place)
    update_entry(place, by=steward, facts={"website": "https://neu.example.org/"}, seen=0, today=TODAY)
    assert get(f"places/{place.pk}/")["website"] == "https://neu.example.org/"
    assert get(f"places/{place.pk}/", asOf="2026-05-31")["website"] == "https://alt.example.org/"


def test_a_key_that_is_gone_means_its_territory_on_an_earlier_day_too() -> None:
    old, new = make_edition(date(2020, 12, 31)), make_edition(date(2025, 12, 31))
    gone = make_municipality("06635001", edition=old)
    here = make_municipality("06635009", edition=new, geometry=gone.geometry)
    for name in ("Bleibt", "Anders"):
        since(make_place(here, name=name), SPRING)
    change(Place.objects.get(name="Anders"), SUMMER, name="Neu")
    assert names(municipality="06635001", asOf="2026-05-31") == ["Bleibt", "Anders"]
