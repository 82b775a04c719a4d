// Where things lie on the map: the right municipality under the pointer, a spot inside of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, joined, middleOf, shapeAt, toDegrees, toWorld } from "../../static/js/map/geometry.js";

// A tile whose units are those of the world, from its corner on.
const square = (west, north, side) => [
  ...[west, north, west + side, north, west + side, north + side],
  ...[west, north + side, west, north],
];
const shape = (ags, west, north, side, ...holes) => ({
  ags,
  rings: [square(west, north, side), ...holes],
  box: [west, north, west + side, north + side],
});
const tile = (...shapes) => ({ left: 0, top: 0, unit: 1, shapes });

test("world coordinates are Leaflet's", () => {
  assert.deepEqual(toWorld(0, 0), [128, 128]);
  assert.deepEqual(
    toWorld(-180, 85.05112877980659).map((side) => Math.abs(Math.round(side))),
    [0, 0],
  );
  const [longitude, latitude] = toDegrees(...toWorld(9.5, 51.3));
  assert.ok(Math.abs(longitude - 9.5) < 1e-9 && Math.abs(latitude - 51.3) < 1e-9);
  assert.deepEqual(boxOf([9, 51, 10, 52]), [...toWorld(9, 52), ...toWorld(10, 51)]);
});

test("a point finds its municipality, also through a hole", () => {
  const around = shape("06635001", 0, 0, 10, square(4, 4, 2));
  const within = shape("06635009", 4, 4, 2);
  const all = tile(around, shape("06635002", 10, 0, 10), within);
  const at = (where, x, y) => shapeAt(where, x, y)?.ags ?? null;
  assert.equal(at(all, 1, 1), "06635001");
  assert.equal(at(all, 12, 3), "06635002");
  assert.equal(at(all, 5, 5), "06635009");
  assert.equal(at(tile(around), 5, 5), null);
  assert.equal(at(all, 12, 30), null);
});

test("a tile says where its units lie", () => {
  const moved = {
    left: 100,
    top: 50,
    unit: 0.5,
    shapes: [{ ...shape("06635001", 0, 0, 10), box: [100, 50, 105, 55] }],
  };
  assert.equal(shapeAt(moved, 104, 54)?.ags, "06635001");
  assert.equal(shapeAt(moved, 106, 54), null);
  assert.deepEqual(middleOf(moved, moved.shapes[0]), [102.5, 52.5]);
});

test("the middle is that of the largest part", () => {
  const parts = { rings: [square(0, 0, 2), square(10, 10, 4)] };
  assert.deepEqual(middleOf(tile(), parts), [12, 12]);
});

test("boxes are joined, and one alone stays", () => {
  assert.deepEqual(joined([0, 0, 1, 1], [2, -1, 3, 1]), [0, -1, 3, 1]);
  assert.deepEqual(joined(undefined, [0, 0, 1, 1]), [0, 0, 1, 1]);
  assert.equal(joined(undefined, undefined), undefined);
});
