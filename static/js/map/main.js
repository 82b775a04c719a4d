// Entry of the map page: reads what the template gives, wires the modules, owns no logic.

import { byId } from "../dom.js";
import { createFormats } from "../format.js";
import { load } from "./data.js";
import { createAddresses, createDescription } from "./describe.js";
import { countChoices, isShown, selectPlaces } from "./filters.js";
import { createMap } from "./layers.js";
import { createLegend } from "./legend.js";
import { createPanel } from "./panel.js";
import { createSearch } from "./search.js";
import { createStore, format, parse } from "./state.js";
import { createTable } from "./table.js";
import { createViews } from "./views.js";

const config = JSON.parse(byId("map-config").textContent);
const { words } = config;
const formats = createFormats(config.language);
const addresses = createAddresses(config.addresses);
const collator = new Intl.Collator(config.language);
const store = createStore(parse(window.location.search));
const views = createViews({ store });
views.update(store.get());

function wire({ scores, rows, byAgs, shapes, places }) {
  const municipalities = rows.filter((row) => !row.is_unincorporated);
  const placeById = new Map(places.map((place) => [place.id, place]));
  const shared = { store, words, formats, addresses, collator, districts: scores.districts };

  const look = (ags) => {
    views.foldLegend();
    store.set({ ags, place: null });
    map.reveal(ags);
  };
  const legend = createLegend(shared);
  const search = createSearch({
    ...shared,
    rows,
    on: { choose: look, filter: (text) => store.set({ text }) },
  });
  const panel = createPanel({
    ...shared,
    on: { close: () => store.set({ ags: "", place: null }), select: look },
  });
  const map = createMap(byId("map"), config.map, words.map, createDescription(words, formats), {
    select: (row) => store.set({ ags: row?.ags ?? "", place: null }),
    place: (place) => store.set({ ags: "", place: place.id }),
    move: (view) => store.set(view),
  });
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
  function showFilter(state) {
    shown = municipalities.filter((row) => isShown(row, state));
    legend.update(state, countChoices(municipalities, state), shown.length, municipalities.length);
    map.setShown(shown);
    search.update(state.text);
  }
  function showPlaces(state) {
    legend.updatePlaces(state);
    map.setPlaces(selectPlaces(places, new Set(shown.map((row) => row.ags)), state));
  }
  function showChosen(state) {
    const row = byAgs.get(state.ags);
    const place = placeById.get(state.place);
    if (row) panel.showMunicipality(row, scores.districts[row.ags.slice(0, 5)], placesOf(row));
    else if (place) panel.showPlace(place, byAgs.get(place.ags));
    else panel.hide();
    map.setSelected(row ? row.ags : "");
    table.setSelected(row ? row.ags : "");
  }
  const placesOf = (row) => places.filter((place) => place.ags === row.ags);

  store.subscribe((state, before) => {
    const changed = (...names) => names.some((name) => state[name] !== before[name]);
    const filtered = changed("classes", "tiers", "text");
    if (filtered) showFilter(state);
    if (filtered || changed("sort")) table.update(shown, state.sort);
    if (filtered || changed("places", "kind")) showPlaces(state);
    if (changed("ags", "place")) showChosen(state);
    if (changed("view")) views.update(state);
    const address = `${window.location.pathname}${format(state)}`;
    window.history.replaceState(null, "", address);
    for (const field of document.querySelectorAll('input[name="next"]')) field.value = address;
  });

  const state = store.get();
  map.setAttribution(scores.attribution ?? scores.edition.attribution);
  map.start(shapes, state);
  legend.explainUnincorporated(rows);
  legend.countPlaces(places);
  showFilter(state);
  showPlaces(state);
  table.update(shown, state.sort);
  showChosen(state);
  if (state.zoom === null) map.approach(state.ags, placeById.get(state.place));
  byId("atlas").setAttribute("aria-busy", "false");
}

try {
  wire(await load(config.urls));
} catch (error) {
  byId("map-problem").hidden = false;
  throw error;
}
