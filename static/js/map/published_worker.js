// Entry of the worker that has the published entries: fetches, selects, orders, finds and clusters them. Of a hundred
// thousand each of these takes a while; so does ordering the names of all municipalities. It answers what published.js asks.

import { createCollator } from "../format.js";
import { answerPage } from "./answering.js";
import { toRows } from "./columns.js";
import { fetchJson } from "./fetching.js";
import { selectEntries, suggestEntries } from "./filters.js";
import { Supercluster } from "./supercluster.js";

const TYPES = { places: "place", support: "support", spaces: "space" };
const NEAR = 9; // the zoom from which there are entries in place of cells
const NEAREST = 15; // the zoom up to which entries are clustered
const CLUSTERS = {
  radius: 44,
  extent: 256, // a tile is 256 pixels to Leaflet
  map: ({ count }) => ({ count }),
  reduce: (all, { count }) => {
    all.count += count;
  },
};

const layers = new Map(); // by name: {type, url, all (null: there are only cells so far), cells, ordered, index}
let rowOf = new Map(); // by AGS: which of the municipalities that a verdict tells of
let verdict = { allowed: null, found: null, text: "", kind: "" };
let collator = null;

answerPage({
  async open({ urls, language }) {
    collator = createCollator(language);
    const opened = Object.keys(TYPES).map(async (name) => {
      const cells = urls.cells[name] ? toRows(await fetchJson(urls.cells[name])) : null;
      const all = cells ? null : await fetchEntries(name, urls[name]);
      return [name, { type: TYPES[name], url: urls[name], cells, all }];
    });
    for (const [name, layer] of await Promise.all(opened)) layers.set(name, layer);
    return countAll();
  },

  async complete() {
    for (const [name, layer] of layers) {
      if (layer.all) continue;
      const all = await fetchEntries(name, layer.url);
      Object.assign(layer, { all, cells: null, index: undefined });
    }
    return countAll();
  },

  order(names) {
    const ordered = names.map((_, at) => at).sort((a, b) => collator.compare(names[a], names[b]) || a - b);
    const places = new Uint32Array(names.length);
    for (const [place, at] of ordered.entries()) places[at] = place;
    return places;
  },

  setMunicipalities(keys) {
    rowOf = new Map(keys.map((ags, row) => [ags, row]));
  },

  setVerdict(given) {
    verdict = given;
    for (const layer of layers.values()) layer.index = undefined;
  },

  within({ name, box, zoom, minZoom }) {
    const layer = layers.get(name);
    layer.index ??= clustered(layer, minZoom);
    const found = layer.index?.getClusters(box, zoom) ?? [];
    return found.map(({ id, geometry: { coordinates }, properties: { cluster, count, at, entry } }) =>
      entry ? { entry } : { ...(cluster ? { cluster: id } : { at }), ...spotOf(coordinates), count },
    );
  },

  zoomOf: ({ name, cluster }) =>
    cluster === undefined ? NEAR : layers.get(name).index.getClusterExpansionZoom(cluster),

  list({ name, limit }) {
    const layer = layers.get(name);
    if (!layer.all) return null;
    layer.ordered ??= [...layer.all].sort((a, b) => collator.compare(a.name, b.name) || a.id - b.id);
    const selected = selectEntries(layer.ordered, rowOf, { ...verdict, kind: "" });
    return { entries: selected.slice(0, limit), shown: selected.length, all: layer.all.length };
  },

  suggest({ query, limit }) {
    const all = ["support", "spaces", "places"].flatMap((name) => layers.get(name).all ?? []);
    return suggestEntries(all, query, limit);
  },

  find({ type, id }) {
    const layer = [...layers.values()].find((each) => each.type === type);
    return layer.all?.find((entry) => entry.id === id) ?? null;
  },

  placesOf: (ags) => layers.get("places").all?.filter((place) => place.ags === ags) ?? null,
});

async function fetchEntries(name, url) {
  const entries = toRows(await fetchJson(url));
  for (const entry of entries) entry.type = TYPES[name];
  return entries;
}

/** Of each layer how many entries it has and, where they are there, how many of each kind. */
function countAll() {
  const counts = {};
  for (const [name, { all, cells }] of layers) {
    const kinds = all && {};
    for (const { kind } of all ?? []) kinds[kind] = (kinds[kind] ?? 0) + 1;
    counts[name] = { all: all ? all.length : cells.reduce((sum, { count }) => sum + count, 0), kinds };
  }
  return counts;
}

/** Only places are of a kind that can be chosen. */
function clustered({ type, all, cells }, minZoom) {
  const selected = all && selectEntries(all, rowOf, type === "place" ? verdict : { ...verdict, kind: "" });
  const features = selected
    ? selected.map((entry) => feature(entry, { count: 1, entry }))
    : cells.map((cell, at) => feature(cell, { count: cell.count, at }));
  if (features.length === 0) return null;
  const maxZoom = selected ? NEAREST : NEAR - 1;
  return new Supercluster({ ...CLUSTERS, minZoom, maxZoom }).load(features);
}

const feature = ({ longitude, latitude }, properties) => ({
  type: "Feature",
  properties,
  geometry: { type: "Point", coordinates: [longitude, latitude] },
});

const spotOf = ([longitude, latitude]) => ({ longitude, latitude });
