"""How quickly the map answers its reader: ``python -m scripts.map_speed [ADDRESS]``; `make lighthouse` calls it.

In a headless Chromium that renders in software, so a device with a graphics processor is quicker. Wall time grows with
whatever else the machine does, so the load is printed too; the main thread's own time is nearly free of that. What is
noted in the page: map_probe.js.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"mobile": (412, 823, 1.75), "desktop": (1280, 800, 1.0)}
TIMES = 9
LOADS = 3
MARK = "map-speed"  # says in a trace which thread is the page's
PROBE = Path(__file__).with_name("map_probe.js")
# The parts of a recolouring, each up to the moment that it is named after.
PARTS = {
    "asked": "the page asks the worker",
    "answered": "the picture comes",
    "shown": "it is on its canvas",
    "painted": "the browser has painted",
}
# From a change of the filter to the frame that has it: when each part was done, in milliseconds.
RECOLOUR = """async (name) => {
  const probe = window.mapProbe;
  const isShown = new Promise((done) => (probe.onShow = done));
  const start = performance.now();
  document.querySelector(`input[name="class"][value="${name}"]`).click();
  await isShown;
  await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done));
  const times = { ...probe, painted: performance.now() };
  return Object.fromEntries(["asked", "answered", "shown", "painted"].map((part) => [part, times[part] - start]));
}"""
# From a move of the pointer to the frame that tells of another municipality.
HOVER = """async ([x, y]) => {
  const map = document.getElementById("map");
  const box = map.getBoundingClientRect();
  const told = () => map.querySelector(".map__tooltip")?.textContent ?? "";
  const before = told();
  map.dispatchEvent(new PointerEvent("pointermove", { bubbles: true })); // the first one fetches the names
  const start = performance.now();
  const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true };
  map.dispatchEvent(new MouseEvent("mousemove", at));
  while (told() === before && performance.now() - start < 1000) await new Promise(requestAnimationFrame);
  return told() === before ? null : performance.now() - start;
}"""
TYPE = """(text) => {
  const field = document.getElementById("q");
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""
SETTLED = """() => document.getElementById("atlas").getAttribute("aria-busy") === "false"
  && document.getElementById("map").getAttribute("aria-busy") === "false" """


def main(address: str) -> None:
    """Print what is measured."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        print(f"Headless Chromium, rendering in software; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for name in SIZES:
            page = _page(browser, name)
            page.goto(address)
            page.wait_for_function(SETTLED)
            recoloured = _recolour(page)
            print(f"  {name}: recoloured in {_median([times['painted'] for times in recoloured])}")
            print(f"    {_parts(recoloured)}")
            print(f"    of it the worker computes {_drawing(browser, name, address):.0f} ms of CPU, without places")
            print(f"    hovered in {_median(_hover(page))}")
            page.context.close()
            print(
                "    longest task of the page's thread at the first",
                *_longest_tasks(browser, name, address),
                sep="\n      ",
            )
        browser.close()
        busy = [_main_thread(playwright.chromium, chromium, address) for _ in range(LOADS)]
    spent, blocked = (statistics.median(values) for values in zip(*busy, strict=True))
    print(f"  first view, mobile: main thread {spent:.0f} ms of CPU; at a quarter of its speed {blocked:.0f} ms block")


def _page(browser: Browser, name: str) -> Page:
    width, height, ratio = SIZES[name]
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=ratio, locale="de")
    page = context.new_page()
    page.add_init_script(path=PROBE)
    return page


def _recolour(page: Page) -> list[dict[str, float]]:
    """Checked and unchecked by turns; the first time, which also reads what only a filter needs, is left out."""
    times = []
    for name in ("risky", *("risky", "robust", "resilient") * (TIMES // 3)):
        times.append(page.evaluate(RECOLOUR, name))
        page.wait_for_load_state("networkidle")
        page.wait_for_function(SETTLED)
    return times[1:]


def _hover(page: Page) -> list[float]:
    spots = [(0.45 + 0.01 * step, 0.35 + 0.02 * step) for step in range(TIMES)]
    page.evaluate(HOVER, spots[-1])
    page.wait_for_load_state("networkidle")
    page.wait_for_function(SETTLED)
    return [time for spot in spots if (time := page.evaluate(HOVER, spot)) is not None]


def _parts(recoloured: list[dict[str, float]]) -> str:
    """How long each part took: the median."""
    said = []
    for before, part in zip((None, *PARTS), PARTS, strict=False):
        took = [times[part] - (times[before] if before else 0) for times in recoloured]
        said.append(f"{PARTS[part]} after {statistics.median(took):.0f}")
    return ", ".join(said) + " ms more"


def _longest_tasks(browser: Browser, name: str, address: str) -> list[str]:
    """Of what a reader does for the first time: the longest task of the page's thread in it."""
    page = _page(browser, name)
    page.goto(address)
    page.wait_for_function(SETTLED)
    page.wait_for_load_state("networkidle")

    def longest(act: Callable[[], object]) -> str:
        def do() -> None:
            page.evaluate("(mark) => performance.mark(mark)", MARK)
            act()
            page.wait_for_load_state("networkidle")
            page.wait_for_function(SETTLED)
            page.wait_for_timeout(1000)

        page.evaluate("() => (mapProbe.tasks.length = 0)")
        events = _traced(browser, page, do)
        noticed: list[float] = page.evaluate("() => mapProbe.tasks.map(({ duration }) => duration)")
        own = next((event["pid"], event["tid"]) for event in events if event["name"] == MARK)
        cpu = max(_tasks(events, own), default=0)
        return f"{f'{max(noticed):.0f} ms' if noticed else 'below 50 ms'}, {cpu:.0f} of CPU"

    acts: dict[str, Callable[[], object]] = {
        "pointer on the map": lambda: page.mouse.move(200, 400),
        "filter": lambda: page.evaluate(RECOLOUR, "risky"),
        "letters in the search": lambda: page.evaluate(TYPE, "neu"),
        "filter by text": lambda: page.evaluate("() => document.getElementById('filter').requestSubmit()"),
        "list of places": lambda: page.evaluate("() => document.querySelector('[data-list=places]').click()"),
    }
    said = [f"{act}: {longest(do)}" for act, do in acts.items()]
    page.context.close()
    return said


def _median(times: list[float]) -> str:
    if not times:
        return "–"
    return f"{statistics.median(times):.0f} ms (median of {len(times)}, {min(times):.0f} to {max(times):.0f})"


def _drawing(browser: Browser, name: str, address: str) -> float:
    """Milliseconds of CPU of the worker that draws, for one change of the filter."""
    page = _page(browser, name)
    page.goto(f"{address}?places=off", wait_until="networkidle")
    _recolour(page)  # until the browser has compiled what it runs often
    events = _traced(browser, page, lambda: _recolour(page))
    page.context.close()
    workers = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"].startswith("DedicatedWorker")
    }
    return sum(sum(_tasks(events, thread)) for thread in workers) / (TIMES + 1)


