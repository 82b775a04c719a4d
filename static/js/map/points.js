// Entries on the Leaflet map: each with its symbol, many in one spot as a number. Municipalities: layers.js.

import { make, pause } from "../dom.js";
import { fill } from "../format.js";
import { L } from "./leaflet.js";

const HIGHEST = 28; // pixels of a cluster; its number makes it wider
const NEAR = 9; // the zoom that leads from a cell to its entries
const MARGIN = 12; // pixels around what is fitted into the map
const AT_ONCE = 12; // markers: then the reader is answered
const NEAREST = 15; // the zoom up to which entries are clustered

/**
 * Entries of one type, each with its symbol, many in one spot as a number. All of them are told beside the map too.
 * `clusters` finds what lies together, `busy(promise)` is told what is on its way.
 */
export function createPoints(map, type, { clusterText, signs, clusters, busy, onEntry }) {
  const layer = L.layerGroup();
  const drawn = new Map(); // by what it is: the marker
  let points = []; // entries, and cells of entries that are only counted so far
  let isOther = false; // than those that are drawn
  let asked = 0;

  const refresh = () => busy(draw());

  async function draw() {
    const view = map.getBounds().pad(0.15);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    asked += 1;
    const own = asked;
    const found = await clusters.within(type, box, Math.round(map.getZoom()));
    if (own !== asked) return; // there is a newer view
    if (isOther) drawn.clear();
    if (isOther) layer.clearLayers();
    isOther = false;
    const wanted = new Map(found.map((spot) => [keyOf(spot), spot]));
    for (const [key, point] of drawn) {
      if (wanted.has(key)) continue;
      layer.removeLayer(point);
      drawn.delete(key);
    }
    let added = 0;
    for (const [key, spot] of wanted) {
      if (drawn.has(key)) continue;
      added += 1;
      if (added % AT_ONCE === 0) await pause();
      if (own !== asked) return;
      const point = points[spot.index];
      drawn.set(key, (point?.type ? marker(point) : clusterMarker(spot)).addTo(layer));
    }
  }

  function clusterMarker({ cluster, longitude, latitude, count }) {
    const size = count < 10 ? 24 : count < 100 ? 28 : count < 1000 ? 34 : 42;
    const iconSize = [size, Math.min(size, HIGHEST)];
    const html = make("span", {}, String(count));
    const icon = L.divIcon({ html, className: `map__cluster map__cluster--${type}`, iconSize });
    const title = fill(clusterText, { count });
    const closer = async () => (cluster === undefined ? NEAR : await clusters.zoomOf(type, cluster));
    const point = L.marker([latitude, longitude], { icon, title, keyboard: false });
    return point.on("click", async () => map.setView([latitude, longitude], await closer()));
  }

  function marker(entry) {
    const mark = signs.markOf(entry);
    const html = signs.symbols[mark ? `${type}-${mark}` : type].cloneNode(true);
    const icon = L.divIcon({ html, className: `map__entry map__${type}`, iconSize: [24, 24] });
    const title = mark ? `${entry.name} (${signs.words[mark]})` : entry.name;
    const point = L.marker([entry.latitude, entry.longitude], { icon, title, keyboard: false });
    return point.on("click", () => {
      onEntry(entry);
      map.panInside(point.getLatLng(), padding(map.getContainer()));
    });
  }

  return {
    start() {
      layer.addTo(map);
      map.on("moveend", refresh);
      refresh();
    },
    /** `entries`, and `cells` of entries that are only counted so far: {count, longitude, latitude}. */
    set(entries, cells = []) {
      points = [...entries, ...cells];
      isOther = true;
      const maxZoom = cells.length > 0 ? NEAR - 1 : NEAREST; // nearer there are no cells
      const counts = points.map(({ count }) => count ?? 1);
      clusters.set(type, points, counts, { minZoom: Math.floor(map.getMinZoom()), maxZoom });
      if (map._loaded) refresh();
    },
  };
}

const keyOf = ({ cluster, index }) => (cluster === undefined ? `point ${index}` : `cluster ${cluster}`);

/** Room for what floats over the map: a column at its side, a sheet at its foot. */
export function padding(container) {
  const area = container.getBoundingClientRect();
  const room = { left: 0, right: 0, bottom: 0 };
  for (const element of document.querySelectorAll("[data-over-map]")) {
    const box = element.getBoundingClientRect();
    if (box.right <= area.left || box.left >= area.right || box.bottom <= area.top || box.top >= area.bottom)
      continue;
    const sides = {
      left: box.right - area.left,
      right: area.right - box.left,
      bottom: area.bottom - box.top,
    };
    const side = box.width > area.width / 2 ? "bottom" : sides.left < sides.right ? "left" : "right";
    room[side] = Math.max(room[side], sides[side]);
  }
  return {
    paddingTopLeft: [room.left + MARGIN, MARGIN],
    paddingBottomRight: [room.right + MARGIN, room.bottom + MARGIN],
  };
}
