"""How sure a class is, method.md §7: what is drawn, and that the draws are classed as the slow twin classes them."""

from dataclasses import asdict, replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohesion.engine import CLASSES, DEFAULTS, Inputs, Parameters, assess, blocks, pairs
from cohesion.engine import draws as engine_draws
from cohesion.engine.draws import (
    NO_SPREAD,
    SPREAD,
    Names,
    Tally,
    draw_classes,
    drawn_parameters,
    drawn_ratings,
)
from cohesion.engine.reckoner import Ground, Ratings, Reckoner
from tests.bench.bench_engine import PARAMETERS, synthetic_world
from tests.unit.slow_twin import DEFAULTS as PARAMETERS_OF_THE_TWIN
from tests.unit.slow_twin import assess_slowly
from tests.unit.test_properties import in_many_worlds, worlds
from tests.unit.worlds import SCENES, World, random_parameters, random_world, to_inputs, worked_example

MANY = 4000


def names_of(inputs: Inputs) -> Names:
    return Names(np.arange(len(inputs.place_x)), np.arange(len(inputs.municipal_conditions)))


# --- What is drawn --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many_parameters() -> list[Parameters]:
    return [drawn_parameters(DEFAULTS, SPREAD, 7, number) for number in range(MANY)]


def test_weights_come_from_a_dirichlet_of_50_times_the_defaults(many_parameters: list[Parameters]) -> None:
    weights = np.array([[p.weight_conditions, p.weight_triad, p.weight_dynamics] for p in many_parameters])
    assert weights.sum(axis=1) == pytest.approx(1)
    expected = np.array([0.4, 0.3, 0.3])
    assert weights.mean(axis=0) == pytest.approx(expected, abs=0.005)
    assert weights.std(axis=0) == pytest.approx(np.sqrt(expected * (1 - expected) / 51), rel=0.05)


@pytest.mark.parametrize("name", ["near", "sufficient_supply", "residents_per_place", "foothold", "renewing", "reach"])
def test_the_other_parameters_are_lognormal_around_what_was_given(many_parameters: list[Parameters], name: str) -> None:
    logarithms = np.log([getattr(p, name) / getattr(DEFAULTS, name) for p in many_parameters])
    assert logarithms.mean() == pytest.approx(0, abs=0.01)
    assert logarithms.std() == pytest.approx(0.15, rel=0.05)


def test_parameters_move_independently_of_each_other(many_parameters: list[Parameters]) -> None:
    logarithms = np.log([[p.near, p.reach, p.adequate, p.foothold, p.renewing] for p in many_parameters])
    correlation = np.corrcoef(logarithms.T) - np.eye(5)
    assert np.abs(correlation).max() < 0.06


def test_what_section_7_does_not_name_stays(many_parameters: list[Parameters]) -> None:
    assert {(p.unrated_strength, p.freshness_months) for p in many_parameters} == {(0.3, 24)}


def test_thresholds_and_reach_keep_within_their_bounds() -> None:
    given = Parameters(near=1000, reach=1250, adequate=0.95, foothold=0.012)
    drawn = [drawn_parameters(given, SPREAD, 1, number) for number in range(300)]
    assert max(p.adequate for p in drawn) == 0.99
    assert min(p.foothold for p in drawn) == 0.01
    ratios = [p.reach / p.near for p in drawn]
    assert min(ratios) == pytest.approx(1.2)
    assert max(ratios) > 1.3


def test_who_starts_beyond_the_bounds_is_kept_no_farther_beyond() -> None:
    given = Parameters(near=2000, reach=2000, adequate=1.0, foothold=0.0)
    for number in range(100):
        drawn = drawn_parameters(given, SPREAD, 1, number)
        assert drawn.adequate <= 1
        assert drawn.foothold == 0
        assert drawn.reach >= drawn.near
    assert drawn_parameters(given, NO_SPREAD, 1, 0) == replace(
        given, weight_conditions=0.4, weight_triad=0.3, weight_dynamics=0.3
    )


def test_a_rating_moves_one_down_stays_or_moves_one_up() -> None:
    rows = 20_000
    given = Ratings(np.full((rows, 5), 2.0), np.full((rows, 4), 2.0), np.full((rows, 5), 2.0))
    drawn = drawn_ratings(given, SPREAD, 3, 0, Names(np.arange(rows), np.arange(rows)))
    for moved in (drawn.conditions, drawn.dynamics, drawn.municipal):
        for column in moved.T:
            shares = [np.mean(column == rating) for rating in (1, 2, 3)]
            assert shares == pytest.approx([0.15, 0.7, 0.15], abs=0.015)
    # Of one thing and another, of places and municipalities, of one draw and the next: no luck is shared
    again = drawn_ratings(given, SPREAD, 3, 1, Names(np.arange(rows), np.arange(rows)))
    columns = np.column_stack([drawn.conditions, drawn.dynamics, drawn.municipal, again.conditions])
    columns = np.column_stack([columns, np.roll(drawn.conditions, 1, axis=0)])
    assert np.abs(np.corrcoef(columns.T) - np.eye(columns.shape[1])).max() < 0.035


