// The figures of all municipalities, fetched. Joined by AGS; boundaries are ground.js's, entries published.js's, drawing and
// filtering are elsewhere.

import { pause } from "../dom.js";
import { fillRows, toRows, withKeys } from "./columns.js";
import { fetchJson } from "./fetching.js";

// What a row has until the rest of the figures is there.
const UNKNOWN = { name: "", population: null, supply: null };

/**
 * Figures with their rows. Where there are very many municipalities only what the map paints comes at first: then
 * `complete()` fetches the rest of the figures into the same rows, and answers with the columns; else it is null.
 */
export async function load({ urls }) {
  const scores = urls.classes ? withKeys(await fetchJson(urls.classes)) : await fetchJson(urls.scores);
  await pause();
  const rows = toRows(scores);
  const byAgs = new Map(rows.map((row) => [row.ags, row]));
  if (urls.classes) for (const row of rows) Object.assign(row, UNKNOWN);
  const complete = async () => {
    const table = await fetchJson(urls.scores);
    await pause();
    fillRows(byAgs, table);
    await pause();
    return table;
  };
  return { scores, rows, byAgs, complete: urls.classes ? complete : null };
}
