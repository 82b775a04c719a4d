// An archive as places/tiles cuts it: five invented areas, two of them in a state of their own, one inside another.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readHead, tileId, unpack } from "../../static/js/map/pmtiles.js";
import { openTiles } from "../../static/js/map/tiles.js";
import { shapeAt, toWorld } from "../../static/js/map/geometry.js";
import { decode } from "../../static/js/map/vector_tile.js";

const ALL = ["01635001", "01635002", "01635009", "01636001", "06061001"];
const file = new Uint8Array(readFileSync(new URL("../data/tiles/five_areas.pmtiles", import.meta.url)));
const ADDRESS = "https://atlas.example.org/tiles/2022-12-31.pmtiles";
const AT = toWorld(9.99, 51.955);
const columnAndRow = (zoom) => AT.map((side) => Math.floor((side / 256) * 2 ** zoom));

/** A host that answers with parts of the file, and remembers which. */
function serve(asked, answer = (first, last) => new Response(file.slice(first, last + 1), { status: 206 })) {
  globalThis.fetch = async (url, { headers }) => {
    const [, first, last] = headers.Range.match(/^bytes=(\d+)-(\d+)$/).map(Number);
    asked.push([url, first, last]);
    return answer(first, last);
  };
}
const loaded = (tiles) => new Promise((done) => tiles.onLoad(done));

test("tiles are numbered along a Hilbert curve", () => {
  assert.deepEqual(
    [
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 1],
      [1, 1, 0],
      [2, 0, 0],
    ].map((address) => tileId(...address)),
    [0, 1, 3, 4, 5],
  );
});

test("the head tells zooms, bounds and where a tile lies", async () => {
  const head = await readHead(file);
  assert.deepEqual([head.minZoom, head.maxZoom], [4, 10]);
  head.bounds.forEach((side, index) => assert.ok(Math.abs(side - [9.98, 51.95, 10.06, 51.97][index]) < 1e-6));
  assert.equal(head.find(10, 0, 0), undefined);
  const [first, length] = head.find(10, ...columnAndRow(10));
  const layers = decode(await unpack(file.subarray(first, first + length)));
  assert.deepEqual(Object.keys(layers), ["municipalities", "borders", "labels"]);
  assert.deepEqual(layers.municipalities.features.map(({ id }) => String(id).padStart(8, "0")).sort(), ALL);
  assert.deepEqual(
    layers.labels.features
      .map(({ properties }) => `${properties.rank} ${properties.key} ${properties.name}`)
      .sort(),
    ["district 01635 Äußerer Kreis", "state 01 Nordland", "state 06 Südland"],
  );
  assert.deepEqual(
    new Set(layers.borders.features.map(({ properties }) => properties.rank)),
    new Set(["district", "state"]),
  );
});

test("what is no such archive is refused", async () => {
  await assert.rejects(readHead(new Uint8Array(200)), /not an archive/);
});

test("one request shows the whole territory, and a closer look asks for what it needs", async () => {
  const asked = [];
  serve(asked);
  const tiles = await openTiles({ url: ADDRESS, head: file.length });
  assert.deepEqual(asked, [[ADDRESS, 0, file.length - 1]]);
  assert.deepEqual(tiles.lowest.flatMap((tile) => [...tile.byAgs.keys()]).sort(), ALL);

  const box = [AT[0] - 1e-4, AT[1] - 1e-4, AT[0] + 1e-4, AT[1] + 1e-4];
  const [coarse] = tiles.cover(12, box);
  assert.equal(coarse.tile.zoom, 4); // stands in
  assert.equal(asked.length, 2);
  await loaded(tiles);
  const [fine] = tiles.cover(12, box);
  assert.equal(fine.tile.zoom, 10);
  assert.equal(asked.length, 2);
  assert.equal(shapeAt(fine.tile, ...toWorld(9.99, 51.96)).ags, "01635009"); // through the hole of the other
  assert.equal(shapeAt(fine.tile, ...toWorld(9.981, 51.951)).ags, "01635001");
  const { box: ofMunicipality } = fine.tile.byAgs.get("01635002");
  toWorld(10.0, 51.97).forEach((side, index) => assert.ok(Math.abs(ofMunicipality[index] - side) < 1e-4));
});

test("a host without ranges serves too", async () => {
  serve([], () => new Response(file, { status: 200 }));
  const tiles = await openTiles({ url: ADDRESS, head: file.length });
  tiles.cover(12, [...AT, ...AT]);
  await loaded(tiles);
  assert.equal(tiles.cover(12, [...AT, ...AT])[0].tile.zoom, 10);
});

test("a tile that does not come is asked for again", async () => {
  const asked = [];
  serve(asked);
  const tiles = await openTiles({ url: ADDRESS, head: file.length });
  serve(asked, () => new Response("", { status: 503 }));
  tiles.cover(12, [...AT, ...AT]);
  await new Promise((done) => setTimeout(done, 0));
  assert.equal(tiles.cover(12, [...AT, ...AT])[0].tile.zoom, 4);
  assert.equal(asked.length, 3);
});
