"""The one write of this app: run the engine, store the assessment and all its scores together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from cohesion.engine import CLASSES, LOSSES, METHOD, Parameters, Result
from cohesion.engine import assess as run_engine
from cohesion.engine.arrays import Floats
from cohesion.engine.draws import SEED, Tally, draw_classes, farthest_reach
from cohesion.engine.flips import Flips, find_flips
from cohesion.engine.neighbourhood import Mask
from cohesion.findings import Findings, find
from cohesion.inputs import World, read_world
from cohesion.kept_draws import keep, kept
from cohesion.kept_world import Kept, keep_world, kept_world
from cohesion.models import Assessment, Score
from places.bulk import store
from places.models import Actor, BoundaryEdition, Place

BATCH = 2000  # scores that are compared at once
MOST_TOUCHED = 0.5  # of the municipalities: beyond that, the whole is reckoned


class NothingToAssessError(Exception):
    """There is no municipality yet; the message says what to do."""


@dataclass(frozen=True)
class Outcome:
    """The assessment of the day, and whether it had to be stored or was recognised."""

    assessment: Assessment
    is_new: bool


def assess(
    as_of: date,
    parameters: Parameters | None = None,
    *,
    if_changed: bool = False,
    draws: int | None = None,
    seed: int = SEED,
    keep_in: Path | None = None,
    whole: bool = False,
    trial: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Assess the current edition as of a day and store it, unless the last one of that day has the very same inputs.

    ``if_changed``: not either where the last one of whatever day has them; so it can run every day and not fill the
    database. ``draws`` say how sure each class is (method §7), by default as many as the settings say; those done are
    kept in the file ``keep_in`` and gone on with, and their number is told to ``progress``. An assessment of the same
    inputs with more draws of the same seed is as good.
    What nothing has touched since the last assessment is taken from there, unless the ``whole`` is asked for; the
    figures are the same. A ``trial`` is one that the caller takes back: what it saw is not remembered for the next.
    Raises NothingToAssessError before the first import of boundaries.
    """
    parameters = parameters or Parameters()
    draws = settings.ASSESS_DRAWS if draws is None else draws
    while True:
        # Reading and storing are transactions of their own: draws take long, and nobody else could write meanwhile
        with transaction.atomic():
            edition = BoundaryEdition.objects.current()
            if edition is None:
                raise NothingToAssessError(
                    "There are no municipalities yet: import boundaries first (manage.py import_boundaries)."
                )
            earlier = Assessment.objects.of_edition(edition)
            last = _last_stored(edition)
            known = (earlier.up_to(as_of) if if_changed else earlier.filter(as_of=as_of)).newest()
            world = read_world(edition, as_of, parameters.freshness_months)
        digest = world.digest(parameters, draws, seed)
        if known is not None and _is_as_good(known, world, parameters, draws, seed, digest):
            return Outcome(known, is_new=False)
        assessment = Assessment(
            as_of=as_of,
            edition=edition,
            method=METHOD,
            parameters=parameters.as_dict(),
            inputs_digest=digest,
            places_counted=len(world.place_ids),
            draws=draws,
            seed=seed if draws else None,
        )
        change = None if whole else change_since_last(assessment, world, parameters)
        if change is None:
            found = reckon(world, parameters, draws, seed, keep_in, progress)
        else:
            found = reckon(change.part, parameters, draws, seed, None, progress)
        with transaction.atomic():
            BoundaryEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)  # one after the other
            if _last_stored(edition) != last:
                continue  # somebody else was quicker, and may have seen later inputs
            assessment.save()
            scores = _scores(assessment, found)
            if change is not None:
                scores = [score for score, asked in zip(scores, change.asked, strict=True) if asked]
                scores += _found_again(change.base, assessment, but={score.municipality_id for score in scores})
            _store(scores, assessment)
        if not trial:
            keep_world(settings.LAST_WORLD, Kept(assessment.pk, digest, world))
        return Outcome(assessment, is_new=True)


# --- What has changed -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeSince:
    """What is left to reckon after an assessment that is stored."""

    base: Assessment
    part: World
    asked: Mask  # municipalities of the part that are reckoned anew; the others of it only matter to them


def change_since_last(assessment: Assessment, world: World, parameters: Parameters) -> ChangeSince | None:
    """What differs from the last assessment that is like this one but for its inputs; None where there is no such, or
    so much differs that nothing is gained."""
    if (last := kept_world(settings.LAST_WORLD)) is None:
        return None
    alike = ("edition", "method", "parameters", "draws", "seed")
    its_own = {"pk": last.assessment_id, "inputs_digest": last.inputs_digest}
    base = Assessment.objects.filter(**its_own, **{name: getattr(assessment, name) for name in alike}).first()
    if base is None:
        return None
    reach = farthest_reach(parameters, assessment.draws, assessment.seed or 0)
    asked = world.touched_since(last.world, reach)
    if asked.sum() > MOST_TOUCHED * len(asked):
        return None
    return ChangeSince(base, *world.part(asked, reach))


# --- Scores -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sureness:
    """How sure the classes are (method §7)."""

    tally: Tally
    flips: Flips


@dataclass(frozen=True)
class Reckoned:
    """What the engine found about a world, not stored yet."""

    world: World
    result: Result
    findings: Sequence[Findings]
    sureness: Sureness | None


