// Elements of the page: find, make, replace. Text is always set as text, so nothing needs escaping.

export const byId = (id) => document.getElementById(id);

/** Lets the browser answer its reader between two pieces of work. */
export const pause = () => window.scheduler?.yield?.() ?? new Promise((goOn) => setTimeout(goOn, 0));

/** Lets the browser show what was changed so far: nothing that is done afterwards delays it. */
export async function isPainted() {
  if (document.hidden) return pause(); // there is no frame to wait for
  await new Promise(requestAnimationFrame);
  return new Promise((goOn) => setTimeout(goOn, 0));
}

/** Whoever waits for something tells so with the promise of it; as long as any is open, the element says `aria-busy`. */
export function createBusy(element) {
  let open = 0;
  return async (promise) => {
    open += 1;
    element.setAttribute("aria-busy", "true");
    try {
      return await promise;
    } finally {
      open -= 1;
      if (open === 0) element.setAttribute("aria-busy", "false");
    }
  };
}

/**
 * Make an element. Attributes that are null or false are left out, true stands for an empty one;
 * `class` and `data-…` are plain attributes; children are nodes or text, null is left out.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A small decorative drawing: shapes are [tag, attributes]. Without a viewBox a length is a CSS pixel. */
export function drawing(className, shapes, viewBox = null) {
  const svg = document.createElementNS(SVG, "svg");
  const frame = { class: className, "aria-hidden": "true", focusable: "false", ...(viewBox && { viewBox }) };
  for (const [name, value] of Object.entries(frame)) svg.setAttribute(name, value);
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}
