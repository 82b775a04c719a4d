// Draws municipalities on a canvas: fill and pattern of the class, borders. Knows neither Leaflet nor the page; a view
// (canvas.js) says which part of the world the canvas shows. Symbols and names: labels.js.

import { addRings, begin, pixelsOf, placeOf, within } from "./canvas.js";
import { CLASSES, PATTERNS } from "./classes.js";
import { colour, layOut } from "./pixels.js";
import { createRaster } from "./raster.js";

const FADED = 0.28; // of what the filter holds back
const UNCERTAIN = 0.5; // of a class that the draws do not agree on
const UNDERNEATH = 0.72; // over a basemap
const KINDS = [...CLASSES, null]; // null: an unincorporated area

/** Every way in which a municipality may be drawn; `lookNumber` finds one. */
const LOOKS = KINDS.flatMap((cohesionClass) =>
  [false, true].flatMap((isFaded) =>
    [false, true].map((isUncertain) => ({ cohesionClass, isFaded, isUncertain })),
  ),
);
const lookNumber = ({ cohesionClass, isFaded, isUncertain }) =>
  KINDS.indexOf(cohesionClass) * 4 + (isFaded ? 2 : 0) + (isUncertain ? 1 : 0);

/**
 * `lookOf(ags)` tells how a municipality is drawn: {cohesionClass (null for an unincorporated area), isFaded,
 * isUncertain}.
 */
export function createPainter(colours, lookOf, { overBasemap }) {
  const numbers = new Map(); // by AGS, from 1: as the raster has them
  let looks = null; // by number
  let palette = { ratio: 0 };
  let ground = null; // what does not change while the view stays: raster, lines, image, patterns

  function numberOf(ags) {
    if (!numbers.has(ags)) {
      numbers.set(ags, numbers.size + 1);
      looks = null;
    }
    return numbers.get(ags);
  }

  /** `pieces` are [{tile, box}]: what to draw in which box of the world. */
  function survey(view, pieces) {
    const [width, height] = [view.width, view.height].map((side) => Math.round(side * view.ratio));
    const raster = createRaster(width, height);
    for (const { tile, box } of pieces) {
      const [place, clip] = [placeOf(tile, view), pixelsOf(box, view)];
      for (const { ags, rings } of tile.shapes) raster.add(numberOf(ags), rings, place, clip);
    }
    const lines = new OffscreenCanvas(width, height);
    paintLines(lines.getContext("2d"), view, pieces, colours.ink);
    ground = { view, raster, lines, image: new ImageData(width, height) };
  }

  /** The municipalities of the view that was surveyed last. */
  function paint(context) {
    const { view, raster, lines, image } = ground;
    looks ??= Uint8Array.from([0, ...[...numbers.keys()].map((ags) => lookNumber(lookOf(ags)))]);
    if (palette.ratio !== view.ratio) {
      const tiles = LOOKS.map((look) => lookTile(look, colours, view.ratio, overBasemap ? UNDERNEATH : 1));
      palette = { ratio: view.ratio, tiles };
    }
    ground.patterns ??= layOut(
      palette.tiles,
      raster.width,
      [view.left, view.top].map((side) => Math.round(side * view.ratio)),
    );
    colour(new Uint32Array(image.data.buffer), raster, looks, ground.patterns);
    context.putImageData(image, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.drawImage(lines, 0, 0);
  }

  return {
    survey,
    paint,
    /** What `lookOf` says is another than before. */
    changeLooks() {
      looks = null;
    },
  };
}

/** What is repeated over a municipality of that look, in pixels of the screen so that it is crisp. */
function lookTile({ cohesionClass, isFaded, isUncertain }, colours, ratio, opacity) {
  const pattern = isFaded ? null : PATTERNS[cohesionClass];
  const [width, height] = (pattern?.tile ?? [1, 1]).map((side) => Math.round(side * (pattern ? ratio : 1)));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.globalAlpha = (isFaded ? FADED : 1) * (isUncertain ? UNCERTAIN : 1) * opacity;
  context.fillStyle = cohesionClass ? colours[cohesionClass].fill : colours.unincorporated;
  context.fillRect(0, 0, width, height);
  if (pattern) {
    context.scale(width / pattern.tile[0], height / pattern.tile[1]);
    context.globalAlpha = pattern.alpha;
    context.strokeStyle = colours[cohesionClass].ink;
    context.lineWidth = pattern.width;
    context.lineCap = pattern.line.includes("h0") ? "round" : "butt";
    context.stroke(new Path2D(pattern.line));
  }
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, pixels: new Uint32Array(data.buffer) };
}

const paths = new WeakMap(); // of a tile: built once

function pathsOf(tile) {
  if (!paths.has(tile)) {
    const all = { municipality: new Path2D(), district: new Path2D(), state: new Path2D() };
    for (const { rings } of tile.shapes) addRings(all.municipality, rings);
    for (const rank of ["district", "state"]) addRings(all[rank], tile.borders[rank]);
    paths.set(tile, all);
  }
  return paths.get(tile);
}

function paintLines(context, view, pieces, ink) {
  const isNear = view.scale > 2 ** 8;
  const isFar = view.scale < 2 ** 7;
  begin(context, view);
  context.strokeStyle = ink;
  for (const piece of pieces) {
    const unit = within(context, view, piece);
    const known = pathsOf(piece.tile);
    for (const [rank, opacity, width] of [
      ["municipality", isFar ? 0.3 : 0.5, isNear ? 0.8 : isFar ? 0.25 : 0.4],
      ["district", 0.85, isNear ? 1.5 : isFar ? 0.6 : 0.9],
      ["state", 0.85, isNear ? 2.2 : isFar ? 1 : 1.4],
    ]) {
      context.globalAlpha = opacity;
      context.lineWidth = width / unit;
      context.stroke(known[rank]);
    }
    context.restore();
  }
}
