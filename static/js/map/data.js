// What the map shows, fetched: figures, entries. The browser's cache asks the server only for what changed (ETag).
// Joined by AGS; boundaries are ground.js's, drawing and filtering are elsewhere.

import { pause } from "../dom.js";
import { toRows, withKeys } from "./columns.js";

async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

const TYPES = { places: "place", support: "support", spaces: "space" };

function typed(type, table) {
  const entries = toRows(table);
  for (const entry of entries) entry.type = type;
  return entries;
}

// What a row has until the rest of the figures is there.
const UNKNOWN = { name: "", population: null, supply: null };

/**
 * Figures with their rows, and the published entries of each layer. Where there are very many municipalities only what the
 * map paints comes at first: then `complete()` fetches the rest of the figures into the same rows, and answers with the
 * columns; else it is null. Of a layer with very many entries there are cells at first, each with its number of entries.
 */
export async function load({ urls }) {
  const [scores, ...published] = await Promise.all([
    urls.classes ? fetchJson(urls.classes).then(withKeys) : fetchJson(urls.scores),
    ...Object.keys(TYPES).map((layer) => fetchJson(urls.cells[layer] ?? urls[layer])),
  ]);
  await pause();
  const rows = toRows(scores);
  const byAgs = new Map(rows.map((row) => [row.ags, row]));
  if (urls.classes) for (const row of rows) Object.assign(row, UNKNOWN);
  const complete = async () => {
    const table = await fetchJson(urls.scores);
    for (const row of toRows(table)) Object.assign(byAgs.get(row.ags) ?? {}, row);
    return table;
  };
  const layers = {};
  const cells = {};
  for (const [index, layer] of Object.keys(TYPES).entries()) {
    if (urls.cells[layer]) [layers[layer], cells[layer]] = [[], toRows(published[index])];
    else layers[layer] = typed(TYPES[layer], published[index]);
  }
  return {
    ...{ scores, rows, byAgs, layers, cells },
    complete: urls.classes ? complete : null,
    /** Fetches the entries of the layers of which there were only cells, into the same lists. */
    async completeEntries() {
      for (const layer of Object.keys(cells)) {
        for (const entry of typed(TYPES[layer], await fetchJson(urls[layer]))) layers[layer].push(entry);
        delete cells[layer];
      }
    },
  };
}
