// The first minute: five steps, each done by doing it.

import { $, flash, h, icon } from "./dom.js";
import { goToMessage, openChat, openPanel } from "./go.js";
import { become } from "./people.js";
import { isAdminIn, keep, kept, messagesOf, on, state, tell } from "./state.js";
import { t } from "./texts.js";

const STEPS = ["latest", "react", "search", "digest", "publish"];
const group = () => [...state.chats.values()].find((chat) => chat.kind === "group");

const done = new Set(kept("guide", []));
let isClosed = kept("guide_closed", false);

function finish(step) {
  if (done.has(step)) return;
  done.add(step);
  keep("guide", [...done]);
  show();
}

const isAnswerTo = (message, ...words) => message.ours && words.some((word) => message.reply?.text.startsWith(word));

function look({ message }) {
  if (isAnswerTo(message, "/latest", "/최신")) finish("latest");
  if (isAnswerTo(message, "/search ", "/검색 ")) finish("search");
  const chat = state.chats.get(message.chat);
  if (isAnswerTo(message, "/digest_time ") && isAdminIn(chat)) finish("digest");
  if (message.ours && chat.kind === "channel") finish("publish");
}

function lookAtReaction({ message }) {
  if ((message.ours || message.via) && message.reactions.length) finish("react");
}

const ways = {
  latest: () => prepare("/latest"),
  search: () => prepare("/search 금리"),
  react() {
    const chats = [group(), ...state.chats.values()];
    const chat = chats.find((one) => messagesOf(one.id).some((message) => message.ours && !message.service));
    const message = chat && messagesOf(chat.id).findLast((one) => one.ours && !one.service);
    if (message) goToMessage(chat.id, message.id);
    else openChat(group().id);
  },
  digest() {
    const admin = state.personas.find((persona) => group().members[persona.user] === "administrator" && !persona.anonymous);
    become(admin.key);
    prepare("/digest_time 18:30");
  },
  publish() {
    if (getComputedStyle($("#leave-panel")).display !== "none") openPanel();
    flash($("#blog"));
    $("#publish").focus();
  },
};

function prepare(text) {
  openChat(group().id);
  tell("write", { text });
}

function setClosed(closed) {
  isClosed = closed;
  keep("guide_closed", closed);
  show();
}

function show() {
  if (!state.me) return;
  const next = STEPS.find((step) => !done.has(step));
  $("#guide").replaceChildren(...(isClosed ? reopening() : full(next)));
  $("#guide").classList.toggle("closed", isClosed);
  for (const hint of document.querySelectorAll("[data-hint]")) {
    hint.hidden = isClosed || !next;
    if (next && !isClosed) hint.replaceChildren(...short(next));
  }
}

/** What a step asks for: on a phone nothing can be pointed at. */
const told = (step) => (step === "react" && matchMedia("(hover: none)").matches ? "step_react_touch" : `step_${step}`);
const title = () => h("h3", { id: "guide-title" }, t("guide"));
const closing = () => h("button", { type: "button", class: "icon", "aria-label": t("guide_close"), title: t("guide_close"), onclick: () => setClosed(true) }, icon("close"));
const trying = (step) => h("button", { type: "button", class: "button small", onclick: ways[step] }, t("guide_try"));

function reopening() {
  return [h("h3", { id: "guide-title", class: "unseen" }, t("guide")), h("button", { type: "button", class: "button small quiet", onclick: () => setClosed(false) }, t("guide_open"))];
}

function full(next) {
  const steps = STEPS.map((step) =>
    h(
      "li",
      { class: done.has(step) ? "done" : step === next ? "next" : "", "aria-current": step === next ? "step" : null },
      h("span", { class: "tick" }, done.has(step) && icon("check")),
      h("span", {}, t(told(step)), done.has(step) && h("span", { class: "unseen" }, ` (${t("done")})`)),
      step === next && trying(step),
    ),
  );
  const count = h("span", { class: "count" }, t("guide_step", { n: done.size }));
  const progress = h("progress", { max: STEPS.length, value: done.size, "aria-label": t("guide") });
  return [h("header", {}, title(), count, closing()), progress, h("ol", { class: "steps" }, steps), !next && h("p", { class: "praise" }, t("guide_done"))].filter(Boolean);
}

function short(next) {
  return [h("span", { class: "count" }, t("guide_step", { n: done.size + 1 })), h("span", { class: "step" }, t(told(next))), trying(next), closing()];
}

export function begin() {
  on("language world", show);
  on("message", look);
  on("reaction", lookAtReaction);
}