def _main_thread(chromium: Any, path: str | None, address: str) -> tuple[float, float]:
    """Milliseconds of CPU of the page's thread until it rests, and how much of it blocks at a quarter of the speed."""
    browser = chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-background-networking"])
    page = _page(browser, "mobile")

    def load() -> None:
        page.goto(address, wait_until="networkidle")
        page.wait_for_function(SETTLED)
        page.wait_for_timeout(1000)

    events = _traced(browser, page, load)
    browser.close()
    parsed = min(
        (event for event in events if event["name"] == "ParseHTML" and address in str(event["args"])),
        key=lambda event: event["ts"],
    )
    tasks = _tasks(events, (parsed["pid"], parsed["tid"]), parsed["ts"])
    return sum(tasks), sum(max(0.0, 4 * task - 50) for task in tasks)


def _traced(browser: Browser, page: Page, act: Callable[[], object]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        browser.start_tracing(page=page, path=file, categories=["devtools.timeline", "toplevel", "blink.user_timing"])
        act()
        browser.stop_tracing()
        events: list[dict[str, Any]] = json.loads(file.read_bytes())["traceEvents"]
        return events


def _tasks(events: list[dict[str, Any]], thread: tuple[int, int], start: float = 0) -> list[float]:
    """Milliseconds of CPU of each task of a thread that ends after ``start``; those within another are part of it."""
    own = [
        event
        for event in events
        if (event["pid"], event["tid"]) == thread and event["name"].endswith("RunTask") and "tdur" in event
    ]
    tasks: list[float] = []
    end = start
    for event in sorted(own, key=lambda event: (event["ts"], -event["dur"])):
        if event["ts"] + event["dur"] <= end or (tasks and event["ts"] < end):
            continue
        tasks.append(event["tdur"] / 1000)
        end = event["ts"] + event["dur"]
    return tasks


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/")
