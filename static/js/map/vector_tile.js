// Decodes a Mapbox Vector Tile into what the map draws: municipalities with their rings, borders, labels. Pure.
// Coordinates stay in units of the tile; the file that holds the tiles is pmtiles.js's.

const [POINT, LINE] = [1, 2];

/** Bytes → layers by name: {extent, features: [{id, properties, paths}]}; a path is flat: [x0, y0, x1, y1, …]. */
export function decode(bytes) {
  const layers = {};
  eachField(bytes, 0, bytes.length, (field, value, start, end) => {
    if (field !== 3) return;
    const layer = readLayer(bytes, start, end);
    layers[layer.name] = layer;
  });
  return layers;
}

function readLayer(bytes, from, to) {
  const layer = { name: "", extent: 4096, features: [] };
  const [ranges, keys, values] = [[], [], []];
  eachField(bytes, from, to, (field, value, start, end) => {
    if (field === 1) layer.name = text(bytes, start, end);
    else if (field === 2) ranges.push([start, end]);
    else if (field === 3) keys.push(text(bytes, start, end));
    else if (field === 4) values.push(readValue(bytes, start, end));
    else if (field === 5) layer.extent = value;
  });
  layer.features = ranges.map(([start, end]) => readFeature(bytes, start, end, keys, values));
  return layer;
}

/** Attributes are texts here; of other kinds nothing is told. */
function readValue(bytes, from, to) {
  let found = null;
  eachField(bytes, from, to, (field, value, start, end) => {
    if (field === 1) found = text(bytes, start, end);
  });
  return found;
}

function readFeature(bytes, from, to, keys, values) {
  const feature = { id: null, properties: {}, paths: [] };
  let shape = 0;
  eachField(bytes, from, to, (field, value, start, end) => {
    if (field === 1) feature.id = value;
    else if (field === 3) shape = value;
    else if (field === 2) {
      const tags = numbers(bytes, start, end);
      for (let at = 0; at < tags.length; at += 2) feature.properties[keys[tags[at]]] = values[tags[at + 1]];
    } else if (field === 4) feature.paths = readPaths(numbers(bytes, start, end), shape);
  });
  return feature;
}

/** Commands → paths. The ring of a polygon ends with its first point again. */
function readPaths(commands, shape) {
  const paths = [];
  let [x, y, at] = [0, 0, 0];
  let path = [];
  while (at < commands.length) {
    const [command, count] = [commands[at] & 7, commands[at] >> 3];
    at += 1;
    if (command === 7) {
      path.push(path[0], path[1]);
      continue;
    }
    for (let point = 0; point < count; point += 1) {
      x += (commands[at] >> 1) ^ -(commands[at] & 1);
      y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1);
      at += 2;
      if (command === 1 || (shape === POINT && point > 0)) paths.push((path = []));
      path.push(x, y);
    }
  }
  return shape === LINE ? paths.filter((line) => line.length > 2) : paths;
}

const decoder = new TextDecoder();
const text = (bytes, start, end) => decoder.decode(bytes.subarray(start, end));

function numbers(bytes, start, end) {
  const found = [];
  for (let at = start; at < end;) {
    let byte = bytes[at++];
    let number = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++];
      number |= (byte & 127) << shift;
    }
    found.push(number >>> 0);
  }
  return found;
}

/** Calls `found(field, number, start, end)`: a number for varints, the range of bytes for what has a length. */
function eachField(bytes, from, to, found) {
  let at = from;
  function varint() {
    let byte = bytes[at++];
    let number = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++];
      number |= (byte & 127) << shift;
    }
    return number >>> 0;
  }
  while (at < to) {
    const head = varint();
    const [field, kind] = [head >> 3, head & 7];
    if (kind === 0) found(field, varint(), at, at);
    else if (kind === 2) {
      const length = varint();
      found(field, null, at, at + length);
      at += length;
    } else at += kind === 1 ? 8 : 4;
  }
}
