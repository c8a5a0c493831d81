// The panel: the blog, the clock, Telegram's troubles, the bot's process.

import { command } from "./api.js";
import { titleOf } from "./chats.js";
import { refuse, toast } from "./dialogs.js";
import { $, h, icon, onceAFrame } from "./dom.js";
import { now, on, sinceStage, state } from "./state.js";
import { duration, fullTime, getLanguage, hourOf, t } from "./texts.js";

const TROUBLES = { slow: "slow", refusing: "refusing", gone: "gone_short" };
const NIGHT = [22, 8];
const SECOND = 1000;

const order = (what) => command(what).catch(refuse);
const heading = (id, title, ...more) => h("header", {}, h("h3", { id: `${id}-title` }, title), ...more);
const button = (label, work, properties = {}) => h("button", { type: "button", class: "button", ...properties, onclick: work }, label);

/** Fill a card, and keep the focus in it. */
function fill(id, ...children) {
  const card = $(`#${id}`);
  const focused = card.contains(document.activeElement) ? document.activeElement.id : "";
  card.replaceChildren(...children.filter(Boolean));
  if (focused) (card.querySelector(`[id="${focused}"]:not(:disabled)`) ?? card.querySelector("button"))?.focus();
}

function showBlog() {
  const posts = [...state.stage.posts].reverse();
  const link = h("a", { class: "more", href: state.stage.blog, target: "_blank", rel: "noopener noreferrer", title: t("open_link") }, t("blog_open"), icon("open"));
  fill(
    "blog",
    heading("blog", t("blog"), link),
    h("p", { class: "note" }, t("blog_about")),
    h("div", { class: "buttons" }, button(t("publish_draft"), publishDraft, { id: "publish", class: "button primary" }), button(t("write"), () => openWriter(), { id: "write" }), button(t("by_hand"), () => openWriter(null, true), { id: "by-hand" })),
    posts.length && h("ul", { class: "posts" }, posts.map(postItem)),
  );
}

function postItem(post) {
  const places = Object.entries(post.copies).map(([chat, n]) => {
    const name = titleOf(state.chats.get(Number(chat)));
    return h("span", { class: `chip ${n > 1 ? "bad" : "good"}` }, t("copies", { chat: name, n }), n > 1 && ` · ${t("doubled")}`);
  });
  const tool = (name, drawing, work) => h("button", { type: "button", class: "icon", id: `${name}${post.number}`, "aria-label": `${t(name)}: ${post.title}`, title: t(name), onclick: work }, icon(drawing));
  return h(
    "li",
    {},
    h("div", { class: "line" }, h("b", {}, post.title), tool("edit", "edit", () => openWriter(post)), tool("remove", "trash", () => order({ do: "remove", number: post.number }))),
    h("div", { class: "chips" }, places.length ? places : h("span", { class: "chip" }, t("not_yet"))),
  );
}

async function publishDraft() {
  const draft = await order({ do: "draft", language: getLanguage() });
  if (draft) await order({ do: "publish", ...draft });
}

/** A form for a new post, or for one that is there; by hand, the author sends it to the bot. */
function openWriter(post, byHand = false) {
  const dialog = $("#writer");
  const title = h("input", { id: "post-title", required: true, maxlength: 200, autocomplete: "off" });
  const text = h("textarea", { id: "post-text", required: true, rows: 9, "aria-describedby": "post-hint" });
  const words = h("input", { id: "post-words", required: true, maxlength: 500, autocomplete: "off", "aria-describedby": "words-hint" });
  title.value = post?.title ?? "";
  text.value = post?.text ?? "";
  const useDraft = async () => {
    const draft = await order({ do: "draft", language: getLanguage() });
    if (draft) [title.value, text.value] = [draft.title, draft.text];
  };
  const submit = async (event) => {
    event.preventDefault();
    const what = post ? { do: "edit", number: post.number } : byHand ? { do: "publish_by_hand", words: words.value } : { do: "publish" };
    if (await order({ ...what, title: title.value, text: text.value })) dialog.close();
  };
  dialog.replaceChildren(
    h(
      "form",
      { onsubmit: submit },
      h("header", {}, h("h2", { id: "writer-title" }, t(post ? "writer_edit" : byHand ? "by_hand" : "writer_new")), !post && button(t("use_draft"), useDraft, { class: "button small" })),
      h("label", {}, h("span", {}, t("post_title")), title),
      h("label", {}, h("span", {}, t("post_text")), text),
      h("p", { class: "note", id: "post-hint" }, t("post_hint")),
      byHand && h("label", {}, h("span", {}, t("post_words")), words),
      byHand && h("p", { class: "note", id: "words-hint" }, t("words_hint")),
      h("div", { class: "buttons end" }, button(t("cancel"), () => dialog.close()), h("button", { class: "button primary" }, t(post ? "save" : "publish"))),
    ),
  );
  dialog.showModal();
}