def test_a_rating_keeps_within_0_to_4_and_a_missing_one_stays_missing() -> None:
    row = [0.0, 4.0, np.nan, 0.0, 4.0]
    given = Ratings(np.array([row] * 200), np.array([row[:4]] * 200), np.array([row] * 200))
    drawn = drawn_ratings(given, SPREAD, 3, 0, Names(np.arange(200), np.arange(200)))
    for moved in (drawn.conditions, drawn.dynamics, drawn.municipal):
        assert set(moved[:, 0]) == {0, 1}
        assert set(moved[:, 1]) == {3, 4}
        assert np.isnan(moved[:, 2]).all()


# --- How it is classed ----------------------------------------------------------------------------------------------


def moved_world(world: World, ratings: Ratings) -> World:
    """The world with other ratings."""

    def known(row: Any) -> list[float | None]:
        return [None if np.isnan(rating) else float(rating) for rating in row]

    rated = zip(world["places"], ratings.conditions, ratings.dynamics, strict=True)
    municipalities = zip(world["municipalities"], ratings.municipal, strict=True)
    return {
        **world,
        "places": [{**place, "conditions": known(c), "dynamics": known(d)} for place, c, d in rated],
        "municipalities": [{**each, "conditions": known(row)} for each, row in municipalities],
    }


@pytest.mark.parametrize("scene", SCENES)
def test_draws_are_classed_as_the_slow_twin_classes_them(scene: str) -> None:
    random = Random(f"draws {scene}")
    for number in range(40):
        world, seed = random_world(scene, random), random.randrange(1000)
        parameters = Parameters(**random_parameters(scene, random))  # type: ignore[arg-type]
        inputs = to_inputs(world)
        expected = np.zeros((len(world["municipalities"]), len(CLASSES)))
        for draw in range(8):
            ratings = drawn_ratings(Ground(inputs).ratings, SPREAD, seed, draw, names_of(inputs))
            chosen = asdict(drawn_parameters(parameters, SPREAD, seed, draw))
            twin = assess_slowly(moved_world(world, ratings), **{name: chosen[name] for name in PARAMETERS_OF_THE_TWIN})
            for m, each in enumerate(twin["municipalities"]):
                expected[m, CLASSES.index(each["class"])] += 1
        tally = draw_classes(inputs, parameters, draws=8, seed=seed)
        assert tally.counts.tolist() == expected.tolist(), f"{scene} {number}: {world} {parameters} {seed}"


@pytest.mark.parametrize("at_once", [1, 500, 10**6])
def test_a_large_world_is_classed_as_the_engine_classes_it(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_POINTS_AT_ONCE", at_once)
    monkeypatch.setattr(blocks, "_PAIRS_AT_ONCE", at_once)
    inputs = synthetic_world(400)
    ground = Ground(inputs)
    found = pairs.within(pairs.find_pairs(inputs, ground.residents, 9000), 5500)
    on_pairs = Reckoner(ground, found)
    seen = set()
    for parameters in (PARAMETERS, replace(PARAMETERS, reach=3000, adequate=0.3), replace(PARAMETERS, adequate=0.15)):
        result = assess(inputs, parameters)
        assert on_pairs.classes(ground.ratings, parameters).tolist() == result.cohesion_class.tolist()
        seen |= set(result.cohesion_class.tolist())
    assert len(seen) == len(CLASSES)


def test_an_actor_of_several_places_is_missed_at_all_of_them_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = synthetic_world(300)
    random = np.random.default_rng(5)
    # Few actors at many places each: nearly every municipality hangs on an actor more than on a place
    several = replace(inputs, role_actor=random.integers(0, 12, len(inputs.role_place)), actors=12)
    result = assess(several, PARAMETERS)
    assert (result.critical_kind == 2).sum() > 10, "the world is one in which actors matter"
    # So that the least difference shows
    parameters = replace(PARAMETERS, adequate=float(np.median(result.supply_after_loss)))
    result = assess(several, parameters)
    ground = Ground(several)
    monkeypatch.setattr(blocks, "_PAIRS_AT_ONCE", 300)
    found = Reckoner(ground, pairs.find_pairs(several, ground.residents, 5000)).classes(ground.ratings, parameters)
    assert found.tolist() == result.cohesion_class.tolist()
    assert 3 in found
    assert (found != 3).sum() > 10


# --- Same seed, same inputs, same figures ----------------------------------------------------------------------------


def test_the_worked_example_of_the_method_in_a_thousand_draws() -> None:
    inputs = to_inputs(worked_example())
    tally = draw_classes(inputs)
    assert tally.draws == 1000
    assert tally.shares.sum(axis=1) == pytest.approx([1, 1])
    # 01 hangs on its shop; 02 has nothing in reach but where the draw stretches it beyond 5 km
    stability = tally.stability(assess(inputs).cohesion_class)
    assert 0.9 < stability[0] < 1
    assert 0.9 < stability[1] <= 1


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize(("at_once", "of_a_task", "alike"), [(200, 20, 0.9), (7, 3, 0.99), (1, 1, 1.0)])
def test_neither_workers_nor_tasks_change_a_figure(
    monkeypatch: pytest.MonkeyPatch, workers: int, at_once: int, of_a_task: int, alike: float
) -> None:
    inputs = synthetic_world(200)
    expected = draw_classes(inputs, PARAMETERS, draws=40, seed=3, workers=1).counts
    monkeypatch.setattr(engine_draws, "_DRAWS_AT_ONCE", at_once)
    monkeypatch.setattr(engine_draws, "_DRAWS_OF_A_TASK", of_a_task)
    monkeypatch.setattr(engine_draws, "_ALIKE", alike)
    found = draw_classes(inputs, PARAMETERS, draws=40, seed=3, workers=workers).counts
    assert found.tolist() == expected.tolist()
    assert draw_classes(inputs, PARAMETERS, draws=40, seed=4).counts.tolist() != expected.tolist()


def test_a_run_that_was_broken_off_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_draws, "_DRAWS_AT_ONCE", 10)
    inputs = synthetic_world(200)
    whole = draw_classes(inputs, PARAMETERS, draws=35)
    reached: list[Tally] = []

    class PowerCutError(Exception):
        pass

    def keep(tally: Tally) -> None:
        reached.append(tally)
        if tally.draws == 20:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        draw_classes(inputs, PARAMETERS, draws=35, progress=keep, workers=2)
    assert [tally.draws for tally in reached] == [10, 20]
    assert (reached[-1].counts.sum(axis=1) == 20).all()
    resumed = draw_classes(inputs, PARAMETERS, draws=35, begun=reached[-1], progress=reached.append)
    assert [tally.draws for tally in reached[2:]] == [30, 35]
    assert resumed.counts.tolist() == whole.counts.tolist()
    assert draw_classes(inputs, PARAMETERS, draws=35, begun=whole) is not whole
    assert draw_classes(inputs, PARAMETERS, draws=35, begun=whole).counts.tolist() == whole.counts.tolist()


