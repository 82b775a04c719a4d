"""The smallest change that flips a class, against brute force: every single change tried with the whole engine."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest

from cohesion.engine import CLASSES, CONDITIONS, DYNAMICS, ROLES, Parameters, assess
from cohesion.engine.flips import FLIPS, RATINGS, Flips, find_flips
from tests.bench.bench_engine import PARAMETERS, synthetic_world
from tests.unit.worlds import (
    SCENES,
    World,
    make_municipality,
    make_place,
    make_point,
    make_world,
    random_parameters,
    random_world,
    to_inputs,
    worked_example,
)

Change: TypeAlias = tuple[Any, ...]  # kind, place, rating, steps, role, actor


def every_change(world: World, m: int) -> Iterator[tuple[Change, World]]:
    """All single changes that may be of concern to municipality m, the smallest first, and the world after each."""
    for size in range(1, 5):
        own = world["municipalities"][m]
        for condition, steps in _moves(own["conditions"], CONDITIONS, size):
            rated = {**own, "conditions": _changed(own["conditions"], CONDITIONS.index(condition), steps)}
            yield ("rating", -1, condition, steps, None, -1), _with(world, "municipalities", m, rated)
        for p, place in enumerate(world["places"]):
            for kind, words in (("conditions", CONDITIONS), ("dynamics", DYNAMICS)):
                for word, steps in _moves(place[kind], words, size):
                    rated = {**place, kind: _changed(place[kind], words.index(word), steps)}
                    yield ("rating", p, word, steps, None, -1), _with(world, "places", p, rated)
    held = sorted({(place, ROLES.index(role), actor) for place, actor, role in world["roles"]})
    for p in range(len(world["places"])):
        for role in ROLES:
            newcomer = world["actors"]
            more = {**world, "roles": [*world["roles"], (p, newcomer, role)], "actors": newcomer + 1}
            yield ("role", p, None, 0, role, -1), more
        for place, role_index, actor in held:
            if place == p:
                role = ROLES[role_index]
                fewer = [row for row in world["roles"] if row != (p, actor, role)]
                yield ("role", p, None, 0, role, actor), {**world, "roles": fewer}
    for p in range(len(world["places"])):
        places = [place for q, place in enumerate(world["places"]) if q != p]
        roles = [(place - (place > p), actor, role) for place, actor, role in world["roles"] if place != p]
        yield ("place", p, None, 0, None, -1), {**world, "places": places, "roles": roles}


def _moves(ratings: list[float | None], words: tuple[str, ...], size: int) -> Iterator[tuple[str, int]]:
    for word, rating in zip(words, ratings, strict=True):
        for steps in (-size, size):
            if rating is not None and 0 <= rating + steps <= 4:
                yield word, steps


def _changed(ratings: list[float | None], index: int, steps: int) -> list[float | None]:
    return [rating + steps if k == index and rating is not None else rating for k, rating in enumerate(ratings)]


def _with(world: World, kind: str, index: int, thing: World) -> World:
    return {**world, kind: [thing if k == index else each for k, each in enumerate(world[kind])]}


def smallest_by_trial(world: World, parameters: Parameters) -> list[tuple[Change, str] | None]:
    """For each municipality the first change that gives it another class, and that class."""
    before = assess(to_inputs(world), parameters)
    classes_after: dict[Change, Any] = {}  # changes at places are the same for every municipality
    found: list[tuple[Change, str] | None] = []
    for m in range(len(world["municipalities"])):
        first = None
        if not np.isnan(before.supply[m]):
            for change, changed in every_change(world, m):
                place = change[1]
                if place < 0 or change not in classes_after:
                    classes_after[change] = assess(to_inputs(changed), parameters).cohesion_class
                after = classes_after[change][m]
                if after != before.cohesion_class[m]:
                    first = change, CLASSES[after]
                    break
        found.append(first)
    return found


def in_words(flips: Flips) -> list[tuple[Change, str] | None]:
    """The engine's answer in the same words."""
    return [
        None
        if kind == FLIPS.index("none")
        else (
            (
                FLIPS[kind],
                int(flips.place[m]),
                RATINGS[flips.rating[m]] if flips.rating[m] >= 0 else None,
                int(flips.steps[m]),
                ROLES[flips.role[m]] if flips.role[m] >= 0 else None,
                int(flips.actor[m]),
            ),
            CLASSES[flips.cohesion_class[m]],
        )
        for m, kind in enumerate(flips.kind.tolist())
    ]


def flips_of(world: World, **parameters: float) -> list[tuple[Change, str] | None]:
    chosen = Parameters(**parameters)  # type: ignore[arg-type]
    inputs = to_inputs(world)
    return in_words(find_flips(inputs, assess(inputs, chosen), chosen))


@pytest.mark.parametrize("scene", SCENES)
def test_it_finds_what_brute_force_finds(scene: str) -> None:
    random = Random(f"flips {scene}")
    for number in range(4 if scene == "mirrored" else 8):
        world, parameters = random_world(scene, random), random_parameters(scene, random)
        if random.random() < 0.5:
            parameters["sufficient_supply"] = random.choice([0.3, 0.8, 1.2])  # more of them stand on the brink
        expected = smallest_by_trial(world, Parameters(**parameters))  # type: ignore[arg-type]
        assert flips_of(world, **parameters) == expected, f"{scene} {number}: {world} {parameters}"


