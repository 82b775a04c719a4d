"""The world of the last assessment, in a file, so that the next one need not reckon again what has not changed.

Where it is missing, or of another assessment, everything is reckoned: it saves time, no figure rests on it.
"""

import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from cohesion.engine import Inputs
from cohesion.inputs import Uncounted, World
from cohesion.kept_draws import write_arrays

logger = logging.getLogger(__name__)

_LISTS = ("municipality_ids", "municipality_ags", "population_basis", "place_ids", "actor_ids")


@dataclass(frozen=True)
class Kept:
    """A world, and of which assessment it is: one with that id and that digest of its inputs."""

    assessment_id: int
    inputs_digest: str
    world: World


def keep_world(file: Path, kept: Kept) -> None:
    """Write the world of an assessment in place of the one before; where that cannot be done, it is only logged."""
    world = kept.world
    arrays: dict[str, Any] = {"assessment": np.array(kept.assessment_id), "digest": np.array(kept.inputs_digest)}
    arrays |= {name: np.array(getattr(world, name)) for name in _LISTS}
    arrays |= {f"inputs.{field.name}": np.asarray(getattr(world.inputs, field.name)) for field in fields(Inputs)}
    arrays |= {f"uncounted.{name}": array for name, array in asdict(world.uncounted).items()}
    try:
        write_arrays(file, arrays)
    except OSError as error:
        logger.warning("The next assessment will be reckoned as a whole: %s cannot be written (%s).", file, error)


def kept_world(file: Path) -> Kept | None:
    """What ``keep_world`` wrote; None where there is no such file, or none that can be read."""
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as found:
            given: dict[str, Any] = {field.name: found[f"inputs.{field.name}"] for field in fields(Inputs)}
            given["actors"] = int(given["actors"])
            world = World(
                inputs=Inputs(**given),
                uncounted=Uncounted(**{field.name: found[f"uncounted.{field.name}"] for field in fields(Uncounted)}),
                **{name: found[name].tolist() for name in _LISTS},
            )
            return Kept(int(found["assessment"]), str(found["digest"]), world)
    except (OSError, BadZipFile, ValueError, KeyError, EOFError):
        return None
