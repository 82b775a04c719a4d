// The Leaflet map: base, municipalities (a worker draws them: ground.js), outlines, controls. Entries and their clusters:
// points.js. Only these, and picture.js, know Leaflet; the others hear of municipalities and entries.

import { createBusy, drawing, make } from "../dom.js";
import { toDegrees, toWorld } from "./geometry.js";
import { L } from "./leaflet.js";
import { paintOutlines } from "./outlines.js";
import { Picture } from "./picture.js";
import { createPoints, padding } from "./points.js";

const CLOSE = 11; // the zoom at which one municipality is looked at
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
 * Build the map in `container`. `settings` is the template's (extent, zooms, tiles), `colours` are readColours', `ground` draws
 * the municipalities within `bounds`, `byAgs` the rows, `describe(row)` fills the short form under the pointer, `signs` are the symbols of
 * entries and what their marks are called, `published` has the entries; `on` hears `select(row | null)`, `entry(entry)` and `move({zoom, latitude,
 * longitude})`.
 */
export function createMap(
  container,
  settings,
  { text, formats, colours, ground, bounds, published, byAgs, describe, signs, on },
) {
  const overBasemap = settings.tiles.length > 0;
  const map = L.map(container, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: overBasemap ? 1 : 0.1,
    minZoom: settings.minZoom,
    maxZoom: settings.maxZoom,
    maxBoundsViscosity: 0.8,
  });
  for (const tile of settings.tiles) L.tileLayer(tile.url, { attribution: tile.attribution }).addTo(map);

  let hovered = "";
  let told = ""; // whose short form the tooltip has
  let selected = "";
  let outlines = { hovered: [], selected: [] };

  const busy = createBusy(container);
  let covered = []; // spots in the world that markers lie on: no name is written below them
  const picture = new Picture((view) => busy(ground.draw({ ...view, covered })), mark);
  ground.onChange(() => picture.update());
  const marks = new Surface((context, view) => paintOutlines(context, view, outlines, colours));

  /** Outline what is hovered and what is selected, as exactly as the picture has it. */
  async function mark() {
    const asked = [hovered, selected];
    const isClear = outlines.hovered.length + outlines.selected.length === 0;
    if (!hovered && !selected && isClear) return;
    const [first, second] = await ground.outlinesOf(asked);
    if (asked[0] !== hovered || asked[1] !== selected) return; // told again meanwhile
    outlines = { hovered: first, selected: second };
    marks.redrawSoon();
  }

  const tooltip = L.tooltip({ className: "map__tooltip", direction: "top", offset: [0, -10], opacity: 1 });
  // The last one lies on top.
  const layers = Object.fromEntries(
    Object.entries({ spaces: "space", support: "support", places: "place" }).map(([layer, type]) => [
      layer,
      createPoints(map, layer, type, {
        clusterText: text.clusters[type],
        ...{ formats, signs, published, busy, onEntry: on.entry, onDrawn: cover },
      }),
    ]),
  );

  function cover() {
    const before = JSON.stringify(covered);
    covered = Object.values(layers).flatMap((each) =>
      each.standing().map(({ longitude, latitude, size }) => ({ at: toWorld(longitude, latitude), size })),
    );
    if (JSON.stringify(covered) !== before) picture.update();
  }

  const under = ({ latlng }) => {
    const { x, y } = map.options.crs.latLngToPoint(latlng, 0);
    return ground.under(x, y);
  };

  function hover(ags, latlng) {
    const row = byAgs.get(ags);
    if (ags !== hovered) {
      hovered = ags;
      mark();
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

  let pointer = null; // where it is, null while it is elsewhere
  let isFollowed = false;
  async function follow() {
    if (isFollowed) return;
    isFollowed = true;
    for (let before = null; pointer && pointer !== before;) {
      before = pointer;
      const ags = await under(before);
      if (pointer) hover(ags, pointer.latlng);
    }
    isFollowed = false;
  }
  map.on("mousemove", (event) => {
    pointer = event;
    follow();
  });
  map.on("mouseout zoomstart movestart", () => {
    pointer = null;
    hover("");
  });
  map.on("click", async (event) => {
    const ags = await under(event);
    on.select(byAgs.get(ags) ?? null);
    if (ags) map.panInside(event.latlng, padding(container)); // the card may lie over it now
  });

  function start(view) {
    const [west, south, east, north] = bounds;
    const region = L.latLngBounds([south, west], [north, east]);
    map.setMaxBounds(region.pad(1));
    const whole = () => map.fitBounds(region, { ...padding(container), animate: false });
    if (view.zoom !== null) map.setView([view.latitude, view.longitude], view.zoom);
    else whole();
    picture.addTo(map);
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
    // All controls at once: one that came later would move the others.
    L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
    L.control
      .zoom({ position: "bottomright", zoomInTitle: text.zoomIn, zoomOutTitle: text.zoomOut })
      .addTo(map);
    L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
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
    /** There is something else to draw: other figures, other tiles. */
    redraw: () => picture.update(),
    /** Once nothing is being drawn. */
    isDrawn: () => picture.drawing,
    setSelected(ags) {
      selected = ags;
      mark();
    },
    /** Bring a municipality into view, if it is not wholly there. */
    async reveal(ags) {
      const box = await ground.boxOf(ags);
      if (box && !isSeen(degreesOf(box))) fit(degreesOf(box), true);
    },
    /** At first: a municipality or an entry from near. */
    async approach(ags, entry) {
      const box = ags ? await ground.boxOf(ags) : null;
      if (box) fit(degreesOf(box), false);
      else if (entry) fit(L.latLng(entry.latitude, entry.longitude).toBounds(1000), false);
    },
    /** The same as the pointer over it: for a row of the table that has the focus. */
    point(ags) {
      const row = byAgs.get(ags);
      if (row?.latitude === undefined) return hover("");
      return hover(ags, L.latLng(row.latitude, row.longitude));
    },
    /** The entries of a layer are others than before; or none of them are to be seen. */
    changeEntries: (layer, isShown) => layers[layer].change(isShown),
    setAttribution: (plain) => map.attributionControl.addAttribution(make("span", {}, plain).innerHTML),
  };
}

function degreesOf([west, north, east, south]) {
  const corners = [toDegrees(west, south), toDegrees(east, north)];
  return L.latLngBounds(corners.map(([longitude, latitude]) => [latitude, longitude]));
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
