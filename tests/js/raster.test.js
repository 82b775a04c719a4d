// Which municipality each pixel is of, and how much of it: areas that can be worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRaster, WHOLE } from "../../static/js/map/raster.js";

const square = (west, north, side) => [
  ...[west, north, west + side, north, west + side, north + side],
  ...[west, north + side, west, north],
];
const reversed = (ring) => {
  const points = [];
  for (let at = 0; at < ring.length; at += 2) points.unshift([ring[at], ring[at + 1]]);
  return points.flat();
};
const ALL = [0, 0, 8, 8];
const AS_IT_IS = [1, 0, 0];

function drawn(shapes, place = AS_IT_IS, clip = ALL) {
  const raster = createRaster(8, 8);
  for (const [number, ...rings] of shapes) raster.add(number, rings, place, clip);
  const of = (x, y) => y * 8 + x;
  return {
    first: (x, y) => raster.first[of(x, y)],
    second: (x, y) => raster.second[of(x, y)],
    share: (x, y) => raster.share[of(x, y)] / WHOLE,
    count: (number) => raster.first.filter((found) => found === number).length,
    area: (number) =>
      raster.first.reduce((sum, found, at) => sum + (found === number ? raster.share[at] / WHOLE : 0), 0),
  };
}
const near = (one, other, by = 0.01) => assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);

test("a polygon on whole pixels has them whole, whichever way round its ring runs", () => {
  for (const ring of [square(2, 1, 3), reversed(square(2, 1, 3))]) {
    const { count, first, share } = drawn([[7, ring]]);
    assert.equal(count(7), 9);
    assert.deepEqual([first(2, 1), share(2, 1), first(4, 3), first(5, 3), first(2, 4)], [7, 1, 7, 0, 0]);
  }
});

test("of a pixel at its edge it has a part", () => {
  const { share, area } = drawn([[1, square(1.5, 1.25, 2)]]);
  near(share(1, 1), 0.5 * 0.75);
  near(share(2, 2), 1);
  near(share(3, 3), 0.5 * 0.25);
  near(area(1), 4, 0.05);
});

test("slanted edges have the area that they have", () => {
  near(drawn([[1, [0, 0, 8, 0, 0, 8, 0, 0]]]).area(1), 32, 0.1);
  near(drawn([[1, [0, 1, 8, 1, 8, 2, 0, 1]]]).area(1), 4, 0.05); // nearly level: many pixels in one row
  near(drawn([[1, [4, 0.3, 7.6, 4.1, 4.2, 7.7, 0.4, 4.4, 4, 0.3]]]).area(1), 26.69, 0.1);
});

test("neighbours share a pixel and leave no gap", () => {
  const { first, second, share } = drawn([
    [1, [0, 0, 3.25, 0, 3.25, 8, 0, 8, 0, 0]],
    [2, [3.25, 0, 8, 0, 8, 8, 3.25, 8, 3.25, 0]],
  ]);
  assert.deepEqual([first(2, 4), first(3, 4), second(3, 4), first(4, 4)], [1, 1, 2, 2]);
  near(share(3, 4), 0.25);
});

test("a hole is another's", () => {
  const { count, first } = drawn([
    [1, square(0, 0, 8), reversed(square(3, 3, 2))],
    [2, square(3, 3, 2)],
  ]);
  assert.deepEqual([count(1), count(2), first(4, 4), first(5, 5)], [60, 4, 2, 1]);
});

test("units become pixels, and nothing is written outside of the clip", () => {
  const { count, first } = drawn([[3, square(0, 0, 100)]], [0.1, -2, 1], [1, 0, 5, 4]);
  assert.equal(count(3), 12); // columns 1 to 4, rows 1 to 3
  assert.deepEqual([first(0, 2), first(1, 1), first(4, 3), first(5, 3), first(4, 4)], [0, 3, 3, 0, 0]);
});

test("what is smaller than a pixel is there", () => {
  const { first, share } = drawn([[9, square(4.4, 4.4, 0.2)]]);
  assert.equal(first(4, 4), 9);
  near(share(4, 4), 0.04);
});
