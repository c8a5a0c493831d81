// The box to write in, and what stands above it: an answer, an edit.

import { act } from "./api.js";
import { titleOf } from "./chats.js";
import { topicName } from "./bubble.js";
import { refuse } from "./dialogs.js";
import { $, h, icon } from "./dom.js";
import { isAdminIn, isSent, keep, kept, messagesOf, on, state } from "./state.js";
import * as suggestions from "./suggestions.js";
import { t } from "./texts.js";

const box = $("#box");
const drafts = new Map(Object.entries(kept("drafts", {}))); // person and chat -> text
let answering = null;
let editing = null;
let place = "";

const chatNow = () => state.chats.get(state.open);

function fit() {
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${Math.min(box.scrollHeight, 160)}px`);
  $("#send").disabled = !box.value.trim();
  if (place && !editing) remember(place, box.value);
}

/** What is being written is still there when the page is opened again. */
function remember(where, text) {
  if (text) drafts.set(where, text);
  else drafts.delete(where);
  keep("drafts", Object.fromEntries(drafts));
}

export function write(text) {
  box.value = text;
  fit();
  box.focus();
  box.setSelectionRange(text.length, text.length);
  suggestions.update();
}

function setBanner(drawing, title, text) {
  const banner = $("#banner");
  banner.hidden = !drawing;
  if (!drawing) return;
  banner.replaceChildren(icon(drawing), h("span", {}, h("b", { dir: "auto" }, title), h("span", { dir: "auto" }, text.replace(/\s+/g, " "))), h("button", { type: "button", class: "icon", "aria-label": t("stop"), title: t("stop"), onclick: () => stop() }, icon("close")));
}

function stop() {
  if (editing) box.value = drafts.get(place) ?? "";
  answering = editing = null;
  setBanner("");
  fit();
  box.focus();
}

function answer({ message }) {
  editing = null;
  answering = message;
  setBanner("reply", t("replying", { name: message.from.name }), message.text);
  box.focus();
}

function rewrite({ message }) {
  answering = null;
  editing = message;
  setBanner("edit", t("editing"), message.text);
  write(message.text);
}

async function send() {
  const text = box.value.trim();
  if (!text) return;
  const order = { persona: state.me.key, chat: state.open, text };
  const [from, edited] = [place, editing];
  if (editing) Object.assign(order, { do: "edits", message: editing.id });
  else Object.assign(order, { do: "says", topic: state.topic, reply: answering?.id ?? 0 });
  box.value = (edited && drafts.get(place)) || "";
  answering = editing = null;
  setBanner("");
  fit();
  suggestions.update();
  try {
    const sent = await act(order);
    if (sent.refused) throw new Error(sent.refused);
  } catch (error) {
    if (edited && place === from) rewrite({ message: edited });
    if (place === from) box.value = text;
    else if (!edited) remember(from, text);
    fit();
    refuse(error);
  }
}

function startBot() {
  act({ persona: state.me.key, do: "starts", chat: state.open }).catch(refuse);
}

/** What one may do here: write, start the bot, or only read. */
function showFoot() {
  const chat = chatNow();
  if (!chat) return;
  const isNew = chat.kind === "private" && !messagesOf(chat.id).length;
  const mayWrite = chat.kind !== "channel" || isAdminIn(chat);
  const instead = $("#instead");
  $("#box-form").hidden = isNew || !mayWrite;
  instead.hidden = !$("#box-form").hidden;
  instead.replaceChildren(isNew ? h("button", { type: "button", class: "button primary wide", id: "start", onclick: startBot }, t("start")) : h("p", {}, t("read_only")));
  const topic = topicName(chat, state.topic);
  box.placeholder = topic ? t("box_topic", { name: topic }) : t(chat.kind === "channel" ? "box_channel" : "box");
  box.setAttribute("aria-label", `${box.placeholder} · ${titleOf(chat)}`);
  $("#menu").hidden = chat.kind === "channel";
}

/** Another chat or person: keep what was being written there, bring back what was written here. */
function change() {
  if (!chatNow()) return;
  const next = `${state.me.key}:${state.open}`;
  if (next !== place) {
    place = next;
    answering = editing = null;
    setBanner("");
    box.value = drafts.get(next) ?? "";
  }
  showFoot();
  fit();
  suggestions.refresh();
}

function press(event) {
  if (event.isComposing || event.keyCode === 229) return; // Hangul is being put together
  if (suggestions.handle(event)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && (answering || editing)) {
    event.preventDefault();
    stop();
  } else if (event.key === "ArrowUp" && !box.value) {
    const own = messagesOf(state.open).findLast((message) => isSent(message) && !message.service);
    if (own) {
      event.preventDefault();
      rewrite({ message: own });
    }
  }
}

export function begin() {
  on("open me language", change);
  on("topic chat", showFoot);
  on("message", ({ message }) => message.chat === state.open && showFoot());
  on("answer", answer);
  on("rewrite", rewrite);
  on("write", ({ text }) => write(text));
  box.addEventListener("input", () => {
    fit();
    suggestions.update();
  });
  box.addEventListener("keydown", press);
  $("#box-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    box.focus();
  });
  suggestions.begin({ send, write });
}
