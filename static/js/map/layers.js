// The Leaflet map: base, municipalities (choropleth.js), entries and their clusters, controls. The only module of the
// map page that knows Leaflet; the others hear of municipalities and entries.

import * as L from "../../leaflet/leaflet-src.esm.js";
import { drawing, make } from "../dom.js";
import { fill } from "../format.js";
import { createPainter } from "./choropleth.js";
import { CLASSES } from "./classes.js";
import { boxAround, districtBorders, shapeAt, toDegrees } from "./geometry.js";
import { Supercluster } from "./supercluster.js";

const MARGIN = 12; // pixels around what is fitted into the map
const CLOSE = 11; // the zoom at which one municipality is looked at
const SEEN = 40; // pixels: a municipality that is drawn smaller than this is moved closer
const CLUSTER = { radius: 44, extent: 256, maxZoom: 15 }; // extent: a tile is 256 pixels to Leaflet
const FRAME = [["path", { d: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" }]];

/** A canvas that covers the map; `paint(context, view)` is called whenever it has to be drawn. */
const Surface = L.Renderer.extend({
  initialize(paint, options) {
    L.Renderer.prototype.initialize.call(this, options);
    this._paint = paint;
  },
  _initContainer() {
    this._container = make("canvas", { class: "map__surface", "aria-hidden": "true" });
    this._context = this._container.getContext("2d");
  },
  _destroyContainer() {
    this._container.remove();
    this._container = undefined;
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = Math.round(size.x * ratio);
    this._container.height = Math.round(size.y * ratio);
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this.redraw();
  },
  redraw() {
    if (!this._map || !this._bounds) return;
    const origin = this._map.getPixelOrigin().add(this._bounds.min);
    const size = this._bounds.getSize();
    this._paint(this._context, {
      scale: this._map.getZoomScale(this._map.getZoom(), 0),
      left: origin.x,
      top: origin.y,
      width: size.x,
      height: size.y,
      ratio: window.devicePixelRatio || 1,
    });
  },
});

/**
 * Build the map in `container`. `settings` is the template's (extent, zooms, tiles), `describe(row)` fills the short form under
 * the pointer, `signs` are the symbols of entries and what their marks are called; `on` hears `select(row | null)`,
 * `entry(entry)` and `move({zoom, latitude, longitude})`.
 */
export function createMap(container, settings, text, describe, signs, on) {
  const overBasemap = settings.tiles.length > 0;
  const map = L.map(container, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: overBasemap ? 1 : 0.1,
    minZoom: settings.minZoom,
    maxZoom: settings.maxZoom,
    maxBoundsViscosity: 0.8,
  });
  L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
  L.control
    .zoom({ position: "bottomright", zoomInTitle: text.zoomIn, zoomOutTitle: text.zoomOut })
    .addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  for (const tile of settings.tiles) L.tileLayer(tile.url, { attribution: tile.attribution }).addTo(map);

  const painter = createPainter(coloursOf(container));
  let shapes = [];
  let districts = new Float64Array(0);
  let isShown = () => true;
  let hovered = null;
  let selected = null;

  const ground = new Surface((context, view) =>
    painter.paint(context, view, shapes, { isShown, districts, overBasemap }),
  );
  const marks = new Surface((context, view) => painter.paintOutlines(context, view, hovered, selected));
  const tooltip = L.tooltip({ className: "map__tooltip", direction: "top", offset: [0, -10], opacity: 1 });
  // The last one lies on top.
  const layers = Object.fromEntries(
    Object.entries({ spaces: "space", support: "support", places: "place" }).map(([layer, type]) => [
      layer,
      createPoints(map, type, text.clusters[type], signs, on.entry),
    ]),
  );

  const find = (ags) => shapes.find((shape) => shape.row.ags === ags) ?? null;
  const under = (event) => {
    const { x, y } = map.options.crs.latLngToPoint(event.latlng, 0);
    return shapeAt(shapes, x, y);
  };

  function hover(shape, latlng) {
    if (shape !== hovered) {
      hovered = shape;
      marks.redraw();
      if (shape) tooltip.setContent(describe(shape.row));
    }
    if (!shape) tooltip.remove();
    else tooltip.setLatLng(latlng).addTo(map);
  }

  map.on("mousemove", (event) => hover(under(event), event.latlng));
  map.on("mouseout zoomstart movestart", () => hover(null));
  map.on("click", (event) => {
    const shape = under(event);
    on.select(shape?.row ?? null);
    if (shape) map.panInside(event.latlng, padding(container)); // the card may lie over it now
  });

  function start(view) {
    const [west, south, east, north] = settings.extent;
    const extent = L.latLngBounds([south, west], [north, east]);
    const region = shapes.length > 0 ? degreesOf(boxAround(shapes)) : extent;
    map.setMaxBounds(region.pad(1));
    const whole = () => map.fitBounds(region, { ...padding(container), animate: false });
    if (view.zoom !== null) map.setView([view.latitude, view.longitude], view.zoom);
    else whole();
    ground.addTo(map);
    marks.addTo(map);
    for (const layer of Object.values(layers)) layer.start();
    // Until the reader chooses a view the whole region is kept in sight, and the address names no view.
    let chosen = view.zoom !== null;
    let resizing = false;
    map.on("moveend", () => {
      chosen ||= !resizing;
      const { lat, lng } = map.getCenter();
      if (chosen) on.move({ zoom: map.getZoom(), latitude: lat, longitude: lng });
    });
    new ResizeObserver(() => {
      resizing = true;
      map.invalidateSize({ pan: false });
      if (!chosen) whole();
      resizing = false;
    }).observe(container);
    addWholeControl(map, text.whole, whole);
  }

  function fit(bounds, animate) {
    map.fitBounds(bounds, { ...padding(container), maxZoom: Math.max(CLOSE, map.getZoom()), animate });
  }

  /** Whether bounds lie where nothing floats over the map, and are large enough to be seen. */
  function isSeen(bounds) {
    const { paddingTopLeft, paddingBottomRight } = padding(container);
    const free = L.bounds(paddingTopLeft, map.getSize().subtract(paddingBottomRight));
    const corners = [bounds.getNorthWest(), bounds.getSouthEast()];
    const box = L.bounds(corners.map((corner) => map.latLngToContainerPoint(corner)));
    return free.contains(box) && box.getSize().x > SEEN;
  }

  return {
    /** The shapes are there: show the view that is given, else the whole region. */
    start(loaded, view) {
      shapes = loaded;
      start(view);
      requestAnimationFrame(() => {
        districts = districtBorders(shapes);
        ground.redraw();
      });
    },
    /** Fade what the filter holds back. */
    setShown(rows) {
      const shown = new Set(rows);
      isShown = (row) => shown.has(row);
      ground.redraw();
    },
    setSelected(ags) {
      selected = ags ? find(ags) : null;
      marks.redraw();
    },
    /** Bring a municipality into view, if it is not wholly there. */
    reveal(ags) {
      const shape = find(ags);
      if (shape && !isSeen(degreesOf(shape.box))) fit(degreesOf(shape.box), true);
    },
    /** At first: a municipality or an entry from near. */
    approach(ags, entry) {
      const shape = find(ags);
      if (shape) fit(degreesOf(shape.box), false);
      else if (entry) fit(L.latLng(entry.latitude, entry.longitude).toBounds(1000), false);
    },
    /** The same as the pointer over it: for a row of the table that has the focus. */
    point(ags) {
      const shape = ags ? find(ags) : null;
      if (!shape) return hover(null);
      const [longitude, latitude] = toDegrees(...shape.centre);
      return hover(shape, L.latLng(latitude, longitude));
    },
    setEntries: (layer, entries) => layers[layer].set(entries),
    setAttribution: (plain) => map.attributionControl.addAttribution(make("span", {}, plain).innerHTML),
  };
}

function degreesOf([west, north, east, south]) {
  const corners = [toDegrees(west, south), toDegrees(east, north)];
  return L.latLngBounds(corners.map(([longitude, latitude]) => [latitude, longitude]));
}

/** Room for what floats over the map: a column at its side, a sheet at its foot. */
function padding(container) {
  const area = container.getBoundingClientRect();
  const room = { left: 0, right: 0, bottom: 0 };
  for (const element of document.querySelectorAll("[data-over-map]")) {
    const box = element.getBoundingClientRect();
    if (box.right <= area.left || box.left >= area.right || box.bottom <= area.top || box.top >= area.bottom)
      continue;
    const sides = {
      left: box.right - area.left,
      right: area.right - box.left,
      bottom: area.bottom - box.top,
    };
    const side = box.width > area.width / 2 ? "bottom" : sides.left < sides.right ? "left" : "right";
    room[side] = Math.max(room[side], sides[side]);
  }
  return {
    paddingTopLeft: [room.left + MARGIN, MARGIN],
    paddingBottomRight: [room.right + MARGIN, room.bottom + MARGIN],
  };
}

function coloursOf(container) {
  const style = getComputedStyle(container);
  const colour = (name) => style.getPropertyValue(name).trim();
  const classes = CLASSES.map((value) => [
    value,
    { fill: colour(`--class-${value}`), ink: colour(`--class-${value}-ink`) },
  ]);
  return {
    ...Object.fromEntries(classes),
    ink: colour("--ink"),
    halo: colour("--surface"),
    unincorporated: colour("--paper-deep"),
    accent: colour("--accent"),
  };
}

function addWholeControl(map, title, whole) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const frame = drawing("map__icon", FRAME, "0 0 20 20");
    const button = make("button", { type: "button", class: "map__whole", title, "aria-label": title }, frame);
    button.addEventListener("click", whole);
    L.DomEvent.disableClickPropagation(button);
    return make("div", { class: "leaflet-bar" }, button);
  };
  control.addTo(map);
}

