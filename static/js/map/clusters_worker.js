// Entry of the worker that clusters entries. It answers what clusters.js asks.

import { answerPage } from "./answering.js";
import { Supercluster } from "./supercluster.js";

const OPTIONS = {
  radius: 44,
  extent: 256, // a tile is 256 pixels to Leaflet
  map: ({ count }) => ({ count }),
  reduce: (all, { count }) => {
    all.count += count;
  },
};
const indexes = new Map(); // by layer

answerPage({
  set({ layer, coordinates, counts, zooms }) {
    const features = Array.from(counts, (count, index) => ({
      type: "Feature",
      properties: { count, index },
      geometry: { type: "Point", coordinates: [coordinates[2 * index], coordinates[2 * index + 1]] },
    }));
    indexes.set(
      layer,
      features.length > 0 ? new Supercluster({ ...OPTIONS, ...zooms }).load(features) : null,
    );
  },

  within({ layer, box, zoom }) {
    const found = indexes.get(layer)?.getClusters(box, zoom) ?? [];
    return found.map(({ id, geometry: { coordinates }, properties: { cluster, count, index } }) => ({
      ...(cluster ? { cluster: id } : { index }),
      ...{ longitude: coordinates[0], latitude: coordinates[1], count },
    }));
  },

  zoomOf: ({ layer, cluster }) => indexes.get(layer).getClusterExpansionZoom(cluster),
});
