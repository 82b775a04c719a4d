// Which municipality each pixel is of. Polygons are put on the grid once per view; then all of Germany is recoloured by
// looking its pixels up, however many corners it has. Pure.

export const WHOLE = 255; // the share of a pixel that lies in one polygon alone
const LEAST = 1 / 256; // of a pixel: less is nothing

/**
 * A grid of pixels. Of each it tells the numbers of two polygons, 0 for none, and how much of it is the first one's;
 * the rest is the second one's. `add(number, rings, place, clip)` puts a polygon there: rings as tiles have them,
 * `place` is [pixels of a unit, x, y of its origin], and nothing is written outside of the box `clip`.
 */
export function createRaster(width, height) {
  const first = new Uint16Array(width * height);
  const second = new Uint16Array(width * height);
  const share = new Uint8Array(width * height);
  let sums = new Float32Array(2 ** 12);

  function add(number, rings, [unit, x, y], clip) {
    const [left, top, right, bottom] = meet(boxInPixels(rings, unit, x, y), clip, [0, 0, width, height]);
    if (left >= right || top >= bottom) return;
    const window = { width: right - left, height: bottom - top, stride: right - left + 2 };
    const cells = window.stride * window.height;
    if (sums.length < cells) sums = new Float32Array(2 * cells);
    else sums.fill(0, 0, cells);
    for (const ring of rings) addRing(sums, window, ring, unit, x - left, y - top);
    for (let row = 0; row < window.height; row += 1) {
      let covered = 0;
      let cell = row * window.stride;
      let pixel = (top + row) * width + left;
      for (const end = pixel + window.width; pixel < end; pixel += 1, cell += 1) {
        covered += sums[cell];
        const part = Math.abs(covered); // a hole runs the other way round
        if (part < LEAST || share[pixel] === WHOLE) continue;
        if (part > 1 - LEAST) {
          first[pixel] = number;
          share[pixel] = WHOLE;
        } else if (first[pixel] === 0) {
          first[pixel] = number;
          share[pixel] = Math.max(1, part * WHOLE);
        } else second[pixel] = number;
      }
    }
  }

  return { width, height, first, second, share, add };
}

/** Each edge adds, to the pixels that it crosses, how much of them lies to the right of it; summed up along a row that is
 * how much of each pixel lies inside of the ring. */
function addRing(sums, window, ring, unit, x, y) {
  for (let at = 2; at < ring.length; at += 2) {
    addEdge(
      sums,
      window,
      ring[at - 2] * unit + x,
      ring[at - 1] * unit + y,
      ring[at] * unit + x,
      ring[at + 1] * unit + y,
    );
  }
}

function addEdge(sums, { width, height, stride }, fromX, fromY, toX, toY) {
  if (fromY === toY) return;
  const down = fromY < toY;
  const slope = (toX - fromX) / (toY - fromY);
  const start = Math.max(0, down ? fromY : toY);
  const end = Math.min(height, down ? toY : fromY);
  let x = (down ? fromX : toX) + (start - (down ? fromY : toY)) * slope;
  for (let row = Math.floor(start); row < end; row += 1) {
    const tall = Math.min(row + 1, end) - Math.max(row, start);
    const next = x + slope * tall;
    const west = Math.min(Math.max(Math.min(x, next), 0), width);
    const east = Math.min(Math.max(Math.max(x, next), 0), width);
    addSpan(sums, row * stride, west, east, down ? tall : -tall);
    x = next;
  }
}

/** An edge within one row, from `west` to `east`, as high as `tall`. */
function addSpan(sums, row, west, east, tall) {
  const from = Math.floor(west);
  const to = Math.ceil(east);
  if (to <= from + 1) {
    const before = (west + east) / 2 - from;
    sums[row + from] += tall * (1 - before);
    sums[row + from + 1] += tall * before;
    return;
  }
  const steep = tall / (east - west); // height per pixel
  let before = 0; // what has been told so far
  let covered = 0; // of the pixel to the left
  for (let pixel = from; pixel < to; pixel += 1) {
    const [enters, leaves] = [Math.max(west, pixel), Math.min(east, pixel + 1)];
    const height = steep * (leaves - enters);
    const part = before + height * (1 - ((enters + leaves) / 2 - pixel));
    sums[row + pixel] += part - covered;
    covered = part;
    before += height;
  }
  sums[row + to] += tall - covered;
}

function boxInPixels(rings, unit, x, y) {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let at = 0; at < ring.length; at += 2) {
      if (ring[at] < west) west = ring[at];
      if (ring[at] > east) east = ring[at];
      if (ring[at + 1] < north) north = ring[at + 1];
      if (ring[at + 1] > south) south = ring[at + 1];
    }
  }
  return [
    Math.floor(west * unit + x),
    Math.floor(north * unit + y),
    Math.ceil(east * unit + x),
    Math.ceil(south * unit + y),
  ];
}

const meet = (...boxes) => [
  Math.max(...boxes.map((box) => box[0])),
  Math.max(...boxes.map((box) => box[1])),
  Math.min(...boxes.map((box) => box[2])),
  Math.min(...boxes.map((box) => box[3])),
];
