// What stands on the municipalities: tier symbols, names, the names of districts and states. Draws on the same canvas
// as choropleth.js, after it.

import { SYMBOLS, TIERS, tierOf } from "./classes.js";
import { isIn } from "./geometry.js";

const NAME_FONT = '600 12px "Source Sans 3", system-ui, sans-serif';
const REGION_FONT = '600 11px "Source Sans 3", system-ui, sans-serif';
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

  /** `spots` are [{row, at, room}]: municipalities with the spot and the pixels they have; `pieces` have the regions. */
  function paint(context, view, pieces, spots) {
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    const placed = spots.map((spot) => ({ ...spot, point: onCanvas(spot.at, view) }));
    paintSymbols(context, placed, view.scale < FAR);
    const taken = [];
    paintNames(context, placed, taken);
    for (const { row, point, room } of placed) {
      if (room >= SYMBOLS[tierOf(row)].room)
        taken.push([point[0] - 9, point[1] - 9, point[0] + 9, point[1] + 9]);
    }
    paintRegions(context, view, pieces, taken);
  }

  function paintSymbols(context, spots, isFar) {
    for (const tier of TIERS) {
      for (const { row, point, room } of spots) {
        if (tierOf(row) !== tier || room < SYMBOLS[tier].room) continue;
        const size = SYMBOL_SCALE * (room > 60 ? 1.2 : isFar ? FAR_SCALE : 1);
        context.save();
        context.translate(...point);
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

  /** One line of text under a spot, unless another is there already. */
  function write(context, text, x, y, taken) {
    const half = context.measureText(text).width / 2 + 3;
    const box = [x - half, y - 14, x + half, y + 4];
    if (
      taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])
    )
      return;
    taken.push(box);
    context.strokeStyle = colours.halo;
    context.lineWidth = 3;
    context.globalAlpha = 0.85;
    context.strokeText(text, x, y);
    context.globalAlpha = 1;
    context.fillText(text, x, y);
  }

  function paintNames(context, spots, taken) {
    context.font = NAME_FONT;
    context.textAlign = "center";
    context.lineJoin = "round";
    context.fillStyle = colours.ink;
    for (const tier of [...TIERS].reverse()) {
      const named = spots.filter(
        ({ row, room }) => row.name && tierOf(row) === tier && room >= NAME_ROOM[tier],
      );
      named.sort((a, b) => (b.row.population ?? 0) - (a.row.population ?? 0));
      for (const { row, point } of named) write(context, row.name, point[0], point[1] + 20, taken);
    }
  }

  function paintRegions(context, view, pieces, taken) {
    const zoom = Math.log2(view.scale);
    const done = new Set();
    context.font = REGION_FONT;
    context.fillStyle = colours.muted;
    context.letterSpacing = "0.08em";
    for (const { tile, box } of pieces) {
      for (const { rank, key, name, at } of tile.labels) {
        const [from, to] = REGIONS[rank];
        if (zoom < from || zoom >= to || done.has(key) || !isIn(box, ...at)) continue;
        done.add(key);
        const [x, y] = onCanvas(at, view);
        write(context, name.toUpperCase(), x, y, taken);
      }
    }
    context.letterSpacing = "0px";
  }

  return { paint };
}

const onCanvas = ([x, y], { scale, left, top }) => [x * scale - left, y * scale - top];
