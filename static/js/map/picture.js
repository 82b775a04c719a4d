// A layer of the Leaflet map that shows pictures which are drawn elsewhere and come later: until the next one is there the
// last one stays, moved and scaled with the map.

import { make } from "../dom.js";
import { L } from "./leaflet.js";

const MARGIN = 0.1; // of the map's size: so much is drawn on every side, so that there is something when it is moved

/** The part of the world that the map shows, with a margin, as canvas.js has it. */
function viewOf(map) {
  const corner = map.containerPointToLayerPoint(map.getSize().multiplyBy(-MARGIN)).round();
  const origin = map.getPixelOrigin().add(corner);
  const size = map
    .getSize()
    .multiplyBy(1 + 2 * MARGIN)
    .round();
  return {
    scale: map.getZoomScale(map.getZoom(), 0),
    left: origin.x,
    top: origin.y,
    width: size.x,
    height: size.y,
    ratio: window.devicePixelRatio || 1,
  };
}

/** `draw(view)` answers with an ImageBitmap; `onShow()` hears that it is shown. */
export const Picture = L.Layer.extend({
  initialize(draw, onShow) {
    this._draw = draw;
    this._onShow = onShow;
  },
  onAdd(map) {
    this._canvas = make("canvas", { class: "map__surface leaflet-zoom-animated", "aria-hidden": "true" });
    this._context = this._canvas.getContext("bitmaprenderer");
    map.getPane("overlayPane").append(this._canvas);
    this.update();
  },
  getEvents() {
    return { moveend: this.update, viewreset: this._place, zoom: this._place, zoomanim: this._glide };
  },
  /** Have the view drawn as it is now, once it is on the map; of many calls meanwhile the last one counts. */
  async update() {
    this._isStale = true;
    if (this._map) this.drawing ??= this._drawAll();
    return this.drawing;
  },
  async _drawAll() {
    const map = this._map;
    while (this._isStale) {
      this._isStale = false;
      const view = viewOf(map);
      if (view.width === 0 || view.height === 0) continue; // the table is there in its place
      const bitmap = await this._draw(view);
      if (map._animatingZoom)
        bitmap.close(); // its end asks for another one
      else this._show(bitmap, view);
    }
    this.drawing = null;
  },
  _show(bitmap, view) {
    const { width, height, left, top } = view;
    for (const side of ["width", "height"]) {
      if (this._canvas[side] !== bitmap[side]) this._canvas[side] = bitmap[side]; // even the same would clear it
    }
    this._canvas.style.width = `${width}px`;
    this._canvas.style.height = `${height}px`;
    this._zoom = Math.log2(view.scale);
    this._corner = this._map.unproject(L.point(left, top), this._zoom);
    this._context.transferFromImageBitmap(bitmap);
    this._place();
    this._onShow();
  },
  _place() {
    if (!this._corner) return;
    const scale = this._map.getZoomScale(this._map.getZoom(), this._zoom);
    L.DomUtil.setTransform(this._canvas, this._map.latLngToLayerPoint(this._corner), scale);
  },
  _glide({ center, zoom }) {
    if (!this._corner) return;
    const at = this._map._latLngToNewLayerPoint(this._corner, zoom, center);
    L.DomUtil.setTransform(this._canvas, at, this._map.getZoomScale(zoom, this._zoom));
  },
});
