// What the map page shows, and its twin, the query of the address. Pure: the server reads the same names.

import { CLASSES, TIERS } from "./classes.js";

export const COLUMNS = [
  "name",
  "cohesion_class",
  "zok_tier",
  "population",
  "supply",
  "supply_after_loss",
  "renewal",
];

export const LISTS = ["places", "support", "spaces"];

export const INITIAL = Object.freeze({
  zoom: null, // null: the whole region
  latitude: null,
  longitude: null,
  classes: [], // empty: all
  tiers: [],
  text: "",
  kind: "", // of places; empty: all
  places: true, // whether the map shows them
  support: true,
  spaces: true,
  ags: "", // the municipality that is looked at
  place: null, // the place that is looked at
  entry: "", // the support structure or space that is looked at: "support-3", "space-4"
  sort: "name", // "-name" for descending
  list: "", // what the table shows: municipalities, or one of LISTS
  view: "", // "" both, or the map where there is room for one; "map" without the table; "table"
});

/** The state that a query asks for; what is unknown or wrong in it is passed over. */
export function parse(query) {
  const given = new URLSearchParams(query);
  const zoom = finite(given.get("z"), 0, 22);
  const latitude = finite(given.get("lat"), -85, 85);
  const longitude = finite(given.get("lon"), -180, 180);
  const placed = zoom !== null && latitude !== null && longitude !== null;
  const sort = given.get("sort") ?? "";
  const place = given.get("place") ?? "";
  return {
    zoom: placed ? zoom : null,
    latitude: placed ? latitude : null,
    longitude: placed ? longitude : null,
    classes: CLASSES.filter((value) => given.getAll("class").includes(value)),
    tiers: TIERS.filter((value) => given.getAll("tier").includes(value)),
    text: (given.get("q") ?? "").trim(),
    kind: /^\w+$/.test(given.get("kind") ?? "") ? given.get("kind") : "",
    places: given.get("places") !== "off",
    support: given.get("support") !== "off",
    spaces: given.get("spaces") !== "off",
    ags: /^\d{8}$/.test(given.get("ags") ?? "") ? given.get("ags") : "",
    place: /^\d{1,15}$/.test(place) ? Number(place) : null,
    entry: /^(support|space)-\d{1,15}$/.test(given.get("entry") ?? "") ? given.get("entry") : "",
    sort: COLUMNS.includes(sort.replace(/^-/, "")) ? sort : INITIAL.sort,
    list: LISTS.includes(given.get("list")) ? given.get("list") : "",
    view: ["map", "table"].includes(given.get("view")) ? given.get("view") : "",
  };
}

/** The query of a state, "?…" or nothing where all is as at first; `parse` reads it back. */
export function format(state) {
  const query = new URLSearchParams();
  for (const value of state.classes) query.append("class", value);
  for (const value of state.tiers) query.append("tier", value);
  if (state.text) query.set("q", state.text);
  for (const layer of LISTS) if (!state[layer]) query.set(layer, "off");
  if (state.kind) query.set("kind", state.kind);
  if (state.sort !== INITIAL.sort) query.set("sort", state.sort);
  if (state.list) query.set("list", state.list);
  if (state.view) query.set("view", state.view);
  if (state.ags) query.set("ags", state.ags);
  if (state.place !== null) query.set("place", String(state.place));
  if (state.entry) query.set("entry", state.entry);
  if (state.zoom !== null) {
    query.set("z", String(round(state.zoom, 2)));
    query.set("lat", String(round(state.latitude, 4)));
    query.set("lon", String(round(state.longitude, 4)));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** Holds the state; listeners are told the new and the old one. */
export function createStore(initial) {
  let state = { ...initial };
  const listeners = [];
  return {
    get: () => state,
    subscribe: (listener) => listeners.push(listener),
    set(change) {
      const before = state;
      state = { ...before, ...change };
      if (Object.keys(change).some((name) => state[name] !== before[name])) {
        for (const listener of listeners) listener(state, before);
      }
    },
  };
}

function finite(text, least, most) {
  const number = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return number >= least && number <= most ? number : null;
}

function round(number, digits) {
  return Math.round(number * 10 ** digits) / 10 ** digits;
}
