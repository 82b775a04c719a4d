// The card over the map: what is told of the municipality or the entry that was chosen.

import { byId, drawing, make } from "../dom.js";
import { fill } from "../format.js";
import { tierOf } from "./classes.js";
import { classWord, FIGURES, markOf, markWord, sizeAndEnd } from "./describe.js";

const PLACES_SHOWN = 5;

/** The card. `on.close()` is called when the reader closes it, `on.select(ags)` from a place to its municipality. */
export function createPanel({ words, formats, addresses, symbols, on }) {
  const card = byId("panel");
  const title = byId("panel-title");
  const body = byId("panel-body");
  byId("panel-close").addEventListener("click", on.close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !card.hidden && !event.defaultPrevented) on.close();
  });
  let opener = null;

  function show(name, address, ...content) {
    title.replaceChildren(make("a", { href: address }, name));
    body.replaceChildren(...content.filter((part) => part !== null));
    card.hidden = false;
    card.scrollTop = 0;
  }

  function figure(name, share) {
    const track = ["rect", { class: "figure-bar__track", x: 0, y: 1, width: "100%", height: 8, rx: 2 }];
    const filled = [
      "rect",
      { class: "figure-bar__share", x: 0, y: 1, width: `${(share ?? 0) * 100}%`, height: 8, rx: 2 },
    ];
    const value = make(
      "dd",
      {},
      formats.percent(share),
      drawing("panel__bar", share ? [track, filled] : [track]),
    );
    return make("div", {}, make("dt", {}, words.figures[name]), value);
  }

  const note = (text) => make("p", { class: "panel__note" }, text);

  /** Those that count come first. */
  function listOf(places) {
    if (places.length === 0) return [note(words.panel.noPlaces)];
    const ordered = [...places.filter((place) => place.counted), ...places.filter((place) => !place.counted)];
    const items = ordered.slice(0, PLACES_SHOWN).map((place) => {
      const mark = markOf(place);
      const kind = `${words.kinds.place[place.kind]}${mark ? `, ${words.marks[mark]}` : ""}`;
      const link = make("a", { href: addresses.entry(place) }, place.name);
      return make("li", {}, link, make("span", { class: "panel__note" }, ` ${kind}`));
    });
    const more = places.length - items.length;
    return [
      make("h3", { class: "panel__subtitle" }, words.panel.places),
      make("ul", { class: "panel__places" }, ...items),
      ...(more > 0 ? [note(fill(words.panel.morePlaces, { count: formats.number(more) }))] : []),
    ];
  }

  function confirmationOf(entry) {
    const confirmed = entry.confirmed_on
      ? fill(words.panel.confirmed, { date: formats.date(entry.confirmed_on) })
      : words.panel.neverConfirmed;
    if (markOf(entry) !== "unconfirmed") return make("p", {}, confirmed);
    const symbol = symbols[`${entry.type}-unconfirmed`].cloneNode(true);
    return make("p", {}, markWord("unconfirmed", symbol, words), ` ${confirmed}`);
  }

  function showEntry(entry, row, about, more, further) {
    const municipality = row && make("button", { type: "button", class: "panel__link" }, row.name);
    municipality?.addEventListener("click", () => on.select(row.ags));
    const address = addresses.entry(entry);
    show(
      entry.name,
      address,
      about,
      municipality ? make("p", {}, `${words.panel.municipality} `, municipality) : null,
      confirmationOf(entry),
      more,
      make("p", {}, make("a", { class: "button button--small", href: address }, further)),
    );
  }

  return {
    /** `places` are told of when they are there (showPlaces). */
    showMunicipality(row, district) {
      const address = addresses.municipality(row);
      if (row.is_unincorporated) {
        show(row.name, address, make("p", {}, words.unincorporated));
        return;
      }
      const badge = make("span", { class: `badge badge--${row.cohesion_class}` });
      badge.append(...classWord(row.cohesion_class, words).childNodes);
      const why = make("a", { class: "button button--small panel__why", href: address }, words.panel.why);
      const about = [
        row.designation,
        district === row.name ? "" : district,
        row.population !== null && fill(words.panel.population, { count: formats.number(row.population) }),
      ];
      show(
        row.name,
        address,
        note(about.filter(Boolean).join(" · ")),
        make("p", { class: "panel__class" }, badge, make("span", {}, words.tiers[tierOf(row)]), why),
        make("dl", { class: "panel__figures" }, ...FIGURES.map((name) => figure(name, row[name]))),
        row.stability === null
          ? null
          : note(fill(words.panel.stability, { share: formats.percent(row.stability) })),
        make("div", { class: "panel__own" }),
      );
    },

    /** The places of the municipality that is shown. */
    showPlaces(places) {
      body.querySelector(".panel__own")?.replaceChildren(...listOf(places));
    },

    showPlace(place, row) {
      showEntry(
        place,
        row,
        note(`${words.kinds.place[place.kind]} · ${words.statuses[place.status]}`),
        make("p", {}, place.counted ? words.panel.counts : words.panel.countsNot),
        words.panel.toPlace,
      );
    },

    /** A support structure or a space. */
    showOther(entry, row) {
      const start =
        entry.available_from && fill(words.panel.from, { date: formats.date(entry.available_from) });
      const end =
        entry.available_until && fill(words.panel.until, { date: formats.date(entry.available_until) });
      const size = sizeAndEnd({ area_m2: entry.area_m2 }, words, formats);
      const about = [words.panel.types[entry.type], words.kinds[entry.type][entry.kind], size];
      const when = [start, end].filter(Boolean).join(" ");
      showEntry(
        entry,
        row,
        note(about.filter(Boolean).join(" · ")),
        when ? make("p", {}, when) : null,
        words.panel.toEntry,
      );
    },

    /** The focus goes back to where it came from, if it was in the card. */
    hide() {
      if (card.contains(document.activeElement)) (opener ?? byId("map")).focus();
      card.hidden = true;
      opener = null;
    },

    focus() {
      opener = document.activeElement;
      card.focus();
    },
  };
}
