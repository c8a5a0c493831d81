// What Telegram shows under a text of the page that it links to: the site, the title, the first lines.
// Nothing is fetched: the page knows the blog's posts, those that were taken down meanwhile too.

import { h } from "./dom.js";
import { on, state } from "./state.js";

const FIRST = 180;
const MARKS = /^(?:- |> )|\*\*/gm;
const WEB = /^https?:\/\//i;
const known = new Map(); // address -> { site, title, text }

/** The address whose page is shown: the one the bot asks for, or else the first in the text. */
export function addressOf({ text, entities, media, preview }) {
  if (!text || media || preview.is_disabled) return "";
  if (preview.url) return preview.url;
  const links = entities.filter(({ type }) => type === "url" || type === "text_link").sort((a, b) => a.offset - b.offset);
  const [address] = links.map((one) => one.url ?? text.substr(one.offset, one.length));
  return !address || WEB.test(address) ? address ?? "" : `http://${address}`;
}

export function previewOf(message) {
  const address = addressOf(message);
  const page = known.get(address);
  if (!page) return null;
  return h(
    "a",
    { class: "page", href: address, target: "_blank", rel: "noopener noreferrer" },
    h("span", { class: "site called", dir: "auto" }, page.site),
    h("b", { dir: "auto" }, page.title),
    h("span", { class: "first-lines", dir: "auto" }, page.text),
  );
}

function learn() {
  const { blog, blog_title: site, posts } = state.stage;
  for (const { number, title, text } of posts) {
    const lines = text.replace(MARKS, "").replace(/\s+/g, " ").trim();
    known.set(`${blog}/posts/${number}`, { site, title, text: lines.length > FIRST ? `${lines.slice(0, FIRST).trimEnd()}…` : lines });
  }
}

export function begin() {
  on("stage", learn);
}
