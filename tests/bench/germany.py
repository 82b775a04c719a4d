"""Lets world.py fill a database that is thrown away, for each bench in its own way."""

from pathlib import Path
from time import perf_counter
from typing import Any

from scripts.collect_static import ROOT
from scripts.demo_server import manage
from tests.bench.servers import folders

DATA = ROOT.parent / "shared" / "data"
BOUNDARIES, GRID = DATA / "vg250_2016.gpkg", DATA / "zensus2011_1km_de.csv.gz"


def load_germany(url: str, folder: Path, fill: str, *given: Any) -> None:
    """Call the function ``fill`` of world.py on the empty database at ``url``; ``folder`` is for what it writes."""
    print("loading Germany and invented places …", flush=True)
    start = perf_counter()
    command = f"from tests.bench.world import {fill}; {fill}{given!r}"
    said = manage("shell", "--verbosity", "0", "--command", command, database_url=url, **folders(folder))
    print(f"{said}loaded in {perf_counter() - start:.0f} s", flush=True)