function showClock() {
  const { offset } = state.stage;
  const differs = offset > 60 ? "clock_ahead" : offset < -60 ? "clock_behind" : "clock_real";
  const hour = hourOf(now());
  const isNight = hour >= NIGHT[0] || hour < NIGHT[1];
  fill(
    "clock",
    heading("clock", t("clock"), h("span", { class: "chip" }, t(differs, { text: duration(Math.abs(offset)) }))),
    h("p", { class: "time", id: "time" }, fullTime(now())),
    isNight && h("p", { class: "note" }, t("night")),
    h("div", { class: "buttons" }, button(t("to_digest"), toDigest, { id: "to-digest" }), button(t("hour"), () => order({ do: "advance", seconds: 3600 }), { id: "hour" })),
  );
}

async function toDigest() {
  const answer = await order({ do: "digest" });
  if (answer) toast(answer.at ? t("moved_to", { text: fullTime(answer.at) }) : t("no_digest"));
}

function showTelegram() {
  const { trouble } = state.stage;
  const choices = Object.entries(TROUBLES).map(([kind, label]) =>
    button(t(label), () => order(trouble === kind ? { do: "recover" } : { do: "trouble", kind }), { id: `trouble-${kind}`, "aria-pressed": String(trouble === kind) }),
  );
  fill(
    "telegram",
    heading("telegram", t("telegram"), h("span", { class: `chip ${trouble ? "bad" : "good"}`, id: "trouble-left" }, trouble ? secondsLeft() : t("telegram_fine"))),
    trouble && h("p", { class: "note", role: "status" }, t(`is_${trouble}`)),
    h("div", { class: "buttons" }, choices),
  );
}

const secondsLeft = () => t("seconds_left", { n: Math.max(0, Math.ceil(state.stage.trouble_seconds - sinceStage())) });

function showBot() {
  const { bot } = state.stage;
  const wasKilled = bot.state === "stopped" && bot.ends.at(-1) === -9;
  const text = wasKilled ? t("killed") : t(`bot_${bot.state}`, { n: bot.number });
  fill(
    "bot",
    heading("bot", t("bot_process"), h("span", { class: `chip ${{ running: "good", starting: "", stopped: "bad" }[bot.state]}`, id: "bot-state", role: "status" }, text)),
    h(
      "div",
      { class: "buttons" },
      button([icon("stop"), t("kill")], () => order({ do: "kill" }), { id: "kill", class: "button danger", disabled: bot.state === "stopped" }),
      button([icon("play"), t("start_bot")], () => order({ do: "start" }), { id: "start-bot", disabled: bot.state !== "stopped" }),
    ),
  );
}

function showAll() {
  if (!state.stage || !state.me) return;
  showBlog();
  showClock();
  showTelegram();
  showBot();
}

function tick() {
  if (!state.stage) return;
  const time = $("#time");
  if (time && time.textContent !== fullTime(now())) time.textContent = fullTime(now());
  if (state.stage.trouble) $("#trouble-left").textContent = secondsLeft();
}

export function begin() {
  on("stage world language", onceAFrame(showAll));
  setInterval(tick, SECOND);
}
