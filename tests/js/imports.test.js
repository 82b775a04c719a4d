// Which way imports point (docs/architecture.md): entry → parts of the page → pure modules → format and dom; Leaflet
// behind two modules; each import ends in a semicolon, or hashing would pass it over.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";

const folder = new URL("../../static/js/map/", import.meta.url);
const LEVELS = [
  ["main"],
  ["entries", "layers", "legend", "table", "panel", "search", "views"],
  ["choropleth", "data", "describe", "filters", "labels", "points", "state"],
  ["leaflet", "supercluster", "tiles"],
  ["geometry", "names", "classes", "pmtiles", "vector_tile"],
  ["format", "dom", "leaflet.js", "supercluster.min"],
];
const PURE = ["classes", "filters", "format", "geometry", "names", "pmtiles", "state", "vector_tile"];
const level = (name) => LEVELS.findIndex((names) => names.includes(name));

const modules = readdirSync(folder).map((file) => {
  const text = readFileSync(new URL(file, folder), "utf8");
  const imports = [...text.matchAll(/^(?:import|\} from).*?"([^"]+)"(.?)$/gm)];
  return {
    name: basename(file, ".js"),
    imports: imports.map(([, target, end]) => [
      target.endsWith("/leaflet/leaflet.js") ? "leaflet.js" : basename(target, ".js"),
      end,
    ]),
  };
});

test("every module has its level", () => {
  for (const { name } of modules) assert.ok(level(name) >= 0, name);
});

for (const { name, imports } of modules) {
  test(`${name} imports downwards only`, () => {
    for (const [target, end] of imports) {
      const sideways = LEVELS[2].includes(name) && LEVELS[2].includes(target);
      assert.ok(level(name) < level(target) || sideways, `${name} → ${target}`);
      assert.equal(end, ";", `${name} → ${target}`);
      if (PURE.includes(name)) assert.ok(PURE.includes(target), `${name} is pure, ${target} is not`);
      if (target === "leaflet.js") assert.equal(name, "leaflet");
      if (target === "leaflet") assert.ok(["layers", "points"].includes(name), name);
      if (target === "supercluster.min") assert.equal(name, "supercluster");
    }
  });
}
