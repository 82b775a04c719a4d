// The colour of each pixel of a raster (raster.js): looked up for whoever has it whole, mixed where two share it. Pure.

import { WHOLE } from "./raster.js";

/**
 * What is repeated over the polygons of each look, laid out for a picture `width` pixels wide: so that a pixel is one
 * look-up. `tiles` are [{width, height, pixels}], fixed to the ground, so that they do not swim when the map is moved:
 * `left` and `top` say where on it the picture begins.
 */
export function layOut(tiles, width, [left, top]) {
  const starts = []; // of each tile's first line
  let size = 0;
  for (const tile of tiles) {
    starts.push(size);
    size += tile.height * width;
  }
  const lines = new Uint32Array(size);
  for (const [look, tile] of tiles.entries()) {
    for (let y = 0; y < tile.height; y += 1) {
      const line = starts[look] + y * width;
      for (let x = 0; x < width; x += 1) {
        lines[line + x] = tile.pixels[y * tile.width + modulo(left + x, tile.width)];
      }
    }
  }
  return { lines, starts, heights: tiles.map(({ height }) => height), top };
}

/**
 * Colour the `pixels` of a picture, as images have them. `looks` has the look of each polygon by its number, `patterns` are
 * what layOut made. A pixel that is nobody's is left alone.
 */
export function colour(pixels, { width, height, first, second, share }, looks, patterns) {
  const { lines, starts, heights, top } = patterns;
  const begins = new Uint32Array(starts.length); // of each look's line in this row
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let look = 0; look < starts.length; look += 1) {
      begins[look] = starts[look] + modulo(top + y, heights[look]) * width;
    }
    for (let x = 0; x < width; x += 1, at += 1) {
      const number = first[at];
      if (number === 0) continue;
      const one = lines[begins[looks[number]] + x];
      const part = share[at];
      if (part === WHOLE) pixels[at] = one;
      else pixels[at] = mixed(one, part, second[at] === 0 ? 0 : lines[begins[looks[second[at]]] + x]);
    }
  }
}

const modulo = (number, by) => ((number % by) + by) % by;
const RED_AND_BLUE = 0x00ff00ff;
const GREEN = 0x0000ff00;

/** Two colours as images have them, each with its opacity in the highest byte; `share` of WHOLE is the first one's. */
export function mixed(one, share, other) {
  if (one === other) return one;
  const weight = (one >>> 24) * share;
  const opacity = weight + (other >>> 24) * (WHOLE - share);
  if (opacity === 0) return 0;
  const part = ((weight << 8) / opacity + 0.5) | 0; // of 256
  const rest = 256 - part;
  const outer =
    (Math.imul(one & RED_AND_BLUE, part) + Math.imul(other & RED_AND_BLUE, rest) + 0x800080) >>> 8;
  const inner = (Math.imul(one & GREEN, part) + Math.imul(other & GREEN, rest) + 0x8000) >>> 8;
  return (((opacity / WHOLE + 0.5) << 24) | (outer & RED_AND_BLUE) | (inner & GREEN)) >>> 0;
}
