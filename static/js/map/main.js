// Entry of the map page: reads what the template gives, wires the modules, owns no logic.

import { byId, pause } from "../dom.js";
import { createCollator, createFormats } from "../format.js";
import { isUncertain } from "./classes.js";
import { createClusters } from "./clusters.js";
import { readColours } from "./colours.js";
import { load } from "./data.js";
import { createAddresses, createDescription, markOf, readSymbols } from "./describe.js";
import { createEntries } from "./entries.js";
import { countChoices, isFiltered, isShown, selectEntries, selectPlaces } from "./filters.js";
import { createGround } from "./ground.js";
import { createLegend } from "./legend.js";
import { createPanel } from "./panel.js";
import { createSearch } from "./search.js";
import { createStore, format, INITIAL, LISTS, parse } from "./state.js";
import { createTable } from "./table.js";
import { createViews } from "./views.js";

const config = JSON.parse(byId("map-config").textContent);
const { words } = config;
const formats = createFormats(config.language);
const addresses = createAddresses(config.addresses);
const collator = createCollator(config.language);
const colours = readColours(byId("map"));
const store = createStore(parse(window.location.search));
const views = createViews({ store });
views.update(store.get());

const ENTRIES_FROM = 8; // the zoom from which each of very many entries is on the map
const NAMES_FROM = 7; // the zoom from which municipalities have their names on the map
const NOTHING = { ags: "", place: null, entry: "" };
/** How the state names an entry that is looked at. */
const chosen = ({ type, id }) => (type === "place" ? { place: id } : { entry: `${type}-${id}` });

