// Class and tier as drawn: order, pattern, symbol. Pure. Colours are tokens.css's, words are the template's;
// the symbols are those of templates/components/tier_symbol.html.

export const CLASSES = ["risky", "resilient", "robust", "unassessed"];
export const UNKNOWN_TIER = "unknown";
export const TIERS = ["none", "grundzentrum", "mittelzentrum", "oberzentrum", UNKNOWN_TIER];

// Marks that are repeated over the fill, so that no class is told by colour alone: a tile of CSS pixels and a
// line in it. A robust municipality is plain.
export const PATTERNS = {
  risky: { tile: [6, 6], line: "M-1 1 1-1M-1 7 7-1M5 7 7 5", width: 1.15, alpha: 0.62 },
  resilient: { tile: [6, 6], line: "M1.5 1.5h0M4.5 4.5h0", width: 1.7, alpha: 0.62 },
  robust: null,
  unassessed: { tile: [14, 8], line: "M1 2h5M8 6h5", width: 1, alpha: 0.6 },
};

// On a square of 20 by 20 around the municipality's centre. `room` is how many pixels wide a municipality must be
// drawn before it carries its symbol, so that a small scale shows the higher tiers first.
export const SYMBOLS = {
  none: { parts: [{ path: circle(3.75), line: 1.5 }], room: 15 },
  grundzentrum: { parts: [{ path: circle(4.5) }], room: 14 },
  mittelzentrum: { parts: [{ path: "M4.5 4.5h11v11h-11Z" }], room: 12 },
  oberzentrum: {
    parts: [{ path: circle(8.75), line: 1.5 }, { path: "M10 3.5 16.5 10 10 16.5 3.5 10Z" }],
    room: 0,
  },
  unknown: { parts: [], room: Number.POSITIVE_INFINITY },
};

function circle(radius) {
  return `M${10 - radius} 10a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}

/** The tier as filter and legend know it; null in the data means "not known". */
export const tierOf = (row) => row.zok_tier || UNKNOWN_TIER;

/** Whether so few of the draws agree with the class that the map says so; false where nothing was drawn. */
export const isUncertain = ({ stability, is_uncertain: isSaid }, below) =>
  typeof stability === "number" ? stability < below : Boolean(isSaid);
