// Outlines on the canvas: the right municipality under the pointer, lines between districts only.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boxAround,
  districtBorders,
  shapeAt,
  toDegrees,
  toShape,
  toWorld,
} from "../../static/js/map/geometry.js";

const square = (ags, west, south, holes = []) => {
  const ring = [
    [west, south],
    [west + 1, south],
    [west + 1, south + 1],
    [west, south + 1],
    [west, south],
  ];
  const feature = { id: ags, geometry: { type: "MultiPolygon", coordinates: [[ring, ...holes]] } };
  return toShape(feature, { ags, longitude: west + 0.5, latitude: south + 0.5 });
};
const at = (shapes, longitude, latitude) => shapeAt(shapes, ...toWorld(longitude, latitude))?.row.ags ?? null;

test("world coordinates are Leaflet's", () => {
  assert.deepEqual(toWorld(0, 0), [128, 128]);
  assert.deepEqual(
    toWorld(-180, 85.05112877980659).map((side) => Math.abs(Math.round(side))),
    [0, 0],
  );
  const [longitude, latitude] = toDegrees(...toWorld(9.5, 51.3));
  assert.ok(Math.abs(longitude - 9.5) < 1e-9 && Math.abs(latitude - 51.3) < 1e-9);
});

test("a point finds its municipality, also through a hole and in a polygon that is not multiple", () => {
  const hole = [
    [9.4, 51.4],
    [9.6, 51.4],
    [9.6, 51.6],
    [9.4, 51.6],
    [9.4, 51.4],
  ];
  const single = toShape(
    { geometry: { type: "Polygon", coordinates: [hole] } },
    { ags: "06635009", longitude: 9.5, latitude: 51.5 },
  );
  const shapes = [square("06635001", 9, 51, [hole]), square("06635002", 10, 51), single];
  assert.equal(at(shapes, 9.2, 51.2), "06635001");
  assert.equal(at(shapes, 10.2, 51.2), "06635002");
  assert.equal(at(shapes, 9.5, 51.5), "06635009");
  assert.equal(at(shapes, 8.9, 51.5), null);
  assert.equal(at([shapes[0]], 9.5, 51.5), null);
});

test("the box holds all shapes", () => {
  const [west, north, east, south] = boxAround([square("06635001", 9, 51), square("06635002", 10, 51)]);
  assert.deepEqual([west, south], toWorld(9, 51));
  assert.deepEqual([east, north], toWorld(11, 52));
});

test("neighbours of one district have no line between them, those of two have one", () => {
  const pieces = (shapes) => districtBorders(shapes).length / 4;
  assert.equal(pieces([square("06635001", 9, 51)]), 4);
  assert.equal(pieces([square("06635001", 9, 51), square("06635002", 10, 51)]), 6);
  assert.equal(pieces([square("06635001", 9, 51), square("06636001", 10, 51)]), 7);
  const four = [
    square("06635001", 9, 51),
    square("06635002", 10, 51),
    square("06636001", 9, 52),
    square("06636002", 10, 52),
  ];
  assert.equal(pieces(four), 10);
});

test("the line between two districts is where they meet", () => {
  const line = districtBorders([square("06635001", 9, 51), square("06636001", 10, 51)]);
  const meeting = toWorld(10, 51.5)[0];
  const pieces = [];
  for (let index = 0; index < line.length; index += 4) pieces.push([...line.slice(index, index + 4)]);
  assert.equal(pieces.filter(([x0, , x1]) => x0 === meeting && x1 === meeting).length, 1);
});
