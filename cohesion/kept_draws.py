"""Draws that are done, in a file, so that a long run that was ended goes on where it was. No figure is made here."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cohesion.engine.draws import Tally


def kept(file: Path, digest: str) -> Tally | None:
    """What ``keep`` wrote for the same inputs, parameters and seed; None where there is nothing of the kind."""
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as found:
            if str(found["digest"]) != digest:
                return None
            return Tally(int(found["draws"]), found["counts"])
    except (FileNotFoundError, BadZipFile, ValueError, KeyError, EOFError):
        return None  # what cannot be read is drawn anew


def keep(file: Path, digest: str, tally: Tally) -> None:
    """Write the draws done so far."""
    write_arrays(file, {"digest": np.array(digest), "draws": np.array(tally.draws), "counts": tally.counts})


def write_arrays(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays by name; whoever breaks in finds the old file or the new one, never half of one."""
    with NamedTemporaryFile(dir=file.parent, prefix=f"{file.name}.", delete=False) as half:
        try:
            np.savez(half, **arrays)  # type: ignore[arg-type]
        except BaseException:
            os.unlink(half.name)
            raise
    os.replace(half.name, file)
