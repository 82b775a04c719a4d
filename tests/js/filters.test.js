// What is shown, how many of it, in which order.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countChoices,
  isFiltered,
  isShown,
  nextSort,
  selectEntries,
  sortRows,
  suggest,
  suggestEntries,
  verdictOf,
} from "../../static/js/map/filters.js";
import { INITIAL } from "../../static/js/map/state.js";

const row = (ags, name, cohesion_class, zok_tier, population, supply) => ({
  ags,
  name,
  cohesion_class,
  zok_tier,
  population,
  supply,
  is_unincorporated: false,
});
const ROWS = [
  row("06611000", "Kassel", "risky", "oberzentrum", 204202, 0.5),
  row("06635015", "Korbach", "resilient", "mittelzentrum", 23706, 0.7),
  row("06635001", "Äpfelfeld", "risky", "none", 800, null),
  row("06635002", "Zell", "robust", "none", 900, 0.95),
  row("06635003", "Oede", "unassessed", null, null, 0),
  { ...row("06635200", "Forst", "unassessed", null, null, null), is_unincorporated: true },
];
const state = (change) => ({ ...INITIAL, ...change });
const names = (rows) => rows.map(({ name }) => name);
const shown = (change) => names(ROWS.filter((each) => isShown(each, state(change))));

test("nothing chosen shows every municipality, and no unincorporated area", () => {
  assert.deepEqual(shown({}), ["Kassel", "Korbach", "Äpfelfeld", "Zell", "Oede"]);
  assert.equal(isFiltered(state({})), false);
});

test("choices of one kind add up, choices of two kinds narrow down", () => {
  assert.deepEqual(shown({ classes: ["risky", "robust"] }), ["Kassel", "Äpfelfeld", "Zell"]);
  assert.deepEqual(shown({ classes: ["risky", "robust"], tiers: ["none"] }), ["Äpfelfeld", "Zell"]);
  assert.deepEqual(shown({ tiers: ["unknown"] }), ["Oede"]);
  assert.deepEqual(shown({ text: "apfel" }), ["Äpfelfeld"]);
  assert.deepEqual(shown({ text: "06635" }), ["Korbach", "Äpfelfeld", "Zell", "Oede"]);
});

test("a count says what its box would show, the other boxes being as they are", () => {
  const { classes, tiers } = countChoices(ROWS, state({ classes: ["risky"], tiers: ["none"] }));
  assert.deepEqual(classes, { risky: 1, resilient: 0, robust: 1, unassessed: 0 });
  assert.deepEqual(tiers, { none: 1, grundzentrum: 0, mittelzentrum: 0, oberzentrum: 1, unknown: 0 });
});

const collator = new Intl.Collator("de");
const byName = (a, b) => collator.compare(a.name, b.name);

test("names are sorted as in a dictionary, both ways", () => {
  const incorporated = ROWS.slice(0, 5);
  assert.deepEqual(names(sortRows(incorporated, "name", byName)), [
    "Äpfelfeld",
    "Kassel",
    "Korbach",
    "Oede",
    "Zell",
  ]);
  assert.deepEqual(names(sortRows(incorporated, "-name", byName))[0], "Zell");
});

test("what is not known comes last either way", () => {
  assert.deepEqual(names(sortRows(ROWS.slice(0, 5), "supply", byName)), [
    "Oede",
    "Kassel",
    "Korbach",
    "Zell",
    "Äpfelfeld",
  ]);
  assert.deepEqual(names(sortRows(ROWS.slice(0, 5), "-supply", byName)), [
    "Zell",
    "Korbach",
    "Kassel",
    "Oede",
    "Äpfelfeld",
  ]);
  assert.equal(names(sortRows(ROWS.slice(0, 5), "-zok_tier", byName)).at(-1), "Oede");
});

test("classes and tiers are sorted by their meaning, equal ones by name", () => {
  assert.deepEqual(names(sortRows(ROWS.slice(0, 5), "cohesion_class", byName)).slice(0, 3), [
    "Äpfelfeld",
    "Kassel",
    "Korbach",
  ]);
  assert.equal(names(sortRows(ROWS.slice(0, 5), "-zok_tier", byName))[0], "Kassel");
});

test("a click sorts upwards, the next one downwards", () => {
  assert.equal(nextSort("supply", "name"), "supply");
  assert.equal(nextSort("supply", "supply"), "-supply");
  assert.equal(nextSort("supply", "-supply"), "supply");
});

const PLACES = [
  { id: 1, name: "Bücherei", kind: "library", ags: "06611000" },
  { id: 2, name: "Zellenladen", kind: "village_shop", ags: "06635002" },
  { id: 3, name: "Kasseler Bücherei", kind: "library", ags: null },
];
const ROW_OF = new Map(ROWS.map(({ ags }, index) => [ags, index]));
const ids = (change) => selectEntries(PLACES, ROW_OF, verdictOf(ROWS, state(change))).map(({ id }) => id);

test("a filter of municipalities says nothing of an entry that lies in none", () => {
  const nowhere = { id: 4, name: "Anderswo", kind: "library", ags: "99999999" };
  const found = (change) => selectEntries([nowhere], ROW_OF, verdictOf(ROWS, state(change))).length;
  assert.deepEqual([found({}), found({ classes: ["risky"] }), found({ text: "ander" })], [1, 0, 1]);
});

test("places follow the filter of municipalities and their own kind", () => {
  assert.deepEqual(ids({}), [1, 2, 3]);
  assert.deepEqual(ids({ kind: "library" }), [1, 3]);
  assert.deepEqual(ids({ classes: ["robust"] }), [2]);
  assert.deepEqual(ids({ tiers: ["oberzentrum"], kind: "village_shop" }), []);
});

test("a text finds entries by their municipality and by their own name, within the boxes that are chosen", () => {
  assert.deepEqual(ids({ text: "kassel" }), [1, 3]);
  assert.deepEqual(ids({ text: "laden" }), [2]);
  assert.deepEqual(ids({ text: "buecherei", classes: ["risky"] }), [1]);
  assert.deepEqual(ids({ text: "066" }), [1, 2]);
});

test("entries are suggested by their name, the best first", () => {
  const suggested = (query, limit) => suggestEntries(PLACES, query, limit).map(({ id }) => id);
  assert.deepEqual(suggested("bücherei", 8), [1, 3]);
  assert.deepEqual(suggested("büch", 1), [1]);
  assert.deepEqual(suggested("06611000", 8), []);
});

test("suggestions: the best first, then the larger, never more than asked for", () => {
  assert.deepEqual(names(suggest(ROWS, "k", 8)), ["Kassel", "Korbach"]);
  assert.deepEqual(names(suggest(ROWS, "06635", 2)), ["Korbach", "Zell"]);
  assert.deepEqual(names(suggest(ROWS, "forst", 8)), []);
});
