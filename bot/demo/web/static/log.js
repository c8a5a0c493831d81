// The messages of the open chat: drawn once each, older ones asked for when one scrolls up.

import { act, getMessages } from "./api.js";
import { bubble, spokenOf, topicName } from "./bubble.js";
import { faceOf, titleOf } from "./chats.js";
import { refuse, speak } from "./dialogs.js";
import { $, flash, h, icon } from "./dom.js";
import { show } from "./go.js";
import { pick } from "./reactions.js";
import { addOlder, isAdminIn, isSent, isTyping, logOf, messagesOf, now, on, state, tell } from "./state.js";
import { dayName, dayOf, t } from "./texts.js";

const NEAR = 120; // px from an end that count as being there
const FAR_UP = 700;
const TOGETHER = 300; // seconds within which messages of one sender join
const MOST_DRAWN = 240;

const log = $("#log");
const scroller = $("#scroller");
let asking = false;
let missed = 0;
let isStuck = true; // to the end, as long as nobody scrolls away from it

const chatNow = () => state.chats.get(state.open);
const isShown = (message) => !state.topic || message.topic === state.topic || message.id === state.topic;
const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

/** Go to the end, and stay there while what is drawn takes its size. */
function toEnd() {
  isStuck = true;
  scroller.scrollTop = scroller.scrollHeight;
}

const joins = (before, message) =>
  Boolean(before) && !before.service && before.from.id === message.from.id && before.ours === message.ours && before.topic === message.topic &&
  message.at - before.at < TOGETHER && dayOf(before.at) === dayOf(message.at) && !before.rows.length;

const dayMark = (message) => h("div", { class: "day", role: "separator", data: { at: message.at } }, h("span", {}, dayName(message.at, now())));

/** The clock may have been moved: what was today may be yesterday. */
function nameDays() {
  for (const mark of log.querySelectorAll(".day")) {
    const name = dayName(Number(mark.dataset.at), now());
    if (mark.textContent !== name) mark.firstElementChild.textContent = name;
  }
}

/** The elements of messages in a row, with a mark where a day begins. */
function draw(messages, before) {
  const elements = [];
  for (const message of messages) {
    if (!before || dayOf(before.at) !== dayOf(message.at)) elements.push(dayMark(message));
    elements.push(bubble(message, joins(before, message)));
    before = message;
  }
  return elements;
}

function drawAll() {
  if (!state.me || !chatNow()) return;
  const messages = messagesOf(state.open).filter(isShown).slice(-MOST_DRAWN);
  log.replaceChildren(...draw(messages), ...(messages.length ? [] : [emptiness()]));
  missed = 0;
  showNewest();
  makeReachable();
  toEnd();
}

function emptiness() {
  const { kind } = chatNow();
  return h("p", { class: "empty" }, t(kind === "channel" ? "empty_channel" : kind === "private" ? "empty_private" : "empty_chat"));
}

function append({ message }) {
  if (message.chat !== state.open || !isShown(message)) return;
  const wasAtEnd = isStuck || isSent(message);
  log.querySelector(".empty")?.remove();
  const shown = messagesOf(state.open).filter(isShown);
  const elements = draw([message], shown.at(-2));
  for (const element of elements) element.classList.add("arrives");
  log.append(...elements);
  makeReachable();
  if (wasAtEnd) {
    while (log.children.length > MOST_DRAWN) log.firstElementChild.remove();
    toEnd();
  } else {
    missed += 1;
    showNewest();
  }
  if (!isSent(message)) speak(spokenOf(message));
}

/** Draw a changed message again, and keep the focus, the place and the actions. */
function redraw(message, stands) {
  const old = $(`#m${message.id}`);
  if (message.chat !== state.open || !old) return;
  const inHand = old.contains(document.activeElement) ? document.activeElement : null;
  const buttonsOf = (one) => [...one.querySelectorAll("button, a")].filter((it) => !tools.contains(it));
  const focused = inHand ? buttonsOf(old).indexOf(inHand) : -2;
  const opened = [...old.querySelectorAll(".expandable")].map((quote) => !quote.querySelector(".folded"));
  const element = bubble(message, old.classList.contains("joins"));
  element.tabIndex = old.tabIndex;
  if (old.contains(tools)) element.querySelector(".stack").append(tools);
  old.replaceWith(element);
  element.querySelectorAll(".expandable").forEach((quote, i) => opened[i] && quote.querySelector(".fold").click());
  if (focused === -1) element.focus(); // what is not shown takes no focus: the actions are shown now
  if (tools.contains(inHand)) inHand.focus();
  else if (focused >= 0) (buttonsOf(element)[focused] ?? element).focus();
  if (stands) flash(element.querySelector(".bubble") ?? element);
  if (isStuck) toEnd();
}

function older(messages) {
  const drawn = log.querySelector("article");
  const first = drawn && logOf(state.open).messages.get(Number(drawn.id.slice(1)));
  const fromEnd = scroller.scrollHeight - scroller.scrollTop;
  const elements = draw(messages.filter(isShown));
  if (first && elements.length && dayOf(messages.at(-1).at) === dayOf(first.at)) log.querySelector(".day")?.remove();
  log.prepend(...elements);
  scroller.scrollTop = scroller.scrollHeight - fromEnd;
}

