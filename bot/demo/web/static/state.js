// What the page knows, and who wants to hear of changes.

import { listen } from "./api.js";

export const state = {
  bot: { id: 0, name: "", username: "" },
  personas: [],
  me: null,
  chats: new Map(),
  logs: new Map(), // chat id -> { messages: Map by id in order, more: older ones at the server }
  open: 0,
  topic: 0,
  calls: [],
  stage: null,
  stageAt: 0,
  typing: new Map(), // chat id -> when it ends
};

const MOST_CALLS = 200;
const MOST_KEPT = 400;
const TYPING = 5000;
const listeners = new Map();
let read = load("read", {});

function load(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
export const kept = load;

/** Call `listener` with what was told whenever one of the kinds is. */
export function on(kinds, listener) {
  for (const kind of kinds.split(" ")) {
    if (!listeners.has(kind)) listeners.set(kind, []);
    listeners.get(kind).push(listener);
  }
}

export function tell(kind, data = {}) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

/** The chats of this person, the one with the newest message first. */
export function myChats() {
  const mine = [...state.chats.values()].filter(isMine);
  return mine.sort((a, b) => (lastOf(b.id)?.at ?? 0) - (lastOf(a.id)?.at ?? 0));
}

export function isMine(chat) {
  if (chat.kind === "private") return chat.user === state.me.user;
  return String(state.me.user) in chat.members;
}

export const logOf = (chat) => state.logs.get(chat) ?? { messages: new Map(), more: false };
export const messagesOf = (chat) => [...logOf(chat).messages.values()];
export const lastOf = (chat) => messagesOf(chat).at(-1);

/** Who this person is in a chat: themselves, or the chat where they are anonymous. */
export function myIdIn(chat) {
  const hidden = state.me.anonymous && (chat.kind === "group" || chat.kind === "supergroup");
  return hidden || chat.kind === "channel" ? chat.id : state.me.user;
}

export const isAdminIn = (chat) => ["creator", "administrator"].includes(chat.members[state.me.user]);

/** Whether this person wrote it, under whatever name. */
export function isSent(message) {
  const chat = state.chats.get(message.chat);
  if (message.ours || message.automatic || message.from.id !== myIdIn(chat)) return false;
  return chat.kind !== "channel" || isAdminIn(chat);
}

export function unreadOf(chat) {
  const own = messagesOf(chat).findLast(isSent)?.id ?? 0; // who writes has read what was there
  const upTo = Math.max(own, read[state.me.key]?.[chat] ?? 0);
  return messagesOf(chat).filter((m) => m.id > upTo && !m.service && !isSent(m)).length;
}

export function markRead(chat) {
  const last = lastOf(chat);
  read[state.me.key] ??= {};
  if (!last || read[state.me.key][chat] >= last.id) return;
  read[state.me.key][chat] = last.id;
  keep("read", read);
  tell("read", { chat });
}

export function addOlder(chat, page) {
  const log = logOf(chat);
  log.messages = new Map([...page.messages.map((m) => [m.id, m]), ...log.messages]);
  log.more = page.more;
}

/** How long ago the stage was told, in seconds; the browser's own date may be any. */
export const sinceStage = () => (performance.now() - state.stageAt) / 1000;

/** The server's time now, in unix seconds. */
export const now = () => state.stage.now + sinceStage();

function takeWorld(told) {
  state.bot = told.bot;
  state.personas = told.personas;
  const key = state.me?.key ?? kept("me", "0");
  state.me = told.personas.find((persona) => persona.key === key) ?? told.personas[0];
  state.chats = new Map(told.chats.map((chat) => [chat.id, chat]));
  state.logs = new Map();
  for (const [chat, page] of Object.entries(told.pages)) {
    state.logs.set(Number(chat), { messages: new Map(page.messages.map((m) => [m.id, m])), more: page.more });
  }
  state.calls = told.calls;
  takeStage(told.stage);
  tell("world");
}

function takeStage(stage) {
  state.stage = stage;
  state.stageAt = performance.now();
  tell("stage");
}

function takeMessage({ kind, message }) {
  if (!state.logs.has(message.chat)) state.logs.set(message.chat, { messages: new Map(), more: false });
  const log = state.logs.get(message.chat);
  const before = log.messages.get(message.id);
  if (kind !== "message" && !before) return;
  log.messages.set(message.id, message);
  if (kind === "message") {
    if (message.ours) state.typing.delete(message.chat);
    forget(log, message.chat);
  }
  tell(kind, { message, before });
}

/** Drop the oldest of a chat that nobody looks at; they can be asked for again. */
function forget(log, chat) {
  if (chat === state.open || log.messages.size <= MOST_KEPT) return;
  log.messages = new Map([...log.messages].slice(-MOST_KEPT / 2));
  log.more = true;
}

const takers = {
  world: takeWorld,
  stage: takeStage,
  message: takeMessage,
  edit: takeMessage,
  reaction: takeMessage,
  delete({ chat, id }) {
    if (logOf(chat).messages.delete(id)) tell("delete", { chat, id });
  },
  chat({ info }) {
    state.chats.set(info.id, info);
    tell("chat", { chat: info.id });
  },
  action({ chat }) {
    state.typing.set(chat, performance.now() + TYPING);
    tell("typing", { chat });
    setTimeout(() => tell("typing", { chat }), TYPING + 50);
  },
  call({ call }) {
    state.calls = [...state.calls.slice(1 - MOST_CALLS), call];
    tell("call", { call });
  },
};

export const isTyping = (chat) => (state.typing.get(chat) ?? 0) > performance.now();

export function begin() {
  listen((told) => takers[told.kind]?.(told), (is) => tell("here", { is }));
}
