"""Requests per second, p95 and bytes of the open data, beside tipg and pygeoapi over the same rows and nginx with the
same bytes as a file: `python -m tests.bench.bench_api [--seconds 0.7] [--places 100000] [--boundaries FILE]`.

No assertion on time; but an answer that is wrong, or has another number of features than the peers', ends the bench.
"""

import argparse
import gzip
import json
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from time import perf_counter

import brotli
import psycopg2

from tests import front
from tests.bench import servers
from tests.bench.cases import OGC, OURS, PYGEOAPI, REST, TIPG, Case, cases, features_in
from tests.bench.germany import BOUNDARIES, load_germany
from tests.bench.load import CONNECTIONS, WRK, Run, WrongAnswerError, run
from tests.postgis import private_postgis

ROUNDS = 3
FIRST_READ = 16_384  # bytes of a tile archive
COLD, WARM, KNOWN = "cold", "warm", "304"
FRONT, FILE = "front", "nginx file"
FIGURES = "ags,cohesion_class,zok_tier,supply"
HEADERS_AT_MOST = 3_000  # bytes of an answer beside its body
# Statement triggers see it though it changes nothing: as after any change, all that is kept is forgotten.
CHANGE = "UPDATE places_place SET name = name WHERE false"


@dataclass
class Cell:
    """One server asked one question in one state: its runs, and what they ask."""

    case: str
    state: str
    server: str
    ask: Callable[[float], Run]
    runs: list[Run] = field(default_factory=list)

    @property
    def run(self) -> Run:
        """The median of its runs."""
        return Run.of(self.runs)


