// Toasts, alerts, a choice, and what is only spoken.

import { $, h } from "./dom.js";
import { t } from "./texts.js";

const TOAST = 3200;

export function toast(text, tone = "") {
  const shown = h("div", { class: `toast ${tone}` }, text);
  $("#toasts").replaceChildren(shown);
  setTimeout(() => shown.remove(), TOAST);
}

export function alertBox(text) {
  $("#alert-text").textContent = text;
  $("#alert").showModal();
}

export function refuse(error) {
  toast(t("refused", { reason: error.message }), "bad");
}

/** Say something to a screen reader. */
export function speak(text) {
  $("#spoken").textContent = text;
}

/** Ask to choose one of `{ label, face, value }`; undefined when none is. */
export function choose(title, choices) {
  const dialog = $("#chooser");
  $("#chooser-title").textContent = title;
  return new Promise((resolve) => {
    let chosen;
    const pick = (value) => {
      chosen = value;
      dialog.close();
    };
    const buttons = choices.map(({ label, face, value }) =>
      h("button", { type: "button", class: "choice", onclick: () => pick(value) }, face, label),
    );
    $(".choices", dialog).replaceChildren(...buttons);
    dialog.addEventListener("close", () => resolve(chosen), { once: true });
    dialog.showModal();
  });
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = h("textarea", { class: "unseen" }, text);
    document.body.append(box);
    box.select();
    document.execCommand("copy"); // browsers that keep the clipboard from pages without focus
    box.remove();
  }
  toast(t("copied"));
}
