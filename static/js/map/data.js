// What the map shows, fetched: figures, boundaries, entries. The browser's cache asks the server only for what changed
// (ETag; tiles never change under their address). Joined by AGS; drawing and filtering are elsewhere.

import { fold } from "./names.js";
import { openTiles } from "./tiles.js";

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

const TYPES = { places: "place", support: "support", spaces: "space" };

const typed = (type, table) => toRows(table).map((row) => ({ ...row, type }));

/** Lets the browser answer its reader between two pieces of work. */
const pause = () => new Promise((goOn) => setTimeout(goOn, 0));

// What a row has until the rest of the figures is there.
const UNKNOWN = { name: "", folded: ["", ""], population: null, supply: null };

/**
 * Figures with their rows, the tiles of boundaries, and the published entries of each layer. Where there are very many
 * municipalities only what the map paints comes at first: then `complete()` fetches the rest of the figures into the same
 * rows; else it is null. Of a layer with very many entries there are cells at first, each with its number of entries.
 */
export async function load({ urls, tiles: archive }) {
  const [tiles, scores, ...published] = await Promise.all([
    openTiles(archive),
    fetchJson(urls.classes ?? urls.scores),
    ...Object.keys(TYPES).map((layer) => fetchJson(urls.cells[layer] ?? urls[layer])),
  ]);
  await pause();
  const rows = toRows(scores);
  const byAgs = new Map(rows.map((row) => [row.ags, row]));
  if (urls.classes) for (const row of rows) Object.assign(row, UNKNOWN);
  else addNames(rows);
  const complete = async () => {
    for (const row of toRows(await fetchJson(urls.scores))) Object.assign(byAgs.get(row.ags) ?? {}, row);
    addNames(rows);
  };
  const layers = {};
  const cells = {};
  for (const [index, layer] of Object.keys(TYPES).entries()) {
    if (urls.cells[layer]) [layers[layer], cells[layer]] = [[], toRows(published[index])];
    else layers[layer] = typed(TYPES[layer], published[index]);
  }
  await pause();
  return {
    ...{ scores, rows, byAgs, tiles, layers, cells },
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

function addNames(rows) {
  for (const row of rows) row.folded = fold(row.name);
}
