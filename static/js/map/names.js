// Names of municipalities and places: found whatever way umlauts are typed, turned into addresses. Pure.

const PLAIN = /^[ -~]*$/; // most names are: there is nothing to spell out
const GERMAN_LETTERS = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

const spellOut = (text) => text.toLowerCase().replace(/[äöüß]/g, (letter) => GERMAN_LETTERS[letter]);
const stripMarks = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "");

/** The readable end of an address: "Bad Sooden-Allendorf" → "bad-sooden-allendorf". Twin of places/keys.py. */
export function slug(name) {
  const plain = spellOut(name)
    .normalize("NFKD")
    .replace(/\P{ASCII}/gu, "");
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** Both ways to write a name without umlauts: "Höxter" → ["hoexter", "hoxter"]. Twin of cohesion/overview.py. */
export function fold(text) {
  const typed = text.trim().replace(/\s+/g, " ");
  if (PLAIN.test(typed)) return [typed.toLowerCase(), typed.toLowerCase()];
  const tidy = typed.normalize("NFC");
  return [stripMarks(spellOut(tidy)), stripMarks(tidy.toLowerCase().replaceAll("ß", "ss"))];
}

let asked = { query: "", wanted: ["", ""] };
/** The last query, folded once for all that it is held against. */
function foldedQuery(query) {
  if (asked.query !== query) asked = { query, wanted: fold(query) };
  return asked.wanted;
}

const folded = new WeakMap();
const NAMELESS = ["", ""];

/** The name of an entry or a municipality in both ways to write it, worked out once. */
export function foldedName(entry) {
  if (!entry.name) return NAMELESS; // on its way
  if (!folded.has(entry)) folded.set(entry, fold(entry.name));
  return folded.get(entry);
}

/**
 * How well `query` finds a municipality: 0 the whole name or key, 1 its beginning, 2 the beginning of a word in it,
 * 3 somewhere; null not at all. A key is found by its beginning.
 */
export function rank(query, folded, ags) {
  const wanted = foldedQuery(query);
  if (wanted[0] === "") return null;
  if (/^\d+$/.test(wanted[0])) {
    if (!ags.startsWith(wanted[0])) return null;
    return ags === wanted[0] ? 0 : 1;
  }
  const ranks = wanted
    .map((text, spelling) => rankOf(text, folded[spelling]))
    .filter((found) => found !== null);
  return ranks.length > 0 ? Math.min(...ranks) : null;
}

function rankOf(text, name) {
  const position = name.indexOf(text);
  if (position < 0) return null;
  if (position === 0) return name === text ? 0 : 1;
  return name.includes(` ${text}`) || name.includes(`-${text}`) ? 2 : 3;
}
