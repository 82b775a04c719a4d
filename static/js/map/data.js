// What the map shows, fetched: figures, outlines, entries. The browser's cache asks the server only for what changed
// (ETag; outlines never change under their address). Joined by AGS; drawing and filtering are elsewhere.

import { toShape } from "./geometry.js";
import { fold } from "./names.js";

async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** Columns of equal length → one object per row. */
export function toRows(table) {
  const names = table.columns;
  const length = names.length > 0 ? table[names[0]].length : 0;
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(names.map((name) => [name, table[name][index]])),
  );
}

const typed = (type, table) => toRows(table).map((row) => ({ ...row, type }));

/** Figures with their rows, the shapes of those rows, and the published entries of each layer. */
export async function load(urls) {
  const [scores, outlines, places, support, spaces] = await Promise.all(
    [urls.scores, urls.outlines, urls.places, urls.support, urls.spaces].map(fetchJson),
  );
  const rows = toRows(scores);
  for (const row of rows) row.folded = fold(row.name);
  const byAgs = new Map(rows.map((row) => [row.ags, row]));
  const known = outlines.features.filter((feature) => byAgs.has(feature.id));
  const shapes = known.map((feature) => toShape(feature, byAgs.get(feature.id)));
  const layers = {
    places: typed("place", places),
    support: typed("support", support),
    spaces: typed("space", spaces),
  };
  return { scores, rows, byAgs, shapes, layers };
}
