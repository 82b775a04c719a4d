// What colour each pixel has: whole ones look theirs up, shared ones are mixed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colour, layOut, mixed } from "../../static/js/map/pixels.js";
import { createRaster, WHOLE } from "../../static/js/map/raster.js";

const RED = 0xff0000ff;
const GREEN = 0xff00ff00;
const HALF_BLUE = 0x80ff0000;
const plain = (pixel) => ({ width: 1, height: 1, pixels: Uint32Array.of(pixel) });
const square = (west, north, side) => {
  const [east, south] = [west + side, north + side];
  return [west, north, east, north, east, south, west, south, west, north];
};

function coloured(shapes, looks, tiles, start = [0, 0]) {
  const raster = createRaster(8, 8);
  for (const [number, ring] of shapes) raster.add(number, [ring], [1, 0, 0], [0, 0, 8, 8]);
  const pixels = new Uint32Array(64);
  colour(pixels, raster, Uint8Array.from(looks), layOut(tiles, 8, start));
  return (x, y) => pixels[8 * y + x];
}
const channels = (pixel) => [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255, pixel >>> 24];
function near(pixel, expected, by = 1) {
  const found = channels(pixel);
  assert.ok(
    found.every((value, at) => Math.abs(value - expected[at]) <= by),
    `${found} is not ${expected}`,
  );
}

test("each polygon has the look of its number, and who is nobody's stays as it was", () => {
  const shapes = [
    [1, square(0, 0, 3)],
    [2, square(3, 0, 3)],
  ];
  const at = coloured(shapes, [0, 1, 0], [plain(RED), plain(GREEN)]);
  assert.deepEqual([at(0, 0), at(2, 2), at(3, 0), at(6, 0), at(0, 3)], [GREEN, GREEN, RED, 0, 0]);
});

test("a pattern goes on from polygon to polygon, and stays on the ground when the picture is moved", () => {
  const tile = { width: 3, height: 2, pixels: Uint32Array.of(1, 2, 3, 4, 5, 6) };
  const on = (x, y) => tile.pixels[3 * (y % 2) + (x % 3)];
  const shapes = [
    [1, square(0, 0, 4)],
    [2, square(4, 4, 4)],
  ];
  const at = coloured(shapes, [0, 0, 0], [tile]);
  const moved = coloured(shapes, [0, 0, 0], [tile], [-5, -3]);
  for (const [x, y] of [
    [0, 0],
    [3, 1],
    [4, 4],
    [7, 6],
  ]) {
    assert.equal(at(x, y), on(x, y));
    assert.equal(moved(x, y), on(x - 5 + 6, y - 3 + 4));
  }
});

test("who share a pixel are mixed by their parts", () => {
  const shapes = [
    [1, square(0, 0, 3.25)],
    [2, [3.25, 0, 8, 0, 8, 3.25, 3.25, 3.25, 3.25, 0]],
  ];
  near(coloured(shapes, [0, 0, 1], [plain(RED), plain(GREEN)])(3, 1), [64, 191, 0, 255]);
  near(coloured([[1, square(0, 0, 3.25)]], [0, 0], [plain(RED)])(3, 1), [255, 0, 0, 64]);
});

test("a mixture weighs colours by their opacity", () => {
  assert.equal(mixed(RED, 7, RED), RED);
  assert.equal(mixed(0, 100, 0x00ffffff), 0);
  near(mixed(RED, 128, GREEN), [128, 127, 0, 255]);
  near(mixed(RED, 51, HALF_BLUE), [85, 0, 170, 153]); // 0.2 · 1 against 0.8 · 0.5
  for (const share of [1, 60, 254]) near(mixed(RED, share, 0), [255, 0, 0, share]);
});

test("a mixture of very many shares is what the formula says", () => {
  let seed = 1;
  const random = () => (seed = Math.imul(seed, 48271) >>> 0) >>> 0;
  for (let time = 0; time < 2000; time += 1) {
    const [one, other, share] = [random(), random(), 1 + (random() % (WHOLE - 1))];
    const [first, second] = [channels(one), channels(other)];
    const weights = [first[3] * share, second[3] * (WHOLE - share)];
    const opacity = weights[0] + weights[1];
    if (opacity === 0) continue;
    const expected = [0, 1, 2].map((at) => (first[at] * weights[0] + second[at] * weights[1]) / opacity);
    near(mixed(one, share, other), [...expected, opacity / WHOLE], 1.5);
  }
});
