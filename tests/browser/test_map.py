"""The map page as people use it: seen, filtered, searched, pointed at, walked by keyboard, shared, held in one hand."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, axe

# Counts the pixels of the first canvas (the municipalities) that have the fill of a class.
PIXELS = """(name) => {
  const shown = document.querySelector("#map canvas");
  const canvas = new OffscreenCanvas(shown.width, shown.height);
  canvas.getContext("2d").drawImage(shown, 0, 0);
  const hex = getComputedStyle(document.documentElement).getPropertyValue(`--class-${name}`).trim();
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) count += 1;
  }
  return count;
}"""
# Where a point of the world lies on the screen, from the view that the address names.
POSITION = """([longitude, latitude]) => {
  const query = new URLSearchParams(location.search);
  const world = (lon, lat) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    const size = 256 * 2 ** Number(query.get("z"));
    return [size * (lon / 360 + 0.5), size * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
  };
  const [x, y] = world(longitude, latitude);
  const [centreX, centreY] = world(Number(query.get("lon")), Number(query.get("lat")));
  const box = document.getElementById("map").getBoundingClientRect();
  return [box.left + box.width / 2 + x - centreX, box.top + box.height / 2 + y - centreY];
}"""
# The title of the first that nothing lies over.
TOUCHED = """(selector) => [...document.querySelectorAll(selector)].find((element) => {
  const box = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
}).title"""
PATIENCE = 20_000  # milliseconds: on a busy machine a worker starts late
KORBACH = (8.8731, 51.2767)
AT_KORBACH = "?z=11&lat=51.2767&lon=8.95"


def ready(page: Page) -> Page:
    """Waits until data are loaded and drawn."""
    expect(page.locator("#atlas")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    return drawn(page)


def drawn(page: Page) -> Page:
    """Waits until the worker has drawn what was asked for last."""
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page


def rows(page: Page) -> Locator:
    return page.locator("#municipalities tbody tr")


def result(page: Page) -> Locator:
    return page.locator(".table-area [data-result]")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def point_at(page: Page, position: tuple[float, float]) -> tuple[float, float]:
    x, y = page.evaluate(POSITION, list(position))
    return x, y


# --- Seen ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_first_page_shows_classes_places_and_legend(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = ready(open_page(size=size))
    for name in ("risky", "resilient", "robust", "unassessed"):
        assert page.evaluate(PIXELS, name) > 200, name
    assert page.locator(".map__cluster, .map__place").count() > 5
    expect(page.get_by_text("Legende und Filter")).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("BKG")


def test_a_robust_place_is_crisp_on_a_dense_screen(open_page: OpenPage) -> None:
    page = ready(open_page())
    ratio = page.evaluate(
        "document.querySelector('#map canvas').width / document.querySelector('#map canvas').clientWidth"
    )
    assert ratio == page.evaluate("devicePixelRatio")


# --- Filtered --------------------------------------------------------------------------------------------------------


def test_the_legend_filters_map_table_and_address(open_page: OpenPage) -> None:
    page = ready(open_page())
    total = rows(page).count()
    expect(result(page)).to_have_text(f"{total} Gemeinden")
    robust_before = page.evaluate(PIXELS, "robust")
    promised = int(page.locator('[data-count="class:risky"]').inner_text())

    page.get_by_role("checkbox", name="riskant").check()
    expect(result(page)).to_have_text(f"{promised} von {total} Gemeinden")
    expect(rows(page)).to_have_count(promised)
    assert query(page) == {"class": ["risky"]}
    assert robust_before > 200
    assert page.evaluate(PIXELS, "robust") == 0
    assert page.evaluate(PIXELS, "risky") > 200
    expect(page.locator('[data-count="class:robust"]')).not_to_have_text("0")

    page.get_by_role("checkbox", name="Grundzentrum").check()
    page.reload()
    ready(page)
    expect(page.get_by_role("checkbox", name="Grundzentrum")).to_be_checked()
    for row in rows(page).all():
        expect(row).to_contain_text("riskant")
        expect(row).to_contain_text("Grundzentrum")

    page.get_by_role("link", name="Alle Filter aufheben").click()
    expect(rows(page)).to_have_count(total)
    assert query(page) == {}


def test_places_can_be_hidden_and_chosen_by_kind(open_page: OpenPage) -> None:
    page = ready(open_page())
    places = page.locator(".map__cluster--place, .map__place")
    page.get_by_role("combobox", name="Art der Orte").select_option("library")
    assert query(page) == {"kind": ["library"]}
    numbers = sum(int(text.replace(".", "")) for text in page.locator("#map .map__cluster--place").all_inner_texts())
    libraries = page.locator("#places-kind option[value=library]").inner_text()
    assert f"({numbers + page.locator('#map .map__place').count()})" in libraries
    page.get_by_role("checkbox", name="auf der Karte zeigen").uncheck()
    expect(page.locator("#map").locator(places)).to_have_count(0)
    assert query(page) == {"places": ["off"], "kind": ["library"]}


# --- Searched --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["großal", "grossal", "GROSS", "06636004"])
def test_the_search_leads_to_a_municipality_by_keyboard(open_page: OpenPage, typed: str) -> None:
    page = ready(open_page())
    field = page.get_by_role("combobox", name="Gemeinde suchen")
    field.press_sequentially(typed)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    option = page.locator("#q-list").get_by_role("option", selected=True)
    expect(option).to_contain_text("Großalmerode")
    assert option.get_attribute("id") == field.get_attribute("aria-activedescendant")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Großalmerode")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "false")
    assert query(page)["ags"] == ["06636004"]
    expect(rows(page)).not_to_have_count(1)


def test_enter_without_a_choice_filters_and_an_emptied_field_shows_all_again(open_page: OpenPage) -> None:
    page = ready(open_page())
    total = rows(page).count()
    field = page.get_by_role("combobox", name="Gemeinde suchen")
    field.fill("bad ")
    field.press("Enter")
    expect(rows(page).first).to_contain_text("Bad ")
    assert query(page) == {"q": ["bad"]}
    field.fill("")
    expect(rows(page)).to_have_count(total)


def test_escape_closes_the_suggestions_first(open_page: OpenPage) -> None:
    page = ready(open_page("/?ags=06635015"))
    field = page.get_by_role("combobox", name="Gemeinde suchen")
    field.press_sequentially("kass")
    field.press("Escape")
    expect(page.get_by_role("listbox", name="Vorschläge")).to_be_hidden()
    expect(page.get_by_role("heading", name="Korbach")).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("heading", name="Korbach")).to_be_hidden()


# --- Pointed at ------------------------------------------------------------------------------------------------------


def test_pointing_tells_and_clicking_opens(open_page: OpenPage) -> None:
    page = ready(open_page(f"/{AT_KORBACH}&places=off"))
    page.mouse.move(*point_at(page, KORBACH))
    tooltip = page.locator(".map__tooltip")
    expect(tooltip).to_contain_text("Korbach")
    for word in ("Mittelzentrum", "Versorgung", "nach dem schwersten Verlust", "Erneuerungskraft"):
        expect(tooltip).to_contain_text(word)
    assert len(re.findall(r"\d\s%|–", tooltip.text_content() or "")) == 3

    page.mouse.click(*point_at(page, KORBACH))
    card = page.locator("#panel")
    expect(card.get_by_role("heading", name="Korbach")).to_be_visible()
    assert query(page)["ags"] == ["06635015"]
    expect(rows(page).locator("visible=true").filter(has_text="Korbach")).to_have_attribute("aria-current", "true")
    card.get_by_role("link", name="Warum diese Klasse?").click()
    assert urlsplit(page.url).path == "/gemeinden/06635015-korbach/"
    page.go_back()
    expect(card.get_by_role("heading", name="Korbach")).to_be_visible()


def test_a_cluster_opens_and_a_place_tells_what_it_is(open_page: OpenPage) -> None:
    page = ready(open_page(AT_KORBACH.replace("z=11", "z=9")))
    page.locator("#map .map__cluster--place").last.click()
    expect(page).to_have_url(re.compile(r"z=1\d"))
    page.goto(f"/{AT_KORBACH.replace('z=11', 'z=13').replace('8.95', '8.8731')}")
    ready(page)
    name = page.evaluate(TOUCHED, "#map .map__place")
    page.locator("#map").get_by_title(name, exact=True).click()
    card = page.locator("#panel")
    expect(card.get_by_role("heading", name=name)).to_be_visible()
    expect(card).to_contain_text(re.compile("Zuletzt bestätigt am|Noch nie bestätigt"))
    expect(card).to_contain_text(re.compile("Zählt in der Bewertung"))
    card.get_by_role("button", name="Korbach").click()
    expect(card.get_by_role("heading", name="Korbach")).to_be_visible()
    card.get_by_role("link", name=name).click()
    assert re.fullmatch(r"/orte/\d+-[a-z0-9-]+/", urlsplit(page.url).path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


# --- Shared ----------------------------------------------------------------------------------------------------------


def test_the_address_holds_the_view(open_page: OpenPage) -> None:
    page = ready(open_page(f"/{AT_KORBACH}"))
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile(r"lon=8\.95"))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"z=12"))
    here = query(page)
    before = point_at(page, KORBACH)
    page.reload()
    ready(page)
    assert query(page) == here
    assert point_at(page, KORBACH) == before
    page.get_by_role("button", name="English").click()
    ready(page)
    assert query(page) == here
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_link_to_a_municipality_shows_it_near(open_page: OpenPage) -> None:
    page = ready(open_page("/?ags=06611000"))
    expect(page.locator("#panel").get_by_role("heading", name="Kassel")).to_be_visible()
    assert float(query(page)["z"][0]) >= 10


# --- By keyboard, in the table ---------------------------------------------------------------------------------------


def test_the_table_sorts_by_keyboard(open_page: OpenPage) -> None:
    page = ready(open_page())
    head = page.get_by_role("columnheader", name="Versorgung")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(rows(page).first.locator("td").nth(2)).to_have_text("100\u202f%")
    assert query(page) == {"sort": ["-supply"]}
    assert page.locator("th[aria-sort]").count() == 1


def test_a_row_shows_its_municipality_on_the_map_and_the_focus_finds_its_way_back(open_page: OpenPage) -> None:
    page = ready(open_page())
    rows(page).first.get_by_role("link").focus()
    expect(page.locator(".map__tooltip")).to_contain_text("Ahnatal")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card = page.locator("#panel")
    expect(card.get_by_role("heading", name="Ahnatal")).to_be_visible()
    expect(card).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(rows(page).first.get_by_role("button")).to_be_focused()


def test_the_table_makes_room_for_the_map(open_page: OpenPage) -> None:
    page = ready(open_page())
    width = page.locator("#map").bounding_box()
    page.get_by_role("button", name="Tabelle", exact=True).click()
    expect(page.locator("#table-area")).to_be_hidden()
    wider = page.locator("#map").bounding_box()
    assert width
    assert wider
    assert wider["width"] > width["width"] + 300
    assert query(page) == {"view": ["map"]}


# --- In one hand -----------------------------------------------------------------------------------------------------


def test_on_a_phone_the_map_comes_first_and_the_rest_is_one_touch_away(open_page: OpenPage) -> None:
    page = ready(open_page(size=PHONE))
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#table-area")).to_be_hidden()
    expect(page.get_by_role("checkbox", name="riskant")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    page.get_by_text("Legende und Filter").click()
    page.get_by_role("checkbox", name="robust").check()
    page.get_by_text("Legende und Filter").click()
    page.get_by_role("button", name="Tabelle", exact=True).click()
    expect(page.locator("#map")).to_be_hidden()
    expect(rows(page).first).to_contain_text("robust")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    rows(page).nth(1).get_by_role("button").click()
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#panel")).to_be_in_viewport()
    assert page.locator("#panel").evaluate("(card) => card.contains(document.activeElement)")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_what_can_be_touched_is_large_enough(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = ready(open_page("/?ags=06611000", size=size))
    small = page.evaluate(
        """() => [
            ...document.querySelectorAll("main :is(button, input, select, .choice, .lists a)"),
            ...document.querySelectorAll("main :is(.map__cluster, .map__entry)"),
          ]
          .map((element) => [element.outerHTML.slice(0, 80), element.closest("label") ?? element])
          .map(([name, element]) => [name, element.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


# --- Without JavaScript, and for everybody ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_without_javascript_table_search_and_filter_work(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(size=size, javascript=False)
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    total = rows(page).count()
    page.get_by_role("checkbox", name="riskant").check()
    page.get_by_role("button", name="Filter anwenden").click()
    assert query(page)["class"] == ["risky"]
    assert 0 < rows(page).count() < total
    page.get_by_role("columnheader", name="Versorgung").get_by_role("button").click()
    assert query(page)["sort"] == ["supply"]
    assert query(page)["class"] == ["risky"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["/", "/?ags=06635015&class=resilient", "/?view=table&sort=-supply"])
def test_axe_finds_nothing(open_page: OpenPage, path: str, size: tuple[int, int], language: str) -> None:
    page = ready(open_page(path, size=size, language=language))
    assert axe(page) == []


def test_axe_finds_nothing_while_legend_and_suggestions_are_open(open_page: OpenPage) -> None:
    page = ready(open_page(size=PHONE))
    page.get_by_text("Legende und Filter").click()
    assert axe(page) == []
    page.get_by_text("Legende und Filter").click()
    page.get_by_role("combobox", name="Gemeinde suchen").press_sequentially("bad")
    expect(page.locator("#q-list").get_by_role("option").first).to_be_visible()
    assert axe(page) == []
