"""Where a browser cannot draw the map: the page says what to do, and works as it does without script."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, axe, overflow
from tests.browser.test_map import query, rows

# What old browsers lack: modules in workers (they take the script as a plain one), canvases in them.
PLAIN_WORKERS = "window.Worker = class extends Worker { constructor(address) { super(address); } };"
NO_CANVAS = "delete self.OffscreenCanvas;"


def _without_canvas(route: Route) -> None:
    response = route.fetch()
    route.fulfill(
        response=response, body=f"{response.text()}\n".replace("const canvas =", f"{NO_CANVAS}\nconst canvas =")
    )


def _hinder(page: Page, lacking: str) -> None:
    if lacking == "modules in workers":
        page.add_init_script(PLAIN_WORKERS)
    else:
        page.route("**/ground_worker*.js", _without_canvas)


@pytest.mark.parametrize("lacking", ["modules in workers", "canvases in workers"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_page_says_what_to_do_and_table_search_and_filter_work(
    browser: Browser, site: str, size: tuple[int, int], lacking: str
) -> None:
    context = browser.new_context(
        base_url=site, viewport={"width": size[0], "height": size[1]}, locale="de", reduced_motion="reduce"
    )
    page = context.new_page()
    _hinder(page, lacking)
    page.goto("/?view=map")
    expect(page.get_by_role("alert")).to_contain_text("Bitte laden Sie die Seite neu")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.locator("#map")).to_be_hidden()
    total = rows(page).count()
    expect(rows(page).first).to_be_visible()
    assert axe(page) == []
    assert overflow(page) == 0

    if size == PHONE:
        page.get_by_text("Legende und Filter").click()
    page.get_by_role("checkbox", name="riskant").check()
    page.get_by_role("button", name="Filter anwenden").click()
    page.wait_for_url("**class=risky**")
    assert query(page)["class"] == ["risky"]
    expect(page.get_by_role("alert")).to_be_visible()
    assert 0 < rows(page).count() < total
    page.get_by_role("columnheader", name="Versorgung").get_by_role("button").click()
    page.wait_for_url("**sort=supply**")
    field = page.get_by_label("Gemeinde suchen")
    field.fill("bad ")
    field.press("Enter")
    page.wait_for_url("**q=bad**")
    for row in rows(page).all():
        expect(row).to_contain_text("Bad ")
    page.unroute_all(behavior="ignoreErrors")  # the last page may still be fetching its worker
    context.close()
