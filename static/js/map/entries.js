// The table's other contents: places, support structures, spaces, by name, a few hundred at a time. The server writes
// the same without script (cohesion/views/map_entries.py).

import { byId, make } from "../dom.js";
import { fill } from "../format.js";
import { markOf, markWord, sizeAndEnd } from "./describe.js";

const STEP = 200; // rows at first, and with each "more"; as many as the server puts on a page

/** `on.list(list)` when the reader chooses what the table shows; `published` has the entries. */
export function createEntries({ words, formats, addresses, byAgs, symbols, published, on }) {
  const links = [...document.querySelectorAll("[data-list]")];
  const [municipalities, entries] = [byId("municipality-list"), byId("entry-list")];
  const body = byId("entries").tBodies[0];
  const more = byId("more-entries");
  let shown = { list: "", isFiltered: false };
  let limit = STEP;

  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      on.list(link.dataset.list);
    });
  }
  more.addEventListener("click", async () => {
    const next = limit;
    limit += STEP;
    await render();
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

  async function render() {
    const { list, isFiltered } = shown;
    if (list === "") return;
    const own = shown;
    const found = await published.list(list, limit);
    if (!found || own !== shown) return; // not read yet, or something else is to be shown
    const { entries: rows, ...counts } = found;
    body.replaceChildren(...rows.map(line));
    more.hidden = rows.length === counts.shown;
    more.textContent = fill(words.moreEntries, {
      count: formats.number(Math.min(STEP, counts.shown - rows.length)),
    });
    byId("no-entry-found").hidden = counts.shown > 0;
    byId("entries-result").textContent = fill(words.lists[list][isFiltered ? "some" : "all"], {
      shown: formats.number(counts.shown),
      all: formats.number(counts.all),
    });
  }

  return {
    /** What the table shows: one of the layers, or municipalities. */
    update(list, isFiltered) {
      for (const link of links) {
        if (link.dataset.list === list) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      municipalities.hidden = list !== "";
      entries.hidden = list === "";
      shown = { list, isFiltered };
      limit = STEP;
      return render();
    },
    /** The address that each choice has, for whoever opens it in another tab. */
    setAddresses(addressOf) {
      for (const link of links) link.href = addressOf(link.dataset.list);
    },
  };
}