async function wire(data, ground, bounds, createMap) {
  const { scores, rows, byAgs, layers, cells, complete, completeEntries } = data;
  const municipalities = rows.filter((row) => !row.is_unincorporated);
  const entries = [];
  function collectEntries() {
    entries.splice(0, entries.length);
    for (const layer of ["support", "spaces", "places"])
      for (const entry of layers[layer]) entries.push(entry);
  }
  collectEntries();
  const lookedAt = ({ place, entry }) => {
    const [type, id] = place === null ? entry.split("-") : ["place", place];
    return type ? entries.find((each) => each.id === Number(id) && each.type === type) : undefined;
  };
  const symbols = readSymbols();
  const districts = { ...scores.districts };
  const shared = { store, words, formats, addresses, collator, districts, byAgs, symbols };

  const look = (ags) => {
    views.foldLegend();
    store.set({ ...NOTHING, ags });
    map.reveal(ags);
  };
  const lookAt = (entry) => {
    views.foldLegend();
    views.showMap();
    store.set({ ...NOTHING, ...chosen(entry) });
    map.approach("", entry);
  };
  const legend = createLegend(shared);
  const search = createSearch({
    ...shared,
    rows,
    entries,
    on: { choose: look, entry: lookAt, filter: (text) => store.set({ text }) },
  });
  const panel = createPanel({
    ...shared,
    on: { close: () => store.set(NOTHING), select: look },
  });
  const signs = { symbols, markOf, words: words.marks };
  await pause();
  const map = createMap(byId("map"), config.map, {
    text: words.map,
    colours,
    ground,
    bounds,
    clusters: createClusters(config.workers.clusters),
    byAgs,
    describe: createDescription(words, formats, config.uncertainBelow),
    signs,
    on: {
      select: (row) => store.set({ ...NOTHING, ags: row?.ags ?? "" }),
      entry: (entry) => store.set({ ...NOTHING, ...chosen(entry) }),
      move: (view) => store.set(view),
    },
  });
  const list = createEntries({ ...shared, on: { list: (name) => store.set({ list: name }) } });
  const table = createTable({
    ...shared,
    on: {
      sort: (sort) => store.set({ sort }),
      point: map.point,
      select: (ags) => {
        views.showMap();
        look(ags);
        panel.focus();
      },
    },
  });

  let shown = [];
  let isComplete = complete === null;
  function colourMap(state) {
    shown = municipalities.filter((row) => isShown(row, state));
    ground.setShown(Uint8Array.from(rows, (row) => isShown(row, state)));
    map.redraw();
  }
  function countShown(state) {
    legend.update(state, countChoices(municipalities, state), shown.length, municipalities.length);
    search.update(state.text);
  }
  function showFilter(state) {
    colourMap(state);
    countShown(state);
  }
  const select = (layer, state) =>
    layer === "places"
      ? selectPlaces(layers.places, byAgs, state)
      : selectEntries(layers[layer], byAgs, state);
  function showEntries(state) {
    legend.updateLayers(state);
    for (const layer of LISTS) {
      if (state[layer]) map.setEntries(layer, select(layer, state), cells[layer]);
      else map.setEntries(layer, []);
    }
  }
  function showList(state) {
    const all = layers[state.list] ?? [];
    list.update(state.list, selectEntries(all, byAgs, state), all.length, isFiltered(state));
  }
  function showChosen(state) {
    const row = byAgs.get(state.ags);
    const entry = lookedAt(state);
    if (row) panel.showMunicipality(row, districts[row.ags.slice(0, 5)], placesOf(row));
    else if (entry?.type === "place") panel.showPlace(entry, byAgs.get(entry.ags));
    else if (entry) panel.showOther(entry, byAgs.get(entry.ags));
    else panel.hide();
    map.setSelected(row ? row.ags : "");
    table.setSelected(row ? row.ags : "");
  }
  const placesOf = (row) => layers.places.filter((place) => place.ags === row.ags);

  store.subscribe((state, before) => {
    const changed = (...names) => names.some((name) => state[name] !== before[name]);
    const filtered = changed("classes", "tiers", "text");
    if (filtered) showFilter(state);
    if (changed("ags", "place", "entry")) showChosen(state);
    if (changed("view")) views.update(state);
    showAddress(state);
    if (filtered || changed("sort")) showSoon("table");
    if (filtered || changed(...LISTS, "kind")) showSoon("entries");
    if (filtered || changed("list")) showSoon("list");
    if (needsEntries(state)) showSoon("all entries");
  });
  const due = new Set();
  /** Whatever takes longer waits until the map has its colours. */
  async function showSoon(part) {
    due.add(part);
    if (due.size > 1) return;
    await map.isDrawn();
    const [state, parts] = [store.get(), new Set(due)];
    due.clear();
    if (parts.has("table") && isComplete) table.update(shown, state.sort);
    if (parts.has("list")) showList(state);
    if (parts.has("entries")) showEntries(state);
    if (parts.has("all entries")) loadEntries();
  }
  let isLoading = Object.keys(cells).length === 0;
  async function loadEntries() {
    if (isLoading) return;
    isLoading = true;
    await completeEntries();
    collectEntries();
    legend.countEntries(layers, cells);
    const state = store.get();
    showEntries(state);
    showList(state);
    showChosen(state);
    search.look();
  }
  const addressOf = (state) => `${window.location.pathname}${format(state)}`;
  function showAddress(state) {
    const address = addressOf(state);
    window.history.replaceState(null, "", address);
    for (const field of document.querySelectorAll('input[name="next"]')) field.value = address;
    for (const link of document.querySelectorAll("a[data-same-view]")) {
      link.href = link.dataset.sameView + format(state) + (link.dataset.fragment ?? "");
    }
    list.setAddresses((name) => addressOf({ ...state, list: name }));
  }

  const state = store.get();
  ground.setFigures(scores);
  colourMap(state);
  await pause();
  map.start(state);
  map.setAttribution(scores.attribution ?? scores.edition.attribution);
  await pause(); // what follows is done while the worker draws
  if (isFiltered(state)) countShown(state); // else the server has counted
  legend.explainUnincorporated(rows);
  legend.explainUncertain(rows.some((row) => isUncertain(row, config.uncertainBelow)));
  legend.countEntries(layers, cells);
  await pause();
  showEntries(state);
  await pause();
  showList(state);
  if (isComplete) {
    table.setRows(municipalities);
    table.update(shown, state.sort);
  }
  showChosen(state);
  if (state.zoom === null) await map.approach(state.ags, lookedAt(state));
  if (needsEntries(state)) loadEntries();
  byId("q").addEventListener("input", loadEntries, { once: true });
  if (!isComplete) {
    onFirstSign(async () => {
      const figures = await complete();
      Object.assign(districts, figures.districts);
      ground.setFigures(figures);
      isComplete = true;
      showFilter(store.get());
      await map.isDrawn();
      table.setRows(municipalities);
      table.update(shown, store.get().sort);
      showList(store.get());
      showChosen(store.get());
      search.look();
    }, needsAll(state));
  }
  await map.isDrawn();
  byId("atlas").setAttribute("aria-busy", "false");
}

/** Whether a view needs more than what is painted: names, or all the figures of the table. */
const needsAll = ({ text, ags, place, entry, list, sort, zoom }) =>
  Boolean(text || ags || place || entry || list || sort !== INITIAL.sort || zoom >= NAMES_FROM);

/** Whether a view needs the entries one by one: from near, or to choose among them. */
const needsEntries = ({ text, classes, tiers, kind, ags, place, entry, list, zoom }) =>
  Boolean(
    text || classes.length || tiers.length || kind || ags || place || entry || list || zoom >= ENTRIES_FROM,
  );

/** Calls `act` once: now, or when the reader first does anything. */
function onFirstSign(act, now) {
  const signs = ["pointermove", "pointerdown", "keydown", "wheel", "focusin"];
  function first() {
    for (const sign of signs) window.removeEventListener(sign, first);
    act();
  }
  if (now) act();
  else for (const sign of signs) window.addEventListener(sign, first, { passive: true });
}

try {
  const ground = createGround(config.workers.ground);
  const opened = ground.open({
    archive: config.tiles,
    font: config.font,
    colours,
    uncertainBelow: config.uncertainBelow,
    overBasemap: config.map.tiles.length > 0,
  });
  // Leaflet by itself: while it is run nothing else is, and what has to come is on its way.
  const [data, bounds, { createMap }] = await Promise.all([load(config), opened, import("./layers.js")]);
  await wire(data, ground, bounds, createMap);
} catch (error) {
  byId("map-problem").hidden = false;
  throw error;
}
