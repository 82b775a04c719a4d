"""Small worlds for the engine's tests, as plain dicts, and how they become arrays. No expectations here."""

from collections.abc import Sequence
from random import Random
from typing import Any, TypeAlias

import numpy as np

from cohesion.engine import CONDITIONS, DYNAMICS, ROLES, Inputs

World: TypeAlias = dict[str, Any]
Ratings: TypeAlias = Sequence[float | None] | float | None


def make_world(
    points: Sequence[World] = (),
    places: Sequence[World] = (),
    roles: Sequence[tuple[int, int, str]] = (),
    municipalities: Sequence[World] | None = None,
) -> World:
    """A world; `roles` are (place, actor, role). By default there is one municipality, with its inventory."""
    if municipalities is None:
        municipalities = [make_municipality()]
    actors = 1 + max((actor for _, actor, _ in roles), default=-1)
    return {
        "points": list(points),
        "places": list(places),
        "roles": list(roles),
        "actors": actors,
        "municipalities": list(municipalities),
    }


def make_point(x: float = 0, y: float = 0, residents: float = 100, municipality: int = 0) -> World:
    """A resident point."""
    return {"x": x, "y": y, "residents": residents, "municipality": municipality}


def make_place(
    x: float = 0,
    y: float = 0,
    municipality: int | None = 0,
    conditions: Ratings = None,
    dynamics: Ratings = None,
) -> World:
    """A counted place; a single rating stands for all of its kind."""
    return {
        "x": x,
        "y": y,
        "municipality": municipality,
        "conditions": _each(conditions, len(CONDITIONS)),
        "dynamics": _each(dynamics, len(DYNAMICS)),
    }


def make_municipality(conditions: Ratings = None, completed: bool = True) -> World:
    """A municipality; `completed` is said of its inventory of places."""
    return {"conditions": _each(conditions, len(CONDITIONS)), "completed": completed}


def worked_example() -> World:
    """The world of method.md §9: municipalities 01, 02; places shop, hall; actors A, B."""
    return make_world(
        points=[make_point(0, 0, 1000, 0), make_point(3000, 0, 500, 0), make_point(8000, 0, 400, 1)],
        places=[make_place(0, 0, 0, conditions=3, dynamics=2), make_place(3000, 0, 0)],
        roles=[(0, 0, "motivator"), (0, 0, "promoter"), (0, 1, "provider")],
        municipalities=[make_municipality(), make_municipality()],
    )


def to_inputs(world: World) -> Inputs:
    """The world as arrays."""
    points, places, roles = world["points"], world["places"], world["roles"]
    municipalities = world["municipalities"]
    return Inputs(
        point_x=_numbers(point["x"] for point in points),
        point_y=_numbers(point["y"] for point in points),
        point_residents=_numbers(point["residents"] for point in points),
        point_municipality=_indices(point["municipality"] for point in points),
        place_x=_numbers(place["x"] for place in places),
        place_y=_numbers(place["y"] for place in places),
        place_municipality=_indices(-1 if place["municipality"] is None else place["municipality"] for place in places),
        place_conditions=_ratings([place["conditions"] for place in places], len(CONDITIONS)),
        place_dynamics=_ratings([place["dynamics"] for place in places], len(DYNAMICS)),
        role_place=_indices(place for place, _, _ in roles),
        role_actor=_indices(actor for _, actor, _ in roles),
        role_kind=_indices(ROLES.index(role) for _, _, role in roles),
        actors=world["actors"],
        municipal_conditions=_ratings([each["conditions"] for each in municipalities], len(CONDITIONS)),
        inventory_completed=np.array([each["completed"] for each in municipalities], dtype=bool),
    )


SCENES = ("scattered", "on_a_grid", "mirrored", "crowded", "barely_known", "nearly_empty")


