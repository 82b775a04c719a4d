"""The world of the last assessment, in a file, so that the next one need not reckon again what has not changed.

Where it is missing, or of another assessment, everything is reckoned: it saves time, no figure rests on it.
"""

import logging
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from cohesion.engine import Inputs
from cohesion.inputs import Uncounted, World
from cohesion.kept_draws import write_arrays

logger = logging.getLogger(__name__)

_LISTS = ("municipality_ids", "municipality_ags", "population_basis", "place_ids", "actor_ids")


def keep_world(file: Path, assessment_id: int, world: World) -> None:
    """Write the world of an assessment in place of the one before; where that cannot be done, it is only logged."""
    arrays: dict[str, Any] = {"assessment": np.array(assessment_id)}
    arrays |= {name: np.array(getattr(world, name)) for name in _LISTS}
    arrays |= {f"inputs.{field.name}": np.asarray(getattr(world.inputs, field.name)) for field in fields(Inputs)}
    arrays |= {f"uncounted.{name}": array for name, array in asdict(world.uncounted).items()}
    try:
        write_arrays(file, arrays)
    except OSError as error:
        logger.warning("The next assessment will be reckoned as a whole: %s cannot be written (%s).", file, error)


def kept_world(file: Path) -> tuple[int, World] | None:
    """The id of the assessment and its world; None where there is no such file, or none that can be read."""
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as found:
            given: dict[str, Any] = {field.name: found[f"inputs.{field.name}"] for field in fields(Inputs)}
            given["actors"] = int(given["actors"])
            world = World(
                inputs=Inputs(**given),
                uncounted=Uncounted(**{field.name: found[f"uncounted.{field.name}"] for field in fields(Uncounted)}),
                **{name: found[name].tolist() for name in _LISTS},
            )
            return int(found["assessment"]), world
    except (OSError, BadZipFile, ValueError, KeyError, EOFError):
        return None
