// The small map of a municipality or a place: puts a Leaflet map over the drawing that the server sent.
// The map page is map/. Without this script, and on paper, the drawing stays.

import * as L from "../leaflet/leaflet-src.esm.js";

const RADII = { here: 9, counted: 6, uncounted: 6 };

for (const figure of document.querySelectorAll("[data-small-map]")) {
  show(figure, JSON.parse(document.getElementById(figure.dataset.smallMap).textContent));
}

function show(figure, data) {
  const { label, zoomIn, zoomOut } = figure.dataset;
  const canvas = document.createElement("div");
  canvas.className = "small-map__canvas";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", label);
  figure.append(canvas);
  figure.classList.add("small-map--moving");

  const map = L.map(canvas, {
    attributionControl: Boolean(data.basemap.url),
    dragging: !matchMedia("(pointer: coarse)").matches, // one finger scrolls the page
    scrollWheelZoom: false,
    zoomControl: false,
    zoomSnap: 0.25,
    maxZoom: 17,
  });
  map.attributionControl?.setPrefix(false);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  if (data.basemap.url) L.tileLayer(data.basemap.url, { attribution: data.basemap.attribution }).addTo(map);

  const layers = [L.geoJSON(data.outline, { className: "small-map__outline", interactive: false })];
  for (const place of data.places) {
    const dot = L.circleMarker([place.latitude, place.longitude], {
      className: `small-map__dot small-map__dot--${place.tone}`,
      radius: RADII[place.tone],
    });
    const name = document.createElement("span"); // an element: a string would be read as HTML
    name.textContent = place.name;
    dot.bindTooltip(name);
    if (place.tone !== "here") dot.on("click", () => location.assign(place.url));
    layers.push(dot);
  }
  const drawn = L.featureGroup(layers).addTo(map);
  map.fitBounds(drawn.getBounds(), { padding: [16, 16], maxZoom: 15 });
}
