// Draws municipalities on a canvas: fill and pattern of the class, borders, tier symbols, names. Knows neither Leaflet
// nor the page; a view says which part of the world the canvas shows, so filtering redraws and never rebuilds.

import { CLASSES, PATTERNS, SYMBOLS, TIERS, tierOf } from "./classes.js";

const CURVE = 0.6; // pixels: points that lie closer together than this are drawn as one
const NAME_FONT = '600 12px "Source Sans 3", system-ui, sans-serif';
const SYMBOL_SCALE = 0.9; // of the 20 by 20 that symbols are drawn in
const NAME_ROOM = { oberzentrum: 0, mittelzentrum: 26, grundzentrum: 46, none: 58, unknown: 58 };

/**
 * A view is {scale, left, top, width, height, ratio}: a world coordinate times scale, less left/top, is a CSS pixel of
 * the canvas, and a CSS pixel is `ratio` pixels of the screen.
 */
export function createPainter(colours) {
  const symbols = Object.fromEntries(
    Object.entries(SYMBOLS).map(([tier, { parts }]) => [
      tier,
      parts.map((part) => ({ ...part, shape: new Path2D(part.path) })),
    ]),
  );
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

  function paint(context, view, shapes, { isShown, districts, overBasemap }) {
    begin(context, view);
    const inView = shapes.filter((shape) => touches(shape.box, view));
    const groups = group(inView, view, isShown);
    const patterns = patternsFor(context, view.ratio);
    for (const [name, { path, shown }] of groups) {
      const cohesionClass = name === "unincorporated" ? null : name.replace("faded-", "");
      context.globalAlpha = (shown ? 1 : 0.28) * (overBasemap ? 0.72 : 1);
      context.fillStyle = cohesionClass ? colours[cohesionClass].fill : colours.unincorporated;
      context.fill(path, "evenodd");
      if (shown && patterns[cohesionClass]) {
        context.globalAlpha = PATTERNS[cohesionClass].alpha;
        context.fillStyle = anchored(patterns[cohesionClass], PATTERNS[cohesionClass].tile, view);
        context.fill(path, "evenodd");
      }
    }
    context.globalAlpha = 0.5;
    context.strokeStyle = colours.ink;
    context.lineWidth = view.scale > 256 ? 0.8 : 0.4;
    for (const { path } of groups.values()) context.stroke(path);
    context.globalAlpha = 0.85;
    context.lineWidth = view.scale > 256 ? 1.5 : 0.9;
    context.stroke(bordersPath(districts, view));
    context.globalAlpha = 1;
    const shown = inView.filter((shape) => isShown(shape.row));
    paintSymbols(context, view, shown);
    paintNames(context, view, shown);
  }

  function paintSymbols(context, view, shapes) {
    for (const tier of TIERS) {
      for (const shape of shapes) {
        if (tierOf(shape.row) !== tier || roomFor(shape, view) < SYMBOLS[tier].room) continue;
        const [x, y] = onCanvas(shape.centre, view);
        const size = SYMBOL_SCALE * (roomFor(shape, view) > 60 ? 1.2 : 1);
        context.save();
        context.translate(x, y);
        context.scale(size, size);
        context.translate(-10, -10);
        for (const part of symbols[tier]) {
          context.strokeStyle = colours.halo;
          context.lineWidth = (part.line ?? 0) + 2.6;
          context.stroke(part.shape);
        }
        for (const part of symbols[tier]) {
          context.fillStyle = part.line ? colours.halo : colours.ink;
          if (!part.line || tier === "none") context.fill(part.shape);
          context.strokeStyle = colours.ink;
          context.lineWidth = part.line ?? 0;
          if (part.line) context.stroke(part.shape);
        }
        context.restore();
      }
    }
  }

  function paintNames(context, view, shapes) {
    const taken = [];
    context.font = NAME_FONT;
    context.textAlign = "center";
    context.lineJoin = "round";
    for (const tier of [...TIERS].reverse()) {
      const candidates = shapes.filter(
        (shape) => tierOf(shape.row) === tier && roomFor(shape, view) >= NAME_ROOM[tier],
      );
      candidates.sort((a, b) => (b.row.population ?? 0) - (a.row.population ?? 0));
      for (const shape of candidates) {
        const [x, y] = onCanvas(shape.centre, view);
        const half = context.measureText(shape.row.name).width / 2 + 3;
        const box = [x - half, y + 6, x + half, y + 24];
        if (
          taken.some(
            (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3],
          )
        )
          continue;
        taken.push(box);
        context.strokeStyle = colours.halo;
        context.lineWidth = 3;
        context.globalAlpha = 0.85;
        context.strokeText(shape.row.name, x, y + 20);
        context.globalAlpha = 1;
        context.fillStyle = colours.ink;
        context.fillText(shape.row.name, x, y + 20);
      }
    }
  }

  /** Only outlines: of the municipality under the pointer and of the one that is looked at. */
  function paintOutlines(context, view, hovered, selected) {
    begin(context, view);
    for (const [shape, width, colour] of [
      [hovered, 2, colours.ink],
      [selected, 3, colours.accent],
    ]) {
      if (!shape) continue;
      const path = new Path2D();
      addRings(path, shape, view);
      for (const [stroke, line] of [
        [colours.halo, width + 3],
        [colour, width],
      ]) {
        context.strokeStyle = stroke;
        context.lineWidth = line;
        context.stroke(path);
      }
    }
  }

  return { paint, paintOutlines };
}

