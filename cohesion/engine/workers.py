"""Work on many parts at once. NumPy and SciPy let threads work side by side; what is reckoned is decided elsewhere."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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


def cores() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0))


def workers_for(pairs: int) -> int:
    """As many as there are cores; a single one where threads would cost more than they bring."""
    return cores() if pairs > _PAIRS_WORTH_A_THREAD else 1
