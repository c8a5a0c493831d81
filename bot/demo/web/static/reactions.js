// Reactions under a message, and the picker. One emoji a person: another one takes its place.

import { act } from "./api.js";
import { $, h, initialOf } from "./dom.js";
import { refuse } from "./dialogs.js";
import { myIdIn, state } from "./state.js";
import { t } from "./texts.js";

const OFFERED = ["👍", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😢", "🎉", "🤩", "🙏", "👌", "💯", "🤣", "🏆", "🤓", "👀"];
const MOST_FACES = 3;
const GAP = 8;

export const mineOn = (message) => {
  const chat = state.chats.get(message.chat);
  const actor = chat.kind === "channel" ? state.me.user : myIdIn(chat);
  return message.reactions.filter((one) => one.by.includes(actor)).map((one) => one.emoji);
};

export function toggle(message, emoji) {
  const reactions = mineOn(message).includes(emoji) ? [] : [emoji];
  return act({ persona: state.me.key, do: "reacts", chat: message.chat, message: message.id, reactions }).catch(refuse);
}

export function pills(message) {
  if (!message.reactions.length) return null;
  const mine = mineOn(message);
  const shown = message.reactions.map(({ emoji, by, names }) => {
    const label = names.length ? t("reacted_by", { emoji, n: by.length, names: names.join(", ") }) : t("reacted", { emoji, n: by.length });
    const seen = names.length && by.length <= MOST_FACES ? by.map((id, i) => h("span", { class: `dot tint-${Math.abs(id) % 7}` }, initialOf(names[i]))) : by.length;
    return h(
      "button",
      { type: "button", class: "pill", "aria-pressed": String(mine.includes(emoji)), "aria-label": label, title: names.join(", ") || null, onclick: () => toggle(message, emoji) },
      h("span", { class: "emoji" }, emoji),
      h("span", { class: "by" }, seen),
    );
  });
  return h("div", { class: "pills" }, shown);
}

/** Back to where it was opened; by keyboard that is shown again first, so that it takes the focus. */
function close(anchor, isByKeyboard) {
  $("#picker").hidePopover();
  if (isByKeyboard) anchor.closest("article")?.focus();
  anchor.focus();
}

/** Offer the emoji beside `anchor`. */
export function pick(message, anchor) {
  const picker = $("#picker");
  const mine = mineOn(message);
  const buttons = OFFERED.map((emoji) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(mine.includes(emoji)),
        "aria-label": emoji,
        onclick: (click) => {
          close(anchor, !click.detail);
          toggle(message, emoji);
        },
      },
      emoji,
    ),
  );
  picker.replaceChildren(...buttons);
  picker.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close(anchor, true);
  };
  picker.showPopover();
  const from = anchor.getBoundingClientRect();
  const size = picker.getBoundingClientRect();
  const left = Math.min(Math.max(GAP, from.left + from.width / 2 - size.width / 2), innerWidth - size.width - GAP);
  const wanted = from.top - size.height - GAP > GAP ? from.top - size.height - GAP : from.bottom + GAP;
  const top = Math.min(Math.max(GAP, wanted), innerHeight - size.height - GAP);
  picker.style.setProperty("left", `${left}px`);
  picker.style.setProperty("top", `${top}px`);
  buttons[0].focus();
}

/** Arrow keys walk through the picker. */
export function begin() {
  $("#picker").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 6, ArrowUp: -6 }[event.key];
    if (!step) return;
    const buttons = [...$("#picker").children];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
    event.preventDefault();
  });
}