function begin(context, { width, height, ratio }) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.lineCap = "round";
}

function touches([west, north, east, south], { scale, left, top, width, height }) {
  return (
    east * scale >= left &&
    west * scale <= left + width &&
    south * scale >= top &&
    north * scale <= top + height
  );
}

/** One path per class, shown and faded apart, so that all of Germany is a handful of fills. */
function group(shapes, view, isShown) {
  const groups = new Map();
  for (const shape of shapes) {
    const shown = shape.row.is_unincorporated || isShown(shape.row);
    const name = shape.row.is_unincorporated
      ? "unincorporated"
      : `${shown ? "" : "faded-"}${shape.row.cohesion_class}`;
    if (!groups.has(name)) groups.set(name, { path: new Path2D(), shown });
    addRings(groups.get(name).path, shape, view);
  }
  return groups;
}

function addRings(path, { rings }, { scale, left, top }) {
  for (const ring of rings) {
    const [startX, startY] = [ring[0] * scale - left, ring[1] * scale - top];
    let [lastX, lastY] = [startX, startY];
    path.moveTo(startX, startY);
    for (let at = 2; at < ring.length - 2; at += 2) {
      const x = ring[at] * scale - left;
      const y = ring[at + 1] * scale - top;
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < CURVE) continue;
      path.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
    path.lineTo(startX, startY); // not closePath(): in Chromium each call looks at the whole path
  }
}

function bordersPath(pieces, { scale, left, top, width, height }) {
  const path = new Path2D();
  let [lastX, lastY] = [Number.NaN, Number.NaN];
  for (let at = 0; at < pieces.length; at += 4) {
    const x0 = pieces[at] * scale - left;
    const y0 = pieces[at + 1] * scale - top;
    const x1 = pieces[at + 2] * scale - left;
    const y1 = pieces[at + 3] * scale - top;
    if (
      (x0 < 0 && x1 < 0) ||
      (y0 < 0 && y1 < 0) ||
      (x0 > width && x1 > width) ||
      (y0 > height && y1 > height)
    )
      continue;
    if (x0 !== lastX || y0 !== lastY) path.moveTo(x0, y0);
    path.lineTo(x1, y1);
    [lastX, lastY] = [x1, y1];
  }
  return path;
}

const onCanvas = ([x, y], { scale, left, top }) => [x * scale - left, y * scale - top];

const roomFor = ({ box }, { scale }) => Math.min(box[2] - box[0], box[3] - box[1]) * scale;

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

/** The pattern in CSS pixels and fixed to the ground, so that it does not swim when the map is moved. */
function anchored({ canvas, pattern }, [width, height], { left, top }) {
  const scale = [width / canvas.width, height / canvas.height];
  pattern.setTransform(new DOMMatrix([scale[0], 0, 0, scale[1], -(left % width), -(top % height)]));
  return pattern;
}
