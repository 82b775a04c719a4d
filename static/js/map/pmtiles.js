// Reads a PMTiles archive (version 3): its header, its directory, where a tile lies. Pure. As places/tiles/archive.py
// writes them: one directory, everything packed by gzip.

const GZIP = 2;

/** The first bytes of the file → {bounds: [west, south, east, north], minZoom, maxZoom, find(zoom, column, row)}. */
export async function readHead(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, 7)) !== "PMTiles" || bytes[7] !== 3)
    throw new Error("not an archive of tiles, or of another version");
  const number = (at) => Number(view.getBigUint64(at, true));
  if (view.getUint8(97) !== GZIP || view.getUint8(98) !== GZIP || number(48) > 0)
    throw new Error("an archive as nobody here writes it");
  const [directoryAt, directoryLength, dataAt] = [number(8), number(16), number(56)];
  const directory = await unpack(bytes.subarray(directoryAt, directoryAt + directoryLength));
  const entries = readDirectory(directory, dataAt);
  return {
    minZoom: view.getUint8(100),
    maxZoom: view.getUint8(101),
    bounds: [102, 106, 110, 114].map((at) => view.getInt32(at, true) / 1e7),
    /** [first byte, length] of a tile, undefined where there is none. */
    find: (zoom, column, row) => entries.get(tileId(zoom, column, row)),
  };
}

/** gzip → bytes; browsers and node bring it along. */
export async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The number of a tile: zoom after zoom, along a Hilbert curve. */
export function tileId(zoom, column, row) {
  let id = (4 ** zoom - 1) / 3;
  let [x, y] = [column, row];
  for (let side = 2 ** zoom / 2; side >= 1; side /= 2) {
    const right = (x & side) > 0 ? 1 : 0;
    const below = (y & side) > 0 ? 1 : 0;
    id += side * side * ((3 * right) ^ below);
    if (!below) {
      if (right) [x, y] = [side - 1 - x, side - 1 - y];
      [x, y] = [y, x];
    }
  }
  return id;
}

function readDirectory(bytes, dataAt) {
  let at = 0;
  function varint() {
    let [number, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      number += (byte & 127) * factor;
      if (byte < 128) return number;
      factor *= 128;
    }
  }
  const count = varint();
  const column = () => Array.from({ length: count }, varint);
  const [steps, runs, lengths, places] = [column(), column(), column(), column()];
  const entries = new Map();
  let [id, offset] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    id += steps[index];
    if (places[index] > 0) offset = places[index] - 1;
    for (let more = 0; more < runs[index]; more += 1)
      entries.set(id + more, [dataAt + offset, lengths[index]]);
    offset += lengths[index];
  }
  return entries;
}
