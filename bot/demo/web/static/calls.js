// The log of what the bot called and what came back.

import { titleOf } from "./chats.js";
import { $, h } from "./dom.js";
import { on, state } from "./state.js";
import { exactTime, t } from "./texts.js";

const OK = 200;
const MOST_DRAWN = 120;
let list = null;
let told = null;

const isRefused = (call) => call.status !== OK;

function where(call) {
  const chat = state.chats.get(Number(call.chat));
  return chat ? (chat.kind === "private" ? chat.title ?? "" : titleOf(chat)) : "";
}

function gist({ parameters }) {
  const text = parameters.text ?? parameters.caption ?? parameters.action ?? parameters.emoji ?? "";
  return String(text).replace(/\s+/g, " ").slice(0, 60);
}

function item(call) {
  const status = call.status ? String(call.status) : t("cut_off");
  const details = h(
    "details",
    {},
    h(
      "summary",
      {},
      h("span", { class: `status ${isRefused(call) ? "bad" : "good"}` }, status),
      h("span", { class: "method" }, call.method),
      h("span", { class: "where", dir: "auto" }, where(call)),
      h("time", {}, exactTime(call.at)),
      h("span", { class: "gist", dir: "auto" }, gist(call)),
    ),
  );
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(...insides(call)));
  return h("li", {}, details);
}

function insides({ parameters, answer }) {
  const block = (title, value) => [h("h4", {}, title), h("pre", { tabindex: "0", "aria-label": title }, pretty(value))];
  return [...block(t("asked"), parameters), ...block(t("answered"), answer)];
}

/** JSON to read; what is JSON within a string is opened too. */
function pretty(value) {
  const open = (inner) => {
    if (typeof inner !== "string" || !/^[[{]/.test(inner)) return inner;
    try {
      return JSON.parse(inner);
    } catch {
      return inner;
    }
  };
  return JSON.stringify(value, (_, inner) => open(inner), 1);
}

function showAll() {
  list = h("ol", { class: "calls", tabindex: "0", "aria-labelledby": "calls-title" }, [...state.calls].reverse().slice(0, MOST_DRAWN).map(item));
  told = h("p", { class: "note" });
  $("#calls").replaceChildren(h("header", {}, h("h3", { id: "calls-title" }, t("calls"))), told, list);
  showCounts();
}

function showCounts() {
  const refused = state.calls.filter(isRefused).length;
  told.textContent = state.calls.length ? `${t("calls_about", { n: state.calls.length, m: refused })} · ${t("calls_mean")}` : t("calls_none");
}

export function begin() {
  on("world language", showAll);
  on("call", ({ call }) => {
    if (!list) return;
    list.prepend(item(call));
    if (list.children.length > MOST_DRAWN) list.lastElementChild.remove();
    showCounts();
  });
}
