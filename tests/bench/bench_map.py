"""What Lighthouse says of the first view of Germany with very many places, and how quickly the map answers:
`python -m tests.bench.bench_map [--places 100000] [--boundaries FILE]`; `make lighthouse` calls it.

The site is served as in service, over a PostGIS of its own. What is asked of it: scripts/lighthouse.sh.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from scripts.collect_static import ROOT
from tests.bench.germany import BOUNDARIES, load_germany
from tests.bench.servers import this_site
from tests.postgis import private_postgis


def main() -> None:
    """Load the world, serve it, let Lighthouse look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--boundaries", type=Path, default=BOUNDARIES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sok-bench-") as name, private_postgis() as url:
        folder = Path(name)
        load_germany(url, folder, "fill", options.places, str(options.boundaries))
        with this_site(url, folder) as (address, _):
            subprocess.run([ROOT / "scripts" / "lighthouse.sh", f"{address}/"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
