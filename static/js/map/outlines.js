// Draws only outlines: of the municipality under the pointer and of the one that is looked at, on a canvas of their own.

import { addRings, begin, within } from "./canvas.js";

/** `hovered` and `selected` are [{tile, box, rings}]: in each piece of a tile what the municipality has of it. */
export function paintOutlines(context, view, { hovered, selected }, colours) {
  begin(context, view);
  for (const [pieces, width, colour] of [
    [hovered, 2, colours.ink],
    [selected, 3, colours.accent],
  ]) {
    for (const [stroke, line] of [
      [colours.halo, width + 3],
      [colour, width],
    ]) {
      for (const piece of pieces) {
        const unit = within(context, view, piece);
        const path = new Path2D();
        addRings(path, piece.rings);
        context.strokeStyle = stroke;
        context.lineWidth = line / unit;
        context.stroke(path);
        context.restore();
      }
    }
  }
}
