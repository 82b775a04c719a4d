"""Work on many parts at once. NumPy and SciPy let threads work side by side; what is reckoned is decided elsewhere."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Part = TypeVar("Part")
Done = TypeVar("Done")

_PAIRS_WORTH_A_THREAD = 200_000


def each(work: Callable[[Part], Done], parts: Iterable[Part], workers: int) -> Iterator[Done]:
    """What the work makes of each part, in their order."""
    parts = list(parts)
    if workers == 1 or len(parts) < 2:
        yield from map(work, parts)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(work, parts)
    finally:
        pool.shutdown(cancel_futures=True)


def joined(parts: Iterable[Sequence[NDArray[Any]]]) -> list[NDArray[Any]]:
    """The columns of all parts, of which there is one at least, each part put to those before as soon as it is there:
    to keep all and join them at the end takes twice the memory, and memory that was never touched takes the time."""
    columns: list[NDArray[Any]] = []
    for part in parts:
        columns = columns or [np.empty(0, column.dtype) for column in part]
        for column, more in zip(columns, part, strict=True):
            size = len(column)
            column.resize(size + len(more), refcheck=False)  # nobody else has it yet
            column[size:] = more
    return columns


def cores() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0))


def workers_for(pairs: int) -> int:
    """As many as there are cores; a single one where threads would cost more than they bring."""
    return cores() if pairs > _PAIRS_WORTH_A_THREAD else 1
