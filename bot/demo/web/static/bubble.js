// One message.

import { act, fileAddress } from "./api.js";
import { faceOf, serviceText, snippet, titleOf } from "./chats.js";
import { alertBox, choose, copy, refuse, toast } from "./dialogs.js";
import { face, h, icon, tintOf } from "./dom.js";
import { goToMessage, openChat } from "./go.js";
import { previewOf } from "./previews.js";
import { pills } from "./reactions.js";
import { rich } from "./rich.js";
import { isAdminIn, isSent, myChats, state, tell } from "./state.js";
import { clockTime, fullTime, t } from "./texts.js";

const SHARED = /^https:\/\/t\.me\/share\/url\?/;
const OURS = /^https:\/\/t\.me\/(\w+)(?:\/(\d+))?(?:\?start=([\w-]+))?$/;

/** The element of a message. `joins`: it goes on after one of the same sender. */
export function bubble(message, joins) {
  const id = `m${message.id}`;
  if (message.service) return h("article", { id, class: "service", tabindex: "-1" }, h("span", {}, serviceText(message)));
  const chat = state.chats.get(message.chat);
  const sent = isSent(message) && chat.kind !== "channel";
  const isNamed = !sent && !joins && chat.kind !== "private" && chat.kind !== "channel";
  const hasFace = !sent && chat.kind !== "private" && chat.kind !== "channel";
  const shown = previewOf(message);
  const isAbove = message.preview.show_above_text;
  const content = h(
    "div",
    { class: "bubble" },
    isNamed && h("div", { class: `name ${tintOf(message.from.id)}` }, h("span", { class: "called", dir: "auto" }, message.from.name), message.from.bot && h("small", {}, t("bot"))),
    chat.forum && message.topic > 0 && !state.topic && h("div", { class: "topic", dir: "auto" }, `# ${topicName(chat, message.topic)}`),
    message.via && h("div", { class: "origin", dir: "auto" }, t("via", { name: message.via })),
    message.forward && !message.automatic && h("div", { class: "origin", dir: "auto" }, t("forwarded", { name: message.forward })),
    replyOf(message),
    mediaOf(message),
    isAbove && shown,
    message.text && h("div", { class: "text" }, rich(message.text, message.entities, (target) => follow(target, message))),
    !isAbove && shown,
    pills(message),
    h("footer", {}, message.from.signature && h("span", { class: "signature", dir: "auto" }, message.from.signature), message.edited && h("span", { class: "edited" }, t("edited")), h("time", { title: fullTime(message.at) }, clockTime(message.at))),
  );
  const classes = ["message", sent && "sent", joins && "joins", message.ours && "ours", hasFace && "with-face"].filter(Boolean);
  return h(
    "article",
    { id, class: classes.join(" "), tabindex: "-1", "aria-label": `${sent ? t("you") : message.from.name}, ${clockTime(message.at)}` },
    hasFace && face(message.from.id, message.from.name, message.from.bot ? "bot" : ""),
    h("div", { class: "stack" }, content, keyboard(message)),
  );
}

export const topicName = (chat, topic) => chat.topics.find((one) => one.id === topic)?.name ?? "";

function replyOf({ reply, chat }) {
  if (!reply) return null;
  return h("button", { type: "button", class: "quoted", onclick: () => goToMessage(chat, reply.id) }, h("b", { dir: "auto" }, reply.name), h("span", { dir: "auto" }, reply.text.replace(/\s+/g, " ")));
}

function mediaOf({ media, text }) {
  if (!media) return null;
  if (media.kind === "photo" && media.file) return h("img", { class: "photo", src: fileAddress(media.file), alt: text ? text.split("\n")[0] : t("photo"), loading: "lazy" });
  return h("div", { class: "file" }, icon(media.kind === "photo" ? "photo" : "copy"), media.name || t(media.kind));
}

function keyboard(message) {
  if (!message.rows.length) return null;
  const marks = { url: "open", copy_text: "copy", switch_inline_query: "search", switch_inline_query_current_chat: "search", switch_inline_query_chosen_chat: "search" };
  const rows = message.rows.map((row) =>
    h(
      "div",
      { class: "row" },
      row.map((button) => {
        const mark = marks[button.kind];
        return h("button", { type: "button", class: `key ${button.style}`, onclick: (event) => press(message, button, event.currentTarget) }, h("span", { dir: "auto" }, button.label), mark && icon(mark));
      }),
    ),
  );
  return h("div", { class: "keys" }, rows);
}

async function press(message, { kind, value }, element) {
  if (kind === "copy_text") return copy(value.text);
  if (kind === "url") return follow({ url: value }, message) || open(value, "_blank", "noopener,noreferrer");
  if (kind.startsWith("switch_inline_query")) return switchInline(kind, value, message);
  if (element.getAttribute("aria-busy") === "true") return null;
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await act({ persona: state.me.key, do: "presses", chat: message.chat, message: message.id, data: value });
    if (answer.refused) toast(t("no_answer"), "bad");
    else if (answer.url) follow({ url: answer.url }, message) || open(answer.url, "_blank", "noopener,noreferrer");
    else if (answer.is_alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  } catch (error) {
    refuse(error);
  } finally {
    element.removeAttribute("aria-busy");
  }
  return null;
}

function switchInline(kind, value, message) {
  const text = `@${state.bot.username} ${value.query ?? value}`;
  if (kind === "switch_inline_query_current_chat") tell("write", { text });
  else writeSomewhere(text, message.chat);
}

/** Ask for a chat, and put a text into its box. */
async function writeSomewhere(text, from) {
  const choices = myChats()
    .filter((one) => one.kind !== "channel" || isAdminIn(one))
    .map((one) => ({ label: titleOf(one), face: faceOf(one), value: one.id }));
  const chat = await choose(t("choose_chat"), choices);
  if (!chat) return;
  if (chat !== state.open || from !== chat) openChat(chat);
  tell("write", { text });
}

/** Do what a link, a command or a name in a message asks for; false where a browser should. */
export function follow({ url, command, mention }, message) {
  if (command) {
    const text = state.chats.get(message.chat).kind === "private" || command.includes("@") ? command : command.split("@")[0];
    act({ persona: state.me.key, do: "says", chat: message.chat, text, topic: message.topic }).catch(refuse);
    return true;
  }
  if (SHARED.test(url)) {
    const { searchParams } = new URL(url);
    writeSomewhere([searchParams.get("text"), searchParams.get("url")].filter(Boolean).join("\n"), message.chat);
    return true;
  }
  const [, name, id, payload] = mention ? [null, mention] : (OURS.exec(url) ?? []);
  if (!name) return false;
  if (name.toLowerCase() === state.bot.username.toLowerCase()) return openBot(payload);
  const chat = [...state.chats.values()].find((one) => one.username.toLowerCase() === name.toLowerCase());
  if (!chat) return false;
  openChat(chat.id);
  if (id) goToMessage(chat.id, Number(id));
  return true;
}

function openBot(payload) {
  const own = myChats().find((chat) => chat.kind === "private");
  openChat(own.id);
  if (payload) act({ persona: state.me.key, do: "starts", chat: own.id, text: payload }).catch(refuse);
  return true;
}

export const spokenOf = (message) => t("new_message", { name: message.from.name, text: snippet(message) });