/** Entries of one type, each with its symbol, many in one spot as a number. All of them are told beside the map too. */
function createPoints(map, type, clusterText, signs, onEntry) {
  const layer = L.layerGroup();
  const drawn = new Map();
  let index = null;

  function refresh() {
    const view = map.getBounds().pad(0.15);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    const found = index ? index.getClusters(box, Math.round(map.getZoom())) : [];
    const wanted = new Map(found.map((feature) => [keyOf(feature), feature]));
    for (const [key, point] of drawn) {
      if (wanted.has(key)) continue;
      layer.removeLayer(point);
      drawn.delete(key);
    }
    for (const [key, feature] of wanted) {
      if (drawn.has(key)) continue;
      const point = feature.properties.cluster ? clusterMarker(feature) : marker(feature.properties.entry);
      drawn.set(key, point.addTo(layer));
    }
  }

  function clusterMarker({ id, geometry, properties }) {
    const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    const size = properties.point_count < 10 ? 24 : properties.point_count < 100 ? 28 : 34;
    const html = make("span", {}, String(properties.point_count));
    const icon = L.divIcon({ html, className: `map__cluster map__cluster--${type}`, iconSize: [size, size] });
    const title = fill(clusterText, { count: properties.point_count });
    const cluster = L.marker(at, { icon, title, keyboard: false });
    return cluster.on("click", () => map.setView(at, index.getClusterExpansionZoom(id)));
  }

  function marker(entry) {
    const mark = signs.markOf(entry);
    const html = signs.symbols[mark ? `${type}-${mark}` : type].cloneNode(true);
    const icon = L.divIcon({ html, className: `map__entry map__${type}`, iconSize: [24, 24] });
    const title = mark ? `${entry.name} (${signs.words[mark]})` : entry.name;
    const point = L.marker([entry.latitude, entry.longitude], { icon, title, keyboard: false });
    return point.on("click", () => {
      onEntry(entry);
      map.panInside(point.getLatLng(), padding(map.getContainer()));
    });
  }

  return {
    start() {
      layer.addTo(map);
      map.on("moveend", refresh);
      refresh();
    },
    set(entries) {
      const features = entries.map((entry) => ({
        type: "Feature",
        properties: { entry },
        geometry: { type: "Point", coordinates: [entry.longitude, entry.latitude] },
      }));
      index = features.length > 0 ? new Supercluster(CLUSTER).load(features) : null;
      layer.clearLayers();
      drawn.clear();
      if (map._loaded) refresh();
    },
  };
}

function keyOf({ id, properties }) {
  return properties.cluster ? `cluster ${id}` : `entry ${properties.entry.id}`;
}
