// Who one is, in which language, light or dark.

import { setLanguage as sendLanguage } from "./api.js";
import { $, face, h, icon } from "./dom.js";
import { settle } from "./go.js";
import { keep, kept, on, state, tell } from "./state.js";
import { getLanguage, languages, setLanguage, t, translate } from "./texts.js";

const LABELS = { ko: "한", en: "EN" };
const NAMES = { ko: "한국어", en: "English" };

export const roleOf = (persona) => {
  if (persona.anonymous) return t("role_anonymous");
  if (persona.operator) return t("role_operator");
  if (persona.author) return t("role_author");
  const group = [...state.chats.values()].find((chat) => chat.kind === "group");
  return t(group?.members[persona.user] === "member" ? "role_member" : "role_admin");
};

const nameOf = (persona) => persona.names[getLanguage()];

/** Their name, and where the chats show another one, that too. */
function fullNameOf(persona) {
  const isHidden = persona.anonymous || getLanguage() === "ko";
  return isHidden ? nameOf(persona) : `${nameOf(persona)} (${persona.name})`;
}

export function become(key, { focus = false } = {}) {
  state.me = state.personas.find((persona) => persona.key === key);
  keep("me", key);
  speakAs(kept("languages", {})[key] ?? state.me.language);
  settle();
  tell("me");
  if (focus) $(`#person${key}`)?.focus();
}

/** The language of this person's app: the page's, and the one Telegram tells the bot. */
function speakAs(language) {
  setLanguage(language);
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
    const label = h("span", { class: "unseen" }, `${nameOf(persona)}, ${roleOf(persona)}`);
    return h("label", { title: `${nameOf(persona)} · ${roleOf(persona)}` }, input, seen, label);
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
          keep("languages", { ...kept("languages", {}), [state.me.key]: language });
          speakAs(language);
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