def reckon(
    world: World,
    parameters: Parameters,
    draws: int,
    seed: int,
    keep_in: Path | None,
    progress: Callable[[int], None] | None,
) -> Reckoned:
    """Run the engine, and the draws if there are to be any."""
    result = run_engine(world.inputs, parameters)
    sureness = _sureness(world, result, parameters, draws, seed, keep_in, progress) if draws else None
    findings = find(world, result, parameters, sureness.flips if sureness else None)
    return Reckoned(world, result, findings, sureness)


def _found_again(base: Assessment, assessment: Assessment, but: set[int]) -> list[Score]:
    """The scores of ``base`` that have ended since, once more, of all municipalities ``but`` some."""
    scores = [score for score in base.scores.exclude(until=None) if score.municipality_id not in but]
    for score in scores:
        score.pk, score.assessment, score.until = None, assessment, None
    return scores


def _store(scores: Sequence[Score], assessment: Assessment) -> None:
    """Write those that differ from the scores that have held so far, and let these end."""
    new: list[Score] = []
    for start in range(0, len(scores), BATCH):
        found = {score.municipality_id: score for score in scores[start : start + BATCH]}
        holding = Score.objects.filter(until=None, municipality__in=found)
        for score in holding:
            if score.is_like(found[score.municipality_id]):
                del found[score.municipality_id]
        holding.filter(municipality__in=found).update(until=assessment)
        new += found.values()
    store(Score.objects, new)


def _last_stored(edition: BoundaryEdition) -> int | None:
    newest: int | None = Assessment.objects.of_edition(edition).aggregate(Max("pk"))["pk__max"]
    return newest


def _is_as_good(known: Assessment, world: World, parameters: Parameters, draws: int, seed: int, digest: str) -> bool:
    """Whether a stored assessment has the same inputs, and as many draws of the same seed or more."""
    if known.draws < draws or (draws and known.seed != seed):
        return False
    if known.draws == draws:
        return known.inputs_digest == digest
    return known.inputs_digest == world.digest(parameters, known.draws, known.seed or 0)


def _sureness(
    world: World,
    result: Result,
    parameters: Parameters,
    draws: int,
    seed: int,
    keep_in: Path | None,
    progress: Callable[[int], None] | None,
) -> Sureness:
    digest = world.digest(parameters, 1, seed)  # whatever the number of draws: the first ones are the same

    def reached(tally: Tally) -> None:
        if keep_in is not None:
            keep(keep_in, digest, tally)
        if progress is not None:
            progress(tally.draws)

    begun = kept(keep_in, digest) if keep_in is not None else None
    if begun is not None and begun.draws > draws:
        begun = None
    tally = draw_classes(
        world.inputs, parameters, draws=draws, seed=seed, names=world.names(), begun=begun, progress=reached
    )
    return Sureness(tally, find_flips(world.inputs, result, parameters))


def _scores(assessment: Assessment, found: Reckoned) -> list[Score]:
    """The score of each municipality of the world that was reckoned with."""
    world, result, sureness = found.world, found.result, found.sureness
    # A class that nothing is drawn for is not sure, it is none
    assessed = ~np.isnan(result.supply) & (sureness is not None)
    shares = sureness.tally.shares if sureness else np.zeros((len(assessed), len(CLASSES)))
    place_names = dict(
        Place.objects.filter(pk__in=_critical_ids(world.place_ids, result, "place")).values_list("pk", "name")
    )
    # A person's name stands nowhere but with the actor, where it goes when consent is taken back
    actors = Actor.objects.filter(pk__in=_critical_ids(world.actor_ids, result, "actor"))
    actor_names = {actor.pk: "" if actor.is_person else actor.name for actor in actors}
    supply, after_loss, renewal = map(_shares, (result.supply, result.supply_after_loss, result.renewal))
    scores = []
    for index, municipality_id in enumerate(world.municipality_ids):
        kind = LOSSES[result.critical_kind[index]]
        critical = int(result.critical_index[index])
        # Who was deleted while this was reckoned is not named
        place_id = world.place_ids[critical] if kind == "place" and world.place_ids[critical] in place_names else None
        actor_id = world.actor_ids[critical] if kind == "actor" and world.actor_ids[critical] in actor_names else None
        scores.append(
            Score(
                assessment=assessment,
                municipality_id=municipality_id,
                cohesion_class=CLASSES[result.cohesion_class[index]],
                supply=supply[index],
                supply_after_loss=after_loss[index],
                renewal=renewal[index],
                stability=float(shares[index, result.cohesion_class[index]]) if assessed[index] else None,
                class_shares=dict(zip(CLASSES, shares[index].tolist(), strict=True)) if assessed[index] else None,
                critical_kind="" if kind == "none" else kind,
                critical_place_id=place_id,
                critical_actor_id=actor_id,
                critical_name=_name(place_names, place_id) or _name(actor_names, actor_id),
                population_basis=world.population_basis[index],
                explanation=found.findings[index],
            )
        )
    return scores


def _critical_ids(ids: list[int], result: Result, kind: str) -> set[int]:
    chosen = result.critical_index[result.critical_kind == LOSSES.index(kind)]
    return {ids[index] for index in chosen.tolist()}


def _name(names: dict[int, str], pk: int | None) -> str:
    return "" if pk is None else names[pk]


def _shares(values: Floats) -> list[float | None]:
    """Shares within 0..1 whatever the last bit says; None for NaN."""
    return [None if isnan(value) else value for value in np.clip(values, 0.0, 1.0).tolist()]
