"""On a slow line a page's parts come one after the other: what is there already hardly moves for them."""

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_map import ready

# What moved, and by how much of the screen, as Cumulative Layout Shift counts it.
WATCH = """{
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      const names = sources.map(({ node }) => node?.outerHTML?.slice(0, 60) ?? node?.textContent);
      if (!hadRecentInput) window.moved.push([value, ...names]);
    }
  }).observe({ type: "layout-shift", buffered: true });
}"""
GOOD = 0.1  # of Cumulative Layout Shift, as Core Web Vitals have it: a line may still break elsewhere
# As they come: scripts, what they fetch, the typeface last.
LATE = ("**/*.js", "**/*.json", "**/*.pmtiles", "**/*.woff2")


def _settle(page: Page) -> None:
    page.wait_for_timeout(400)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (412, 823)])
@pytest.mark.parametrize("path", ["/", "/?ags=06635015", "/?list=places&view=table"])
def test_what_comes_late_hardly_moves_the_map_page(
    browser: Browser, site: str, path: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(base_url=site, viewport={"width": size[0], "height": size[1]}, locale="de")
    page = context.new_page()
    page.add_init_script(WATCH)
    held: dict[str, list[Route] | None] = {pattern: [] for pattern in LATE}

    def hold(pattern: str, route: Route) -> None:
        waiting = held[pattern]
        if waiting is None:
            route.continue_()
        else:
            waiting.append(route)

    for pattern in LATE:
        page.route(pattern, partial(hold, pattern))
    page.goto(path, wait_until="commit")
    page.locator(".site-footer").wait_for(state="attached")
    _settle(page)
    for pattern in LATE:
        waiting, held[pattern] = held[pattern] or [], None
        for route in waiting:
            route.continue_()
        _settle(page)
    ready(page)
    _settle(page)
    moved = page.evaluate("window.moved")
    assert sum(value for value, *_ in moved) < GOOD, moved
    context.close()
