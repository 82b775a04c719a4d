// Each class and each tier is drawn, and drawn unlike the others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLASSES, PATTERNS, SYMBOLS, TIERS, tierOf } from "../../static/js/map/classes.js";

test("no two classes share a pattern", () => {
  assert.deepEqual(Object.keys(PATTERNS), CLASSES);
  assert.equal(new Set(CLASSES.map((value) => JSON.stringify(PATTERNS[value]))).size, CLASSES.length);
});

test("no two tiers share a symbol, and the higher shows first", () => {
  assert.deepEqual(Object.keys(SYMBOLS), TIERS);
  assert.equal(new Set(TIERS.map((value) => JSON.stringify(SYMBOLS[value].parts))).size, TIERS.length);
  const rooms = ["oberzentrum", "mittelzentrum", "grundzentrum", "none", "unknown"].map(
    (tier) => SYMBOLS[tier].room,
  );
  assert.deepEqual(
    rooms,
    [...rooms].sort((a, b) => a - b),
  );
});

test("a tier that is not known is not the tier none", () => {
  assert.equal(tierOf({ zok_tier: null }), "unknown");
  assert.equal(tierOf({ zok_tier: "none" }), "none");
});
