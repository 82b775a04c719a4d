"""Asks a server as fast as it answers, over several connections: by wrk, else by asyncio. What is asked: cases.py."""

import asyncio
import itertools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

CONNECTIONS = 8
FEWEST = 2 * CONNECTIONS  # answers of a run that says anything
LONGEST = 20.0  # seconds
WRK = shutil.which("wrk")
# wrk asks for the paths of a file one after the other, and says at the end what it has counted.
SCRIPT = """
local paths, headers, at, asked = {}, HEADERS, 0, 0
for path in io.lines("PATHS") do paths[#paths + 1] = path end
function setup(thread) thread:set("asked", 0); only = thread end
function request() at = at % #paths + 1; asked = asked + 1; return wrk.format("GET", paths[at], headers) end
function done(summary, latency)
  local errors = summary.errors
  local wrong = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %f, "bytes": %d, "wrong": %d, "p95": %f, "asked": %d}',
    summary.requests, summary.duration / 1e6, summary.bytes, wrong, latency:percentile(95) / 1e3, only:get("asked")))
end
"""


class WrongAnswerError(Exception):
    """A server did not answer as it should; nothing that is measured then means anything."""


@dataclass(frozen=True)
class Run:
    """What one run has seen: requests per second, milliseconds within which 95 of 100 are answered, bytes of one."""

    rate: float
    p95: float
    size: float

    @classmethod
    def of(cls, runs: Sequence["Run"]) -> "Run":
        """The median of several."""
        return cls(*(median(getattr(run, name) for run in runs) for name in ("rate", "p95", "size")))


def run(address: str, paths: Sequence[str], headers: dict[str, str], seconds: float, *, once: bool = False) -> Run:
    """Ask for ``paths``, round and round; with ``once`` none of them may come twice.

    Raises WrongAnswerError for an answer that is neither 200 nor 304, and where paths run out.
    """
    ask = _with_wrk if WRK else _plain
    told = ask(address, paths, headers, seconds)
    while told["requests"] < FEWEST and not told["wrong"] and seconds < LONGEST:  # it is slow: give it longer
        seconds = min(LONGEST, seconds * max(2, FEWEST / max(told["requests"], 1)))
        paths = paths[int(told["asked"]) :] if once else paths
        told = ask(address, paths, headers, seconds)
    if told["wrong"] or not told["requests"]:
        raise WrongAnswerError(f"{address}{paths[0]}: {told}")
    if once and told["asked"] > len(paths):
        raise WrongAnswerError(f"{address}{paths[0]}: {len(paths)} different addresses are too few for {seconds} s")
    return Run(told["requests"] / told["seconds"], told["p95"], told["bytes"] / told["requests"])


def _with_wrk(address: str, paths: Sequence[str], headers: dict[str, str], seconds: float) -> dict[str, float]:
    assert WRK is not None
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "ask.lua"
        listed.write_text("\n".join(paths) + "\n")
        table = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
        script.write_text(SCRIPT.replace("HEADERS", f"{{{table}}}").replace("PATHS", str(listed)))
        # wrk counts whole seconds only: it is ended by a signal, upon which it still tells
        command = [WRK, "--threads=1", f"--connections={CONNECTIONS}", "--duration=60", "--timeout=30"]
        wrk = subprocess.Popen(
            [*command, f"--script={script}", address], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            wrk.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            wrk.send_signal(2)
        said = wrk.communicate()[0]
    if "{" not in said:
        raise WrongAnswerError(f"{address}: {said}")
    found: dict[str, float] = json.loads(said[said.index("{") :])
    return found


def _plain(address: str, paths: Sequence[str], headers: dict[str, str], seconds: float) -> dict[str, float]:
    return asyncio.run(_asked_on_and_on(address, paths, headers, seconds))


async def _asked_on_and_on(
    address: str, paths: Sequence[str], headers: dict[str, str], seconds: float
) -> dict[str, float]:
    where = urlsplit(address)
    following = itertools.count()
    latencies: list[float] = []
    counts = {"bytes": 0, "wrong": 0, "asked": 0}
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": where.netloc, **headers}.items())
    end = perf_counter() + seconds

    async def ask_on_and_on() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 20)
        while (start := perf_counter()) < end:
            counts["asked"] += 1
            writer.write(f"GET {paths[next(following) % len(paths)]} HTTP/1.1\r\n{head}\r\n".encode())
            status, size, stays = await _answer(reader)
            latencies.append(1000 * (perf_counter() - start))
            counts["bytes"] += size
            counts["wrong"] += status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, HTTPStatus.PARTIAL_CONTENT)
            if not stays:
                writer.close()
                reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 20)
        writer.close()

    start = perf_counter()
    await asyncio.gather(*(ask_on_and_on() for _ in range(CONNECTIONS)))
    p95 = sorted(latencies)[int(0.95 * len(latencies))]
    return {**counts, "requests": len(latencies), "seconds": perf_counter() - start, "p95": p95}


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    """Status, bytes, and whether the connection stays."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    status, size = int(first.split()[1]), len(head)
    if headers.get("transfer-encoding") == "chunked":
        while chunk := int((await reader.readline()).strip(), 16):
            size += len(await reader.readexactly(chunk + 2))
        await reader.readexactly(2)
    elif status != HTTPStatus.NOT_MODIFIED:
        size += len(await reader.readexactly(int(headers.get("content-length", 0))))
    return status, size, headers.get("connection") != "close"
