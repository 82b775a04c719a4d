"""The method once more, line by line from method.md §2-6 with dicts and loops: slow, and hard to get wrong.

It shares no code and no trick with the engine: losses are tried one by one, roles are handed out by trial.
"""

from math import hypot
from typing import Any, TypeAlias

Thing: TypeAlias = dict[str, Any]
Chosen: TypeAlias = dict[str, float]  # parameters by name
Table: TypeAlias = list[list[float]]  # f by point and place

CLOSE = 1e-9

DEFAULTS: Chosen = {
    "weight_conditions": 0.4,
    "weight_triad": 0.3,
    "weight_dynamics": 0.3,
    "unrated_strength": 0.3,
    "near": 1000,
    "reach": 5000,
    "residents_per_place": 3000,
    "sufficient_supply": 0.6,
    "adequate": 0.6,
    "foothold": 0.2,
    "renewing": 0.5,
}


def assess_slowly(world: Thing, **parameters: float) -> dict[str, list[Thing]]:
    """Figures of each municipality and each place of a world (see worlds.py); None where nothing is known."""
    chosen = {**DEFAULTS, **parameters}
    closeness = [[_closeness(point, place, chosen) for place in world["places"]] for point in world["points"]]
    places = [_place(p, world, closeness, chosen) for p in range(len(world["places"]))]
    municipalities = [_municipality(m, world, places, closeness, chosen) for m in range(len(world["municipalities"]))]
    return {"places": places, "municipalities": municipalities}


def _closeness(point: Thing, place: Thing, chosen: Chosen) -> float:
    distance = hypot(point["x"] - place["x"], point["y"] - place["y"])
    if distance <= chosen["near"]:
        return 1
    if distance >= chosen["reach"]:
        return 0
    return (chosen["reach"] - distance) / (chosen["reach"] - chosen["near"])


def _place(p: int, world: Thing, closeness: Table, chosen: Chosen) -> Thing:
    roles = [(actor, role) for place, actor, role in world["roles"] if place == p]
    demand = sum(point["residents"] * closeness[i][p] for i, point in enumerate(world["points"]))
    crowded = demand > chosen["residents_per_place"]
    return {
        "strength": _strength(world["places"][p], _triad(roles) if roles else None, chosen),
        "triad": _triad(roles) if roles else None,
        "demand": demand,
        "crowding": chosen["residents_per_place"] / demand if crowded else 1,
    }


def _strength(place: Thing, triad: float | None, chosen: Chosen) -> float:
    parts = [
        (_mean(place["conditions"], 4), chosen["weight_conditions"]),
        (triad, chosen["weight_triad"]),
        (_mean(place["dynamics"], 4), chosen["weight_dynamics"]),
    ]
    present = [(part, weight) for part, weight in parts if part is not None]
    if not present:
        return chosen["unrated_strength"]
    return sum(part * weight for part, weight in present) / sum(weight for _, weight in present)


def _triad(roles: list[tuple[int, str]]) -> float:
    return _most_roles(["motivator", "provider", "promoter"], roles, busy=[]) / 3


def _most_roles(open_roles: list[str], roles: list[tuple[int, str]], busy: list[int]) -> int:
    """How many of the open roles can be held at once by different actors who are not busy."""
    if not open_roles:
        return 0
    first, *others = open_roles
    free = {actor for actor, role in roles if role == first and actor not in busy}
    nobody_takes_it = _most_roles(others, roles, busy)
    return max([nobody_takes_it, *(1 + _most_roles(others, roles, [*busy, actor]) for actor in free)])


def _strengths_without(actor: int, world: Thing, places: list[Thing], chosen: Chosen) -> list[float]:
    strengths = []
    for p, place in enumerate(world["places"]):
        before = [(someone, role) for where, someone, role in world["roles"] if where == p]
        after = [(someone, role) for someone, role in before if someone != actor]
        had_provider = any(role == "provider" for _, role in before)
        has_provider = any(role == "provider" for _, role in after)
        if before == after:
            strengths.append(places[p]["strength"])
        elif had_provider and not has_provider:
            strengths.append(0)
        else:
            strengths.append(_strength(place, _triad(after), chosen))
    return strengths


