// The Leaflet map: base, municipalities (choropleth.js, labels.js), controls. Entries and their clusters: points.js.
// Only these two modules know Leaflet; the others hear of municipalities and entries.

import { drawing, make } from "../dom.js";
import { createPainter } from "./choropleth.js";
import { CLASSES } from "./classes.js";
import { isIn, joined, middleOf, shapeAt, toDegrees, toWorld } from "./geometry.js";
import { createLabels } from "./labels.js";
import { L } from "./leaflet.js";
import { createPoints, padding } from "./points.js";

const CLOSE = 11; // the zoom at which one municipality is looked at
const LEAST_ROOM = 12; // pixels: who has less carries no symbol, but for an Oberzentrum
const SEEN = 40; // pixels: a municipality that is drawn smaller than this is moved closer
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
  redrawSoon() {
    this._soon ??= requestAnimationFrame(() => {
      this._soon = null;
      this.redraw();
    });
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
 * Build the map in `container`. `settings` is the template's (extent, zooms, tiles), `tiles` the boundaries, `byAgs` the
 * rows, `describe(row)` fills the short form under the pointer, `signs` are the symbols of entries and what their marks
 * are called; `on` hears `select(row | null)`, `entry(entry)` and `move({zoom, latitude, longitude})`.
 */
export function createMap(container, settings, { text, tiles, byAgs, describe, isUncertain, signs, on }) {
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

  const colours = coloursOf(container);
  const painter = createPainter(colours, (ags) => {
    const row = byAgs.get(ags);
    if (!row || row.is_unincorporated) return { cohesionClass: null, isFaded: false, isUncertain: false };
    return { cohesionClass: row.cohesion_class, isFaded: !shown.has(row), isUncertain: isUncertain(row) };
  });
  const labels = createLabels(colours);
  let shown = new Set();
  let pieces = []; // of tiles, as they are on the canvas
  let boxes = new Map(); // of the municipalities in them, by AGS, in the world
  let hovered = "";
  let told = ""; // whose short form the tooltip has
  let selected = "";

  const ground = new Surface((context, view) => {
    const box = [view.left, view.top, view.left + view.width, view.top + view.height];
    const inWorld = box.map((side) => side / view.scale);
    pieces = tiles.cover(Math.log2(view.scale), inWorld);
    boxes = boxesOf(pieces);
    painter.paint(context, view, pieces, { overBasemap });
    labels.paint(context, view, pieces, spots(view, inWorld));
  });
  const marks = new Surface((context, view) =>
    painter.paintOutlines(context, view, pieces, hovered, selected),
  );
  tiles.onLoad(() => {
    ground.redrawSoon();
    marks.redrawSoon();
  });

  /** Where each municipality that is shown has its symbol, and how many pixels it has for it. */
  function spots(view, inWorld) {
    const found = [];
    for (const [ags, { box, tile }] of boxes) {
      const row = byAgs.get(ags);
      if (!row || !shown.has(row)) continue;
      const room = Math.min(box[2] - box[0], box[3] - box[1]) * view.scale;
      if (room < LEAST_ROOM && row.zok_tier !== "oberzentrum") continue;
      const at = centreOf(row, tile);
      if (isIn(inWorld, ...at)) found.push({ row, at, room });
    }
    return found;
  }

  const tooltip = L.tooltip({ className: "map__tooltip", direction: "top", offset: [0, -10], opacity: 1 });
  // The last one lies on top.
  const layers = Object.fromEntries(
    Object.entries({ spaces: "space", support: "support", places: "place" }).map(([layer, type]) => [
      layer,
      createPoints(map, type, text.clusters[type], signs, on.entry),
    ]),
  );

  /** The box of a municipality: as exact as the tiles on the canvas have it, or as the lowest zoom has it. */
  const find = (ags) =>
    boxes.get(ags)?.box ??
    tiles.lowest.reduce((box, tile) => joined(box, tile.byAgs.get(ags)?.box), undefined) ??
    null;
  const under = (event) => {
    const { x, y } = map.options.crs.latLngToPoint(event.latlng, 0);
    const piece = pieces.find(({ box }) => isIn(box, x, y));
    return (piece && shapeAt(piece.tile, x, y)?.ags) ?? "";
  };

  function hover(ags, latlng) {
    const row = byAgs.get(ags);
    if (ags !== hovered) {
      hovered = ags;
      marks.redrawSoon();
    }
    if (!row?.name) {
      tooltip.remove(); // names may still be on their way
      return;
    }
    if (ags !== told) {
      told = ags;
      tooltip.setContent(describe(row));
    }
    tooltip.setLatLng(latlng).addTo(map);
  }

  map.on("mousemove", (event) => hover(under(event), event.latlng));
  map.on("mouseout zoomstart movestart", () => hover(""));
  map.on("click", (event) => {
    const ags = under(event);
    on.select(byAgs.get(ags) ?? null);
    if (ags) map.panInside(event.latlng, padding(container)); // the card may lie over it now
  });

  function start(view) {
    const [west, south, east, north] = tiles.bounds;
    const region = L.latLngBounds([south, west], [north, east]);
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
      if (map.getSize().equals([container.clientWidth, container.clientHeight])) return; // as it always is at first
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
    /** Show the view that is given, else the whole region. */
    start,
    /** Fade what the filter holds back. */
    setShown(rows) {
      shown = new Set(rows);
      painter.changeLooks();
      ground.redraw();
    },
    setSelected(ags) {
      selected = ags;
      marks.redraw();
    },
    /** Bring a municipality into view, if it is not wholly there. */
    reveal(ags) {
      const box = find(ags);
      if (box && !isSeen(degreesOf(box))) fit(degreesOf(box), true);
    },
    /** At first: a municipality or an entry from near. */
    approach(ags, entry) {
      const box = find(ags);
      if (box) fit(degreesOf(box), false);
      else if (entry) fit(L.latLng(entry.latitude, entry.longitude).toBounds(1000), false);
    },
    /** The same as the pointer over it: for a row of the table that has the focus. */
    point(ags) {
      const box = ags ? find(ags) : null;
      if (!box) return hover("");
      const row = byAgs.get(ags);
      return hover(ags, L.latLng(row.latitude, row.longitude));
    },
    setEntries: (layer, entries, cells) => layers[layer].set(entries, cells),
    setAttribution: (plain) => map.attributionControl.addAttribution(make("span", {}, plain).innerHTML),
  };
}

/** The boxes of the municipalities of these pieces, by AGS, with one of the tiles that has them. */
function boxesOf(pieces) {
  const found = new Map();
  for (const { tile } of pieces) {
    for (const { ags, box } of tile.shapes) {
      const before = found.get(ags);
      found.set(ags, { tile, box: before ? joined(before.box, box) : box });
    }
  }
  return found;
}

const centres = new WeakMap();

/** Where a municipality has its symbol: as the figures say, or where its outline is wide while they are on their way. */
function centreOf(row, tile) {
  if (row.longitude === undefined) return middleOf(tile, tile.byAgs.get(row.ags));
  if (!centres.has(row)) centres.set(row, toWorld(row.longitude, row.latitude));
  return centres.get(row);
}

function degreesOf([west, north, east, south]) {
  const corners = [toDegrees(west, south), toDegrees(east, north)];
  return L.latLngBounds(corners.map(([longitude, latitude]) => [latitude, longitude]));
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
    muted: colour("--ink-soft"),
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
