// The colours that the map is drawn in: those of the page.

import { CLASSES } from "./classes.js";

/** The custom properties of an element. */
export function readColours(element) {
  const style = getComputedStyle(element);
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
