// Columns become rows; keys come as steps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillRows, toRows, withKeys } from "../../static/js/map/columns.js";

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

test("keys are summed up from their steps", () => {
  const table = withKeys({ columns: ["step", "supply"], step: [1001000, 1, 14_000_000], supply: [0, 1, 0] });
  assert.deepEqual(
    toRows(table).map(({ ags }) => ags),
    ["01001000", "01001001", "15001001"],
  );
  assert.deepEqual(table.columns, ["ags", "supply"]);
});

test("columns fill the rows that are there, and no others", () => {
  const rows = new Map([["1", { ags: "1", name: "" }]]);
  fillRows(rows, { columns: ["ags", "name"], ags: ["2", "1"], name: ["Zwei", "Eins"] });
  assert.deepEqual([...rows.values()], [{ ags: "1", name: "Eins" }]);
});
