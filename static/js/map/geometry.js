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
 * The lines between districts and around the whole: a flat array of pieces [x0, y0, x1, y1, …] in the order of the rings,
 * so that one mostly begins where the one before it ends. Neighbours share their corners exactly (the outlines are a
 * coverage): a piece that both sides of one district own is an inner one. Open addressing, for Germany has half a
 * million pieces.
 */
export function districtBorders(shapes) {
  const count = shapes.reduce(
    (sum, { rings }) => sum + rings.reduce((total, ring) => total + ring.length / 2, 0),
    0,
  );
  const pieces = new Float64Array(4 * count);
  const districts = new Int32Array(count); // 0: taken out again
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 1)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  let used = 0;

  function add(ax, ay, bx, by, district) {
    // The same for both directions.
    let slot = (Math.imul((ax + bx) * 1e5, 73856093) ^ Math.imul((ay + by) * 1e5, 19349663)) & mask;
    for (; slots[slot] >= 0; slot = (slot + 1) & mask) {
      const at = 4 * slots[slot];
      if (pieces[at] === bx && pieces[at + 1] === by && pieces[at + 2] === ax && pieces[at + 3] === ay) {
        if (districts[slots[slot]] === district) districts[slots[slot]] = 0;
        return;
      }
    }
    slots[slot] = used;
    districts[used] = district;
    pieces.set([ax, ay, bx, by], 4 * used);
    used += 1;
  }

  for (const { row, rings } of shapes) {
    const district = Number(row.ags.slice(0, 5));
    for (const ring of rings) {
      for (let at = 2; at < ring.length; at += 2)
        add(ring[at - 2], ring[at - 1], ring[at], ring[at + 1], district);
    }
  }
  let kept = 0;
  for (let index = 0; index < used; index += 1) {
    if (districts[index] === 0) continue;
    pieces.copyWithin(4 * kept, 4 * index, 4 * index + 4);
    kept += 1;
  }
  return pieces.slice(0, 4 * kept);
}
