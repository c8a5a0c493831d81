// The panel: the blog, the clock, Telegram's troubles, the bot's process.

import { command } from "./api.js";
import { titleOf } from "./chats.js";
import { refuse, toast } from "./dialogs.js";
import { $, h, icon, onceAFrame } from "./dom.js";
import { keep, kept, now, on, sinceStage, state } from "./state.js";
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
  if (focused) (card.querySelector(`[id="${focused}"]:not(:disabled)`) ?? card.querySelector("button:enabled"))?.focus();
}

function showBlog() {
  const posts = [...state.stage.posts].reverse();
  const link = h("a", { class: "more", href: state.stage.blog, target: "_blank", rel: "noopener noreferrer", title: t("open_link") }, t("blog_open"), icon("open"));
  fill(
    "blog",
    heading("blog", t("blog"), link),
    h("p", { class: "note" }, t("blog_about")),
    h("div", { class: "buttons" }, button(t("publish_draft"), publishDraft, { id: "publish", class: "button primary" }), button(t("write"), () => openWriter(), { id: "write" }), button(t("by_hand"), () => openWriter(null, true), { id: "by-hand" })),
    posts.length && h("p", { class: "note" }, t("copies_mean")),
    posts.length && h("ul", { class: "posts" }, posts.map(postItem)),
  );
}

function postItem(post) {
  const places = Object.entries(post.copies).map(([chat, n]) => {
    const name = titleOf(state.chats.get(Number(chat)));
    return h("span", { class: `chip ${n > 1 ? "bad" : "good"}` }, h("span", { dir: "auto" }, name), ` ${n}`, n > 1 && ` · ${t("doubled")}`);
  });
  const tool = (name, drawing, work) => h("button", { type: "button", class: "icon", id: `${name}${post.number}`, "aria-label": `${t(name)}: ${post.title}`, title: t(name), onclick: work }, icon(drawing));
  return h(
    "li",
    {},
    h("div", { class: "line" }, h("b", { dir: "auto", title: post.title }, post.title), tool("edit", "edit", () => openWriter(post)), tool("remove", "trash", () => order({ do: "remove", number: post.number }))),
    h("div", { class: "chips" }, places.length ? places : h("span", { class: "chip" }, t("not_yet"))),
  );
}

async function publishDraft() {
  const answer = await order({ do: "publish_draft", language: getLanguage() });
  if (answer && !answer.number) noDrafts();
}

/** All that was written beforehand is published: what comes next one writes oneself. */
function noDrafts() {
  if (!$("#writer").open) openWriter();
  if (!$("#no-drafts")) $("#writer header").after(h("p", { class: "note", id: "no-drafts", role: "status" }, t("no_drafts")));
}

