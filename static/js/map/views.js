// Map and table side by side where there is room, one at a time on a small screen; the legend folds there too.

import { byId } from "../dom.js";

const NARROW = "(max-width: 47.99rem)"; // as in map.css

/** The buttons set the state's view, `update` shows it. */
export function createViews({ store }) {
  const atlas = byId("atlas");
  const [mapButton, tableButton] = [byId("view-map"), byId("view-table")];
  const tableToggle = byId("table-toggle");
  const narrow = window.matchMedia(NARROW);
  const fold = () => {
    byId("legend").open = !narrow.matches;
  };
  narrow.addEventListener("change", fold);
  fold();
  atlas.dataset.ready = "";

  mapButton.addEventListener("click", () => store.set({ view: "" }));
  tableButton.addEventListener("click", () => store.set({ view: "table" }));
  tableToggle.addEventListener("click", () => store.set({ view: store.get().view === "map" ? "" : "map" }));

  return {
    update({ view }) {
      atlas.dataset.view = view;
      mapButton.setAttribute("aria-pressed", String(view !== "table"));
      tableButton.setAttribute("aria-pressed", String(view === "table"));
      tableToggle.setAttribute("aria-expanded", String(view !== "map"));
    },
    /** On a small screen: leave the table for the map. */
    showMap() {
      if (narrow.matches && store.get().view === "table") store.set({ view: "" });
    },
    foldLegend() {
      if (narrow.matches) byId("legend").open = false;
    },
  };
}
