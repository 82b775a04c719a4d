// Leaflet's small build is a script that sets a global name; as a module it is this. Its ES module is not minified:
// 52 kB more over the wire.

import "../../leaflet/leaflet.js";

export const L = globalThis.leaflet;