/** A form for a new post, or for one that is there; by hand, the author sends it to the bot. */
function openWriter(post, byHand = false) {
  const dialog = $("#writer");
  const place = placeOf(post, byHand);
  const typed = kept("writer", {})[place] ?? { title: post?.title, text: post?.text };
  const title = h("input", { id: "post-title", required: true, maxlength: 200, autocomplete: "off", autofocus: true });
  const text = h("textarea", { id: "post-text", required: true, rows: 9, "aria-describedby": "post-hint" });
  const words = h("input", { id: "post-words", required: true, maxlength: 500, autocomplete: "off", "aria-describedby": "words-hint" });
  title.value = typed.title ?? "";
  text.value = typed.text ?? "";
  words.value = typed.words ?? "";
  const save = () => keepTyped(place, { title: title.value, text: text.value, words: words.value });
  const leave = () => {
    keepTyped(place);
    dialog.close();
  };
  const useDraft = async () => {
    const draft = await order({ do: "draft", language: getLanguage() });
    if (!draft?.title) return draft && noDrafts();
    [title.value, text.value] = [draft.title, draft.text];
    return save();
  };
  const submit = async (event) => {
    event.preventDefault();
    const [form, sender] = [event.target, event.submitter];
    if (form.ariaBusy) return; // a second press is no second post
    form.ariaBusy = "true";
    if (sender) sender.ariaDisabled = "true";
    const what = post ? { do: "edit", number: post.number } : byHand ? { do: "publish_by_hand", words: words.value } : { do: "publish" };
    const isDone = await order({ ...what, title: title.value, text: text.value });
    form.ariaBusy = null;
    if (sender) sender.ariaDisabled = null;
    if (isDone) leave();
  };
  dialog.replaceChildren(
    h(
      "form",
      { onsubmit: submit, oninput: save },
      h("header", {}, h("h2", { id: "writer-title" }, t(post ? "writer_edit" : byHand ? "by_hand" : "writer_new")), !post && button(t("use_draft"), useDraft, { class: "button small" })),
      h("label", {}, h("span", {}, t("post_title")), title),
      h("label", {}, h("span", {}, t("post_text")), text),
      h("p", { class: "note", id: "post-hint" }, t("post_hint")),
      byHand && h("label", {}, h("span", {}, t("post_words")), words),
      byHand && h("p", { class: "note", id: "words-hint" }, t("words_hint")),
      h("div", { class: "buttons end" }, button(t("cancel"), leave), h("button", { class: "button primary" }, t(post ? "save" : "publish"))),
    ),
  );
  dialog.onclose = () => {
    keep("writing", null);
    // The button that opened it is drawn anew meanwhile, or was never pressed where a reload opened it.
    const isLost = document.activeElement === document.body || dialog.contains(document.activeElement);
    if (isLost) $(`#${post ? `edit${post.number}` : byHand ? "by-hand" : "write"}`)?.focus();
  };
  keep("writing", place);
  dialog.showModal();
}

/** What is written, as a name for what was typed: a reload or Escape loses nothing of it. */
const placeOf = (post, byHand) => (post ? `${post.number} ${post.title}` : byHand ? "by hand" : "new");

function keepTyped(place, typed) {
  const { [place]: _, ...others } = kept("writer", {});
  keep("writer", typed ? { ...others, [place]: typed } : others);
}

/** Open the form again that was open when the page was left. */
function writeOn() {
  const place = kept("writing", null);
  if (!place || $("#writer").open) return;
  const post = state.stage.posts.find((one) => placeOf(one) === place);
  if (post || place === placeOf(null) || place === placeOf(null, true)) openWriter(post, place === placeOf(null, true));
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
    h("p", { class: "note" }, t("clock_means")),
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
    h("p", { class: "note", role: "status" }, t(trouble ? `is_${trouble}` : "telegram_means")),
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
    h("p", { class: "note" }, t(bot.state === "stopped" ? "stopped_means" : "kill_means")),
    h(
      "div",
      { class: "buttons" },
      button([icon("stop"), t("kill")], () => order({ do: "kill" }), { id: "kill", class: "button danger", disabled: bot.state === "stopped" }),
      button([icon("play"), t("start_bot")], () => order({ do: "start" }), { id: "start-bot", disabled: bot.state !== "stopped" }),
    ),
  );
}

const shown = new Map(); // what each card was drawn of

/** Draw a card again only where something in it has changed: the stage is told with every message. */
function redraw(work, ...of) {
  const drawn = JSON.stringify([getLanguage(), ...of]);
  if (shown.get(work) === drawn) return;
  shown.set(work, drawn);
  work();
}

function showAll() {
  if (!state.stage || !state.me) return;
  const { blog, posts, offset, trouble, trouble_seconds, bot } = state.stage;
  redraw(showBlog, blog, posts, [...state.chats.values()].map(titleOf));
  redraw(showClock, Math.round(offset), hourOf(now()));
  redraw(showTelegram, trouble, Math.ceil(trouble_seconds));
  redraw(showBot, bot);
}

function tick() {
  if (!state.stage) return;
  const time = $("#time");
  if (time && time.textContent !== fullTime(now())) time.textContent = fullTime(now());
  if (state.stage.trouble) $("#trouble-left").textContent = secondsLeft();
}

export function begin() {
  on("stage world language", onceAFrame(showAll));
  on("world", writeOn);
  setInterval(tick, SECOND);
}
