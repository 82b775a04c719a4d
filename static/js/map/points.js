// Entries on the Leaflet map: each with its symbol, many in one spot as a number. Municipalities: layers.js.

import { make } from "../dom.js";
import { fill } from "../format.js";
import { L } from "./leaflet.js";
import { Supercluster } from "./supercluster.js";

const HIGHEST = 28; // pixels of a cluster; its number makes it wider
const NEAR = 9; // the zoom that leads from a cell to its entries
const MARGIN = 12; // pixels around what is fitted into the map
const CLUSTER = {
  radius: 44,
  extent: 256, // a tile is 256 pixels to Leaflet
  maxZoom: 15,
  map: ({ count }) => ({ count }),
  reduce: (all, { count }) => {
    all.count += count;
  },
};

/** Entries of one type, each with its symbol, many in one spot as a number. All of them are told beside the map too. */
export function createPoints(map, type, clusterText, signs, onEntry) {
  const layer = L.layerGroup();
  const drawn = new Map();
  let index = null;

  function refresh() {
    const view = map.getBounds().pad(0.15);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    const found = index ? index.getClusters(box, Math.round(map.getZoom())) : [];
    const wanted = new Map(found.map((feature) => [keyOf(feature), feature]));
    for (const [key, point] of drawn) {
      if (wanted.has(key)) continue;
      layer.removeLayer(point);
      drawn.delete(key);
    }
    for (const [key, feature] of wanted) {
      if (drawn.has(key)) continue;
      const { entry } = feature.properties;
      const point = entry ? marker(entry) : clusterMarker(feature);
      drawn.set(key, point.addTo(layer));
    }
  }

  function clusterMarker({ id, geometry, properties }) {
    const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    const { count } = properties;
    const size = count < 10 ? 24 : count < 100 ? 28 : count < 1000 ? 34 : 42;
    const iconSize = [size, Math.min(size, HIGHEST)];
    const html = make("span", {}, String(count));
    const icon = L.divIcon({ html, className: `map__cluster map__cluster--${type}`, iconSize });
    const title = fill(clusterText, { count });
    const cluster = L.marker(at, { icon, title, keyboard: false });
    const closer = () => (properties.cluster ? index.getClusterExpansionZoom(id) : NEAR);
    return cluster.on("click", () => map.setView(at, closer()));
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
      const feature = ({ longitude, latitude }, properties) => ({
        type: "Feature",
        properties,
        geometry: { type: "Point", coordinates: [longitude, latitude] },
      });
      const features = [
        ...entries.map((entry) => feature(entry, { entry, count: 1 })),
        ...cells.map((cell) => feature(cell, { count: cell.count, cell })),
      ];
      index = features.length > 0 ? new Supercluster(CLUSTER).load(features) : null;
      layer.clearLayers();
      drawn.clear();
      if (map._loaded) refresh();
    },
  };
}

function keyOf({ id, properties }) {
  if (properties.cluster) return `cluster ${id}`;
  return properties.entry ? `entry ${properties.entry.id}` : `cell ${Object.values(properties.cell)}`;
}

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
