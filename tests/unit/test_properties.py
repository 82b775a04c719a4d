"""What holds in every world, method.md §10, tried on worlds that hypothesis makes up. No single numbers here.

That ZOK tiers change no class needs no test here: no input of the engine knows them.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohesion.engine import ROLES, Result, assess
from tests.unit.worlds import World, make_municipality, make_place, make_point, make_world, to_inputs

# The same worlds in every run, and no limit on the time for one of them
in_many_worlds = settings(max_examples=200, derandomize=True, deadline=None)

MOST_POINTS, MOST_PLACES, MOST_ACTORS, MOST_MUNICIPALITIES = 6, 5, 4, 3

coordinates = st.integers(-10, 10).map(lambda steps: 500.0 * steps) | st.floats(-6000, 6000)
ratings = st.none() | st.integers(0, 4)


def places() -> st.SearchStrategy[World]:
    """Places in the first municipality or in none."""
    return st.builds(
        make_place,
        coordinates,
        coordinates,
        st.none() | st.just(0),
        st.lists(ratings, min_size=5, max_size=5),
        st.lists(ratings, min_size=4, max_size=4),
    )


@st.composite
def worlds(draw: st.DrawFn, most_residents: int = 4000) -> World:
    """Worlds of all sorts; with at most 400 residents at a point, no place is crowded."""
    municipalities = draw(
        st.lists(
            st.builds(make_municipality, st.lists(ratings, min_size=5, max_size=5), st.booleans()),
            min_size=1,
            max_size=MOST_MUNICIPALITIES,
        )
    )
    points = draw(
        st.lists(
            st.builds(
                make_point,
                coordinates,
                coordinates,
                st.integers(0, most_residents),
                st.integers(0, len(municipalities) - 1),
            ),
            max_size=MOST_POINTS,
        )
    )
    stands = draw(st.lists(places(), max_size=MOST_PLACES))
    roles = draw(_roles(len(stands)))
    return {**make_world(points, stands, roles, municipalities), "actors": MOST_ACTORS}


def _roles(stands: int) -> st.SearchStrategy[list[tuple[int, int, str]]]:
    if not stands:
        return st.just([])
    role = st.tuples(st.integers(0, stands - 1), st.integers(0, MOST_ACTORS - 1), st.sampled_from(ROLES))
    return st.lists(role, max_size=10)


def close(figures: Any, expected: Any) -> bool:
    """Whether figures are the same but for rounding, unknown ones included."""
    return np.allclose(figures, expected, rtol=1e-9, atol=1e-9, equal_nan=True)


def same_figures(result: Result, expected: Result) -> bool:
    """Whether all that is said of municipalities is the same but for rounding."""
    return (
        close(result.supply, expected.supply)
        and close(result.supply_after_loss, expected.supply_after_loss)
        and close(result.renewal_conditions, expected.renewal_conditions)
        and close(result.renewal, expected.renewal)
        and result.cohesion_class.tolist() == expected.cohesion_class.tolist()
    )


@in_many_worlds
@given(worlds(), places(), st.lists(st.tuples(st.integers(0, MOST_ACTORS), st.sampled_from(ROLES))))
def test_adding_a_counted_place_never_lowers_any_supply(
    world: World, place: World, roles: list[tuple[int, str]]
) -> None:
    before = assess(to_inputs(world))
    new = len(world["places"])
    more = {
        **world,
        "places": [*world["places"], place],
        "roles": [*world["roles"], *((new, actor, role) for actor, role in roles)],
        "actors": MOST_ACTORS + 1,
    }
    after = assess(to_inputs(more))
    known = ~np.isnan(before.supply)
    assert (np.isnan(after.supply) == ~known).all()
    assert (after.supply[known] >= before.supply[known] - 1e-12).all()
    assert (after.supply_after_loss[known] >= before.supply_after_loss[known] - 2e-9).all()


@in_many_worlds
@given(worlds(most_residents=400), st.floats(0.01, 1.2))
def test_multiplying_all_residents_changes_nothing_where_no_place_is_crowded(world: World, factor: float) -> None:
    points = [{**point, "residents": point["residents"] * factor} for point in world["points"]]
    before, after = assess(to_inputs(world)), assess(to_inputs({**world, "points": points}))
    assert (before.crowding == 1).all()
    assert (after.crowding == 1).all()
    assert same_figures(after, before)
    assert close(after.contributions.toarray(), before.contributions.toarray())
    assert close(after.residents, before.residents * factor)


@in_many_worlds
@given(worlds())
def test_supply_after_the_worst_loss_never_exceeds_supply(world: World) -> None:
    result = assess(to_inputs(world))
    known = ~np.isnan(result.supply)
    assert (result.supply_after_loss[known] <= result.supply[known]).all()


@in_many_worlds
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_inputs_changes_nothing(world: World, random: Any) -> None:
    def shuffled(size: int) -> list[int]:
        order = list(range(size))
        random.shuffle(order)
        return order

    points = shuffled(len(world["points"]))
    stands = shuffled(len(world["places"]))
    actors = shuffled(MOST_ACTORS)
    municipalities = shuffled(len(world["municipalities"]))

    def moved(municipality: int | None) -> int | None:
        return None if municipality is None else municipalities.index(municipality)

    other = {
        "points": [{**world["points"][i], "municipality": moved(world["points"][i]["municipality"])} for i in points],
        "places": [{**world["places"][p], "municipality": moved(world["places"][p]["municipality"])} for p in stands],
        "roles": [
            (stands.index(place), actors.index(actor), role)
            for place, actor, role in random.sample(world["roles"], len(world["roles"]))
        ],
        "actors": MOST_ACTORS,
        "municipalities": [world["municipalities"][m] for m in municipalities],
    }
    before, after = assess(to_inputs(world)), assess(to_inputs(other))
    assert close(after.strength, before.strength[stands])
    assert close(after.supply, before.supply[municipalities])
    assert close(after.supply_after_loss, before.supply_after_loss[municipalities])
    assert close(after.renewal, before.renewal[municipalities])
    assert close(after.residents_unreached, before.residents_unreached[municipalities])
    assert after.cohesion_class.tolist() == before.cohesion_class[municipalities].tolist()
    rows = np.ix_(municipalities, stands)
    assert close(after.contributions.toarray(), before.contributions.toarray()[rows])
    assert close(after.place_losses.toarray(), before.place_losses.toarray()[rows])
    assert close(after.actor_losses.toarray(), before.actor_losses.toarray()[np.ix_(municipalities, actors)])
    assert (after.critical_kind == 0).tolist() == (before.critical_kind[municipalities] == 0).tolist()


@in_many_worlds
@given(worlds(), st.data())
def test_splitting_a_point_in_two_at_the_same_spot_changes_nothing(world: World, data: st.DataObject) -> None:
    if not world["points"]:
        return
    split = data.draw(st.integers(0, len(world["points"]) - 1))
    share = data.draw(st.floats(0, 1))
    point = world["points"][split]
    halves = [{**point, "residents": point["residents"] * part} for part in (share, 1 - share)]
    points = [*world["points"][:split], *halves, *world["points"][split + 1 :]]
    before, after = assess(to_inputs(world)), assess(to_inputs({**world, "points": points}))
    assert same_figures(after, before)
    assert close(after.demand, before.demand)
    assert close(after.contributions.toarray(), before.contributions.toarray())
    assert close(after.residents_unreached, before.residents_unreached)


@in_many_worlds
@given(worlds())
def test_contributions_sum_to_supply(world: World) -> None:
    result = assess(to_inputs(world))
    assert (result.contributions.data > 0).all()
    assert result.contributions.toarray().sum(axis=1) == pytest.approx(np.nan_to_num(result.supply), abs=1e-12)


@in_many_worlds
@given(worlds())
def test_losses_and_shares_stay_within_their_bounds(world: World) -> None:
    result = assess(to_inputs(world))
    known = ~np.isnan(result.supply)
    assert ((result.supply[known] >= 0) & (result.supply[known] <= 1)).all()
    assert ((result.supply_after_loss[known] >= 0) & (result.supply_after_loss[known] <= 1)).all()
    assert ((result.strength >= 0) & (result.strength <= 1)).all()
    assert ((result.crowding > 0) & (result.crowding <= 1)).all()
    assert (result.residents_unreached <= result.residents).all()
    for losses in (result.place_losses, result.actor_losses):
        assert (losses.data > 0).all()
        assert (losses.toarray() <= np.nan_to_num(result.supply)[:, np.newaxis]).all()


@in_many_worlds
@given(worlds())
def test_a_place_is_no_smaller_a_loss_than_any_of_its_actors_who_have_no_other(world: World) -> None:
    result = assess(to_inputs(world))
    for actor in range(MOST_ACTORS):
        stands = {place for place, someone, _ in world["roles"] if someone == actor}
        if len(stands) == 1:
            place_loss = result.place_losses.toarray()[:, stands.pop()]
            assert (result.actor_losses.toarray()[:, actor] <= place_loss + 1e-9).all()
