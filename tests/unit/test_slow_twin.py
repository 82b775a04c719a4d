"""The engine agrees with its slow twin on thousands of small worlds. Single rules are tested elsewhere."""

from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest

from cohesion.engine import CLASSES, LOSSES, Parameters, Result, assess
from tests.unit.slow_twin import assess_slowly
from tests.unit.worlds import SCENES, random_parameters, random_world, to_inputs

WORLDS_OF_EACH_SCENE = 600


@pytest.mark.parametrize("scene", SCENES)
def test_the_engine_agrees_with_its_slow_twin(scene: str) -> None:
    random = Random(f"{scene} 1")
    for number in range(WORLDS_OF_EACH_SCENE):
        world = random_world(scene, random)
        parameters = random_parameters(scene, random)
        result = assess(to_inputs(world), Parameters(**parameters))  # type: ignore[arg-type]
        twin = assess_slowly(world, **parameters)
        _compare(result, twin, f"{scene} {number}: {world} {parameters}")


def test_the_worlds_show_all_that_the_method_tells_apart() -> None:
    seen: Counter[Any] = Counter()
    for scene in SCENES:
        random = Random(f"{scene} 1")
        for _ in range(100):
            world = random_world(scene, random)
            parameters = random_parameters(scene, random)
            result = assess(to_inputs(world), Parameters(**parameters))  # type: ignore[arg-type]
            seen.update(CLASSES[index] for index in result.cohesion_class)
            seen.update(LOSSES[index] for index in result.critical_kind)
            seen["crowded"] += bool((result.crowding < 1).any())
            seen["unreached"] += bool((result.residents_unreached > 0).any())
            seen["no place"] += len(world["places"]) == 0
            seen["no point"] += len(world["points"]) == 0
            seen["nobody lives there"] += bool(np.isnan(result.supply).any())
            seen["no role recorded"] += bool(np.isnan(result.triad).any())
            seen["place in no municipality"] += any(place["municipality"] is None for place in world["places"])
            seen["tie"] += _has_tie(result)
    for sight in [
        *CLASSES,
        *LOSSES,
        "crowded",
        "unreached",
        "no place",
        "no point",
        "nobody lives there",
        "no role recorded",
        "place in no municipality",
        "tie",
    ]:
        assert seen[sight] >= 10, (sight, seen)


def _has_tie(result: Result) -> bool:
    no_losses = np.zeros((len(result.supply), 2))
    losses = np.hstack([no_losses, result.place_losses.toarray(), result.actor_losses.toarray()])
    second, largest = np.sort(losses, axis=1)[:, -2:].T
    return bool(((largest > 0) & (largest - second < 1e-9)).any())


def _compare(result: Result, twin: dict[str, Any], message: str) -> None:
    for figure in ("strength", "triad", "demand", "crowding"):
        _close(getattr(result, figure), [place[figure] for place in twin["places"]], f"{figure} in {message}")
    municipalities = twin["municipalities"]
    for figure in ("supply", "supply_after_loss", "renewal", "residents", "residents_unreached"):
        _close(getattr(result, figure), [each[figure] for each in municipalities], f"{figure} in {message}")
    for m, each in enumerate(municipalities):
        _close(result.renewal_conditions[m], each["renewal_conditions"], message)
        _close(result.contributions.toarray()[m], each["contributions"], message)
        if each["supply"] is not None:
            # A loss that rounds to none is none
            _close(result.place_losses.toarray()[m], each["place_losses"], message)
            _close(result.actor_losses.toarray()[m], each["actor_losses"], message)
    critical = [
        None if kind == 0 else (LOSSES[kind], index)
        for kind, index in zip(result.critical_kind, result.critical_index, strict=True)
    ]
    assert critical == [each["critical"] for each in municipalities], message
    classes = [CLASSES[index] for index in result.cohesion_class]
    assert classes == [each["class"] for each in municipalities], message


def _close(figures: Any, expected: list[float | None], message: str) -> None:
    np.testing.assert_allclose(
        figures,
        np.array(expected, dtype=np.float64).reshape(np.shape(figures)),
        rtol=0,
        atol=1e-9,
        err_msg=message,
    )
