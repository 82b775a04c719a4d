"""The page of one municipality: its class, the figures behind it, what they rest on, its places and neighbours."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohesion.engine import Parameters
from cohesion.explanation import Explanation, StandingPlace, explain
from cohesion.models import Assessment, Score
from cohesion.querysets import with_scores
from cohesion.series import Entry, Series
from cohesion.sureness import sureness
from cohesion.tasks import is_being_assessed
from cohesion.usable import Usable, unconfirmed
from cohesion.verdict import judge
from cohesion.views.former_municipality import came_from, former_municipality
from places import clock
from places.models import Actor, Municipality, Place
from places.small_map import COUNTED, UNCOUNTED, SmallMap, small_map
from places.structured import municipality_data
from places.successors import Forebear, forebears

LEAST_LOSS = 0.01  # of supply: who takes away less with it is not listed
MOST_YEARS = 12  # of the history
MOST_ASSESSMENTS = 400  # that are looked through for it


def municipality(request: HttpRequest, ags: str, slug: str = "") -> HttpResponse:
    """One municipality of the current edition; an address with another name in it leads to the right one, that of a
    municipality that is gone to its successor."""
    current = Municipality.objects.current().select_related("district", "state", "edition")
    found = current.filter(ags=ags).first()
    if found is None:
        return former_municipality(request, ags)
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=True)
    assessment = Assessment.objects.of_edition(found.edition).newest()
    score = Score.objects.of(assessment).filter(municipality=found).first() if assessment else None
    parameters = assessment.parameters_used() if assessment else Parameters()
    explanation = explain(score) if score else None
    day = assessment.as_of if assessment else clock.today()
    today = clock.today()
    places = _places(found, explanation, day, parameters.freshness_months)
    neighbours = list(_neighbours(found, assessment))
    return render(
        request,
        "cohesion/municipality.html",
        {
            "municipality": found,
            "structured": municipality_data(found),
            "crumbs": [(_("Karte"), reverse("map")), (found.name, "")],
            "assessment": assessment,
            "is_being_assessed": is_being_assessed(),
            "score": score,
            "parameters": parameters,
            "verdict": judge(found, score, parameters),
            "explanation": explanation,
            "sureness": sureness(score, assessment),
            "standing": _standing(score, explanation),
            "carriers": _carriers(score, explanation),
            "unrated_conditions": [rated.condition.label for rated in explanation.conditions if rated.rating is None]
            if explanation
            else [],
            "places": places,
            "neighbours": neighbours,
            "usable": None if found.is_unincorporated else Usable.of(found, neighbours, today),
            "unconfirmed": unconfirmed(found, today),
            "today": today,
            "came_from": came_from(request, ags),
            "predecessors": _predecessors(found),
            "history": _history(found),
            "map": _map(found, places, explanation, day, parameters.freshness_months),
        },
    )


@dataclass(frozen=True)
class Supplier:
    """A place that supplies the municipality, and what would be left without it."""

    place: Place
    share: float
    after: float
    is_critical: bool


@dataclass(frozen=True)
class Bearer:
    """An actor on whom supply hangs, and what would be left without it."""

    actor: Actor
    after: float


def _standing(score: Score | None, explanation: Explanation | None) -> list[Supplier]:
    if score is None or score.supply is None or explanation is None:
        return []
    return [
        Supplier(standing.place, standing.share, score.supply - standing.loss, standing.is_critical)
        for standing in explanation.standing
    ]


def _carriers(score: Score | None, explanation: Explanation | None) -> list[Bearer]:
    if score is None or score.supply is None or explanation is None:
        return []
    return [
        Bearer(carrier.actor, score.supply - carrier.loss)
        for carrier in explanation.carriers
        if carrier.loss >= LEAST_LOSS
    ]


@dataclass(frozen=True)
class OwnPlace:
    """A published place of the municipality and what it does for it."""

    place: Place
    is_counted: bool
    share: float | None  # its part of the supply; None where it is not among the first of the explanation


def _places(found: Municipality, explanation: Explanation | None, day: date, freshness_months: int) -> list[OwnPlace]:
    """Those that supply most come first, those that do not count last."""
    shares = {standing.place.pk: standing.share for standing in explanation.standing} if explanation else {}
    places = [
        OwnPlace(place, place.is_counted(day, freshness_months), shares.get(place.pk))
        for place in Place.objects.published().filter(municipality=found).order_by("name", "pk")
    ]
    return sorted(places, key=lambda own: (not own.is_counted, -(own.share or 0.0)))


def _neighbours(found: Municipality, assessment: Assessment | None) -> QuerySet[Any]:
    """The municipalities that touch it, each with its score where there is one, in one query."""
    touching = Municipality.objects.touching(found).with_names().order_by("name", "ags")
    return with_scores(touching, assessment).select_related("score").defer("score__explanation")


def _predecessors(found: Municipality) -> list[Forebear]:
    """The municipalities of other keys that it comes from, the latest first, each once."""
    told: dict[str, Forebear] = {}
    for of_edition in forebears(found).values():
        for each in of_edition:
            if each.municipality.ags != found.ags:
                told.setdefault(each.municipality.ags, each)
    return list(told.values())


def _history(found: Municipality) -> list[Entry]:
    """Its figures, the latest first, of each day and edition the last ones; nothing while there are only these."""
    entries = Series(found.ags)[:MOST_ASSESSMENTS]
    last_of_day = [next(group) for _day, group in groupby(entries, key=_day_and_edition)]
    return last_of_day[:MOST_YEARS] if len(last_of_day) > 1 else []


def _day_and_edition(entry: Entry) -> tuple[date, int]:
    return entry.assessment.as_of, entry.assessment.edition_id


def _map(
    found: Municipality,
    places: list[OwnPlace],
    explanation: Explanation | None,
    day: date,
    freshness_months: int,
) -> SmallMap | None:
    """Its own places, and those of neighbours that supply it."""
    standing: list[StandingPlace] = explanation.standing if explanation else []
    located = {own.place.pk: (own.place, COUNTED if own.is_counted else UNCOUNTED) for own in places}
    for supplier in standing:
        counted = supplier.place.is_counted(day, freshness_months)
        located.setdefault(supplier.place.pk, (supplier.place, COUNTED if counted else UNCOUNTED))
    return small_map(found.geometry, located.values())
