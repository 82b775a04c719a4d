// The search field: a combobox with a list (WAI-ARIA practices) that leads to a municipality or an entry; Enter without a choice
// filters by what is typed, as the form does without script.

import { byId, make } from "../dom.js";
import { fill } from "../format.js";
import { suggest } from "./filters.js";

const LIMIT = 8;
const ENTRIES = 3; // at least so many of them are entries, where that many are found

/** `rows` are found, and entries by `published`; `on.choose(ags)` for a municipality of the list, `on.entry(entry)` for an entry, `on.filter(text)` for the text as it stands. */
export function createSearch({ words, districts, rows, byAgs, published, on }) {
  const form = byId("filter");
  const field = byId("q");
  const list = byId("q-list");
  const status = byId("q-status");
  let options = [];
  let active = -1;
  let asked = 0; // how often something else was looked for

  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-controls", list.id],
    ["aria-expanded", "false"],
  ]) {
    field.setAttribute(name, value);
  }

  function noteOf(row) {
    if (!row.type) return districts[row.ags.slice(0, 5)] ?? row.ags;
    const municipality = byAgs.get(row.ags)?.name;
    return [words.kinds[row.type][row.kind], municipality].filter(Boolean).join(", ");
  }

  function open(found) {
    options = found;
    active = -1;
    list.replaceChildren(
      ...found.map((row, index) => {
        const note = make("span", { class: "search__note" }, noteOf(row));
        const option = make(
          "li",
          { role: "option", id: `q-option-${index}`, "aria-selected": "false" },
          row.name,
          note,
        );
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(row));
        return option;
      }),
    );
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  }

  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (index + options.length + 1) % (options.length + 1); // one more than there are: back in the field
    const option = list.children[active];
    if (!option) {
      active = -1;
      field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function choose(row) {
    close();
    field.value = row.name;
    status.textContent = "";
    if (row.type) on.entry(row);
    else on.choose(row.ags);
  }

  /** Municipalities at once; when the entries are found they have the rest of the list, or a part of it. */
  async function look() {
    const query = field.value.trim();
    asked += 1;
    const own = asked;
    const municipalities = suggest(rows, query, LIMIT);
    open(municipalities);
    if (query === "") {
      status.textContent = "";
      on.filter("");
      return;
    }
    const named = await published.suggest(query, LIMIT);
    if (own !== asked) return;
    const first = municipalities.slice(0, LIMIT - Math.min(ENTRIES, named.length));
    const found = [...first, ...named.slice(0, LIMIT - first.length)];
    if (named.length > 0 && active < 0) open(found);
    status.textContent =
      found.length > 0 ? fill(words.search.found, { count: options.length }) : words.search.nothing;
  }

  function close() {
    asked += 1;
    open([]);
  }

  field.addEventListener("input", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) look();
      if (options.length === 0) return;
      activate(event.key === "ArrowDown" ? active + 1 : (active < 0 ? options.length : active) - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0) {
      choose(options[active]);
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    on.filter(field.value.trim());
  });

  return {
    /** The names are there now: what is typed may find something. */
    look() {
      if (document.activeElement === field && field.value.trim() !== "") look();
    },
    /** What the field says when the state was changed elsewhere. */
    update(text) {
      if (document.activeElement !== field) field.value = text;
    },
  };
}
