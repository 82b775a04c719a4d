// Outlines as the canvas needs them: Web Mercator, flat arrays, boxes; which one lies under a point; which lines part
// districts. Pure. World coordinates are pixels of zoom 0, 0 to 256 from the north-west, as Leaflet counts them.

const WORLD = 256;

/** WGS 84 degrees → world coordinates. */
export function toWorld(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [WORLD * (longitude / 360 + 0.5), WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI))];
}

/** A GeoJSON feature with its row → rings [x0, y0, x1, y1, …], their box, and the symbol's spot. */
export function toShape(feature, row) {
  const { type, coordinates } = feature.geometry;
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const rings = [];
  const box = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const ring of polygons.flat()) {
    const flat = new Float64Array(ring.length * 2);
    for (let index = 0; index < ring.length; index += 1) {
      const [x, y] = toWorld(ring[index][0], ring[index][1]);
      flat[2 * index] = x;
      flat[2 * index + 1] = y;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    rings.push(flat);
  }
  return { row, rings, box, centre: toWorld(row.longitude, row.latitude) };
}

/** The box around all shapes. */
export function boxAround(shapes) {
  return [0, 1, 2, 3].map((side) =>
    shapes.reduce(
      (found, { box }) => (side < 2 ? Math.min(found, box[side]) : Math.max(found, box[side])),
      side < 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    ),
  );
}

/** World coordinates → WGS 84 degrees, longitude and latitude. */
export function toDegrees(x, y) {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI;
  return [(x / WORLD - 0.5) * 360, latitude];
}

/** The shape that holds a point, or null. */
export function shapeAt(shapes, x, y) {
  for (const shape of shapes) {
    const [west, north, east, south] = shape.box;
    if (x >= west && x <= east && y >= north && y <= south && holds(shape.rings, x, y)) return shape;
  }
  return null;
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

/**
 * The lines between districts and around the whole, as [x0, y0, x1, y1] of each piece. Neighbours share their
 * vertices exactly (the outlines are a coverage), so a piece that both sides of one district own is inner.
 */
export function districtBorders(shapes) {
  const points = new Map();
  const owners = new Map();
  const idOf = (x, y) => {
    const key = Math.round(x * 1e5) * 1e8 + Math.round(y * 1e5);
    let id = points.get(key);
    if (id === undefined) {
      id = points.size;
      points.set(key, id);
    }
    return id;
  };
  const pieces = new Map();
  for (const { row, rings } of shapes) {
    const district = row.ags.slice(0, 5);
    for (const ring of rings) {
      for (let index = 2, before = idOf(ring[0], ring[1]); index < ring.length; index += 2) {
        const here = idOf(ring[index], ring[index + 1]);
        const key = Math.min(before, here) * 2 ** 26 + Math.max(before, here);
        if (owners.get(key) === district) pieces.delete(key);
        else if (!owners.has(key)) {
          owners.set(key, district);
          pieces.set(key, [ring[index - 2], ring[index - 1], ring[index], ring[index + 1]]);
        }
        before = here;
      }
    }
  }
  return [...pieces.values()];
}
