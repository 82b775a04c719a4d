// Tables that travel as columns of equal length, as objects: one per row. Pure.

/** The same table with keys in place of the steps that they travel as: {step: [6635001, 1], …} → {ags: ["06635001", …], …}. */
export function withKeys({ step: steps, columns, ...rest }) {
  let key = 0;
  const ags = steps.map((step) => String((key += step)).padStart(8, "0"));
  return { ...rest, columns: columns.map((name) => (name === "step" ? "ags" : name)), ags };
}

/** {columns: ["ags", …], ags: […], …} → [{ags, …}, …]. */
export function toRows(table) {
  const names = table.columns;
  const length = names.length > 0 ? table[names[0]].length : 0;
  const rows = [];
  for (let index = 0; index < length; index += 1) {
    const row = {};
    for (const name of names) row[name] = table[name][index];
    rows.push(row);
  }
  return rows;
}

/** Puts the columns into the rows that are there: Map of AGS → row. */
export function fillRows(byAgs, table) {
  for (const [index, ags] of table.ags.entries()) {
    const row = byAgs.get(ags);
    if (row) for (const name of table.columns) row[name] = table[name][index];
  }
}
