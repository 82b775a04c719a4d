// A municipality in few words: its class with the swatch, the short form under the pointer, the addresses of pages.

import { make } from "../dom.js";
import { tierOf } from "./classes.js";
import { slug } from "./names.js";

export const FIGURES = ["supply", "supply_after_loss", "renewal"];

/** The addresses of pages, from the template's patterns. */
export function createAddresses(patterns) {
  return {
    municipality: (row) =>
      patterns.municipality.replace("00000000", row.ags).replace("slug", slug(row.name) || "-"),
    place: (place) => patterns.place.replace("0", place.id).replace("slug", slug(place.name) || "-"),
  };
}

/** Swatch and word of a class; table, card and pointer use the same. */
export function classWord(cohesionClass, words) {
  const swatch = make("span", { class: `swatch swatch--${cohesionClass}`, "aria-hidden": "true" });
  return make("span", { class: "class-word" }, swatch, words.classes[cohesionClass]);
}

/** The short form: name, class, three figures. */
export function createDescription(words, formats) {
  return (row) => {
    if (row.is_unincorporated)
      return make("div", {}, make("strong", {}, row.name), ` ${words.unincorporated}`);
    const figures = FIGURES.map((name) =>
      make("div", {}, make("dt", {}, words.figures[name]), make("dd", {}, formats.percent(row[name]))),
    );
    return make(
      "div",
      {},
      make("strong", {}, row.name),
      make("div", {}, classWord(row.cohesion_class, words)),
      make("div", {}, words.tiers[tierOf(row)]),
      make("dl", { class: "figures" }, ...figures),
    );
  };
}
