// Names: the same addresses as the server's, found whatever way umlauts are typed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fold, rank, slug } from "../../static/js/map/names.js";

const slugs = JSON.parse(readFileSync(new URL("../data/slugs.json", import.meta.url), "utf8"));

for (const [name, expected] of Object.entries(slugs)) {
  test(`the address of ${name} ends as on the server`, () => assert.equal(slug(name), expected));
}

test("both ways to write an umlaut find the name", () => {
  const folded = fold("Höxter");
  assert.deepEqual(folded, ["hoexter", "hoxter"]);
  for (const typed of ["Höxter", "hoexter", "Hoxt", "HÖX", " höx "]) {
    assert.notEqual(rank(typed, folded, "05762020"), null, typed);
  }
  assert.equal(rank("Haxter", folded, "05762020"), null);
});

test("ß is found as ss and as itself", () => {
  const folded = fold("Großalmerode");
  for (const typed of ["groß", "gross", "GROSS"]) assert.equal(rank(typed, folded, "06636005"), 1, typed);
});

test("the whole name comes before its beginning, a word's beginning before its middle", () => {
  const ranks = ["Hof", "Hofgeismar", "Bad Hofheim", "Neuhof", "Kassel"].map((name) =>
    rank("hof", fold(name), "06000000"),
  );
  assert.deepEqual(ranks, [0, 1, 2, 3, null]);
});

test("digits are a key, found by its beginning", () => {
  const folded = fold("Korbach");
  assert.equal(rank("06635015", folded, "06635015"), 0);
  assert.equal(rank("06635", folded, "06635015"), 1);
  assert.equal(rank("35015", folded, "06635015"), null);
});

test("nothing typed finds nothing", () => assert.equal(rank("  ", fold("Korbach"), "06635015"), null));
