// Draws municipalities on a canvas, tile by tile: fill and pattern of the class, borders, outlines. Knows neither Leaflet
// nor the page; a view says which part of the world the canvas shows. Symbols and names: labels.js.

import { CLASSES, PATTERNS } from "./classes.js";

const FADED = 0.28; // of what the filter holds back
const UNCERTAIN = 0.5; // of a class that the draws do not agree on
const UNDERNEATH = 0.72; // over a basemap

/**
 * A view is {scale, left, top, width, height, ratio}: a world coordinate times scale, less left/top, is a CSS pixel of
 * the canvas, and a CSS pixel is `ratio` pixels of the screen. `lookOf(ags)` tells how a municipality is drawn:
 * {cohesionClass (null for an unincorporated area), isFaded, isUncertain}.
 */
export function createPainter(colours, lookOf) {
  const drawn = new WeakMap(); // of each tile the paths by look, and the version of looks they are of
  let version = 0;
  let tiles = { ratio: 0, patterns: {} };

  function patternsFor(context, ratio) {
    if (tiles.ratio !== ratio) {
      const patterns = CLASSES.filter((value) => PATTERNS[value]).map((value) => [
        value,
        patternTile(context, PATTERNS[value], colours[value].ink, ratio),
      ]);
      tiles = { ratio, patterns: Object.fromEntries(patterns) };
    }
    return tiles.patterns;
  }

  /** One path per look, so that all of Germany is a handful of fills. */
  function groupsOf(tile) {
    const known = drawn.get(tile);
    if (known?.version === version) return known.groups;
    const groups = new Map();
    for (const shape of tile.shapes) {
      const look = lookOf(shape.ags);
      const name = `${look.cohesionClass} ${look.isFaded} ${look.isUncertain}`;
      if (!groups.has(name)) groups.set(name, { look, path: new Path2D() });
      addRings(groups.get(name).path, shape.rings);
    }
    drawn.set(tile, { version, groups: [...groups.values()] });
    return drawn.get(tile).groups;
  }

  /** `pieces` are [{tile, box}]: what to draw in which box of the world. */
  function paint(context, view, pieces, { overBasemap }) {
    begin(context, view);
    const patterns = patternsFor(context, view.ratio);
    const isNear = view.scale > 2 ** 8;
    const isFar = view.scale < 2 ** 7;
    for (const { tile, box } of pieces) {
      const unit = within(context, view, tile, box);
      const groups = groupsOf(tile);
      for (const { look, path } of groups) {
        const { cohesionClass, isFaded, isUncertain } = look;
        const share = (isFaded ? FADED : 1) * (isUncertain ? UNCERTAIN : 1);
        context.globalAlpha = share * (overBasemap ? UNDERNEATH : 1);
        context.fillStyle = cohesionClass ? colours[cohesionClass].fill : colours.unincorporated;
        context.fill(path, "evenodd");
        if (!isFaded && patterns[cohesionClass]) {
          context.globalAlpha = PATTERNS[cohesionClass].alpha;
          const anchor = anchored(patterns[cohesionClass], PATTERNS[cohesionClass].tile, view);
          context.fillStyle = inUnits(anchor, context);
          context.fill(path, "evenodd");
        }
      }
      context.strokeStyle = colours.ink;
      context.globalAlpha = isFar ? 0.3 : 0.5;
      context.lineWidth = (isNear ? 0.8 : isFar ? 0.25 : 0.4) / unit;
      for (const { path } of groups) context.stroke(path);
      context.globalAlpha = 0.85;
      for (const [rank, width] of [
        ["district", isNear ? 1.5 : isFar ? 0.6 : 0.9],
        ["state", isNear ? 2.2 : isFar ? 1 : 1.4],
      ]) {
        context.lineWidth = width / unit;
        context.stroke(lines(tile, rank));
      }
      context.restore();
    }
    context.globalAlpha = 1;
  }

  /** Only outlines: of the municipality under the pointer and of the one that is looked at. */
  function paintOutlines(context, view, pieces, hovered, selected) {
    begin(context, view);
    for (const [ags, width, colour] of [
      [hovered, 2, colours.ink],
      [selected, 3, colours.accent],
    ]) {
      if (!ags) continue;
      for (const [stroke, line] of [
        [colours.halo, width + 3],
        [colour, width],
      ]) {
        for (const { tile, box } of pieces) {
          const shape = tile.byAgs.get(ags);
          if (!shape) continue;
          const unit = within(context, view, tile, box);
          const path = new Path2D();
          addRings(path, shape.rings);
          context.strokeStyle = stroke;
          context.lineWidth = line / unit;
          context.stroke(path);
          context.restore();
        }
      }
    }
  }

  return {
    paint,
    paintOutlines,
    /** What `lookOf` says is another than before. */
    changeLooks() {
      version += 1;
    },
  };
}

function begin(context, { width, height, ratio }) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.lineCap = "round";
}

/**
 * Until `restore()`: units of the tile are drawn in, and nothing outside its box. The box ends on whole pixels of the
 * screen, so that neighbouring tiles meet without a seam. Returns how many CSS pixels a unit has.
 */
function within(context, { scale, left, top, ratio }, tile, [west, north, east, south]) {
  const pixel = (coordinate, start) => Math.round((coordinate * scale - start) * ratio);
  const [x, y] = [pixel(west, left), pixel(north, top)];
  const unit = tile.unit * scale;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(x, y, pixel(east, left) - x, pixel(south, top) - y);
  context.clip();
  context.setTransform(
    unit * ratio,
    0,
    0,
    unit * ratio,
    (tile.left * scale - left) * ratio,
    (tile.top * scale - top) * ratio,
  );
  return unit;
}

function addRings(path, rings) {
  for (const ring of rings) {
    path.moveTo(ring[0], ring[1]);
    for (let at = 2; at < ring.length; at += 2) path.lineTo(ring[at], ring[at + 1]); // ends where it began
  }
}

const known = new WeakMap();

/** The lines of a rank in a tile, as one path. */
function lines(tile, rank) {
  if (!known.has(tile)) known.set(tile, {});
  const paths = known.get(tile);
  if (!paths[rank]) {
    paths[rank] = new Path2D();
    addRings(paths[rank], tile.borders[rank]);
  }
  return paths[rank];
}

/** A repeated tile, drawn in pixels of the screen so that it is crisp. */
function patternTile(context, { tile, line, width }, ink, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(tile[0] * ratio);
  canvas.height = Math.round(tile[1] * ratio);
  const drawn = canvas.getContext("2d");
  drawn.scale(canvas.width / tile[0], canvas.height / tile[1]);
  drawn.strokeStyle = ink;
  drawn.lineWidth = width;
  drawn.lineCap = line.includes("h0") ? "round" : "butt";
  drawn.stroke(new Path2D(line));
  return { canvas, pattern: context.createPattern(canvas, "repeat") };
}

/** The pattern and where it lies in CSS pixels: fixed to the ground, so that it does not swim when the map is moved. */
function anchored({ canvas, pattern }, [width, height], { left, top, ratio }) {
  const scale = [width / canvas.width, height / canvas.height];
  const inPixels = new DOMMatrix([scale[0], 0, 0, scale[1], -(left % width), -(top % height)]);
  return { pattern, matrix: new DOMMatrix([ratio, 0, 0, ratio, 0, 0]).multiply(inPixels) };
}

/** The pattern, told in the units that the context draws in. */
function inUnits({ pattern, matrix }, context) {
  pattern.setTransform(context.getTransform().inverse().multiply(matrix));
  return pattern;
}
