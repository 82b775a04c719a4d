// Entries on the Leaflet map: each with its symbol, many in one spot as a number. Municipalities: layers.js.

import { make } from "../dom.js";
import { fill } from "../format.js";
import { L } from "./leaflet.js";
import { Supercluster } from "./supercluster.js";

const MARGIN = 12; // pixels around what is fitted into the map
const CLUSTER = { radius: 44, extent: 256, maxZoom: 15 }; // extent: a tile is 256 pixels to Leaflet

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
      const point = feature.properties.cluster ? clusterMarker(feature) : marker(feature.properties.entry);
      drawn.set(key, point.addTo(layer));
    }
  }

  function clusterMarker({ id, geometry, properties }) {
    const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    const size = properties.point_count < 10 ? 24 : properties.point_count < 100 ? 28 : 34;
    const html = make("span", {}, String(properties.point_count));
    const icon = L.divIcon({ html, className: `map__cluster map__cluster--${type}`, iconSize: [size, size] });
    const title = fill(clusterText, { count: properties.point_count });
    const cluster = L.marker(at, { icon, title, keyboard: false });
    return cluster.on("click", () => map.setView(at, index.getClusterExpansionZoom(id)));
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
    set(entries) {
      const features = entries.map((entry) => ({
        type: "Feature",
        properties: { entry },
        geometry: { type: "Point", coordinates: [entry.longitude, entry.latitude] },
      }));
      index = features.length > 0 ? new Supercluster(CLUSTER).load(features) : null;
      layer.clearLayers();
      drawn.clear();
      if (map._loaded) refresh();
    },
  };
}

function keyOf({ id, properties }) {
  return properties.cluster ? `cluster ${id}` : `entry ${properties.entry.id}`;
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
