"""After a change only what it touches is reckoned anew; what is stored is what the whole would have been."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

import cohesion.assessment
from cohesion.assessment import Outcome, assess
from cohesion.inputs import World
from cohesion.models import Assessment
from places.geo import to_degrees
from places.models import Involvement, Municipality, Place
from places.vocabulary import Condition, Role, Status
from tests.factories import TODAY, box_in_metres, involve, make_actor, make_municipality, make_place

pytestmark = pytest.mark.django_db

X0, Y0 = 4_300_500, 3_100_500
APART = 12_000  # metres between municipalities: one does not see the places of the next, the one after next none of it
FIGURES = (
    *("cohesion_class", "supply", "supply_after_loss", "renewal", "stability", "class_shares", "critical_kind"),
    *("critical_place_id", "critical_actor_id", "critical_name", "population_basis", "explanation"),
)


def place_at(x: float, name: str, **fields: Any) -> Place:
    longitude, latitude = to_degrees(np.array([float(X0 + x)]), np.array([float(Y0)]))
    return make_place(name=name, longitude=float(longitude[0]), latitude=float(latitude[0]), **fields)


@pytest.fixture
def row_of_municipalities() -> list[Place]:
    """Six municipalities in a row, each with residents and two places that share an actor; one actor is everywhere."""
    everywhere = make_actor("everywhere")
    places = []
    for number in range(6):
        x = number * APART
        make_municipality(
            f"0663500{number}",
            geometry=box_in_metres(X0 + x - 4000, Y0 - 2000, X0 + x + 4000, Y0 + 2000),
            residents={(X0 + x, Y0): 800, (X0 + x + 2000, Y0): 300},
            inventory_completed_on=TODAY,
        )
        shared = make_actor(f"shared {number}")
        for name, at in (("shop", 0), ("hall", 1500)):
            place = place_at(x + at, f"{name} {number}", **{Condition.ENGAGED_ACTORS.value: number % 5})
            involve(place, shared, Role.PROVIDER)
            places.append(place)
        involve(places[-1], everywhere, Role.PROMOTER)
    return places


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many municipalities each assessment handed to the engine; it still reckons."""
    seen: list[int] = []
    reckon = cohesion.assessment.reckon

    def watched(world: World, *args: Any) -> Any:
        seen.append(len(world.municipality_ids))
        return reckon(world, *args)

    monkeypatch.setattr(cohesion.assessment, "reckon", watched)
    return seen


def stored(outcome: Outcome) -> dict[str, dict[str, Any]]:
    rows = outcome.assessment.scores.values("municipality__ags", *FIGURES)
    return {row.pop("municipality__ags"): row for row in rows}


def rounded(value: Any) -> Any:
    """Figures to twelve digits: the order of a sum may move the last bits."""
    if isinstance(value, float):
        return round(value, 12)
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list) else value


def publish(places: list[Place]) -> None:
    involve(place_at(2 * APART + 500, "new"), make_actor("shared 2"), Role.MOTIVATOR)


def close(places: list[Place]) -> None:
    Place.objects.filter(pk=places[0].pk).update(status=Status.CLOSED)


def move(places: list[Place]) -> None:
    Place.objects.filter(pk=places[4].pk).update(location=places[6].location)


def rate(places: list[Place]) -> None:
    Place.objects.filter(pk=places[7].pk).update(**{Condition.PUBLIC_INFRASTRUCTURE.value: 4})


def rate_municipality(places: list[Place]) -> None:
    Municipality.objects.filter(ags="06635003").update(**{Condition.OPEN_ADMINISTRATION.value: 4})


def lose_actor(places: list[Place]) -> None:
    Involvement.objects.filter(place=places[3], actor__name="everywhere").delete()


def plan_and_close(places: list[Place]) -> None:
    """What is only planned is no input of the engine; it is told of once anything else changed."""
    place_at(4 * APART, "planned", status=Status.PLANNED)
    close(places)


CHANGES = [publish, close, move, rate, rate_municipality, lose_actor, plan_and_close]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_stored_after_a_change_is_what_the_whole_would_be(
    change: Callable[[list[Place]], None], row_of_municipalities: list[Place], reckoned: list[int]
) -> None:
    before = stored(assess(TODAY))
    change(row_of_municipalities)
    in_part = assess(TODAY)
    figures, digest = stored(in_part), in_part.assessment.inputs_digest
    Assessment.objects.filter(pk=in_part.assessment.pk).delete()
    whole = assess(TODAY, whole=True)
    assert reckoned[0] == reckoned[2] == 6
    assert reckoned[1] < 6
    assert rounded(figures) == rounded(stored(whole))
    assert rounded(figures) != rounded(before)
    assert digest == whole.assessment.inputs_digest


def test_it_goes_on_from_assessment_to_assessment(row_of_municipalities: list[Place], reckoned: list[int]) -> None:
    assess(TODAY)
    for change in (rate, lose_actor, publish):
        change(row_of_municipalities)
        last = assess(TODAY)
    figures = stored(last)
    Assessment.objects.filter(pk=last.assessment.pk).delete()
    assert rounded(figures) == rounded(stored(assess(TODAY, whole=True)))
    assert all(number < 6 for number in reckoned[1:4])


def test_what_ran_out_since_is_found_by_the_day_alone(row_of_municipalities: list[Place], reckoned: list[int]) -> None:
    Place.objects.filter(pk=row_of_municipalities[0].pk).update(confirmed_on=date(2025, 6, 1))
    assess(date(2026, 6, 1))
    later = assess(date(2027, 6, 1))
    figures = stored(later)
    Assessment.objects.filter(pk=later.assessment.pk).delete()
    assert rounded(figures) == rounded(stored(assess(date(2027, 6, 1), whole=True)))


def test_another_day_on_which_nothing_is_different_copies_everything(
    row_of_municipalities: list[Place], reckoned: list[int]
) -> None:
    first = stored(assess(TODAY))
    another = assess(TODAY + timedelta(days=1))
    assert another.is_new
    assert reckoned == [6, 0]
    assert stored(another) == first


@pytest.mark.parametrize("loss", ["file", "assessment", "other draws", "other file"])
def test_where_the_last_world_is_not_that_of_a_stored_assessment_like_it_everything_is_reckoned(
    loss: str, row_of_municipalities: list[Place], reckoned: list[int], settings: Settings
) -> None:
    first = assess(TODAY)
    if loss == "file":
        settings.LAST_WORLD.unlink()
    elif loss == "assessment":
        Assessment.objects.filter(pk=first.assessment.pk).delete()
    elif loss == "other file":
        settings.LAST_WORLD.write_bytes(b"PK, but no archive")
    rate(row_of_municipalities)
    assess(TODAY, draws=5 if loss == "other draws" else None)
    assert reckoned == [6, 6]


def test_a_folder_that_cannot_be_written_costs_time_and_no_figure(
    row_of_municipalities: list[Place], reckoned: list[int], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LAST_WORLD = settings.LAST_WORLD.parent / "is-not-there" / "world.npz"
    assess(TODAY)
    assert "cannot be written" in caplog.text
    rate(row_of_municipalities)
    assess(TODAY)
    assert reckoned == [6, 6]
