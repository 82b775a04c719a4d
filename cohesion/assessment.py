"""The one write of this app: run the engine, store the assessment and all its scores together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction

from cohesion.engine import CLASSES, LOSSES, METHOD, Parameters, Result
from cohesion.engine import assess as run_engine
from cohesion.findings import Findings, find
from cohesion.inputs import World, read_world
from cohesion.models import Assessment, Score
from places.models import Actor, BoundaryEdition, Place


class NothingToAssessError(Exception):
    """There is no municipality yet; the message says what to do."""


@dataclass(frozen=True)
class Outcome:
    """The assessment of the day, and whether it had to be stored or was recognised."""

    assessment: Assessment
    is_new: bool


@transaction.atomic
def assess(as_of: date, parameters: Parameters | None = None, *, if_changed: bool = False) -> Outcome:
    """Assess the current edition as of a day and store it, unless the last one of that day has the very same inputs.

    ``if_changed``: not either where the last one of whatever day has them; so it can run every day and not fill the
    database.
    Raises NothingToAssessError before the first import of boundaries.
    """
    parameters = parameters or Parameters()
    edition = BoundaryEdition.objects.current()
    if edition is None:
        raise NothingToAssessError(
            "There are no municipalities yet: import boundaries first (manage.py import_boundaries)."
        )
    world = read_world(edition, as_of, parameters.freshness_months)
    digest = world.digest(parameters)
    earlier = Assessment.objects.of_edition(edition)
    known = (earlier.up_to(as_of) if if_changed else earlier.filter(as_of=as_of)).newest()
    if known is not None and known.inputs_digest == digest:
        return Outcome(known, is_new=False)
    result = run_engine(world.inputs, parameters)
    assessment = Assessment.objects.create(
        as_of=as_of,
        edition=edition,
        method=METHOD,
        parameters=parameters.as_dict(),
        inputs_digest=digest,
        places_counted=len(world.place_ids),
    )
    findings = find(world, result, as_of, parameters)
    Score.objects.bulk_create(_scores(assessment, world, result, findings), batch_size=2000)
    return Outcome(assessment, is_new=True)


def _scores(assessment: Assessment, world: World, result: Result, findings: Sequence[Findings]) -> list[Score]:
    place_names = dict(
        Place.objects.filter(pk__in=_critical_ids(world.place_ids, result, "place")).values_list("pk", "name")
    )
    actor_names = dict(
        Actor.objects.filter(pk__in=_critical_ids(world.actor_ids, result, "actor")).values_list("pk", "name")
    )
    scores = []
    for index, municipality_id in enumerate(world.municipality_ids):
        kind = LOSSES[result.critical_kind[index]]
        critical = int(result.critical_index[index])
        place_id = world.place_ids[critical] if kind == "place" else None
        actor_id = world.actor_ids[critical] if kind == "actor" else None
        scores.append(
            Score(
                assessment=assessment,
                municipality_id=municipality_id,
                cohesion_class=CLASSES[result.cohesion_class[index]],
                supply=_share(result.supply[index]),
                supply_after_loss=_share(result.supply_after_loss[index]),
                renewal=_share(result.renewal[index]),
                critical_kind="" if kind == "none" else kind,
                critical_place_id=place_id,
                critical_actor_id=actor_id,
                critical_name=_name(place_names, place_id) or _name(actor_names, actor_id),
                population_basis=world.population_basis[index],
                explanation=findings[index],
            )
        )
    return scores


def _critical_ids(ids: list[int], result: Result, kind: str) -> set[int]:
    chosen = result.critical_index[result.critical_kind == LOSSES.index(kind)]
    return {ids[index] for index in chosen.tolist()}


def _name(names: dict[int, str], pk: int | None) -> str:
    return "" if pk is None else names[pk]


def _share(value: float) -> float | None:
    """A share within 0..1 whatever the last bit says; None for NaN."""
    return None if np.isnan(value) else float(np.clip(value, 0.0, 1.0))
