// Where things lie: Web Mercator, and which municipality of a tile is under a point. Pure. World coordinates are pixels
// of zoom 0, 0 to 256 from the north-west, as Leaflet counts them.

export const WORLD = 256;

/** WGS 84 degrees → world coordinates. */
export function toWorld(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [WORLD * (longitude / 360 + 0.5), WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
}

/** World coordinates → WGS 84 degrees, longitude and latitude. */
export function toDegrees(x, y) {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI;
  return [(x / WORLD - 0.5) * 360, latitude];
}

/** West, south, east, north in degrees → a box of the world: west, north, east, south. */
export function boxOf([west, south, east, north]) {
  return [...toWorld(west, north), ...toWorld(east, south)];
}

/** The box around both; either may be missing. */
export function joined(one, other) {
  if (!one || !other) return one ?? other;
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ];
}

export const isIn = ([west, north, east, south], x, y) => x >= west && x <= east && y >= north && y <= south;

/** The shape of a tile that holds a point of the world, or null. */
export function shapeAt(tile, x, y) {
  const [tileX, tileY] = [(x - tile.left) / tile.unit, (y - tile.top) / tile.unit];
  return tile.shapes.find(({ box, rings }) => isIn(box, x, y) && holds(rings, tileX, tileY)) ?? null;
}

/** A point well inside of most shapes: the middle of the largest ring's corners, weighed by its area. */
export function middleOf(tile, { rings }) {
  let [largest, found] = [0, [0, 0]];
  for (const ring of rings) {
    let [area, x, y] = [0, 0, 0];
    for (let here = 2; here < ring.length; here += 2) {
      const cross = ring[here - 2] * ring[here + 1] - ring[here] * ring[here - 1];
      area += cross;
      x += (ring[here - 2] + ring[here]) * cross;
      y += (ring[here - 1] + ring[here + 1]) * cross;
    }
    if (area > largest) [largest, found] = [area, [x / (3 * area), y / (3 * area)]];
  }
  return [tile.left + found[0] * tile.unit, tile.top + found[1] * tile.unit];
}

function holds(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let here = 0, last = ring.length - 2; here < ring.length; last = here, here += 2) {
      const above = ring[here + 1] > y;
      if (above === ring[last + 1] > y) continue;
      const crossing =
        ((ring[last] - ring[here]) * (y - ring[here + 1])) / (ring[last + 1] - ring[here + 1]) + ring[here];
      if (x < crossing) inside = !inside;
    }
  }
  return inside;
}