def _supplies(
    m: int,
    world: Thing,
    places: list[Thing],
    strengths: list[float],
    closeness: Table,
    chosen: Chosen,
) -> tuple[float | None, list[float]]:
    """Supply of municipality m and, for each place, the part of it that comes from there."""
    residents = 0.0
    supplied = 0.0
    parts = [0.0 for _ in places]
    for i, point in enumerate(world["points"]):
        if point["municipality"] != m:
            continue
        received = [
            strength * place["crowding"] * f for strength, place, f in zip(strengths, places, closeness[i], strict=True)
        ]
        adequacy = min(1, sum(received) / chosen["sufficient_supply"])
        residents += point["residents"]
        supplied += point["residents"] * adequacy
        for p, amount in enumerate(received):
            if amount > 0:
                parts[p] += point["residents"] * adequacy * amount / sum(received)
    if residents == 0:
        return None, parts
    return supplied / residents, [part / residents for part in parts]


def _municipality(m: int, world: Thing, places: list[Thing], closeness: Table, chosen: Chosen) -> Thing:
    strengths = [place["strength"] for place in places]
    supply, contributions = _supplies(m, world, places, strengths, closeness, chosen)
    rated = _rated_conditions(m, world)
    renewal = _mean(rated, 4)
    place_losses: list[float] = []
    actor_losses: list[float] = []
    if supply is not None:
        for p in range(len(places)):
            closed = [0 if q == p else strength for q, strength in enumerate(strengths)]
            left, _ = _supplies(m, world, places, closed, closeness, chosen)
            place_losses.append(supply - (left or 0))
        for actor in range(world["actors"]):
            weakened = _strengths_without(actor, world, places, chosen)
            left, _ = _supplies(m, world, places, weakened, closeness, chosen)
            actor_losses.append(supply - (left or 0))
    losses = [("place", p, loss) for p, loss in enumerate(place_losses)]
    losses += [("actor", a, loss) for a, loss in enumerate(actor_losses)]
    worst = max([0.0, *(loss for _, _, loss in losses)])
    critical = None
    if worst > CLOSE:
        critical = next((kind, index) for kind, index, loss in losses if loss >= worst - CLOSE)
    after_loss = None if supply is None else supply - worst
    own = [i for i, point in enumerate(world["points"]) if point["municipality"] == m]
    return {
        "supply": supply,
        "supply_after_loss": after_loss,
        "critical": critical,
        "renewal": renewal,
        "renewal_conditions": rated,
        "class": _class(supply, after_loss, renewal, world["municipalities"][m]["completed"], chosen),
        "residents": sum(world["points"][i]["residents"] for i in own),
        "residents_unreached": sum(world["points"][i]["residents"] for i in own if not any(closeness[i])),
        "contributions": contributions,
        "place_losses": place_losses,
        "actor_losses": actor_losses,
    }


def _rated_conditions(m: int, world: Thing) -> list[float | None]:
    rated = []
    for condition, own in enumerate(world["municipalities"][m]["conditions"]):
        theirs = [place["conditions"][condition] for place in world["places"] if place["municipality"] == m]
        rated.append(_mean(theirs, 1) if own is None else own)
    return rated


def _class(
    supply: float | None, after_loss: float | None, renewal: float | None, completed: bool, chosen: Chosen
) -> str:
    if supply is None or after_loss is None:
        return "unassessed"
    if after_loss >= chosen["adequate"] - CLOSE:
        return "robust"
    has_foothold = supply >= chosen["foothold"] - CLOSE
    if has_foothold and renewal is not None and renewal >= chosen["renewing"] - CLOSE:
        return "resilient"
    return "risky" if completed else "unassessed"


def _mean(ratings: list[float | None], best: int) -> float | None:
    known = [rating for rating in ratings if rating is not None]
    return sum(known) / len(known) / best if known else None
