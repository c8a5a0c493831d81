// The list of chats.

import { $, face, h, onceAFrame } from "./dom.js";
import { openChat } from "./go.js";
import { isSent, isTyping, lastOf, myChats, now, on, state, unreadOf } from "./state.js";
import { shortTime, t } from "./texts.js";

const MOST_COUNTED = 99;

export function pictureOf(chat) {
  if (chat.kind === "private") return ["bot", state.bot.name];
  if (chat.kind === "channel") return ["channel", chat.title];
  if (chat.forum) return ["forum", chat.title];
  return [chat.linked === chat.id ? "group" : "talk", chat.title];
}

export const titleOf = (chat) => pictureOf(chat)[1];
export const faceOf = (chat) => face(chat.kind === "private" ? state.bot.id : chat.id, titleOf(chat), pictureOf(chat)[0]);

/** What is said of a message where there is no room for it. */
export function snippet(message) {
  if (message.service) return serviceText(message);
  if (message.media && !message.text) return t(message.media.kind);
  return message.text.replace(/\s+/g, " ").slice(0, 120);
}

export function serviceText({ service, from }) {
  const name = service.name || from.name;
  const keys = { forum_topic_created: "topic_made", new_chat_member: "joined", left_chat_member: "left", pinned_message: "pinned" };
  return t(keys[service.kind] ?? "migrated", { name });
}

function item(chat) {
  const last = lastOf(chat.id);
  const unread = chat.id === state.open && document.body.dataset.view === "chat" ? 0 : unreadOf(chat.id);
  const preview = h("span", { class: "preview", dir: "auto" }, ...previewOf(chat, last));
  const badge = unread ? h("span", { class: "badge" }, h("span", { "aria-hidden": "true" }, unread > MOST_COUNTED ? `${MOST_COUNTED}+` : unread), h("span", { class: "unseen" }, t("unread", { n: unread }))) : null;
  const time = last ? h("time", {}, shortTime(last.at, now())) : null;
  const button = h(
    "button",
    { type: "button", data: { chat: chat.id }, "aria-current": chat.id === state.open && document.body.dataset.view !== "list" ? "true" : null, onclick: () => openChat(chat.id) },
    faceOf(chat),
    h("span", { class: "lines" }, h("span", { class: "line" }, h("b", { dir: "auto" }, titleOf(chat)), time), h("span", { class: "line" }, preview, badge)),
  );
  return h("li", {}, button);
}

function previewOf(chat, last) {
  if (isTyping(chat.id)) return [h("em", {}, t("typing", { name: state.bot.name }))];
  if (!last) return [t(chat.kind === "private" ? "bot" : "empty_chat")];
  const isNamed = !last.service && chat.kind !== "channel" && (chat.kind !== "private" || isSent(last));
  const name = isSent(last) ? t("you") : last.from.name;
  return isNamed ? [h("bdi", { class: "sender" }, `${name}: `), snippet(last)] : [snippet(last)];
}

function showChats() {
  const focused = document.activeElement?.dataset?.chat;
  $("#chats").replaceChildren(...myChats().map(item));
  if (focused) $(`#chats [data-chat="${focused}"]`)?.focus();
}

/** Up and down move through the list, as in every messenger. */
function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...document.querySelectorAll("#chats button")];
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

export function begin() {
  const show = onceAFrame(showChats);
  on("me language message edit delete chat read open view typing stage", show);
  $("#chats").addEventListener("keydown", move);
}
