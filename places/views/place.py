"""The page of one Sozialer Ort: what it is, who carries it, under which conditions, and whether it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import cos, pi, sin
from statistics import mean

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from places import clock, opening_hours
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import Actor, Involvement, Place
from places.recurring_hours import recurring
from places.views.entry import entry_context, public_entry
from places.vocabulary import CORE_CRITERIA, Circle, Condition, Criterion, Dynamic, Rating, Role, Status

RING_RADII = {Circle.KEY_ACTOR: 42, Circle.FELLOW: 84, Circle.SUPPORTER: 126}  # of the drawing, units of SVG
RING_CENTRE = 150


def place(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One published place; what else may be answered: ``public_entry``."""
    found = public_entry(request, Place, pk)
    if isinstance(found, HttpResponse):
        return found
    involvements = list(found.involvements.select_related("actor").order_by("actor__name", "actor_id"))
    return render(
        request,
        "places/place.html",
        {
            **entry_context(request, found),
            "answers": Answers.of(found, CORE_CRITERIA),
            "further_answers": Answers.of(found, [name for name in Criterion if name not in CORE_CRITERIA]),
            "triad": Triad.of(involvements),
            "circles": [Ring.of(circle, involvements) for circle in Circle],
            "conditions": Ratings.of(found.condition_ratings()),
            "dynamics": Ratings.of(found.dynamics_ratings()),
            "standing": Standing.of(found, clock.today()),
            "hours": opening_hours.read(found.opening_hours),
            "has_calendar": found.status == Status.ACTIVE and recurring(found.opening_hours) is not None,
        },
    )


@dataclass(frozen=True)
class Standing:
    """Whether the place counts today, and every reason why not (method §1)."""

    counts: bool
    months: int  # how long a confirmation holds
    is_active: bool
    lacking_criteria: list[str]
    is_fresh: bool

    @classmethod
    def of(cls, found: Place, today: date) -> "Standing":
        answers = found.criteria()
        return cls(
            counts=found.is_counted(today, DEFAULT_FRESHNESS_MONTHS),
            months=DEFAULT_FRESHNESS_MONTHS,
            is_active=found.status == Status.ACTIVE,
            lacking_criteria=[str(name.label) for name in CORE_CRITERIA if answers[name] is not True],
            is_fresh=found.is_fresh(today, DEFAULT_FRESHNESS_MONTHS),
        )


@dataclass(frozen=True)
class Answers:
    """Criteria by their answer."""

    yes: list[str]
    no: list[str]
    unknown: list[str]

    @classmethod
    def of(cls, found: Place, criteria: Sequence[Criterion]) -> "Answers":
        given = found.criteria()
        by_answer: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for criterion in criteria:
            by_answer[given[criterion]].append(str(criterion.label))
        return cls(by_answer[True], by_answer[False], by_answer[None])


@dataclass(frozen=True)
class Ratings:
    """Ratings 0..4 with their mean over those that are known."""

    each: list[tuple[str, int | None, str]]  # subject, rating, its word
    mean: float | None

    @classmethod
    def of(cls, ratings: dict[Condition, int | None] | dict[Dynamic, int | None]) -> "Ratings":
        known = [rating for rating in ratings.values() if rating is not None]
        return cls(
            each=[
                (str(subject.label), rating, "" if rating is None else str(Rating(rating).label))
                for subject, rating in ratings.items()
            ],
            mean=mean(known) if known else None,
        )


@dataclass(frozen=True)
class Corner:
    """One role of the triad and who holds it here."""

    role: Role
    actors: list[Actor]

    @classmethod
    def of(cls, role: Role, involvements: Sequence[Involvement]) -> "Corner":
        return cls(role, [involvement.actor for involvement in involvements if role in involvement.roles()])


@dataclass(frozen=True)
class Triad:
    """The three roles, how many of them are held, and by how many different actors at once."""

    corners: list[Corner]
    held: int
    different: int

    @classmethod
    def of(cls, involvements: Sequence[Involvement]) -> "Triad":
        corners = [Corner.of(role, involvements) for role in Role]
        holders = [corner.actors for corner in corners if corner.actors]
        return cls(corners, len(holders), max(len(set(choice)) for choice in product(*holders)))


@dataclass(frozen=True)
class Ring:
    """One circle around the place, who stands in it, and the dots that the drawing shows for them."""

    circle: Circle
    radius: int
    actors: list[Actor]
    dots: list[tuple[float, float]]

    @classmethod
    def of(cls, circle: Circle, involvements: Sequence[Involvement]) -> "Ring":
        actors = [involvement.actor for involvement in involvements if involvement.circle == circle]
        radius = RING_RADII[circle]
        # Each ring begins at another hour, so that dots do not stand in a row.
        turn = list(Circle).index(circle) * 0.7 - pi / 2
        angles = [turn + 2 * pi * index / len(actors) for index in range(len(actors))]
        distance = radius - 21
        return cls(
            circle,
            radius,
            actors,
            [(round(RING_CENTRE + distance * cos(a), 1), round(RING_CENTRE + distance * sin(a), 1)) for a in angles],
        )
