// Columns become rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toRows } from "../../static/js/map/data.js";

test("columns of equal length become one object per row", () => {
  assert.deepEqual(
    toRows({ columns: ["ags", "supply"], ags: ["1", "2"], supply: [0.5, null], method: "SOK-1" }),
    [
      { ags: "1", supply: 0.5 },
      { ags: "2", supply: null },
    ],
  );
  assert.deepEqual(toRows({ columns: ["ags"], ags: [] }), []);
});