@dataclass(frozen=True)
class Site:
    """Everything that runs: the address of each server, and where files can be laid for nginx."""

    addresses: dict[str, str]
    files: Path
    database: str  # as libpq names it

    def fetch(
        self, server: str, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in small letters, body. Raises WrongAnswerError for anything but 200 and 304."""
        asked = urllib.request.Request(self.addresses[server] + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.NOT_MODIFIED:
                raise WrongAnswerError(f"{asked.full_url}: {error.code} {error.read()[:500]!r}") from None
            return error.code, {name.lower(): value for name, value in error.headers.items()}, b""

    def change(self) -> None:
        """Let the data count as changed."""
        with psycopg2.connect(self.database) as connection, connection.cursor() as cursor:
            cursor.execute(CHANGE)
        connection.close()


# --- What is measured -----------------------------------------------------------------------------------------------


def cells(site: Site, asked: list[Case]) -> Iterator[Cell]:
    """Every server, question and state; each answer has been looked at before."""
    for number, case in enumerate(asked):
        counted = {}
        for server, path in case.paths.items():
            if server not in site.addresses:
                continue
            _, _, body = site.fetch(server, path)
            counted[server] = features_in(json.loads(body))
            if server != PYGEOAPI:  # which keeps nothing: cold and warm are one
                yield _cold(site, case, server)
            yield Cell(case.name, WARM, server, _asking(site, server, path, len(body)))
            if server in OURS:
                yield Cell(case.name, KNOWN, server, _asking_again(site, server, path))
            if server == (OGC if OGC in case.paths else REST):
                name = f"{number}.json"
                (site.files / name).write_bytes(body)
                if FRONT in site.addresses:
                    yield Cell(case.name, WARM, FRONT, _asking(site, FRONT, path, len(body)))
                    yield Cell(case.name, KNOWN, FRONT, _asking_again(site, FRONT, path))
                    yield Cell(case.name, WARM, FILE, _asking(site, FILE, f"/{name}", len(body)))
        if len(set(counted.values())) != 1 or not min(counted.values()):
            raise WrongAnswerError(f"{case.name}: the servers do not tell of equally many: {counted} {case.paths}")
        print(f"{case.name}: {counted.popitem()[1]:,} in every answer", flush=True)


def cells_of_files(site: Site) -> Iterator[Cell]:
    """An export whole, and the part of the tiles that a map reads first, beside nginx with the very file."""
    with psycopg2.connect(site.database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT date, tiles_digest FROM places_boundaryedition ORDER BY date DESC LIMIT 1")
        day, digest = cursor.fetchone() or ("", "")
    connection.close()
    part = {"Range": f"bytes=0-{FIRST_READ - 1}"}
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("export municipalities.csv", "/api/v1/exports/municipalities.csv", {})
    ]
    asked += [("16 kB of the tiles", f"/tiles/{day}-{digest}.pmtiles", part)] if digest else []
    for name, path, headers in asked:
        _, _, whole = site.fetch(REST, path)
        size = len(site.fetch(REST, path, headers)[2])
        yield Cell(name, WARM, REST, _asking(site, REST, path, size, headers))
        if FRONT in site.addresses:
            file = Path(path).name
            (site.files / file).write_bytes(whole)
            yield Cell(name, WARM, FRONT, _asking(site, FRONT, path, size, headers))
            yield Cell(name, WARM, FILE, _asking(site, FILE, f"/{file}", size, headers))


def _asking(
    site: Site, server: str, path: str, size: int, headers: Mapping[str, str] | None = None
) -> Callable[[float], Run]:
    def ask(seconds: float) -> Run:
        done = run(site.addresses[server], [path], dict(headers or {}), seconds)
        if (
            not size <= done.size <= 2 * size + HEADERS_AT_MOST
        ):  # with what came of answers that were cut off at the end
            raise WrongAnswerError(f"{server} {path}: {done.size:.0f} bytes, not {size} and headers")
        return done

    return ask


def _asking_again(site: Site, server: str, path: str) -> Callable[[float], Run]:
    """By whoever has it already."""

    def ask(seconds: float) -> Run:
        known = {"If-None-Match": site.fetch(server, path)[1]["etag"]}
        if site.fetch(server, path, known)[0] != HTTPStatus.NOT_MODIFIED:
            raise WrongAnswerError(f"{server} {path}: not 304 with {known}")
        return _asking(site, server, path, 0, known)(seconds)

    return ask


def _cold(site: Site, case: Case, server: str) -> Cell:
    """What nobody has asked for before: other questions, or where there is but one, after each change of the data."""
    others = [paths[server] for paths in case.others]
    left = iter(others)

    def ask(seconds: float) -> Run:
        nonlocal left
        if not others:
            return _after_changes(site, server, case.paths[server], seconds)
        mine = list(left)
        done = run(site.addresses[server], mine, {}, seconds, once=True)
        left = iter(mine[int(done.rate * seconds * 1.5) + 4 * CONNECTIONS :])
        return done

    return Cell(case.name, COLD, server, ask)


def _after_changes(site: Site, server: str, path: str, seconds: float) -> Run:
    """One at a time: it is built anew for each."""
    took: list[float] = []
    size = 0
    while sum(took) < seconds:
        site.change()
        start = perf_counter()
        size = len(site.fetch(server, path)[2])
        took.append(perf_counter() - start)
    return Run(len(took) / sum(took), 1000 * sorted(took)[int(0.95 * len(took))], size)


# --- What is printed ------------------------------------------------------------------------------------------------


def table(found: list[Cell]) -> Iterator[str]:
    """Requests per second, p95 in ms and bytes of each server, question by question."""
    columns = (REST, OGC, FRONT, TIPG, PYGEOAPI, FILE)
    by_place = {(cell.case, cell.state, cell.server): cell for cell in found}
    yield f"{'requests per second (p95 in ms)':<32}" + "".join(f"{column:>19}" for column in columns)
    for name in dict.fromkeys(cell.case for cell in found):
        for state in (COLD, WARM, KNOWN):
            if not any((name, state, column) in by_place for column in columns):
                continue
            line = f"{name:<25}{state:<7}"
            for column in columns:
                cell = by_place.get((name, state, column))
                line += f"{cell.run.rate:>10,.0f} ({cell.run.p95:>5.1f})" if cell else " " * 19
            yield line
        line = f"{'':<25}{'bytes':<7}"
        for column in columns:
            cell = by_place.get((name, WARM, column))
            line += f"{cell.run.size:>10,.0f}{'':<9}" if cell else " " * 19
        yield line


def ratios(found: list[Cell]) -> Iterator[str]:
    """What the goals speak of: how often as fast, within this run."""
    rate = {(cell.case, cell.state, cell.server): cell.run.rate for cell in found}

    def times(name: str, one: tuple[str, str], other: tuple[str, str]) -> str:
        if (name, *one) not in rate or (name, *other) not in rate:
            return f"{'-':>12}"
        return f"{rate[name, *one] / rate[name, *other]:>11.2f}×"

    heads = ("OGC warm", "OGC cold", "REST warm", "REST cold", "304", "304", "front 304", "front 304", "front")
    over = ("/ tipg", "/ tipg", "/ tipg", "/ tipg", "/ warm", "/ cold", "/ warm", "/ cold", "/ file")
    yield f"{'times as fast':<25}" + "".join(f"{head:>12}" for head in heads)
    yield f"{'':<25}" + "".join(f"{head:>12}" for head in over)
    for name in dict.fromkeys(cell.case for cell in found):
        own = OGC if (name, WARM, OGC) in rate else REST
        yield f"{name:<25}" + "".join(
            times(name, one, other)
            for one, other in (
                ((WARM, OGC), (WARM, TIPG)),
                ((COLD, OGC), (COLD, TIPG)),
                ((WARM, REST), (WARM, TIPG)),
                ((COLD, REST), (COLD, TIPG)),
                ((KNOWN, own), (WARM, own)),
                ((KNOWN, own), (COLD, own)),
                ((KNOWN, FRONT), (WARM, own)),
                ((KNOWN, FRONT), (COLD, own)),
                ((WARM, FRONT), (WARM, FILE)),
            )
        )


def sizes(site: Site) -> Iterator[str]:
    """What the scores of all municipalities weigh on their way: every column, and those that change with the class."""
    for name, columns in (("every column", ""), (FIGURES, f"&fields={FIGURES}")):
        yield f"all scores, bytes of {name}: {_packed(site, f'/api/v1/scores/?format=json{columns}')}"


def _packed(site: Site, path: str) -> str:
    told = {
        encoding or "raw": len(site.fetch(REST, path, {"Accept-Encoding": encoding} if encoding else None)[2])
        for encoding in ("", "gzip", "br")
    }
    raw = site.fetch(REST, path)[2]
    best = f"at best gzip {len(gzip.compress(raw, 9)):,}, brotli {len(brotli.compress(raw)):,}"
    return ", ".join(f"{name} {size:,}" for name, size in told.items()) + f" ({best})"


# --- The run --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Load the world, start the servers, ask them in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.7, help="of one run; each is repeated three times")
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--boundaries", type=Path, default=BOUNDARIES)
    parser.add_argument(
        "--database", default="", help="a world that was loaded before (DATABASE_URL; TILES_DIR in the environment)"
    )
    parser.add_argument("--only", default="", help="questions whose name has this in it")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sok-bench-")))
        url = options.database or stack.enter_context(private_postgis())
        if not options.database:
            load_germany(url, folder, "fill", options.places, str(options.boundaries))
        measure(stack, url, folder, options.seconds, options.only)


def measure(stack: ExitStack, url: str, folder: Path, seconds: float, only: str = "") -> None:
    """Start all servers over the database, ask them in turn, print."""
    address, _ = stack.enter_context(servers.this_site(url, folder))
    addresses = dict.fromkeys(OURS, address)
    files = folder
    if front.program():
        addresses[FRONT] = stack.enter_context(front.front(address, folder / "front", exports=folder / "exports"))
        addresses[FILE], files = stack.enter_context(servers.files(folder))
    else:
        print("nginx is not installed: no front, no files to compare with (apt install nginx-light)")
    if refusal := servers.install_peers():
        print(f"the peers cannot be installed, so there is nothing to compare with: {refusal}")
    else:
        print("peers: " + ", ".join(f"{name} {version}" for name, version in servers.versions_of_peers().items()))
        addresses[TIPG] = stack.enter_context(servers.tipg(url, folder))
        addresses[PYGEOAPI] = stack.enter_context(servers.pygeoapi(url, folder))
    site = Site(addresses, files, url.replace("postgis://", "postgresql://"))
    found = list(cells(site, [case for case in cases(site.database) if only in case.name]))
    found += [cell for cell in cells_of_files(site) if only in cell.case]
    way = "wrk" if WRK else "asyncio, for want of wrk"
    print(f"{CONNECTIONS} connections by {way}; median of {ROUNDS} runs of {seconds} s, in turn", flush=True)
    try:
        for _ in range(ROUNDS):
            for cell in found:
                cell.runs.append(cell.ask(seconds))
    except WrongAnswerError as error:
        raise WrongAnswerError(f"{error}\n{(folder / 'site.log').read_text()[-4000:]}") from None
    print("\n".join([*table(found), "", *ratios(found), "", *sizes(site)]))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server outlives it
    try:
        main()
    except (WrongAnswerError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench_api: {error}")