def test_brute_force_meets_every_kind_of_change() -> None:
    random = Random("all kinds")
    seen: Counter[Any] = Counter()
    for _ in range(40):
        world = random_world("scattered", random)
        chosen = {"adequate": random.choice([0.1, 0.3, 0.6]), "sufficient_supply": random.choice([0.2, 0.6, 1.5])}
        bare = {**world, "places": [{**place, "dynamics": [None] * 4} for place in world["places"]]}
        bare["places"] = [{**place, "conditions": [None] * 5} for place in bare["places"]]
        expected = smallest_by_trial(bare, Parameters(**chosen))  # type: ignore[arg-type]
        assert flips_of(bare, **chosen) == expected
        for flip in expected:
            if flip is not None:
                (kind, place, _, _, _, actor), _ = flip
                seen[kind, place >= 0, actor >= 0] += 1
    for sight in [("rating", False, False), ("role", True, False), ("role", True, True), ("place", True, False)]:
        assert seen[sight] >= 3, seen


def test_on_the_brink_roles_of_actors_with_several_places_are_told_exactly() -> None:
    random = Random("teams")
    seen: Counter[Any] = Counter()
    for _ in range(60):
        actors = random.randint(2, 4)
        roles = [(random.randrange(4), random.randrange(actors), random.choice(ROLES)) for _ in range(12)]
        world = make_world(
            points=[make_point(500.0 * random.randint(0, 8), 0, random.randint(1, 200)) for _ in range(4)],
            places=[make_place(500.0 * random.randint(0, 8)) for _ in range(4)],
            roles=roles,
            municipalities=[make_municipality()],
        )
        chosen = {"sufficient_supply": random.choice([0.8, 1.5, 3.0])}
        left = float(assess(to_inputs(world), Parameters(**chosen)).supply_after_loss[0])  # type: ignore[arg-type]
        chosen["adequate"] = min(max(left + random.choice([-0.01, 0.0, 0.01, 0.1]), 0.0), 1.0)
        expected = smallest_by_trial(world, Parameters(**chosen))  # type: ignore[arg-type]
        assert flips_of(world, **chosen) == expected, f"{world} {chosen}"
        if expected[0] is not None:
            (kind, _, _, _, _, actor), _ = expected[0]
            seen[kind, actor >= 0] += 1
    assert seen["role", True] >= 5, seen
    assert seen["role", False] >= 5, seen


def test_a_larger_world_agrees_with_brute_force_for_some_of_its_municipalities() -> None:
    inputs = synthetic_world(40, seed=3)
    result = assess(inputs, PARAMETERS)
    found = in_words(find_flips(inputs, result, PARAMETERS))
    world = _as_world(inputs)
    assert len(found) >= 4
    assert [flip for flip in found if flip]
    assert found == smallest_by_trial(world, PARAMETERS)


def _as_world(inputs: Any) -> World:
    """Arrays as a world again."""

    def known(row: Any) -> list[float | None]:
        return [None if np.isnan(rating) else float(rating) for rating in row]

    points = zip(inputs.point_x, inputs.point_y, inputs.point_residents, inputs.point_municipality, strict=True)
    places = zip(inputs.place_x, inputs.place_y, inputs.place_municipality, strict=True)
    ratings = zip(inputs.place_conditions, inputs.place_dynamics, strict=True)
    municipalities = zip(inputs.municipal_conditions, inputs.inventory_completed, strict=True)
    roles = zip(inputs.role_place, inputs.role_actor, inputs.role_kind, strict=True)
    return {
        "points": [make_point(float(x), float(y), float(n), int(m)) for x, y, n, m in points],
        "places": [
            make_place(float(x), float(y), int(m), known(c), known(d))
            for (x, y, m), (c, d) in zip(places, ratings, strict=True)
        ],
        "roles": [(int(p), int(a), ROLES[k]) for p, a, k in roles],
        "actors": inputs.actors,
        "municipalities": [make_municipality(known(row), bool(done)) for row, done in municipalities],
    }


def test_the_worked_example_of_the_method() -> None:
    # All conditions of the shop are 3: no single rating brings Q below 0.5 or the hall up. Without the shop nothing is
    # known about renewal any more, and what the hall supplies is not enough.
    first, second = flips_of(worked_example())
    assert first == (("place", 0, None, 0, None, -1), "risky")
    assert second is None, "nothing is within reach of 02: no single change of what is there helps"


def test_a_municipality_without_residents_has_no_class_to_flip() -> None:
    world = make_world(points=[], places=[make_place(conditions=2)], municipalities=[make_municipality(2)])
    assert flips_of(world) == [None]


def test_one_step_of_its_own_rating_is_enough_on_the_brink() -> None:
    world = make_world(
        points=[make_point()],
        places=[make_place(conditions=4)],
        municipalities=[make_municipality([2, None, None, None, None])],
    )
    world["municipalities"][0]["conditions"] = [2, 2, 2, 2, 2]
    assert flips_of(world) == [(("rating", -1, "open_administration", -1, None, -1), "risky")]
