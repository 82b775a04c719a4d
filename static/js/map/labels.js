// What stands on the municipalities: tier symbols, names, the names of districts and states. Draws on the same canvas
// as choropleth.js, after it. Each symbol and each text is drawn once, on a small canvas of its own, and then copied: with
// another filter the same ones stand there again.

import { SYMBOLS, TIERS, tierOf } from "./classes.js";
import { isIn } from "./geometry.js";

const FONT = '"Source Sans 3", system-ui, sans-serif';
const STYLES = {
  name: { font: `600 12px ${FONT}`, spacing: "0px", colour: "ink" },
  region: { font: `600 11px ${FONT}`, spacing: "0.08em", colour: "muted" },
};
const STAMPS = 1000; // so many are kept: a screen full of names, many times
const SYMBOL_SCALE = 0.9; // of the 20 by 20 that symbols are drawn in
const FAR = 2 ** 7; // of a view: all of Germany is there
const FAR_SCALE = 0.65;
const NAME_ROOM = { oberzentrum: 0, mittelzentrum: 26, grundzentrum: 46, none: 58, unknown: 58 };
// Zooms of the map between which the names of regions stand.
const REGIONS = { state: [6.5, 8.2], district: [8.2, 10.2] };

/** `colours` as for the painter. */
export function createLabels(colours) {
  const symbols = Object.fromEntries(
    Object.entries(SYMBOLS).map(([tier, { parts }]) => [
      tier,
      parts.map((part) => ({ ...part, shape: new Path2D(part.path) })),
    ]),
  );

  const stamps = new Map(); // by what it is: {canvas, left, top}
  const widths = new Map(); // of texts, by style and text
  const measuring = new OffscreenCanvas(1, 1).getContext("2d");

  /**
   * `spots` are [{row, at, room}]: municipalities with the spot and the pixels they have; `pieces` have the regions; a name
   * that what covers the view would hide in part is left out.
   */
  function paint(context, view, pieces, spots) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    if (stamps.size > STAMPS) forget();
    const placed = spots.map((spot) => ({ ...spot, point: onCanvas(spot.at, view) }));
    paintSymbols(context, view, placed);
    const taken = view.covered.map(({ at, size }) => boxAround(onCanvas(at, view), size));
    paintNames(context, view, placed, taken);
    for (const { row, point, room } of placed) {
      if (room >= SYMBOLS[tierOf(row)].room)
        taken.push([point[0] - 9, point[1] - 9, point[0] + 9, point[1] + 9]);
    }
    paintRegions(context, view, pieces, taken);
  }

  /**
   * What `draw(context)` draws around its origin, in a box of so many CSS pixels on each side of it: drawn once for each
   * `key`.
   */
  function stamp(key, { ratio }, [across, above, below], draw) {
    const name = `${ratio} ${key}`;
    if (!stamps.has(name)) {
      const [left, top, bottom] = [across, above, below].map((side) => Math.ceil(side * ratio));
      const canvas = new OffscreenCanvas(2 * left, top + bottom);
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, left, top);
      draw(context);
      stamps.set(name, { canvas, left, top });
    }
    return stamps.get(name);
  }

  /** On whole pixels, so that it stays as crisp as it was drawn. */
  function put(context, { canvas, left, top }, [x, y], { ratio }) {
    context.drawImage(canvas, Math.round(x * ratio) - left, Math.round(y * ratio) - top);
  }

  function paintSymbols(context, view, spots) {
    const isFar = view.scale < FAR;
    for (const tier of TIERS) {
      for (const { row, point, room } of spots) {
        if (tierOf(row) !== tier || room < SYMBOLS[tier].room) continue;
        const size = SYMBOL_SCALE * (room > 60 ? 1.2 : isFar ? FAR_SCALE : 1);
        const sides = [12 * size, 12 * size, 12 * size];
        const drawn = stamp(`${tier} ${size}`, view, sides, (own) => drawSymbol(own, tier, size));
        put(context, drawn, point, view);
      }
    }
  }

  function drawSymbol(context, tier, size) {
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
  }

  /** One line of text at the first of these spots where nothing is yet. */
  function write(context, view, text, style, spots, taken) {
    const half = widthOf(text, style) / 2 + 3;
    const isFree = (box) =>
      !taken.some(
        (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3],
      );
    for (const [x, y] of spots(half)) {
      const box = [x - half, y - 14, x + half, y + 4];
      if (!isFree(box)) continue;
      taken.push(box);
      const drawn = stamp(`${style} ${text}`, view, [half, 16, 6], (own) => drawText(own, text, style));
      put(context, drawn, [x, y], view);
      return;
    }
  }

  function widthOf(text, style) {
    const name = `${style} ${text}`;
    if (!widths.has(name)) {
      setStyle(measuring, style);
      widths.set(name, measuring.measureText(text).width);
    }
    return widths.get(name);
  }

  function setStyle(context, style) {
    context.font = STYLES[style].font;
    context.letterSpacing = STYLES[style].spacing;
    context.textAlign = "center";
    context.lineJoin = "round";
    context.fillStyle = colours[STYLES[style].colour];
  }

  function drawText(context, text, style) {
    setStyle(context, style);
    context.strokeStyle = colours.halo;
    context.lineWidth = 3;
    context.globalAlpha = 0.85;
    context.strokeText(text, 0, 0);
    context.globalAlpha = 1;
    context.fillText(text, 0, 0);
  }

  function paintNames(context, view, spots, taken) {
    for (const tier of [...TIERS].reverse()) {
      const named = spots.filter(
        ({ row, room }) => row.name && tierOf(row) === tier && room >= NAME_ROOM[tier],
      );
      named.sort((a, b) => (b.row.population ?? 0) - (a.row.population ?? 0));
      for (const { row, point } of named)
        write(context, view, row.name, "name", (half) => around(point, half), taken);
    }
  }

  function paintRegions(context, view, pieces, taken) {
    const zoom = Math.log2(view.scale);
    const done = new Set();
    for (const { tile, box } of pieces) {
      for (const { rank, key, name, at } of tile.labels) {
        const [from, to] = REGIONS[rank];
        if (zoom < from || zoom >= to || done.has(key) || !isIn(box, ...at)) continue;
        done.add(key);
        write(context, view, name.toUpperCase(), "region", () => [onCanvas(at, view)], taken);
      }
    }
  }

  /** Another typeface is there: texts are drawn anew. */
  function forget() {
    stamps.clear();
    widths.clear();
  }

  return { paint, forget };
}

/**
 * Where the name of a symbol may stand: below, above, to its right; below or above a number on it. Not to its left: at the
 * edge of the view it would begin behind the legend.
 */
const around = ([x, y], half) => [
  [x, y + 20],
  [x, y - 15],
  [x + half + 9, y + 5],
  [x, y + 32],
  [x, y - 20],
];

const boxAround = ([x, y], [width, height]) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

const onCanvas = ([x, y], { scale, left, top }) => [x * scale - left, y * scale - top];
