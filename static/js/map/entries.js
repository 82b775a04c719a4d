// The table's other contents: places, support structures, spaces, by name, a few hundred at a time. The server writes
// the same without script (cohesion/views/map_entries.py).

import { byId, make } from "../dom.js";
import { fill } from "../format.js";
import { markOf, markWord, sizeAndEnd } from "./describe.js";

const STEP = 200; // rows at first, and with each "more"; as many as the server puts on a page

/** `on.list(list)` when the reader chooses what the table shows. */
export function createEntries({ words, formats, addresses, collator, byAgs, symbols, on }) {
  const links = [...document.querySelectorAll("[data-list]")];
  const [municipalities, entries] = [byId("municipality-list"), byId("entry-list")];
  const body = byId("entries").tBodies[0];
  const more = byId("more-entries");
  let rows = [];
  let limit = STEP;

  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      on.list(link.dataset.list);
    });
  }
  more.addEventListener("click", () => {
    const next = limit;
    limit += STEP;
    render();
    body.rows[next]?.querySelector("a").focus();
  });

  function line(entry) {
    const mark = markOf(entry);
    const note = sizeAndEnd(entry, words, formats);
    return make(
      "tr",
      {},
      make(
        "th",
        { scope: "row" },
        make("a", { href: addresses.entry(entry) }, entry.name),
        note ? make("span", { class: "entries__note" }, note) : null,
      ),
      make("td", {}, words.kinds[entry.type][entry.kind]),
      make("td", {}, byAgs.get(entry.ags)?.name ?? ""),
      make("td", {}, mark ? markWord(mark, symbols[`${entry.type}-${mark}`].cloneNode(true), words) : null),
    );
  }

  function render() {
    body.replaceChildren(...rows.slice(0, limit).map(line));
    more.hidden = rows.length <= limit;
    more.textContent = fill(words.moreEntries, {
      count: formats.number(Math.min(STEP, rows.length - limit)),
    });
    byId("no-entry-found").hidden = rows.length > 0;
  }

  return {
    /** What the table shows; `shown` of `all` entries of that kind. */
    update(list, shown, all, isFiltered) {
      for (const link of links) {
        if (link.dataset.list === list) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      municipalities.hidden = list !== "";
      entries.hidden = list === "";
      if (list === "") return;
      rows = [...shown].sort((a, b) => collator.compare(a.name, b.name) || a.id - b.id);
      limit = STEP;
      byId("entries-result").textContent = fill(words.lists[list][isFiltered ? "some" : "all"], {
        shown: formats.number(rows.length),
        all: formats.number(all),
      });
      render();
    },
    /** The address that each choice has, for whoever opens it in another tab. */
    setAddresses(addressOf) {
      for (const link of links) link.href = addressOf(link.dataset.list);
    },
  };
}
