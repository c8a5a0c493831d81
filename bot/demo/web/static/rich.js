// A message's text with its entities. Offsets are UTF-16 units, which is how JavaScript counts too.

import { h } from "./dom.js";
import { t } from "./texts.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const QUOTES = new Set(["blockquote", "expandable_blockquote"]);
const WEB = /^https?:\/\//i;

/** The text as nodes; `follow` is called with `{ command | url | mention }` of what is clicked. */
export function rich(text, entities, follow) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, sorted, follow);
}

function build(text, start, end, entities, follow) {
  const nodes = [];
  let at = start;
  while (entities.length) {
    const [entity] = entities;
    const until = entity.offset + entity.length;
    const inside = entities.slice(1).filter((other) => other.offset < until);
    entities = entities.slice(1 + inside.length);
    const isQuote = QUOTES.has(entity.type);
    pushText(nodes, text.slice(at, entity.offset), isQuote);
    const children = build(text, entity.offset, until, inside, follow);
    nodes.push(wrap(entity, text.slice(entity.offset, until), children, follow));
    at = isQuote && text[until] === "\n" ? until + 1 : until; // a quote is a block of its own
  }
  pushText(nodes, text.slice(at, end), false);
  return nodes;
}

function pushText(nodes, text, isBeforeBlock) {
  const shown = isBeforeBlock && text.endsWith("\n") ? text.slice(0, -1) : text;
  if (shown) nodes.push(document.createTextNode(shown));
}

function wrap(entity, text, children, follow) {
  const { type } = entity;
  if (type in TAGS) return h(TAGS[type], {}, children);
  if (type === "blockquote") return h("blockquote", {}, children);
  if (type === "expandable_blockquote") return expandable(children);
  if (type === "spoiler") return spoiler(children);
  if (type === "text_link" || type === "url") return link(entity.url ?? withScheme(text), children, follow);
  if (type === "bot_command") return word({ command: text }, children, follow);
  if (type === "mention") return word({ mention: text.slice(1) }, children, follow);
  return h("span", {}, children);
}

const withScheme = (text) => (WEB.test(text) ? text : `https://${text}`);

function link(url, children, follow) {
  if (!WEB.test(url)) return h("span", {}, children);
  const anchor = h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
  anchor.addEventListener("click", (event) => {
    if (follow({ url })) event.preventDefault();
  });
  return anchor;
}

function word(target, children, follow) {
  return h("button", { type: "button", class: "word", onclick: () => follow(target) }, children);
}

function spoiler(children) {
  const button = h("button", { type: "button", class: "spoiler", "aria-label": t("spoiler") }, h("span", {}, children));
  button.addEventListener("click", () => {
    button.classList.add("shown");
    button.removeAttribute("aria-label");
  });
  return button;
}

/** Folded to three lines, with a button where there is more. */
function expandable(children) {
  const body = h("div", { class: "folded" }, children);
  const button = h("button", { type: "button", class: "fold", "aria-expanded": "false" }, t("more"));
  button.addEventListener("click", () => {
    const opens = body.classList.toggle("folded") === false;
    button.setAttribute("aria-expanded", String(opens));
    button.textContent = t(opens ? "less" : "more");
  });
  const quote = h("blockquote", { class: "expandable" }, body, button);
  new ResizeObserver((_, observer) => {
    if (!body.clientHeight) return;
    button.hidden = body.scrollHeight <= body.clientHeight + 2 && body.classList.contains("folded");
    observer.disconnect();
  }).observe(body);
  return quote;
}
