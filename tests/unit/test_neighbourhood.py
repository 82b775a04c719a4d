"""What a change can touch, and the part of the world that is enough: the same figures as the whole. Not stored here."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from cohesion.engine import CLASSES, LOSSES, Inputs, Parameters, Result, assess
from cohesion.engine.draws import SPREAD, Names, draw_classes, drawn_parameters
from cohesion.engine.flips import find_flips
from cohesion.engine.neighbourhood import Labels, part_of, touched
from tests.bench.bench_engine import PARAMETERS, synthetic_world, without_place
from tests.unit.worlds import SCENES, random_parameters, random_world, to_inputs

DRAWS, SEED = 12, 3


def labels_of(inputs: Inputs) -> Labels:
    return Labels(np.arange(len(inputs.place_x)), np.arange(inputs.actors))


def figures(result: Result, municipality: int, places: Any, actors: Any) -> tuple[Any, ...]:
    """All that is told of a municipality, by labels."""
    kind = LOSSES[result.critical_kind[municipality]]
    index = result.critical_index[municipality]
    named = {
        "none": -1,
        "place": places[index] if kind == "place" else 0,
        "actor": actors[index] if kind == "actor" else 0,
    }
    numbers = [
        getattr(result, name)[municipality]
        for name in ("supply", "supply_after_loss", "renewal", "residents", "residents_unreached")
    ]
    return CLASSES[result.cohesion_class[municipality]], kind, int(named[kind]), numbers


def assert_the_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert one[:3] == other[:3]
    np.testing.assert_allclose(one[3], other[3], rtol=1e-12, atol=1e-12)


def farthest(parameters: Parameters) -> float:
    return max(parameters.reach, *(drawn_parameters(parameters, SPREAD, SEED, n).reach for n in range(DRAWS)))


def check(before: Inputs, was: Labels, after: Inputs, now: Labels, parameters: Parameters) -> float:
    """Hold the part against the whole; the share of municipalities that were touched."""
    reach = farthest(parameters)
    asked = touched(before, was, after, now, reach)
    part = part_of(after, asked, reach)
    whole, alone = assess(after, parameters), assess(part.inputs, parameters)
    earlier = assess(before, parameters)
    names = Names(now.places, np.arange(len(asked)))
    tally = draw_classes(after, parameters, draws=DRAWS, seed=SEED, names=names)
    own_names = Names(now.places[part.places], part.municipalities)
    own_tally = draw_classes(part.inputs, parameters, draws=DRAWS, seed=SEED, names=own_names)
    earlier_names = Names(was.places, np.arange(len(asked)))
    earlier_tally = draw_classes(before, parameters, draws=DRAWS, seed=SEED, names=earlier_names)
    flips, own_flips = find_flips(after, whole, parameters), find_flips(part.inputs, alone, parameters)
    assert set(np.flatnonzero(asked)) <= set(part.municipalities.tolist())
    for index, municipality in enumerate(part.municipalities.tolist()):
        if not part.asked[index]:
            continue
        own = figures(alone, index, now.places[part.places], now.actors[part.actors])
        assert_the_same(own, figures(whole, municipality, now.places, now.actors))
        assert own_tally.counts[index].tolist() == tally.counts[municipality].tolist()
        assert own_flips.kind[index] == flips.kind[municipality]
        assert own_flips.rating[index] == flips.rating[municipality]
        if flips.place[municipality] >= 0:
            assert part.places[own_flips.place[index]] == flips.place[municipality]
    for municipality in np.flatnonzero(~asked).tolist():
        assert_the_same(
            figures(earlier, municipality, was.places, was.actors), figures(whole, municipality, now.places, now.actors)
        )
        assert earlier_tally.counts[municipality].tolist() == tally.counts[municipality].tolist()
    return float(asked.mean())


@pytest.mark.parametrize("scene", SCENES)
def test_in_small_worlds_a_place_more_a_rating_or_a_role_gives_the_figures_of_the_whole(scene: str) -> None:
    random = Random(scene)
    for _ in range(30):
        world = random_world(scene, random)
        chosen: dict[str, Any] = random_parameters(scene, random)
        after, parameters = to_inputs(world), Parameters(**chosen)
        places = len(after.place_x)
        before, was = after, labels_of(after)
        if places:
            place = random.randrange(places)
            change = random.choice(["place", "rating", "role", "municipality"])
            if change == "place":
                before = without_place(after, place)
                was = Labels(np.delete(np.arange(places), place), was.actors)
            elif change == "rating":
                conditions = after.place_conditions.copy()
                conditions[place, random.randrange(5)] = random.choice([np.nan, 0, 4])
                before = replace(after, place_conditions=conditions)
            elif change == "role" and len(after.role_place):
                before = replace(
                    after,
                    role_place=after.role_place[1:],
                    role_actor=after.role_actor[1:],
                    role_kind=after.role_kind[1:],
                )
            else:
                before = replace(after, inventory_completed=~after.inventory_completed)
        check(before, was, after, labels_of(after), parameters)


@pytest.mark.parametrize("place", [0, 700, 1999])
def test_in_a_large_world_only_the_neighbourhood_of_a_new_place_is_touched(place: int) -> None:
    after = synthetic_world(2000)
    before = without_place(after, place)
    was = Labels(np.delete(np.arange(2000), place), np.arange(after.actors))
    assert 0 < check(before, was, after, labels_of(after), PARAMETERS) < 0.2


def test_nothing_is_touched_where_nothing_changed() -> None:
    inputs = synthetic_world(300)
    assert not touched(inputs, labels_of(inputs), inputs, labels_of(inputs), 5000).any()


def test_who_lives_elsewhere_touches_everybody() -> None:
    inputs = synthetic_world(300)
    moved = replace(inputs, point_residents=inputs.point_residents + 1)
    assert touched(inputs, labels_of(inputs), moved, labels_of(moved), 5000).all()
    fewer = replace(
        inputs,
        municipal_conditions=np.vstack([inputs.municipal_conditions, inputs.municipal_conditions[:1]]),
        inventory_completed=np.append(inputs.inventory_completed, False),
    )
    assert touched(inputs, labels_of(inputs), fewer, labels_of(fewer), 5000).all()