def random_world(scene: str, random: Random) -> World:
    """A world of up to a dozen points and eight places, of the given one of SCENES."""
    municipalities = [
        make_municipality(_random_ratings(5, 0.7, random), random.random() < 0.6) for _ in range(random.randint(1, 4))
    ]
    few = scene == "nearly_empty"
    points = [
        make_point(*_spot(scene, random), _random_residents(scene, random), random.randrange(len(municipalities)))
        for _ in range(random.randint(0, 2 if few else 8))
    ]
    unknown = {"barely_known": 0.8, "mirrored": 0.1}.get(scene, 0.3)
    places = [
        make_place(
            *_spot(scene, random),
            random.choice([None, *range(len(municipalities))]),
            _random_ratings(5, unknown, random),
            _random_ratings(4, unknown, random),
        )
        for _ in range(random.randint(0, 1 if few else 5))
    ]
    actors = random.randint(1, 5)
    roles = [
        (random.randrange(len(places)), random.randrange(actors), random.choice(ROLES))
        for _ in range(random.randint(0, 12) if places else 0)
    ]
    if scene == "mirrored":
        # Each place has a twin on the other side that some of its own actors' twins carry: ties all over
        points += [{**point, "x": -point["x"]} for point in points[:4]]
        roles += [(place + len(places), actor + actors, role) for place, actor, role in roles]
        places += [{**place, "x": -place["x"]} for place in places]
        random.shuffle(points)
    world = make_world(points, places, roles, municipalities)
    world["actors"] += random.choice([0, 0, 2])  # some hold no role at all
    return world


def random_parameters(scene: str, random: Random) -> dict[str, float]:
    """Parameters that differ from the defaults, mostly in one or two respects."""
    parameters: dict[str, float] = {}
    if scene == "crowded":
        parameters["residents_per_place"] = random.choice([10, 300, 1000])
    if random.random() < 0.2:
        parameters["near"] = parameters["reach"] = random.choice([1000, 2500, 5000])
    elif random.random() < 0.3:
        parameters["near"] = random.choice([0, 500, 3000])
    if random.random() < 0.3:
        parameters["sufficient_supply"] = random.choice([0.05, 0.3, 1.0, 2.0])
    if random.random() < 0.3:
        parameters["unrated_strength"] = random.choice([0.0, 0.1, 1.0])
    if random.random() < 0.3:
        parameters["weight_triad"] = random.choice([0.1, 3.0])
    if random.random() < 0.3:
        parameters["adequate"] = random.choice([0.1, 0.5, 1.0])
    if random.random() < 0.3:
        parameters["foothold"] = random.choice([0.0, 0.5])
    if random.random() < 0.3:
        parameters["renewing"] = random.choice([0.25, 0.75])
    return parameters


def _spot(scene: str, random: Random) -> tuple[float, float]:
    if scene == "scattered":
        return random.uniform(-4000, 4000), random.uniform(-4000, 4000)
    # Steps of 500 m: many pairs stand exactly at near or at reach, some of them on the diagonal 3 : 4 : 5
    return 500.0 * random.randint(-10, 10), 500.0 * random.choice([0, 0, 0, -8, 6, 8])


def _random_residents(scene: str, random: Random) -> float:
    if scene == "scattered":
        return random.choice([0.0, random.uniform(0.1, 900)])
    if scene == "crowded":
        return random.randint(0, 9000)
    return random.choice([0, 1, 100, 100, 250])


def _random_ratings(size: int, unknown: float, random: Random) -> list[float | None]:
    if random.random() < unknown / 2:
        return [None] * size
    return [None if random.random() < unknown else random.randint(0, 4) for _ in range(size)]


def _each(ratings: Ratings, size: int) -> list[float | None]:
    return list(ratings) if isinstance(ratings, Sequence) else [ratings] * size


def _numbers(values: Any) -> Any:
    return np.fromiter(values, dtype=np.float64)


def _indices(values: Any) -> Any:
    return np.fromiter(values, dtype=np.int64)


def _ratings(rows: Sequence[Sequence[float | None]], columns: int) -> Any:
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)  # None becomes NaN
