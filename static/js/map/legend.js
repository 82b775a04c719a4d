// The legend that is the filter: its boxes set the state, the state sets its boxes, counts and the line that sums up.

import { byId } from "../dom.js";
import { fill } from "../format.js";
import { isFiltered } from "./filters.js";

/** `store` holds the state; `words` and `formats` are for the counts. */
export function createLegend({ store, words, formats }) {
  const form = byId("filter");
  const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
  const chosen = (name) => boxes(name).flatMap((box) => (box.checked ? [box.value] : []));

  form.addEventListener("change", ({ target }) => {
    if (target.name === "class") store.set({ classes: chosen("class") });
    if (target.name === "tier") store.set({ tiers: chosen("tier") });
    const layer = target.dataset.layer;
    if (layer) store.set({ [layer]: target.checked });
    if (target.id === "places-kind") store.set({ kind: target.value });
  });
  byId("filter-reset").addEventListener("click", (event) => {
    event.preventDefault();
    store.set({ classes: [], tiers: [], text: "" });
    byId("q").focus();
  });

  function fillCounts(name, counts) {
    for (const [value, count] of Object.entries(counts)) {
      const place = form.querySelector(`[data-count="${name}:${value}"]`);
      if (place) place.textContent = formats.number(count);
    }
  }

  return {
    update(state, counts, shown, all) {
      for (const box of boxes("class")) box.checked = state.classes.includes(box.value);
      for (const box of boxes("tier")) box.checked = state.tiers.includes(box.value);
      byId("filter-reset").hidden = !isFiltered(state);
      fillCounts("class", counts.classes);
      fillCounts("tier", counts.tiers);
      const sentence = isFiltered(state) ? words.counts.some : words.counts.all;
      const text = fill(sentence, { shown: formats.number(shown), all: formats.number(all) });
      for (const line of document.querySelectorAll("[data-result]")) {
        if (line.textContent !== text) line.textContent = text;
      }
    },

    updateLayers(state) {
      for (const box of form.querySelectorAll("[data-layer]")) box.checked = state[box.dataset.layer];
      byId("places-kind").value = state.kind;
      byId("places-kind").disabled = !state.places;
    },

    /** How many entries each layer has and, once they are read, how many places of each kind there are (published.js). */
    countEntries(counts) {
      for (const [layer, { all }] of Object.entries(counts)) {
        byId(`${layer}-count`).textContent = formats.number(all);
      }
      const { all, kinds } = counts.places;
      if (!kinds) return;
      for (const option of byId("places-kind").options) {
        const count = option.value === "" ? all : (kinds[option.value] ?? 0);
        option.textContent = `${option.dataset.word} (${formats.number(count)})`;
        option.hidden = count === 0;
      }
    },
  };
}
