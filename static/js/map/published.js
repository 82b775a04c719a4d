// The worker that has the published entries (published_worker.js), as a few questions and answers: places, support
// structures and spaces are the layers of the map. The page itself sees only those that it shows.

import { startWorker } from "./asking.js";
import { LISTS } from "./state.js";

/** Start it; `address` is the script's, `urls` where the layers are. `language` orders their names. */
export function createPublished(address, urls, language) {
  const { ask } = startWorker(address);
  const layers = Object.fromEntries(LISTS.map((name) => [name, absolute(urls[name])]));
  const cells = Object.fromEntries(Object.entries(urls.cells).map(([name, url]) => [name, absolute(url)]));
  return {
    /** How many there are: by layer {all, kinds (by kind; null: they are not read yet, but counted in cells)}. */
    counts: ask("open", { urls: { ...layers, cells }, language }),
    /** Reads the layers of which there were only cells → how many there are, once more. */
    complete: () => ask("complete"),
    /** Which place each of these names has in the order of the alphabet; of two equal ones the first comes first. */
    order: (names) => ask("order", names),
    /** The keys of all municipalities, in the order of the verdicts. */
    setMunicipalities: (keys) => ask("setMunicipalities", keys),
    /** What the filter says (filters.js). */
    setVerdict: (verdict) => ask("setVerdict", verdict),
    /**
     * What is drawn of a layer in a box of degrees: {entry}, a cluster {cluster}, a cell of entries that are not read yet {at};
     * the latter two with spot and count. `minZoom` is the map's.
     */
    within: (name, box, zoom, minZoom) => ask("within", { name, box, zoom, minZoom }),
    /** The zoom at which a cluster falls apart; without one, a cell. */
    zoomOf: (name, cluster) => ask("zoomOf", { name, cluster }),
    /** The first entries of a layer that the filter lets through, by name: {entries, shown, all}; null: not read yet. */
    list: (name, limit) => ask("list", { name, limit }),
    /** The entries that a typed name finds, the best first. */
    suggest: (query, limit) => ask("suggest", { query, limit }),
    /** The entry with that id, or null. */
    find: (type, id) => ask("find", { type, id }),
    /** The places of a municipality; null: not read yet. */
    placesOf: (ags) => ask("placesOf", ags),
  };
}

/** A worker takes addresses as relative to its own. */
const absolute = (address) => new URL(address, document.baseURI).href;
