// Which municipalities and entries are shown, how many of each, and in which order. Pure.

import { CLASSES, TIERS, tierOf } from "./classes.js";
import { foldedName, rank } from "./names.js";

const allows = (chosen, value) => chosen.length === 0 || chosen.includes(value);

/** Whether the filter lets a municipality through. Unincorporated areas have no class and are never counted. */
export function isShown(row, state) {
  return (
    !row.is_unincorporated &&
    allows(state.classes, row.cohesion_class) &&
    allows(state.tiers, tierOf(row)) &&
    (state.text === "" || rank(state.text, foldedName(row), row.ags) !== null)
  );
}

export const isFiltered = (state) => state.classes.length > 0 || state.tiers.length > 0 || state.text !== "";

/** How many municipalities each choice of the legend would show, the other choices being as they are. */
export function countChoices(rows, state) {
  const classes = Object.fromEntries(CLASSES.map((value) => [value, 0]));
  const tiers = Object.fromEntries(TIERS.map((value) => [value, 0]));
  const [anyClass, anyTier] = [
    { ...state, classes: [] },
    { ...state, tiers: [] },
  ];
  for (const row of rows) {
    if (isShown(row, anyClass)) classes[row.cohesion_class] += 1;
    if (isShown(row, anyTier)) tiers[tierOf(row)] += 1;
  }
  return { classes, tiers };
}

/**
 * What the filter says of municipalities to whoever has entries: by row whether its boxes let it through (`allowed`) and
 * whether its text finds it (`found`), each null where nothing is asked; and what concerns the entries themselves.
 */
export function verdictOf(rows, state) {
  const boxes = { ...state, text: "" };
  const flags = (says) => {
    const told = new Uint8Array(rows.length);
    for (let index = 0; index < rows.length; index += 1) if (says(rows[index])) told[index] = 1;
    return told;
  };
  const isFound = (row) => rank(state.text, foldedName(row), row.ags) !== null;
  return {
    allowed: isFiltered(boxes) ? flags((row) => isShown(row, boxes)) : null,
    found: state.text === "" ? null : flags(isFound),
    text: state.text,
    kind: state.kind,
  };
}

/**
 * Entries of the kind that is chosen whose municipality the filter lets through; a text finds them by their own name too.
 * `rowOf` has the row of each municipality by its AGS.
 */
export function selectEntries(entries, rowOf, { allowed, found, text, kind }) {
  if (!allowed && !found && !kind) return entries;
  return entries.filter((entry) => {
    if (kind && entry.kind !== kind) return false;
    const row = rowOf.get(entry.ags);
    if (allowed && !allowed[row]) return false;
    return !found || Boolean(found[row]) || rank(text, foldedName(entry), "") !== null;
  });
}

/** The sort that a click on a column's head asks for: ascending at first, then the other way round. */
export const nextSort = (column, sort) => (sort === column ? `-${column}` : column);

const ORDERED = { cohesion_class: CLASSES, zok_tier: TIERS };

/** Rows in the order asked for; what is not known comes last either way, equal rows by name: `byName` compares two. */
export function sortRows(rows, sort, byName) {
  const descending = sort.startsWith("-");
  const column = sort.replace(/^-/, "");
  const sign = descending ? -1 : 1;
  if (column === "name") return [...rows].sort((a, b) => sign * byName(a, b));
  const order = ORDERED[column];
  const placeOf = (row) => (order ? order.indexOf(row[column] ?? "") : (row[column] ?? -1));
  return [...rows].sort((a, b) => {
    const [first, second] = [placeOf(a), placeOf(b)];
    if (first < 0 || second < 0) return first < 0 && second < 0 ? byName(a, b) : first < 0 ? 1 : -1;
    return sign * (first - second) || byName(a, b);
  });
}

/** The municipalities that a typed name or key finds, the best first, then the larger. */
export function suggest(rows, query, limit) {
  const found = [];
  for (const row of rows) {
    const place = row.is_unincorporated ? null : rank(query, foldedName(row), row.ags);
    if (place !== null) found.push([place, row]);
  }
  found.sort(([a, first], [b, second]) => a - b || (second.population ?? 0) - (first.population ?? 0));
  return found.slice(0, limit).map(([, row]) => row);
}

/** The entries that a typed name finds, the best first. */
export function suggestEntries(entries, query, limit) {
  const found = [];
  for (const entry of entries) {
    const place = rank(query, foldedName(entry), "");
    if (place !== null) found.push([place, entry]);
  }
  found.sort(([a, first], [b, second]) => a - b || (first.name < second.name ? -1 : 1));
  return found.slice(0, limit).map(([, entry]) => entry);
}
