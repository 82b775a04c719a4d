"""Seconds and memory of a whole assessment with its database, and of the next one after a single place has changed:
`python -m tests.bench.bench_assess [--cells 100] [--places 110000] [--draws 0] [--boundaries FILE] [--grid FILE]`. No
assertion on time; but figures after a change that are not those of the whole end the bench.

Germany's municipalities and census cells, invented places and actors, in a PostGIS of its own. ``--cells 100``: about 3
million cells of 100 m, made up from those of 1 km; how long their import takes, and how much memory, is told too.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from scripts.collect_static import ROOT
from scripts.demo_server import manage
from tests.bench.germany import BOUNDARIES, GRID, load_germany
from tests.postgis import private_postgis

# What is timed: functions of cohesion.assessment, each without those that it calls and that are timed themselves
STEPS = {"read_world": "read", "change_since_last": "compare", "run_engine": "engine", "reckon": "findings"}
CHANGES: dict[str, dict[str, Any]] = {
    "place archived": {"publication": "archived"},
    "place published": {"publication": "published"},
    "rating changed": {"open_administration": 4},
}


def measure(draws: int) -> None:
    """Print a line for a whole assessment and one for each after a change, with how many scores it stored.

    Needs Django's settings.
    """
    from django.conf import settings

    from cohesion.assessment import assess
    from cohesion.models import Assessment, Score
    from places import clock
    from places.models import Place

    its_own = ("id", "assessment", "until")
    columns = [field.attname for field in Score._meta.concrete_fields if field.name not in its_own]

    def line(name: str, **options: Any) -> None:
        with watched() as spent:
            outcome = assess(clock.today(), draws=draws, **options)
        if not outcome.is_new:
            raise RuntimeError(f"{name}: nothing was assessed")
        whole = sum(spent.values())
        steps = "".join(f"{spent[step]:>8.2f} s" for step in (*STEPS.values(), "write"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        stored = Score.objects.filter(assessment=outcome.assessment).count()
        print(f"{name:<18}{steps}{whole:>8.2f} s{peak:>7.2f} GiB{stored:>10,}", flush=True)

    def scores() -> list[tuple[object, ...]]:
        newest = Assessment.objects.newest()
        return list(Score.objects.of(newest).order_by("municipality").values_list(*columns))

    with tempfile.TemporaryDirectory() as folder:
        settings.LAST_WORLD = Path(folder) / "last-world.npz"
        Assessment.objects.all().delete()
        line("the whole")
        place = Place.objects.counted(clock.today(), 24).filter(open_administration__lt=4).order_by("pk")[1000:][:1]
        changed = Place.objects.filter(pk=place.get().pk)
        for name, facts in CHANGES.items():
            if not changed.update(**facts):
                raise RuntimeError(f"{name}: there is no such place")
            line(name)
        found = scores()
        Assessment.objects.order_by("-pk")[:1].get().delete()
        line("the whole again", whole=True)
        if scores() != found:
            raise RuntimeError("After the changes there are other figures than those of the whole")
        print(f"{len(found):,} municipalities, the same figures after {len(CHANGES)} changes as by the whole")


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """Seconds of the steps of assessments meanwhile; "write" is whatever is no other step."""
    import cohesion.assessment as watched_module

    spent: dict[str, float] = defaultdict(float)
    running: list[str] = []
    since = perf_counter()

    def turn(step: str | None) -> None:
        nonlocal since
        now = perf_counter()
        spent[running[-1] if running else "write"] += now - since
        since = now
        if step is None:
            running.pop()
        else:
            running.append(step)

    def watching(name: str) -> Callable[..., Any]:
        original = getattr(watched_module, name)

        def watch(*given: Any, **named: Any) -> Any:
            turn(STEPS[name])
            try:
                return original(*given, **named)
            finally:
                turn(None)

        return watch

    with ExitStack() as stack:
        for name in STEPS:
            stack.enter_context(patch.object(watched_module, name, watching(name)))
        yield spent
        running.append("write")
        turn(None)


def main() -> None:
    """Load the world, assess it, change it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, choices=(1000, 100), default=1000, help="metres; those of 100 are made up")
    parser.add_argument("--places", type=int, default=110_000, help="of eleven ten are counted")
    parser.add_argument("--draws", type=int, default=0, help="of each assessment; the goals are without")
    parser.add_argument("--boundaries", type=Path, default=BOUNDARIES)
    parser.add_argument("--grid", type=Path, default=GRID)
    parser.add_argument(
        "--database", default="", help="a world that was loaded before (DATABASE_URL); its assessments go"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sok-bench-") as folder:
        if options.database:
            _measure(options.database, options.draws)
            return
        with private_postgis() as url:
            load_germany(url, Path(folder), "fill_inputs", options.places, str(options.boundaries), str(options.grid))
            if options.cells == 100:
                _import_fine_grid(url, Path(folder) / "grid_100m.csv.gz")
            _measure(url, options.draws)


def _import_fine_grid(url: str, file: Path) -> None:
    """Replace the cells of 1 km by made-up ones of 100 m, as an operator would, and say what that took."""
    command = f"from tests.bench.fine_grid import write_fine_grid; write_fine_grid({str(file)!r})"
    print(manage("shell", "--verbosity", "0", "--command", command, database_url=url), end="", flush=True)
    start = perf_counter()
    command_line = (sys.executable, "manage.py", "import_population", str(file))
    importing = subprocess.Popen(command_line, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})
    _, status, used = os.wait4(importing.pid, 0)  # unlike subprocess it tells the memory
    importing.returncode = os.waitstatus_to_exitcode(status)
    if importing.returncode:
        raise SystemExit(f"import_population ended with {importing.returncode}")
    took, peak = perf_counter() - start, used.ru_maxrss / 2**20
    print(f"import_population: {took:.0f} s, {used.ru_utime:.0f} s of computing, {peak:.2f} GiB", flush=True)


def _measure(url: str, draws: int) -> None:
    heads = "".join(f"{head:>10}" for head in (*STEPS.values(), "write", "in all", "peak", "scores"))
    print(f"{'assess':<18}{heads}", flush=True)
    command = f"from tests.bench.bench_assess import measure; measure({draws})"
    print(manage("shell", "--verbosity", "0", "--command", command, database_url=url), end="")


if __name__ == "__main__":
    main()
