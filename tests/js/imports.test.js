// Which way imports point (docs/architecture.md): entries (of the page, of its workers) → parts → pure modules → format
// and dom; Leaflet behind three modules; each import ends in a semicolon, or hashing would pass it over.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";

const folder = new URL("../../static/js/map/", import.meta.url);
const LEVELS = [
  ["main", "ground_worker", "published_worker"],
  ["entries", "layers", "legend", "table", "panel", "search", "views"],
  [
    "choropleth",
    "colours",
    "data",
    "describe",
    "filters",
    "ground",
    "labels",
    "outlines",
    "picture",
    "points",
    "published",
    "state",
  ],
  ["asking", "answering", "canvas", "fetching", "leaflet", "pixels", "supercluster", "tiles"],
  ["columns", "geometry", "names", "classes", "pmtiles", "raster", "vector_tile"],
  ["format", "dom", "leaflet.js", "supercluster.min"],
];
const PURE = [
  "classes",
  "columns",
  "filters",
  "format",
  "geometry",
  "names",
  "pixels",
  "pmtiles",
  "raster",
  "state",
  "vector_tile",
];
// Without a page: no document, no window.
const IN_WORKERS = [
  "ground_worker",
  "published_worker",
  "answering",
  "fetching",
  "supercluster",
  "supercluster.min",
  "canvas",
  "choropleth",
  "labels",
  "tiles",
  ...PURE,
];
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
      if (IN_WORKERS.includes(name)) assert.ok(IN_WORKERS.includes(target), `${name} → ${target}`);
      if (target === "leaflet") assert.ok(["layers", "picture", "points"].includes(name), name);
      if (target === "supercluster.min") assert.equal(name, "supercluster");
    }
  });
}
