// Building elements, and asking for motion only where it is welcome.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element with properties, listeners (on…) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the page's own drawings. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A round picture: a letter on a colour of the name's own, or an icon. */
export function face(id, name, drawing = "") {
  const tint = Math.abs(Number(id)) % 7;
  return h("span", { class: `face tint-${tint}`, "aria-hidden": "true" }, drawing ? icon(drawing) : initialOf(name));
}

const letters = new Intl.Segmenter();
const SEEN = /[\p{L}\p{N}\p{S}\p{Extended_Pictographic}]/u;

/** What stands for a name where there is no room: its first letter, a whole emoji where it is one. */
export const initialOf = (name) => ([...letters.segment(name)].map((one) => one.segment).find((one) => SEEN.test(one)) ?? "?").toUpperCase();

export const tintOf = (id) => `tint-${Math.abs(Number(id)) % 7}`;

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make something that has just changed stand out for a moment. */
export function flash(element) {
  element.classList.remove("flash");
  void element.offsetWidth; // start the animation anew
  element.classList.add("flash");
}

let held = null; // what is to be drawn once the pointer is let go

addEventListener("pointerdown", ({ button }) => button || (held ??= []), true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(drawHeld), true); // after the click

addEventListener("pointermove", ({ buttons }) => buttons || drawHeld(), true); // it was let go where nobody saw it

function drawHeld() {
  const works = held ?? [];
  held = null;
  for (const work of works) requestAnimationFrame(work);
}

/** Run `work` once for all calls until the next frame; what is pressed is not drawn anew under the pointer. */
export function onceAFrame(work) {
  let asked = false;
  const draw = () => {
    asked = false;
    work();
  };
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => (held ? held.push(draw) : draw()));
  };
}
