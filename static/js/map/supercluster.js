// Supercluster comes as a script that sets a global name; as a module it is this.

import "../../supercluster/supercluster.min.js";

export const { Supercluster } = globalThis;