# --- What holds in every world ---------------------------------------------------------------------------------------


@in_many_worlds
@given(worlds(), st.integers(0, 2**40))
def test_shares_sum_to_one_and_the_same_seed_gives_the_same(world: World, seed: int) -> None:
    inputs = to_inputs(world)
    tally = draw_classes(inputs, draws=5, seed=seed)
    assert tally.shares.sum(axis=1) == pytest.approx(np.ones(len(world["municipalities"])))
    assert tally.counts.tolist() == draw_classes(inputs, draws=5, seed=seed).counts.tolist()


@in_many_worlds
@given(worlds())
def test_without_spread_every_draw_agrees(world: World) -> None:
    inputs = to_inputs(world)
    tally = draw_classes(inputs, draws=3, spread=NO_SPREAD)
    assert (tally.stability(assess(inputs).cohesion_class) == 1).all()


@in_many_worlds
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_municipalities_and_places_orders_the_shares_and_nothing_else(world: World, random: Any) -> None:
    def shuffled(size: int) -> list[int]:
        order = list(range(size))
        random.shuffle(order)
        return order

    municipalities, stands = shuffled(len(world["municipalities"])), shuffled(len(world["places"]))

    def moved(thing: World) -> World:
        m = thing["municipality"]
        return {**thing, "municipality": None if m is None else municipalities.index(m)}

    other = {
        **world,
        "points": [moved(point) for point in reversed(world["points"])],
        "places": [moved(world["places"][p]) for p in stands],
        "roles": [(stands.index(place), actor, role) for place, actor, role in world["roles"]],
        "municipalities": [world["municipalities"][m] for m in municipalities],
    }
    before = draw_classes(to_inputs(world), draws=5)
    names = Names(np.array(stands, dtype=np.int64), np.array(municipalities, dtype=np.int64))
    after = draw_classes(to_inputs(other), draws=5, names=names)
    assert after.counts.tolist() == before.counts[municipalities].tolist()


@in_many_worlds
@given(worlds())
def test_a_new_place_far_away_changes_no_share(world: World) -> None:
    far = {"x": 1e6, "y": 1e6, "municipality": None, "conditions": [3.0] * 5, "dynamics": [1.0] * 4}
    roles = [(place + 1, actor, role) for place, actor, role in world["roles"]]
    more = {**world, "places": [far, *world["places"]], "roles": roles}
    names = Names(np.arange(len(more["places"])), np.arange(len(world["municipalities"])))
    before = draw_classes(to_inputs(world), draws=5, names=Names(names.places[1:], names.municipalities))
    assert draw_classes(to_inputs(more), draws=5, names=names).counts.tolist() == before.counts.tolist()
