"""A score holds until an assessment finds another: little is stored, and every assessment stays whole."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from cohesion.assessment import assess
from cohesion.changes import events
from cohesion.models import Assessment, Score
from cohesion.querysets import with_scores
from cohesion.series import Series
from places.models import Municipality, Place
from places.vocabulary import Status
from tests.factories import TODAY, box_in_metres, make_assessment, make_municipality, make_place, make_score

pytestmark = pytest.mark.django_db

KEYS = ("06635001", "06635002", "06635003")
APART = 20_000  # metres: nobody sees the places of the next
X0, Y0 = 4_300_500, 3_100_500


@pytest.fixture
def places() -> list[Place]:
    """One in each of three municipalities that are far from each other."""
    made = []
    for number, key in enumerate(KEYS):
        x = X0 + number * APART
        municipality = make_municipality(
            key,
            geometry=box_in_metres(x - 4000, Y0 - 2000, x + 4000, Y0 + 2000),
            residents={(x, Y0): 800},
            inventory_completed_on=TODAY,
        )
        made.append(make_place(municipality))
    return made


def close(place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(status=Status.CLOSED)


def reopen(place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(status=Status.ACTIVE)


def told(assessment: Assessment) -> list[tuple[Any, ...]]:
    return list(assessment.scores.values_list("municipality__ags", "cohesion_class", "supply", "explanation"))


def test_only_scores_that_differ_are_stored_and_every_assessment_keeps_its_own(places: list[Place]) -> None:
    first = assess(TODAY).assessment
    as_first = told(first)
    close(places[1])
    second = assess(TODAY).assessment
    as_second = told(second)
    reopen(places[1])
    third = assess(TODAY).assessment
    assert list(Score.objects.order_by("pk").values_list("municipality__ags", "assessment", "until")) == [
        (KEYS[0], first.pk, None),
        (KEYS[1], first.pk, second.pk),
        (KEYS[2], first.pk, None),
        (KEYS[1], second.pk, third.pk),
        (KEYS[1], third.pk, None),
    ]
    assert told(first) == as_first == told(third)
    assert told(second) == as_second
    assert [row[0] for row in as_second] == list(KEYS)
    assert as_second != as_first


@pytest.mark.parametrize("whole", [False, True], ids=["in part", "whole"])
def test_an_assessment_that_finds_nothing_else_stores_no_score(places: list[Place], whole: bool) -> None:
    first = assess(TODAY, draws=20).assessment
    later = assess(TODAY + timedelta(days=1), draws=20, whole=whole)
    assert later.is_new
    assert Score.objects.count() == 3
    assert told(later.assessment) == told(first)


def test_municipalities_find_the_score_that_holds(places: list[Place]) -> None:
    first = assess(TODAY).assessment
    close(places[1])
    second = assess(TODAY).assessment
    for assessment in (first, second):
        rows = with_scores(Municipality.objects.order_by("ags"), assessment).values_list("ags", "score__supply")
        assert list(rows) == [(ags, supply) for ags, _, supply, _ in told(assessment)]
    assert not with_scores(Municipality.objects.all(), None).filter(score__isnull=False).exists()


def test_the_series_tells_every_assessment(places: list[Place]) -> None:
    made = [assess(TODAY).assessment]
    for change in (close, reopen):
        change(places[1])
        made.append(assess(TODAY).assessment)
    for key in KEYS:
        entries = Series(key)[:10]
        assert [entry.assessment for entry in entries] == made[::-1]
        supplies = [assessment.scores.get(municipality__ags=key).supply for assessment in made[::-1]]
        assert [entry.supply for entry in entries] == supplies
        assert len(Series(key)) == 3
    assert [entry.assessment for entry in Series(KEYS[0])[1:2]] == [made[1]]


def test_the_feed_tells_that_a_class_went_and_came_back(places: list[Place]) -> None:
    made = [assess(TODAY).assessment]
    for change in (close, reopen):
        change(places[1])
        made.append(assess(TODAY).assessment)
    later = timezone.now() + timedelta(minutes=1)
    happened = [event for event in events(None, later) if event.assessment_id and event.before]
    assert [(event.ags, event.assessment_id) for event in happened] == [(KEYS[1], made[1].pk), (KEYS[1], made[2].pk)]
    assert happened[0].before == happened[1].after
    # Whoever asks from within goes on from there
    went, came = happened
    after = [event for event in events(went.cursor, later) if event.assessment_id]
    assert [str(event.cursor) for event in after] == [str(came.cursor)]


def test_who_goes_on_from_an_older_assessment_finds_what_another_one_ended(
    places: list[Place], settings: Settings, tmp_path: Path
) -> None:
    """Two machines with a file each, assessing in turn."""
    own = settings.LAST_WORLD
    first = assess(TODAY).assessment
    as_first = told(first)
    close(places[0])
    settings.LAST_WORLD = tmp_path / "of-the-other.npz"
    between = assess(TODAY, draws=5).assessment
    settings.LAST_WORLD = own
    reopen(places[0])
    close(places[2])
    last = assess(TODAY).assessment
    assert told(last)[:2] == as_first[:2]
    assert told(last)[2] != as_first[2]
    assert told(between)[0] != as_first[0]
    in_part = told(last)
    last.delete()
    assert told(assess(TODAY, whole=True).assessment) == in_part


def test_without_the_newest_the_scores_that_it_ended_hold_again(places: list[Place]) -> None:
    first = assess(TODAY).assessment
    as_first = told(first)
    close(places[1])
    assess(TODAY).assessment.delete()
    assert told(first) == as_first
    assert not Score.objects.exclude(until=None).exists()


def test_no_two_scores_of_a_municipality_hold() -> None:
    municipality = make_municipality(KEYS[0])
    made = [make_score(municipality, make_assessment(municipality.edition)) for _ in range(2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.filter(pk=made[0].pk).update(until=None)


def test_scores_of_before_hold_in_their_own_assessment_alone() -> None:
    """What the migration does with assessments that have a score of each municipality."""
    let_them_end: Callable[..., None] = import_module("cohesion.migrations.0004_scores_while_they_hold").let_them_end
    municipality, other = make_municipality(KEYS[0]), make_municipality(KEYS[1])
    made = [make_assessment(municipality.edition) for _ in range(3)]
    for score in [*(make_score(municipality, each) for each in made), make_score(other, made[0])]:
        Score.objects.filter(pk=score.pk, assessment__lt=made[2]).update(until=made[2])
    let_them_end(apps, None)
    rows = Score.objects.order_by("municipality__ags", "pk").values_list("assessment", "until")
    assert list(rows) == [
        (made[0].pk, made[1].pk),
        (made[1].pk, made[2].pk),
        (made[2].pk, None),
        (made[0].pk, made[1].pk),
    ]