/** Show what lies above: from what is known, or from the server. */
async function lookUp() {
  if (asking || scroller.scrollTop > FAR_UP || !chatNow()) return;
  const first = Number(log.querySelector("article")?.id.slice(1) ?? 0);
  const known = messagesOf(state.open).filter((message) => message.id < first && isShown(message));
  if (known.length) return older(known.slice(-MOST_DRAWN / 4));
  if (!logOf(state.open).more) return undefined;
  asking = true;
  const chat = state.open;
  try {
    const page = await getMessages(chat, [...logOf(chat).messages.keys()][0] ?? 0);
    addOlder(chat, page);
    if (chat === state.open) older(page.messages);
  } catch (error) {
    refuse(error);
  } finally {
    asking = false;
  }
  return undefined;
}

/** One message can be reached with Tab; the arrows move on from there. */
function makeReachable(wanted = log.querySelector("article:last-of-type")) {
  log.querySelector('article[tabindex="0"]')?.setAttribute("tabindex", "-1");
  wanted?.setAttribute("tabindex", "0");
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -1e6, End: 1e6 }[event.key];
  const at = document.activeElement;
  if (!step || at.tagName !== "ARTICLE") return;
  event.preventDefault();
  const all = [...log.querySelectorAll("article")];
  const next = all[Math.min(Math.max(all.indexOf(at) + step, 0), all.length - 1)];
  makeReachable(next);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const tools = h("div", { class: "actions" });

/** The actions of the message that is pointed at or focused: there is one set of them.
 *  What is pressed is done with the message as it is then: it may have been edited since. */
function offer(event) {
  const element = event.target.closest?.("article.message");
  if (!element || element.contains(tools)) return;
  const message = logOf(state.open).messages.get(Number(element.id.slice(1)));
  if (!message) return;
  const asIs = () => logOf(message.chat).messages.get(message.id) ?? message;
  const mayWrite = chatNow().kind !== "channel" || isAdminIn(chatNow());
  const mayRemove = isSent(message) || isAdminIn(chatNow());
  const action = (name, drawing, work) => h("button", { type: "button", class: "icon", "aria-label": t(name), title: t(name), data: { action: name }, onclick: (click) => work(click.currentTarget) }, icon(drawing));
  tools.replaceChildren(
    action("react", "smile", (anchor) => pick(asIs(), anchor)),
    ...(mayWrite ? [action("reply", "reply", () => tell("answer", { message: asIs() }))] : []),
    ...(isSent(message) && !message.media ? [action("edit", "edit", () => tell("rewrite", { message: asIs() }))] : []),
    ...(mayRemove ? [action("remove", "trash", () => act({ persona: state.me.key, do: "deletes", chat: message.chat, message: message.id }).catch(refuse))] : []),
  );
  element.querySelector(".stack").append(tools);
}

function showNewest() {
  const button = $("#newest");
  button.hidden = isAtEnd() || !log.querySelector("article");
  $("b", button).textContent = missed || "";
}

function showHead() {
  const chat = chatNow();
  if (!chat) return;
  const people = Object.keys(chat.members).length;
  const kind = chat.kind === "channel" ? "channel" : chat.forum ? "forum" : chat.linked !== chat.id ? "talk" : chat.kind;
  const about = chat.kind === "private" ? t("bot") : `${t(`kind_${kind}`)} · ${t(chat.kind === "channel" ? "subscribers" : "members", { n: people })}`;
  $("#title").textContent = titleOf(chat);
  $("#about").textContent = isTyping(chat.id) ? t("typing", { name: state.bot.name }) : about;
  $("#about").classList.toggle("live", isTyping(chat.id));
  const picture = faceOf(chat);
  picture.id = "head-face";
  $("#head-face").replaceWith(picture);
  showTopics(chat);
}

function showTopics(chat) {
  const bar = $("#topics");
  bar.hidden = !chat.forum;
  const choose = (topic) => () => {
    state.topic = topic;
    tell("topic");
    bar.querySelector("[aria-pressed=true]").focus();
  };
  const chips = [0, ...chat.topics.map((topic) => topic.id)].map((id) =>
    h("button", { type: "button", "aria-pressed": String(state.topic === id), dir: "auto", onclick: choose(id) }, id ? `# ${topicName(chat, id)}` : t("all_topics")),
  );
  bar.replaceChildren(...chips);
}

export function begin() {
  on("open me language topic", () => {
    showHead();
    drawAll();
  });
  on("view", () => document.body.dataset.view === "chat" && toEnd());
  on("chat typing", showHead);
  on("stage", nameDays);
  on("message", append);
  on("edit", ({ message }) => redraw(message, true));
  on("reaction", ({ message }) => redraw(message, false));
  on("delete", ({ chat, id }) => chat === state.open && $(`#m${id}`)?.remove());
  scroller.addEventListener("scroll", () => {
    isStuck = isAtEnd();
    if (isStuck) missed = 0;
    showNewest();
    lookUp();
  }, { passive: true });
  log.addEventListener("keydown", walk);
  for (const kind of ["pointerover", "focusin", "click"]) log.addEventListener(kind, offer);
  $("#newest").addEventListener("click", () => {
    drawAll();
    show("chat");
  });
  const follow = new ResizeObserver(() => isStuck && toEnd());
  follow.observe(log);
  follow.observe(scroller);
}
