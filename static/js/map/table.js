// The table beside the map: the same municipalities, sorted, a few hundred at a time. Its head is the server's.

import { byId, isPainted, make } from "../dom.js";
import { fill } from "../format.js";
import { tierOf } from "./classes.js";
import { classWord } from "./describe.js";
import { nextSort, sortRows } from "./filters.js";

const AT_ONCE = 50; // rows, in one frame
const STEP = 200; // rows at first, and with each "more"; as many as the server puts on a page

/** `on.sort(sort)`, `on.point(ags | null)` while a row has the pointer or the focus, `on.select(ags)`. */
export function createTable({ words, formats, addresses, symbols, on }) {
  const table = byId("municipalities");
  const body = table.tBodies[0];
  const more = byId("more");
  let all = [];
  let byName = null; // compares two of them
  let ordered = { sort: null, rows: [] }; // all of them; a filter leaves their order as it is
  let rows = [];
  let limit = STEP;
  let written = 0; // how often
  let selected = "";

  for (const button of table.tHead.querySelectorAll("button")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      on.sort(nextSort(button.dataset.column, table.dataset.sort));
    });
  }
  more.addEventListener("click", async (event) => {
    event.preventDefault();
    const next = limit;
    limit += STEP;
    await render();
    body.rows[next]?.querySelector("a").focus();
  });

  const agsOf = (event) => event.target.closest("tr")?.dataset.ags ?? null;
  body.addEventListener("mouseover", (event) => on.point(agsOf(event)));
  body.addEventListener("mouseleave", () => on.point(null));
  body.addEventListener("focusin", (event) => on.point(agsOf(event)));
  body.addEventListener("focusout", () => on.point(null));
  body.addEventListener("click", (event) => {
    if (event.target.closest("button")) on.select(agsOf(event));
  });

  function cells(row) {
    const symbol = symbols[tierOf(row)].cloneNode(true);
    const tier = make("span", { class: "tier" }, symbol, make("span", {}, words.tiers[tierOf(row)]));
    const figure = (text) => make("td", { class: "number" }, text);
    const label = fill(words.showOnMap, { name: row.name });
    const button = make("button", { type: "button", class: "locate", title: label, "aria-label": label });
    button.append(symbols.locate.cloneNode(true));
    return [
      make("th", { scope: "row" }, make("a", { href: addresses.municipality(row) }, row.name)),
      make("td", {}, classWord(row.cohesion_class, words)),
      make("td", {}, tier),
      figure(formats.percent(row.supply)),
      figure(formats.percent(row.supply_after_loss)),
      figure(formats.percent(row.renewal)),
      figure(formats.number(row.population)),
      make("td", { class: "needs-script" }, button),
    ];
  }

  /** Row by row in some frames: two hundred at once take longer than a reader is patient. */
  async function render() {
    written += 1;
    const own = written;
    const shown = rows.slice(0, limit);
    more.hidden = shown.length === rows.length;
    more.textContent = fill(words.more, {
      count: formats.number(Math.min(STEP, rows.length - shown.length)),
    });
    byId("nothing-found").hidden = rows.length > 0;
    body.replaceChildren(...shown.slice(0, AT_ONCE).map(line));
    for (let next = AT_ONCE; next < shown.length; next += AT_ONCE) {
      await isPainted();
      if (own !== written) return;
      body.append(...shown.slice(next, next + AT_ONCE).map(line));
    }
  }

  const line = (row) =>
    make("tr", { "data-ags": row.ags, "aria-current": row.ags === selected ? "true" : null }, ...cells(row));

  function markSort(sort) {
    table.dataset.sort = sort;
    for (const button of table.tHead.querySelectorAll("button")) {
      const head = button.closest("th");
      const own = sort.replace(/^-/, "") === button.dataset.column;
      if (own) head.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  return {
    /** All that there are, with the figures that they are sorted by; `places` has the place of each in the order of names. */
    setRows(given, places) {
      all = given;
      const placeOf = new Map(given.map((row, at) => [row, places[at]]));
      byName = (a, b) => placeOf.get(a) - placeOf.get(b);
      ordered = { sort: null, rows: [] };
    },
    update(shownRows, sort) {
      if (ordered.sort !== sort) ordered = { sort, rows: sortRows(all, sort, byName) };
      const shown = new Set(shownRows);
      rows = ordered.rows.filter((row) => shown.has(row));
      limit = STEP;
      markSort(sort);
      return render();
    },
    setSelected(ags) {
      body.querySelector("tr[aria-current]")?.removeAttribute("aria-current");
      selected = ags;
      const row = ags ? body.querySelector(`tr[data-ags="${ags}"]`) : null;
      row?.setAttribute("aria-current", "true");
      row?.scrollIntoView({ block: "nearest" });
    },
  };
}
