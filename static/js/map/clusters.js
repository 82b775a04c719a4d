// The worker that puts entries that lie close together into clusters (clusters_worker.js): of a hundred thousand that takes
// a while.

import { startWorker } from "./asking.js";

/** Start it; `address` is the script's. */
export function createClusters(address) {
  const { ask } = startWorker(address);
  return {
    /** Points of a layer in place of those before, between two zooms: each {longitude, latitude} with its count. */
    set(layer, points, counts, zooms) {
      const coordinates = new Float64Array(2 * points.length);
      for (let index = 0; index < points.length; index += 1) {
        coordinates[2 * index] = points[index].longitude;
        coordinates[2 * index + 1] = points[index].latitude;
      }
      const given = { layer, coordinates, counts: Uint32Array.from(counts), zooms };
      return ask("set", given, [coordinates.buffer, given.counts.buffer]);
    },
    /** What is drawn of a layer in a box of degrees: points {index} and clusters {cluster}, each with spot and count. */
    within: (layer, box, zoom) => ask("within", { layer, box, zoom }),
    /** The zoom at which a cluster falls apart. */
    zoomOf: (layer, cluster) => ask("zoomOf", { layer, cluster }),
  };
}
