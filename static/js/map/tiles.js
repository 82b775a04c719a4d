// The boundaries, tile by tile, from an archive on the server or on any static host: asked for in ranges of bytes,
// kept while they may be needed again. What is done with them: choropleth.js.

import { boxOf, WORLD } from "./geometry.js";
import { readHead, unpack } from "./pmtiles.js";
import { decode } from "./vector_tile.js";

const KEPT = 160; // tiles
const FINER = 1.5; // zooms by which the map may be ahead of its tiles: then a unit is a third of a pixel

async function fetchRange(url, first, length) {
  const response = await fetch(url, { headers: { Range: `bytes=${first}-${first + length - 1}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.status === 206 ? bytes : bytes.subarray(first, first + length); // a host without ranges
}

/**
 * Open the archive at `url`; its first `head` bytes have the directory and the tiles of the lowest zoom, which are there
 * from then on.
 */
export async function openTiles({ url, head }) {
  const bytes = await fetchRange(url, 0, head);
  const archive = await readHead(bytes);
  const tiles = new Map(); // by name: the tile, or null while it is on its way
  const listeners = [];
  const lowest = [];
  for (const [column, row] of cover(archive.minZoom, boxOf(archive.bounds))) {
    const place = archive.find(archive.minZoom, column, row);
    if (!place) continue;
    const packed = bytes.subarray(place[0], place[0] + place[1]);
    const tile = toTile(archive.minZoom, column, row, decode(await unpack(packed)));
    tiles.set(nameOf(archive.minZoom, column, row), tile);
    lowest.push(tile);
  }

  async function load(name, zoom, column, row, [first, length]) {
    tiles.set(name, null);
    try {
      const packed = await fetchRange(url, first, length);
      tiles.set(name, toTile(zoom, column, row, decode(await unpack(packed))));
    } catch {
      tiles.delete(name); // asked for again when the map is moved; a coarser one is drawn meanwhile
      return;
    }
    for (const listener of listeners) listener();
  }

  /** The tile with that name, moved to the end of the queue of those that go. */
  function touched(name) {
    const tile = tiles.get(name);
    tiles.delete(name);
    tiles.set(name, tile);
    return tile;
  }

  /** The nearest coarser tile that is there. */
  function ancestor(zoom, column, row) {
    for (let up = 1; zoom - up >= archive.minZoom; up += 1) {
      const tile = tiles.get(nameOf(zoom - up, column >> up, row >> up));
      if (tile) return tile;
    }
    return null;
  }

  function forget() {
    for (const [name, tile] of tiles) {
      if (tiles.size <= KEPT) return;
      if (tile && tile.zoom > archive.minZoom) tiles.delete(name);
    }
  }

  return {
    bounds: archive.bounds,
    /** The tiles of the lowest zoom: all municipalities, coarsely. */
    lowest,
    onLoad: (listener) => listeners.push(listener),
    /**
     * What to draw of a box of the world at a zoom of the map: [{tile, box}], where box is the part that the tile is drawn
     * in. What is missing is asked for; until it comes a coarser tile stands in.
     */
    cover(mapZoom, box) {
      const zoom = Math.min(archive.maxZoom, Math.max(archive.minZoom, Math.floor(mapZoom - FINER)));
      const drawn = [];
      for (const [column, row] of cover(zoom, box)) {
        const name = nameOf(zoom, column, row);
        const place = archive.find(zoom, column, row);
        if (!place) continue;
        if (!tiles.has(name)) load(name, zoom, column, row, place);
        const tile = touched(name) ?? ancestor(zoom, column, row);
        if (tile) drawn.push({ tile, box: boxAt(zoom, column, row) });
      }
      forget();
      return drawn;
    },
  };
}

const nameOf = (zoom, column, row) => `${zoom}/${column}/${row}`;

const boxAt = (zoom, column, row) => {
  const side = WORLD / 2 ** zoom;
  return [column * side, row * side, (column + 1) * side, (row + 1) * side];
};

/** Columns and rows of the tiles that a box of the world touches. */
function cover(zoom, [west, north, east, south]) {
  const side = WORLD / 2 ** zoom;
  const last = 2 ** zoom - 1;
  const index = (coordinate) => Math.min(last, Math.max(0, Math.floor(coordinate / side)));
  const found = [];
  for (let row = index(north); row <= index(south); row += 1) {
    for (let column = index(west); column <= index(east); column += 1) found.push([column, row]);
  }
  return found;
}

/** A decoded tile with its municipalities by AGS; boxes are in world coordinates, rings in units of the tile. */
function toTile(zoom, column, row, layers) {
  const extent = layers.municipalities?.extent ?? 4096;
  const unit = WORLD / 2 ** zoom / extent;
  const [left, top] = [column * extent * unit, row * extent * unit];
  const shapes = (layers.municipalities?.features ?? []).map(({ id, paths }) => {
    const box = boxAround(paths);
    return {
      ags: String(id).padStart(8, "0"),
      rings: paths,
      box: [left + box[0] * unit, top + box[1] * unit, left + box[2] * unit, top + box[3] * unit],
    };
  });
  const borders = { state: [], district: [] };
  for (const { properties, paths } of layers.borders?.features ?? []) borders[properties.rank].push(...paths);
  const labels = (layers.labels?.features ?? []).map(({ properties, paths: [[x, y]] }) => ({
    ...properties,
    at: [left + x * unit, top + y * unit],
  }));
  const byAgs = new Map(shapes.map((shape) => [shape.ags, shape]));
  return { zoom, unit, left, top, shapes, byAgs, borders, labels };
}

function boxAround(paths) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let at = 0; at < path.length; at += 2) {
      if (path[at] < box[0]) box[0] = path[at];
      if (path[at] > box[2]) box[2] = path[at];
      if (path[at + 1] < box[1]) box[1] = path[at + 1];
      if (path[at + 1] > box[3]) box[3] = path[at + 1];
    }
  }
  return box;
}
