// The card over the map: what is told of the municipality or the place that was chosen.

import { byId, drawing, make } from "../dom.js";
import { fill } from "../format.js";
import { tierOf } from "./classes.js";
import { classWord, FIGURES } from "./describe.js";

const PLACES_SHOWN = 5;

/** The card. `on.close()` is called when the reader closes it, `on.select(ags)` from a place to its municipality. */
export function createPanel({ words, formats, addresses, on }) {
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
  function placesOf(places) {
    if (places.length === 0) return note(words.panel.noPlaces);
    const ordered = [...places.filter((place) => place.counted), ...places.filter((place) => !place.counted)];
    const items = ordered.slice(0, PLACES_SHOWN).map((place) => {
      const kind = place.counted
        ? words.kinds[place.kind]
        : `${words.kinds[place.kind]}, ${words.panel.uncounted}`;
      const link = make("a", { href: addresses.place(place) }, place.name);
      return make("li", {}, link, make("span", { class: "panel__note" }, ` ${kind}`));
    });
    const more = places.length - items.length;
    return make(
      "div",
      {},
      make("h3", { class: "panel__subtitle" }, words.panel.places),
      make("ul", { class: "panel__places" }, ...items),
      more > 0 ? note(fill(words.panel.morePlaces, { count: formats.number(more) })) : null,
    );
  }

  return {
    showMunicipality(row, district, places) {
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
        placesOf(places),
      );
    },

    showPlace(place, row) {
      const confirmed = place.confirmed_on
        ? fill(words.panel.confirmed, { date: formats.date(place.confirmed_on) })
        : words.panel.neverConfirmed;
      const municipality = row && make("button", { type: "button", class: "panel__link" }, row.name);
      municipality?.addEventListener("click", () => on.select(row.ags));
      show(
        place.name,
        addresses.place(place),
        note(`${words.kinds[place.kind]} · ${words.statuses[place.status]}`),
        municipality && make("p", {}, `${words.panel.municipality} `, municipality),
        make("p", {}, confirmed),
        make("p", {}, place.counted ? words.panel.counts : words.panel.countsNot),
        make(
          "p",
          {},
          make("a", { class: "button button--small", href: addresses.place(place) }, words.panel.toPlace),
        ),
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
