// The first minute: five steps, each done by doing it.

import { act, command } from "./api.js";
import { copy, refuse, toast } from "./dialogs.js";
import { $, flash, h, icon } from "./dom.js";
import { openChat, openPanel, showHeadOf } from "./go.js";
import { become } from "./people.js";
import { mineOn, pick } from "./reactions.js";
import { isAdminIn, isSent, keep, kept, messagesOf, on, state, tell } from "./state.js";
import { t } from "./texts.js";

const STEPS = ["latest", "react", "search", "digest", "publish"];
const group = () => [...state.chats.values()].find((chat) => chat.kind === "group");

const OWN_BOT = ["/newbot", "make setup", "make run"]; // one a step
const NEAR = 120; // messages from the end
const PATIENCE = 15_000;

const proving = new Set();
let arrived = null; // the numbers of posts that have come to the channel
const done = new Set(kept("guide", []));
let isClosed = kept("guide_closed", false);

function finish(step) {
  if (done.has(step)) return;
  done.add(step);
  keep("guide", [...done]);
  show();
}

/** Whether the bot answers a command with it; in private nothing is quoted, and the last words were asked. */
function isAnswerTo(message, ...words) {
  const isPrivate = state.chats.get(message.chat).kind === "private";
  const asked = message.reply?.text ?? (isPrivate ? messagesOf(message.chat).findLast((one) => isSent(one))?.text : "");
  return message.ours && words.some((word) => asked?.startsWith(word));
}

function look({ message }) {
  if (isAnswerTo(message, "/latest", "/최신")) finish("latest");
  if (isAnswerTo(message, "/search ", "/검색 ", "/찾기 ")) finish("search");
  if (isAnswerTo(message, "/digest_time ") && isAdminIn(state.chats.get(message.chat))) prove("digest", message);
}

/** A step is done once the bot shows, or has written down, what it is about. */
async function prove(step, { chat, id }) {
  if (done.has(step) || proving.has(step)) return;
  proving.add(step);
  try {
    const { proven } = await command({ do: "proof", step, chat, message: id });
    if (proven && step === "react") toast(t("react_counted"));
    if (proven) finish(step);
  } catch {
    // the step stays
  } finally {
    proving.delete(step);
  }
}

function lookAtReaction({ message, before }) {
  if (done.has("react") || !mineOn(message).length || before?.reactions.length > message.reactions.length) return;
  if (message.card) prove("react", message);
  else if (message.ours) toast(t("react_lists"));
}

/** A post has come to the channel since the page was opened. */
function lookAtPosts() {
  const channel = [...state.chats.values()].find((chat) => chat.kind === "channel");
  const came = state.stage.posts.filter((post) => post.copies[channel?.id]).map((post) => post.number);
  if (arrived && came.some((number) => !arrived.has(number))) finish("publish");
  arrived = new Set([...(arrived ?? []), ...came]);
}

const ways = {
  latest: () => prepare("/latest"),
  search: () => prepare("/search 금리"),
  async react() {
    const card = newestCard() ?? (await askForCard());
    if (!card) return;
    showHeadOf(card.chat, card.id, (element) => {
      element.focus({ preventScroll: true }); // its tools come where the focus is
      const tool = element.querySelector("[data-action=react]");
      if (tool) pick(card, tool);
      toast(t("react_pick"));
    });
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

/** The newest post that stands alone in the group, near enough to be drawn. */
const newestCard = () => messagesOf(group().id).slice(-NEAR).findLast((message) => message.card && !mineOn(message).length);

/** Ask the bot for a post, and wait for its card. */
async function askForCard() {
  openChat(group().id);
  try {
    const asked = await act({ persona: state.me.key, do: "says", chat: group().id, text: "/post 1" });
    if (asked.refused) throw new Error(asked.refused);
    const card = await answerTo(asked.id);
    if (!card) toast(t("no_answer"), "bad");
    return card;
  } catch (error) {
    return refuse(error);
  }
}

function answerTo(id) {
  const find = () => messagesOf(group().id).find((message) => message.card && message.reply?.id === id);
  const until = performance.now() + PATIENCE;
  return new Promise((resolve) => {
    const look = () => (find() || performance.now() > until ? resolve(find()) : setTimeout(look, 100));
    look();
  });
}

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
  return [h("header", {}, title(), count, closing()), progress, h("ol", { class: "steps" }, steps), ...(next ? [] : ending())].filter(Boolean);
}

/** It is over: the way to a bot of one's own. */
function ending() {
  const steps = OWN_BOT.map((line, i) =>
    h(
      "li",
      {},
      h("b", { "aria-hidden": "true" }, `${i + 1}.`),
      h("span", {}, t(`own_${i + 1}`)),
      h("button", { type: "button", class: "button small copies", "aria-label": `${t("copy")}: ${line}`, title: t("copy"), onclick: () => copy(line) }, h("code", {}, line), icon("copy")),
    ),
  );
  return [h("p", { class: "praise" }, t("guide_done")), h("h4", {}, t("own_bot")), h("ol", { class: "steps own" }, steps)];
}

function short(next) {
  return [h("span", { class: "count" }, t("guide_step", { n: done.size + 1 })), h("span", { class: "step" }, t(told(next))), trying(next), closing()];
}

export function begin() {
  on("language world", show);
  on("message", look);
  on("reaction", lookAtReaction);
  on("stage", lookAtPosts);
}
