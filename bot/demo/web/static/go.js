// Going somewhere: to a chat, a message, the panel. The address's fragment remembers it.

import { $, flash, isCalm } from "./dom.js";
import { isMine, keep, kept, logOf, markRead, myChats, on, state, tell } from "./state.js";

const ROOM = 72; // px above a message, for what can be done with it

const isPhone = () => matchMedia("(max-width: 759px)").matches;

/** Open a chat; on a phone it covers the list, and Back uncovers it. */
export function openChat(id, { topic = 0 } = {}) {
  state.open = id;
  state.topic = topic;
  keep("open", id);
  if (location.hash !== `#chat${id}`) history.pushState(null, "", `#chat${id}`);
  show("chat");
  tell("open");
  markRead(id);
  if (isPhone()) $("#title").focus();
}

export function show(view) {
  document.body.dataset.view = view;
  tell("view");
}

export function openPanel() {
  history.pushState(null, "", "#panel");
  show("panel");
  $("#leave-panel").focus();
}

/** Show a message that is loaded. */
export function goToMessage(chat, id) {
  if (state.open !== chat) openChat(chat);
  requestAnimationFrame(() => {
    const element = $(`#m${id}`);
    if (!element) return;
    element.scrollIntoView({ block: "center", behavior: isCalm() ? "auto" : "smooth" });
    flash(element);
  });
}

/** Show the head of a message that is loaded, at once; its element is given to `then`. */
export function showHeadOf(chat, id, then) {
  if (state.open !== chat || state.topic || document.body.dataset.view !== "chat") openChat(chat);
  requestAnimationFrame(() => {
    const element = $(`#m${id}`);
    if (!element) return;
    const room = $("#scroller").clientHeight;
    element.scrollIntoView({ block: element.clientHeight + 2 * ROOM < room ? "center" : "start", behavior: "instant" });
    if (element.clientHeight + 2 * ROOM >= room) $("#scroller").scrollTop -= ROOM;
    flash(element);
    then(element);
  });
}

/** Follow the address: after Back, a reload, or a change of person. */
export function settle() {
  const wanted = Number(/^#chat(-?\d+)$/.exec(location.hash)?.[1] ?? 0);
  const chat = [wanted, state.open, kept("open", 0)].map((id) => state.chats.get(id)).find((one) => one && isMine(one));
  const id = chat?.id ?? myChats()[0].id;
  if (id !== state.open) {
    state.open = id;
    state.topic = 0;
  }
  if (location.hash === "#panel") show("panel");
  else show(wanted || !isPhone() ? "chat" : "list");
  tell("open");
  if (document.body.dataset.view === "chat") markRead(id);
}

export function begin() {
  addEventListener("popstate", settle);
  $("#leave").addEventListener("click", () => {
    history.replaceState(null, "", "#");
    show("list");
    requestAnimationFrame(() => $(`#chats [data-chat="${state.open}"]`)?.focus());
  });
  $("#leave-panel").addEventListener("click", leavePanel);
  for (const button of document.querySelectorAll("[data-go=panel]")) button.addEventListener("click", openPanel);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.dataset.view === "panel" && !$("dialog[open]")) leavePanel();
  });
  on("message", ({ message }) => {
    if (message.chat === state.open && document.body.dataset.view === "chat" && !document.hidden) markRead(message.chat);
  });
  addEventListener("visibilitychange", () => !document.hidden && state.open && markRead(state.open));
}

function leavePanel() {
  history.replaceState(null, "", logOf(state.open) && !isPhone() ? `#chat${state.open}` : "#");
  show(isPhone() ? "list" : "chat");
  [...document.querySelectorAll("[data-go=panel]")].find((button) => button.checkVisibility())?.focus();
}
