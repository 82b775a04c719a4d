// Tiles on a canvas: from the units of a tile to pixels, and paths of its rings. A view is {scale, left, top, width, height,
// ratio}: a world coordinate times scale, less left/top, is a CSS pixel of the canvas, and a CSS pixel is `ratio` pixels
// of the screen.

/** The box of a piece of a tile in pixels of the screen. It ends on whole pixels, so that neighbours meet without a seam. */
export function pixelsOf([west, north, east, south], { scale, left, top, ratio }) {
  const pixel = (coordinate, start) => Math.round((coordinate * scale - start) * ratio);
  return [pixel(west, left), pixel(north, top), pixel(east, left), pixel(south, top)];
}

/** How many pixels of the screen a unit of the tile has, and where its first corner is. */
export function placeOf(tile, { scale, left, top, ratio }) {
  return [tile.unit * scale * ratio, (tile.left * scale - left) * ratio, (tile.top * scale - top) * ratio];
}

/** Clear the canvas; CSS pixels are drawn in from then on. */
export function begin(context, { width, height, ratio }) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.lineCap = "round";
}

/**
 * Until `restore()`: units of the tile are drawn in, and nothing outside the box of the piece. Returns how many CSS
 * pixels a unit has.
 */
export function within(context, view, { tile, box }) {
  const [west, north, east, south] = pixelsOf(box, view);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(west, north, east - west, south - north);
  context.clip();
  const [unit, left, top] = placeOf(tile, view);
  context.setTransform(unit, 0, 0, unit, left, top);
  return unit / view.ratio;
}

export function addRings(path, rings) {
  for (const ring of rings) {
    path.moveTo(ring[0], ring[1]);
    for (let at = 2; at < ring.length; at += 2) path.lineTo(ring[at], ring[at + 1]); // ends where it began
  }
}
