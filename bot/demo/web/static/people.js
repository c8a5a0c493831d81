// Who one is, in which language, light or dark.

import { setLanguage as sendLanguage } from "./api.js";
import { $, face, h, icon } from "./dom.js";
import { settle } from "./go.js";
import { keep, kept, on, state, tell } from "./state.js";
import { chooseLanguage, getLanguage, languages, t, translate } from "./texts.js";

const LABELS = { ko: "한", en: "EN" };
const NAMES = { ko: "한국어", en: "English" };

export const roleOf = (persona) => {
  if (persona.anonymous) return t("role_anonymous");
  if (persona.operator) return t("role_operator");
  if (persona.author) return t("role_author");
  return t(isAdmin(persona) ? "role_admin" : "role_member");
};

function isAdmin(persona) {
  const group = [...state.chats.values()].find((chat) => chat.kind === "group");
  return group?.members[persona.user] !== "member";
}

const nameOf = (persona) => persona.names[getLanguage()];

/** Their name, and where the chats show another one, that too. */
function fullNameOf(persona) {
  const isSame = persona.anonymous || nameOf(persona) === persona.names.ko;
  return isSame ? nameOf(persona) : `${nameOf(persona)} (${persona.names.ko})`;
}

/** Who they are in a word, and what the chats call them, where their name does not say so. */
function moreOf(persona) {
  const word = t(persona.anonymous ? "word_anonymous" : persona.operator ? "word_operator" : persona.author ? "word_author" : isAdmin(persona) ? "word_admin" : "word_member");
  return [fullNameOf(persona) !== nameOf(persona) && persona.names.ko, word !== nameOf(persona) && word].filter(Boolean).join(" · ");
}

export function become(key, { focus = false } = {}) {
  state.me = state.personas.find((persona) => persona.key === key);
  keep("me", key);
  speak();
  settle();
  tell("me");
  if (focus) $(`#person${key}`)?.focus();
}

/** The page is this person's app: it speaks its own language, and Telegram tells the bot which. */
function speak() {
  const language = getLanguage();
  if (state.me.language !== language) {
    const same = state.personas.filter((persona) => persona.user === state.me.user);
    for (const persona of same) persona.language = language;
    sendLanguage(state.me.key, language).then(() => tell("commands"));
  }
  translate();
  tell("language");
}

function showPeople() {
  const faces = state.personas.map((persona) => {
    const input = h("input", { type: "radio", name: "person", id: `person${persona.key}`, value: persona.key });
    input.checked = persona === state.me;
    input.addEventListener("change", () => become(persona.key));
    const seen = face(persona.anonymous ? persona.user + 3 : persona.user, nameOf(persona));
    const more = moreOf(persona);
    const called = h("span", { class: "lines" }, h("b", { class: "called", dir: "auto" }, nameOf(persona)), more ? h("small", { class: "called", dir: "auto" }, more) : null);
    return h("label", { title: `${fullNameOf(persona)} · ${roleOf(persona)}` }, input, seen, called);
  });
  const focused = document.activeElement?.id;
  $("#people .faces").replaceChildren(...faces);
  if (focused?.startsWith("person")) $(`#${focused}`)?.focus();
  $("#people .who").textContent = t("who", { name: fullNameOf(state.me), role: roleOf(state.me) });
}

function showLanguages() {
  const buttons = languages.map((language) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(language === getLanguage()),
        "aria-label": NAMES[language],
        lang: language,
        onclick: () => {
          chooseLanguage(language);
          speak();
          $("#languages [aria-pressed=true]").focus();
        },
      },
      LABELS[language],
    ),
  );
  $("#languages").replaceChildren(...buttons);
}

const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function showTheme() {
  const button = $("#theme");
  button.replaceChildren(icon(isDark() ? "sun" : "moon"));
  button.title = t(isDark() ? "theme_light" : "theme_dark");
  button.setAttribute("aria-label", button.title);
}

export function begin() {
  const theme = kept("theme", "");
  if (theme) document.documentElement.dataset.theme = theme;
  $("#theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    keep("theme", document.documentElement.dataset.theme);
    showTheme();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
  on("world", () => become(state.me.key));
  on("me language chat", showPeople);
  on("language", () => {
    showLanguages();
    showTheme();
  });
}
