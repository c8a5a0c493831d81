// What stands over the box while one writes: the bot's commands, or what it finds inline.

import { act, getCommands } from "./api.js";
import { refuse } from "./dialogs.js";
import { $, h } from "./dom.js";
import { on, state } from "./state.js";
import { t } from "./texts.js";

const WAIT = 350; // ms without a key before the bot is asked
const box = $("#box");
const list = $("#suggestions");
let commands = [];
let entries = [];
let chosen = -1;
let timer = 0;
let asked = "";
let actions = {};

export async function refresh() {
  close();
  const key = `${state.me.key} ${state.open}`;
  try {
    const answer = await getCommands(state.me.key, state.open);
    if (key === `${state.me.key} ${state.open}`) commands = answer.commands;
  } catch {
    commands = [];
  }
}

export function update() {
  clearTimeout(timer);
  const text = box.value;
  const inline = new RegExp(`^@${state.bot.username}\\s+(.*)$`, "is").exec(text);
  if (inline) {
    timer = setTimeout(askInline, WAIT, inline[1]);
    return;
  }
  const typed = /^\/(\w*)$/.exec(text);
  if (typed && state.chats.get(state.open).kind !== "channel") showCommands(typed[1]);
  else close();
}

function showCommands(start) {
  const found = commands.filter(({ command }) => command.startsWith(start.toLowerCase()));
  show(
    found.map(({ command, description }) => ({
      label: `/${command}`,
      description,
      complete: () => actions.write(`/${command} `),
      pick: () => {
        actions.write(`/${command}`);
        close();
        actions.send();
      },
    })),
    t("menu_title"),
    start ? "" : t("no_commands"),
  );
}

async function askInline(query) {
  asked = query;
  const order = { persona: state.me.key, chat: state.open };
  show([], t("inline_wait"), t("inline_wait"));
  try {
    const answer = await act({ ...order, do: "asks", text: query });
    if (asked !== query || !box.value.startsWith("@")) return;
    if (answer.refused) return show([], "", t("no_answer"));
    const found = answer.results.map(({ title, description }, which) => ({
      label: title,
      description,
      complete() {},
      pick: () => {
        actions.write("");
        close();
        act({ ...order, do: "chooses", which }).catch(refuse);
      },
    }));
    show(found, `@${state.bot.username}`, t("inline_none"));
  } catch (error) {
    close();
    refuse(error);
  }
}

function show(found, title, otherwise) {
  entries = found;
  chosen = found.length ? 0 : -1;
  if (!found.length && !otherwise) return close();
  const options = found.map((entry, i) =>
    h("div", { role: "option", id: `option${i}`, "aria-selected": String(i === chosen), onpointerdown: (event) => event.preventDefault(), onclick: entry.pick }, h("b", {}, entry.label), h("span", {}, entry.description)),
  );
  list.replaceChildren(
    h("div", { class: "title", "aria-hidden": "true" }, title),
    found.length ? h("div", { role: "listbox", id: "options", "aria-label": title }, options) : h("p", { role: "status" }, otherwise),
  );
  setOpen(true);
  return undefined;
}

function setOpen(is) {
  list.hidden = !is;
  box.setAttribute("aria-expanded", String(is && entries.length > 0));
  $("#menu").setAttribute("aria-expanded", String(is));
  if (is && entries.length) {
    box.setAttribute("aria-controls", "options");
    box.setAttribute("aria-activedescendant", `option${chosen}`);
  } else {
    box.setAttribute("aria-controls", "suggestions");
    box.removeAttribute("aria-activedescendant");
  }
}

export function close() {
  clearTimeout(timer);
  asked = "";
  entries = [];
  setOpen(false);
}

/** Take a key while the list is open; whether it was one of the list's. */
export function handle(event) {
  if (list.hidden) return false;
  if (event.key === "Escape") {
    close();
    return true;
  }
  if (!entries.length) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + entries.length) % entries.length;
    list.querySelectorAll("[role=option]").forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    box.setAttribute("aria-activedescendant", `option${chosen}`);
    $(`#option${chosen}`).scrollIntoView({ block: "nearest" });
    return true;
  }
  if (event.key === "Tab" && !event.shiftKey) {
    entries[chosen].complete();
    close();
    return true;
  }
  if (event.key === "Enter" && !event.shiftKey) {
    entries[chosen].pick();
    return true;
  }
  return false;
}

export function begin(given) {
  actions = given;
  $("#menu").addEventListener("click", () => {
    if (list.hidden) actions.write("/");
    else close();
  });
  on("commands", refresh);
  on("call", ({ call }) => /^(set|delete)MyCommands$/.test(call.method) && refresh());
  addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#foot")) close();
  });
}
