// Entries on the Leaflet map: each with its symbol, many in one spot as a number. Municipalities: layers.js.

import { make, pause } from "../dom.js";
import { fill } from "../format.js";
import { L } from "./leaflet.js";

const HIGHEST = 28; // pixels of a cluster; its number makes it wider
const MARGIN = 12; // pixels around what is fitted into the map
const AT_ONCE = 12; // markers: then the reader is answered

/**
 * Entries of one layer, of one type, each with its symbol, many in one spot as a number. All of them are told beside the map
 * too. `published` finds what lies together, `busy(promise)` is told what is on its way, `onDrawn()` when other ones stand there.
 */
export function createPoints(
  map,
  name,
  type,
  { clusterText, formats, signs, published, busy, onEntry, onDrawn },
) {
  const layer = L.layerGroup();
  const drawn = new Map(); // by what it is: the marker
  const minZoom = Math.floor(map.getMinZoom());
  let isShown = true;
  let isOther = false; // than what is drawn
  let asked = 0;

  const refresh = () => busy(draw());

  function find() {
    const view = map.getBounds().pad(0.15);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    return published.within(name, box, Math.floor(map.getZoom()), minZoom);
  }

  async function draw() {
    asked += 1;
    const own = asked;
    const found = isShown ? await find() : [];
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
      drawn.set(key, (spot.entry ? marker(spot.entry) : clusterMarker(spot)).addTo(layer));
    }
    onDrawn();
  }

  function clusterMarker({ cluster, longitude, latitude, count }) {
    const size = count < 10 ? 24 : count < 100 ? 28 : count < 1000 ? 34 : count < 10_000 ? 42 : 50;
    const iconSize = [size, Math.min(size, HIGHEST)];
    const html = make("span", {}, formats.number(count));
    const icon = L.divIcon({ html, className: `map__cluster map__cluster--${type}`, iconSize });
    const title = fill(clusterText, { count: formats.number(count) });
    const point = L.marker([latitude, longitude], { icon, title, keyboard: false });
    return point.on("click", async () =>
      map.setView([latitude, longitude], await published.zoomOf(name, cluster)),
    );
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
    /** What stands on the map now: {latitude, longitude, size: [width, height] in pixels}. */
    standing: () =>
      [...drawn.values()].map((point) => {
        const { lat, lng } = point.getLatLng();
        return { latitude: lat, longitude: lng, size: point.options.icon.options.iconSize };
      }),
    /** Others are published, or the filter selects others; or none are to be seen. */
    change(shown) {
      if (!shown && !isShown) return;
      isShown = shown;
      isOther = true;
      if (map._loaded) refresh();
    },
  };
}

const keyOf = ({ entry, cluster, at }) =>
  entry ? `entry ${entry.id}` : cluster === undefined ? `cell ${at}` : `cluster ${cluster}`;

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
