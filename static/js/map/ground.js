// The worker that has the boundaries and draws the ground of the map (ground_worker.js), as a few questions and answers:
// so the page answers its reader while 11,000 municipalities are decoded and drawn.

import { startWorker } from "./asking.js";

/** Start it; `address` is the script's. */
export function createGround(address) {
  const { ask, onChange } = startWorker(address);
  return {
    /** {archive, font, colours, uncertainBelow, overBasemap} → the bounds of all boundaries: [west, south, east, north]. */
    open: ({ archive, font, ...rest }) =>
      ask("open", { ...rest, font: absolute(font), archive: { ...archive, url: absolute(archive.url) } }),
    /** `listener()` hears that there is more to draw than before. */
    onChange,
    /** The figures, as columns. */
    setFigures: (table) => ask("setFigures", table),
    /** For each row of the figures whether the filter lets it through. */
    setShown: (flags) => ask("setShown", flags),
    /** A view (canvas.js), with what covers it: [{at, size}], spots in the world and sizes in CSS pixels → its picture. */
    draw: (view) => ask("draw", view),
    /** The AGS at a point of the world, "" for none. */
    under: (x, y) => ask("under", [x, y]),
    /** The box of a municipality in the world, or null: as exact as the picture has it, or as the lowest zoom has it. */
    boxOf: (ags) => ask("boxOf", ags),
    /** What the picture has of each of these municipalities: [{tile, box, rings}]. */
    outlinesOf: (all) => ask("outlinesOf", all),
  };
}

/** A worker takes addresses as relative to its own. */
const absolute = (address) => new URL(address, document.baseURI).href;
