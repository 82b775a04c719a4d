"""Method §8: from a stored score to named places, actors and conditions, in the order in which people ask.

Data only; the templates word it. What was found is in the score (findings.py), here it gets its names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cohesion.models import Score
from cohesion.vocabulary import CohesionClass, LossKind
from places.models import Actor, Place
from places.vocabulary import Condition, Dynamic, Rating, Role

WEAK = Rating.PARTLY  # a condition at or below this is named as weak
MOST_WEAK = 2  # so many of the weakest conditions are named


@dataclass(frozen=True)
class StandingPlace:
    """A place that supplies the municipality."""

    place: Place
    share: float  # what it contributes to the supply, 0..1; all contributions sum to the supply
    loss: float  # what the supply loses when it closes, 0..1
    is_critical: bool


@dataclass(frozen=True)
class Carrier:
    """An actor on whom supply hangs."""

    actor: Actor
    loss: float  # what the supply loses when it leaves everywhere at once, 0..1
    is_critical: bool


@dataclass(frozen=True)
class CrowdedPlace:
    place: Place
    crowding: float  # below 1: so much of its strength is left for each
    demand: int  # residents it faces, weighted by closeness


@dataclass(frozen=True)
class VacantRoles:
    place: Place
    roles: tuple[Role, ...]

    @property
    def is_whole_triad(self) -> bool:
        """Nobody at all is recorded for the triad."""
        return len(self.roles) == len(Role)


@dataclass(frozen=True)
class RatedCondition:
    condition: Condition
    rating: float | None  # 0..4; None: nobody has rated it

    @property
    def share(self) -> float | None:
        """The rating as a share of the best one."""
        return None if self.rating is None else self.rating / Rating.FULLY


@dataclass(frozen=True)
class Flip:
    """The smallest single change that would give it another class (method §7)."""

    kind: str  # "rating", "role" or "place"
    cohesion_class: CohesionClass  # that it would have
    place: Place | None  # None: the rating is the municipality's own
    rating: Condition | Dynamic | None
    steps: int  # by how much the rating changes, above or below 0
    role: Role | None
    actor: Actor | None  # who gives the role up; None: somebody new takes it up

    @property
    def size(self) -> int:
        """So many steps, whether up or down."""
        return abs(self.steps)


@dataclass(frozen=True)
class Explanation:
    """Why a municipality has its class; lists are ordered by importance."""

    # What stands
    standing: list[StandingPlace]
    standing_count: int  # of all, also those beyond the list
    # What it hangs on
    critical_kind: str  # LossKind, or "" where no single loss lowers the supply
    critical_place: Place | None  # None too where it is no longer public, and then it has no name either
    critical_name: str
    critical_loss: float  # K − K⁻
    carriers: list[Carrier]
    # What is missing
    residents: int
    unreached_residents: int
    crowded: list[CrowdedPlace]
    vacant_roles: list[VacantRoles]
    conditions: list[RatedCondition]
    weakest_conditions: list[RatedCondition]
    unconfirmed: list[Place]
    # What could be used
    planned: list[Place]
    dormant: list[Place]
    # How sure the class is
    flip: Flip | None  # None too where it would be at a place that is no longer public
    nothing_flips: bool  # it was looked for, and there is none

    @property
    def unreached_share(self) -> float:
        """Residents without a place in reach, as a share."""
        return self.unreached_residents / self.residents if self.residents else 0.0


def explain(score: Score) -> Explanation:
    """Name what the score's findings point at, in two queries. Places that are no longer public are left out."""
    findings = score.explanation
    places = _published({*_place_ids(findings), *filter(None, [score.critical_place_id])})
    critical_place = places.get(score.critical_place_id or 0)
    flip = findings.get("flip") or {}
    actor_ids = [carrier["actor"] for carrier in findings.get("carriers", [])]
    actors = Actor.objects.in_bulk([*actor_ids, *filter(None, [flip.get("actor"), score.critical_actor_id])])
    conditions = [RatedCondition(condition, findings.get("conditions", {}).get(condition)) for condition in Condition]
    known = sorted(
        (rated for rated in conditions if rated.rating is not None and rated.rating <= WEAK),
        key=lambda rated: rated.rating or 0.0,
    )
    return Explanation(
        standing=[
            StandingPlace(
                places[supplier["place"]],
                supplier["share"],
                supplier["loss"],
                is_critical=supplier["place"] == score.critical_place_id,
            )
            for supplier in findings.get("standing", [])
            if supplier["place"] in places
        ],
        standing_count=findings.get("standing_count", 0),
        critical_kind=score.critical_kind,
        critical_place=critical_place,
        critical_name=_critical_name(score, critical_place, actors.get(score.critical_actor_id or 0)),
        critical_loss=(score.supply or 0.0) - (score.supply_after_loss or 0.0),
        carriers=[
            Carrier(
                actors[carrier["actor"]],
                carrier["loss"],
                is_critical=score.critical_kind == LossKind.ACTOR and carrier["actor"] == score.critical_actor_id,
            )
            for carrier in findings.get("carriers", [])
            if carrier["actor"] in actors
        ],
        residents=round(findings.get("residents", 0)),
        unreached_residents=round(findings.get("unreached_residents", 0)),
        crowded=[
            CrowdedPlace(places[found["place"]], found["crowding"], round(found["demand"]))
            for found in findings.get("crowded", [])
            if found["place"] in places
        ],
        vacant_roles=[
            VacantRoles(places[found["place"]], tuple(Role(role) for role in found["roles"]))
            for found in findings.get("vacant_roles", [])
            if found["place"] in places
        ],
        conditions=conditions,
        weakest_conditions=known[:MOST_WEAK],
        unconfirmed=_named(places, findings.get("unconfirmed", [])),
        planned=_named(places, findings.get("planned", [])),
        dormant=_named(places, findings.get("dormant", [])),
        flip=_flip(flip, places, actors),
        nothing_flips=score.stability is not None and not flip,
    )


def _flip(found: dict[str, Any], places: dict[int, Place], actors: dict[int, Actor]) -> Flip | None:
    place, actor = places.get(found.get("place") or 0), actors.get(found.get("actor") or 0)
    if not found or (found["place"] and place is None) or (found["actor"] and actor is None):
        return None
    rating = found["rating"]
    return Flip(
        kind=found["kind"],
        cohesion_class=CohesionClass(found["cohesion_class"]),
        place=place,
        rating=None if rating is None else Condition(rating) if rating in Condition else Dynamic(rating),
        steps=found["steps"],
        role=Role(found["role"]) if found["role"] else None,
        actor=actor,
    )


def _critical_name(score: Score, place: Place | None, actor: Actor | None) -> str:
    if score.critical_kind == LossKind.PLACE:
        return place.name if place else ""
    return str(actor) if actor else score.critical_name


def _place_ids(findings: dict[str, Any]) -> set[int]:
    ids = {found["place"] for name in ("standing", "crowded", "vacant_roles") for found in findings.get(name, [])}
    ids |= set(filter(None, [(findings.get("flip") or {}).get("place")]))
    return ids.union(*(findings.get(name, []) for name in ("unconfirmed", "planned", "dormant")))


def _published(ids: Iterable[int]) -> dict[int, Place]:
    return Place.objects.published().select_related("municipality").defer("municipality__geometry").in_bulk(list(ids))


def _named(places: dict[int, Place], ids: Iterable[int]) -> list[Place]:
    return [places[pk] for pk in ids if pk in places]
