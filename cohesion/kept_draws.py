"""Draws that are done, in a file, so that a long run that was ended goes on where it was. No figure is made here."""

import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

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
    """Write the draws done so far; whoever breaks in finds the old file or the new one, never half of one."""
    half = file.with_name(f"{file.name}.part")
    with half.open("wb") as target:
        np.savez(target, digest=np.array(digest), draws=np.array(tally.draws), counts=tally.counts)
    os.replace(half, file)
