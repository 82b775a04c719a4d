// Entry of the worker that draws the ground of the map: reads the tiles, paints municipalities and what stands on them.
// It answers what ground.js asks.

import { answerPage, tellOfChange } from "./answering.js";
import { createPainter } from "./choropleth.js";
import { isUncertain } from "./classes.js";
import { toRows } from "./columns.js";
import { isIn, joined, middleOf, shapeAt, toWorld } from "./geometry.js";
import { createLabels } from "./labels.js";
import { openTiles } from "./tiles.js";

const LEAST_ROOM = 12; // pixels: who has less carries no symbol, but for an Oberzentrum

const byAgs = new Map();
let rows = []; // isHidden: what the filter holds back
let tiles, painter, labels, below;
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d");
let seen = null; // the view that was drawn last: its pieces of tiles, boxes and spots of the municipalities in them

const answers = {
  async open({ archive, font, colours, uncertainBelow, overBasemap }) {
    below = uncertainBelow;
    painter = createPainter(colours, lookOf, { overBasemap });
    labels = createLabels(colours);
    tiles = await openTiles(archive);
    tiles.onLoad(tellOfChange);
    loadFont(font);
    return tiles.bounds;
  },

  setFigures(table) {
    rows = toRows(table);
    for (const row of rows) byAgs.set(row.ags, Object.assign(row, { isHidden: false }));
    seen = null;
    painter.changeLooks();
  },

  setShown(flags) {
    for (const [index, row] of rows.entries()) row.isHidden = flags[index] === 0;
    painter.changeLooks();
  },

  draw(view) {
    const box = [view.left, view.top, view.left + view.width, view.top + view.height];
    const inWorld = box.map((side) => side / view.scale);
    const pieces = tiles.cover(Math.log2(view.scale), inWorld);
    if (!isSeen(view, pieces)) {
      painter.survey(view, pieces);
      const boxes = boxesOf(pieces);
      seen = { view, pieces, boxes, spots: spotsOf(boxes, view, inWorld) };
      canvas.width = Math.round(view.width * view.ratio);
      canvas.height = Math.round(view.height * view.ratio);
    }
    painter.paint(context);
    const shown = seen.spots.filter(({ row }) => !row.isHidden);
    labels.paint(context, view, pieces, shown);
    return canvas.transferToImageBitmap();
  },

  under([x, y]) {
    const piece = seen?.pieces.find(({ box }) => isIn(box, x, y));
    return (piece && shapeAt(piece.tile, x, y)?.ags) ?? "";
  },

  boxOf: (ags) =>
    seen?.boxes.get(ags)?.box ??
    tiles.lowest.reduce((box, tile) => joined(box, tile.byAgs.get(ags)?.box), undefined) ??
    null,

  outlinesOf: (all) =>
    all.map((ags) =>
      (seen?.pieces ?? []).flatMap(({ tile, box }) => {
        const { unit, left, top } = tile;
        const shape = tile.byAgs.get(ags);
        return shape ? [{ tile: { unit, left, top }, box, rings: shape.rings }] : [];
      }),
    ),
};

answerPage(answers);

function lookOf(ags) {
  const row = byAgs.get(ags);
  if (!row || row.is_unincorporated) return { cohesionClass: null, isFaded: false, isUncertain: false };
  return {
    cohesionClass: row.cohesion_class,
    isFaded: row.isHidden,
    isUncertain: isUncertain(row, below),
  };
}

const VIEW = ["scale", "left", "top", "width", "height", "ratio"];

function isSeen(view, pieces) {
  return (
    seen !== null &&
    VIEW.every((name) => seen.view[name] === view[name]) &&
    seen.pieces.length === pieces.length &&
    seen.pieces.every(({ tile }, index) => tile === pieces[index].tile)
  );
}

/** The boxes of the municipalities of these pieces, by AGS, with one of the tiles that has them. */
function boxesOf(pieces) {
  const found = new Map();
  for (const { tile } of pieces) {
    for (const { ags, box } of tile.shapes) {
      const before = found.get(ags);
      found.set(ags, { tile, box: before ? joined(before.box, box) : box });
    }
  }
  return found;
}

/** Where each municipality has its symbol, and how many pixels it has for it. */
function spotsOf(boxes, view, inWorld) {
  const found = [];
  for (const [ags, { box, tile }] of boxes) {
    const row = byAgs.get(ags);
    if (!row || row.is_unincorporated) continue;
    const room = Math.min(box[2] - box[0], box[3] - box[1]) * view.scale;
    if (room < LEAST_ROOM && row.zok_tier !== "oberzentrum") continue;
    const at = centreOf(row, tile);
    if (isIn(inWorld, ...at)) found.push({ row, at, room });
  }
  return found;
}

/** As the figures say, or where its outline is wide while they are on their way. */
const centreOf = (row, tile) =>
  row.longitude === undefined
    ? middleOf(tile, tile.byAgs.get(row.ags))
    : toWorld(row.longitude, row.latitude);

/** The page's typeface: a worker has none of its own. */
async function loadFont(address) {
  const face = new FontFace("Source Sans 3", `url("${address}")`, { weight: "200 900" });
  self.fonts.add(await face.load());
  labels.forget();
  tellOfChange();
}
