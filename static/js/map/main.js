// Entry of the map page: reads what the template gives, wires the modules, owns no logic.

import { byId, isPainted, pause } from "../dom.js";
import { createFormats } from "../format.js";
import { readColours } from "./colours.js";
import { load } from "./data.js";
import { createAddresses, createDescription, markOf, readSymbols } from "./describe.js";
import { createEntries } from "./entries.js";
import { countChoices, isFiltered, isShown, verdictOf } from "./filters.js";
import { createGround } from "./ground.js";
import { createLegend } from "./legend.js";
import { createPanel } from "./panel.js";
import { createPublished } from "./published.js";
import { createSearch } from "./search.js";
import { createStore, format, INITIAL, LISTS, parse } from "./state.js";
import { createTable } from "./table.js";
import { createViews } from "./views.js";

const config = JSON.parse(byId("map-config").textContent);
const { words } = config;
const formats = createFormats(config.language);
const addresses = createAddresses(config.addresses);
const colours = readColours(byId("map"));
const store = createStore(parse(window.location.search));
const views = createViews({ store });
views.update(store.get());

const ENTRIES_FROM = 8; // the zoom from which each of very many entries is on the map
const NAMES_FROM = 7; // the zoom from which municipalities have their names on the map
const NOTHING = { ags: "", place: null, entry: "" };
/** How the state names an entry that is looked at. */
const chosen = ({ type, id }) => (type === "place" ? { place: id } : { entry: `${type}-${id}` });

async function wire({ scores, rows, byAgs, complete }, counts, ground, published, bounds, createMap) {
  const municipalities = rows.filter((row) => !row.is_unincorporated);
  published.setMunicipalities(rows.map(({ ags }) => ags));
  const symbols = readSymbols();
  const districts = { ...scores.districts };
  const shared = { store, words, formats, addresses, districts, byAgs, symbols, published };

  let clicked = null; // the entry that the reader has chosen last
  const choose = (entry) => {
    clicked = entry;
    store.set({ ...NOTHING, ...chosen(entry) });
  };
  const look = (ags) => {
    views.foldLegend();
    store.set({ ...NOTHING, ags });
    map.reveal(ags);
  };
  const lookAt = (entry) => {
    views.foldLegend();
    views.showMap();
    choose(entry);
    map.approach("", entry);
  };
  const legend = createLegend(shared);
  const search = createSearch({
    ...shared,
    rows,
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
    formats,
    colours,
    ground,
    bounds,
    published,
    byAgs,
    describe: createDescription(words, formats, config.uncertainBelow),
    signs,
    on: {
      select: (row) => store.set({ ...NOTHING, ags: row?.ags ?? "" }),
      entry: choose,
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
  function colourMap(state) {
    const flags = Uint8Array.from(rows, (row) => Number(isShown(row, state)));
    shown = rows.filter((_, index) => flags[index] === 1);
    ground.setShown(flags);
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
  function showEntries(state) {
    published.setVerdict(verdictOf(rows, state));
    legend.updateLayers(state);
    for (const layer of LISTS) map.changeEntries(layer, state[layer]);
  }
  let isOrdered = false; // whether the table has its rows
  async function fillTable() {
    const places = await published.order(municipalities.map(({ name }) => name));
    isOrdered = true;
    table.setRows(municipalities, places);
    await table.update(shown, store.get().sort);
  }
  const showList = (state) => list.update(state.list, isFiltered(state));
  /** The municipality or entry that is chosen: `atOnce`, or as soon as all that is told of it is there. */
  async function showChosen(state, atOnce = true) {
    const row = byAgs.get(state.ags);
    map.setSelected(row ? row.ags : "");
    table.setSelected(row ? row.ags : "");
    if (row) {
      const show = () => panel.showMunicipality(row, districts[row.ags.slice(0, 5)]);
      if (atOnce) show();
      const places = row.is_unincorporated ? null : await published.placesOf(row.ags);
      if (!isChosen(state)) return;
      if (!atOnce) show();
      if (places) panel.showPlaces(places);
      return;
    }
    const entry = await lookedAt(state);
    if (!isChosen(state)) return;
    if (entry?.type === "place") panel.showPlace(entry, byAgs.get(entry.ags));
    else if (entry) panel.showOther(entry, byAgs.get(entry.ags));
    else panel.hide();
  }
  const isChosen = (state) => Object.keys(NOTHING).every((name) => store.get()[name] === state[name]);
  async function lookedAt({ place, entry }) {
    const [type, id] = place === null ? entry.split("-") : ["place", place];
    if (!type) return null;
    const isClicked = clicked?.type === type && clicked.id === Number(id);
    return isClicked ? clicked : published.find(type, Number(id));
  }

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
  /** Whatever takes longer waits until the map has its colours and the reader sees them. */
  async function showSoon(part) {
    due.add(part);
    if (due.size > 1) return;
    await map.isDrawn();
    await isPainted();
    const [state, parts] = [store.get(), new Set(due)];
    due.clear();
    if (parts.has("table") && isOrdered) table.update(shown, state.sort);
    if (parts.has("list")) showList(state);
    if (parts.has("entries")) showEntries(state);
    if (parts.has("all entries")) loadEntries();
  }
  let isLoading = LISTS.every((layer) => counts[layer].kinds);
  async function loadEntries() {
    if (isLoading) return;
    isLoading = true;
    legend.countEntries(await published.complete());
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
  legend.countEntries(counts);
  await pause();
  showEntries(state);
  await pause();
  showList(state);
  if (!complete) await fillTable();
  await showChosen(state, false);
  if (state.zoom === null) await map.approach(state.ags, await lookedAt(state));
  if (needsEntries(state)) loadEntries();
  byId("q").addEventListener("input", loadEntries, { once: true });
  async function showAll() {
    const figures = await complete();
    Object.assign(districts, figures.districts);
    ground.setFigures(figures);
    await pause();
    showFilter(store.get());
    await map.isDrawn();
    await isPainted();
    showList(store.get());
    showChosen(store.get());
    search.look();
    await fillTable();
  }
  if (complete) onFirstSign(showAll, needsAll(state));
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
  const published = createPublished(config.workers.published, config.urls, config.language);
  const opened = ground.open({
    archive: config.tiles,
    font: config.font,
    colours,
    uncertainBelow: config.uncertainBelow,
    overBasemap: config.map.tiles.length > 0,
  });
  // Leaflet by itself: while it is run nothing else is, and what has to come is on its way.
  const parts = [load(config), published.counts, opened, import("./layers.js")];
  const [figures, counts, bounds, { createMap }] = await Promise.all(parts);
  await wire(figures, counts, ground, published, bounds, createMap);
} catch (error) {
  Object.assign(byId("atlas").dataset, { failed: "", view: "" });
  byId("map-plain").media = "all"; // the page as it is without script
  byId("map-problem").hidden = false;
  throw error;
}
