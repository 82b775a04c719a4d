// A municipality, an entry in few words: its class with the swatch, the short form under the pointer, the addresses of pages.

import { byId, make } from "../dom.js";
import { fill } from "../format.js";
import { isUncertain, tierOf } from "./classes.js";
import { slug } from "./names.js";

export const FIGURES = ["supply", "supply_after_loss", "renewal"];

/** The addresses of pages, from the template's patterns. */
export function createAddresses(patterns) {
  return {
    municipality: (row) =>
      patterns.municipality.replace("00000000", row.ags).replace("slug", slug(row.name) || "-"),
    entry: (entry) => patterns[entry.type].replace("0", entry.id).replace("slug", slug(entry.name) || "ort"),
  };
}

/** Why an entry is drawn hollow: its confirmation ran out, or it does not count; "" where there is nothing to say. */
export function markOf(entry) {
  if (!entry.confirmed && entry.status === "active") return "unconfirmed";
  return entry.counted === false ? "uncounted" : "";
}

/** A mark in a word, beside the symbol that the map has for it. */
export const markWord = (mark, symbol, words) =>
  make("span", { class: `mark mark--${mark}` }, symbol, words.marks[mark]);

/** "420 m², bis 31.12.2029": how large a space is and until when it can be had. */
export function sizeAndEnd(entry, words, formats) {
  const size = entry.area_m2 && fill(words.size, { number: formats.number(entry.area_m2) });
  const end = entry.available_until && fill(words.until, { date: formats.shortDate(entry.available_until) });
  return [size, end].filter(Boolean).join(", ");
}

/** The drawings that the template gives: tier symbols by tier, symbols of entries by type and mark, "locate". */
export function readSymbols() {
  const given = byId("symbols").content.querySelectorAll("[data-symbol]");
  return Object.fromEntries([...given].map((frame) => [frame.dataset.symbol, frame.firstElementChild]));
}

/** Swatch and word of a class; table, card and pointer use the same. */
export function classWord(cohesionClass, words) {
  const swatch = make("span", { class: `swatch swatch--${cohesionClass}`, "aria-hidden": "true" });
  return make("span", { class: "class-word" }, swatch, words.classes[cohesionClass]);
}

/** The short form: name, class, three figures. */
export function createDescription(words, formats, uncertainBelow) {
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
      isUncertain(row, uncertainBelow)
        ? make("div", {}, fill(words.uncertain, { share: formats.percent(row.stability) }))
        : null,
      make("div", {}, words.tiers[tierOf(row)]),
      make("dl", { class: "figures" }, ...figures),
    );
  };
}
