// Puts a map over the coordinates of a form: a pin to set, to move, to take away. Without it the fields are typed.
// What the map shows comes from the page: the outline of the municipality, its places, a basemap if there is one.

import * as L from "../leaflet/leaflet-src.esm.js";
import { make } from "./dom.js";
import { fill } from "./format.js";

const DECIMALS = 5; // about one metre
const MARK =
  '<svg viewBox="0 0 32 40" aria-hidden="true" focusable="false"><path d="M16 38C9 26 3 21 3 14a13 13 0 0 1 26 0c0 7-6 12-13 24z"/></svg>';

for (const box of document.querySelectorAll("[data-pin]")) {
  set(box, JSON.parse(document.getElementById("pin-data").textContent));
}

function set(box, data) {
  const words = box.dataset;
  const latitude = document.getElementById(words.latitude);
  const longitude = document.getElementById(words.longitude);
  const status = make("p", { class: "pin__status soft", role: "status" });
  const buttons = make("div", { class: "pin__buttons" });
  const search = latitude.form.querySelector('button[name="suchen"]');
  const canDraw = data.outline !== null || Boolean(data.basemap?.url);
  const map = canDraw ? draw(box, data) : null;
  let mark = null;

  const button = (label, act) => {
    const one = make("button", { type: "button", class: "button button--quiet button--small" }, label);
    one.addEventListener("click", act);
    buttons.append(one);
    return one;
  };

  function say() {
    const spot = typed();
    status.textContent = spot
      ? fill(words.set, { latitude: `${spot.lat}°`, longitude: `${spot.lng}°` })
      : canDraw
        ? `${words.unset} ${words.hint}`
        : "";
    if (remove) remove.hidden = !spot;
  }

  function typed() {
    const [lat, lng] = [latitude, longitude].map((field) => parseFloat(field.value.replace(",", ".")));
    return Number.isFinite(lat) && Number.isFinite(lng) ? L.latLng(lat, lng) : null;
  }

  function show() {
    const spot = typed();
    if (map) {
      mark?.remove();
      mark = spot && addMark(spot);
    }
    say();
  }

  function addMark(spot) {
    const icon = L.divIcon({ className: "pin__mark", html: MARK, iconSize: [32, 40], iconAnchor: [16, 38] });
    const added = L.marker(spot, { icon, draggable: true, keyboard: false }).addTo(map);
    added.on("dragend", () => put(added.getLatLng()));
    return added;
  }

  function put(spot) {
    latitude.value = spot ? spot.lat.toFixed(DECIMALS) : "";
    longitude.value = spot ? spot.lng.toFixed(DECIMALS) : "";
    for (const field of [latitude, longitude]) field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  if (navigator.geolocation) {
    button(words.here, () =>
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          put(L.latLng(coords.latitude, coords.longitude));
          search.closest(".search-row").querySelector("input").value = "";
          search.click(); // the page comes back with the map of that municipality
        },
        () => (status.textContent = words.denied),
      ),
    );
  }
  if (map) button(words.centre, () => put(map.getCenter()));
  const remove = button(words.remove, () => put(null));
  box.append(buttons, status);
  map?.on("click", (event) => put(event.latlng));
  for (const field of [latitude, longitude]) field.addEventListener("change", show);
  show();
  if (map && typed()) map.setView(typed(), Math.max(map.getZoom(), 13));
}

function draw(box, data) {
  const { label, zoomIn, zoomOut } = box.dataset;
  const canvas = make("div", { class: "pin__canvas", role: "region", "aria-label": label });
  box.append(canvas);
  const map = L.map(canvas, {
    attributionControl: Boolean(data.basemap?.url),
    dragging: !matchMedia("(pointer: coarse)").matches, // one finger scrolls the page
    scrollWheelZoom: false,
    zoomControl: false,
    zoomSnap: 0.25,
    maxZoom: 18,
  });
  map.attributionControl?.setPrefix(false);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  if (data.basemap?.url) L.tileLayer(data.basemap.url, { attribution: data.basemap.attribution }).addTo(map);
  if (data.outline === null) {
    map.setView([51.2, 10.4], 6);
    return map;
  }
  const layers = [L.geoJSON(data.outline, { className: "small-map__outline", interactive: false })];
  for (const place of data.places) {
    const dot = L.circleMarker([place.latitude, place.longitude], {
      className: "small-map__dot small-map__dot--counted",
      radius: 6,
      bubblingMouseEvents: true, // a tap on a place sets the pin there
    });
    const name = document.createElement("span"); // an element: a string would be read as HTML
    name.textContent = place.name;
    layers.push(dot.bindTooltip(name));
  }
  map.fitBounds(L.featureGroup(layers).addTo(map).getBounds(), { padding: [16, 16] });
  return map;
}
