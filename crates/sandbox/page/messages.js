// A list of messages: days apart, a person's messages together, the reader's place kept.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { ephemeral, message } from "./message.js";
import { dayName, instant } from "./time.js";

const TOGETHER_MS = 5 * 60 * 1000;

/** What stands in the channel itself: top-level messages and replies also sent to the channel. */
export function inChannel(app, channelId) {
  return (app.state.messages[channelId] ?? []).filter((said) => !said.thread_ts || said.thread_ts === said.ts || said.broadcast || said.subtype === "thread_broadcast");
}

/** A thread: its first message and everything under it. */
export function inThread(app, channelId, ts) {
  return (app.state.messages[channelId] ?? []).filter((said) => said.ts === ts || said.thread_ts === ts);
}

/** The messages only this person sees, in the channel or in one of its threads. */
export function onlyForMe(app, channelId, thread) {
  return app.state.ephemerals.filter((shown) => shown.channel === channelId && (shown.thread_ts ?? undefined) === thread);
}

/** The scrolling list. It stays at the bottom when it was there, and where it was otherwise. */
export function messageList(app, wanted) {
  const known = app.ui.lists[wanted.id];
  if (app.ui.typing && known?.state === app.state) return known.list;
  const list = draw(app, wanted);
  app.ui.lists[wanted.id] = { state: app.state, list };
  return list;
}

function draw(app, { id, label, channel, said, ephemerals, thread, empty, head }) {
  const entries = [
    ...said.map((one) => ({ key: one.ts, at: instant(one.ts)?.getTime() ?? 0, one })),
    ...ephemerals.map((shown) => ({ key: shown.id, at: instant(shown.at)?.getTime() ?? Date.now(), shown })),
  ].sort((a, b) => a.at - b.at);
  const keys = entries.map((entry) => entry.key);
  const focusable = keys.includes(app.ui.rover[id]) ? app.ui.rover[id] : keys.at(-1);
  const where = { list: id, channel, inThread: Boolean(thread), focusable };
  const rows = [];
  let before;
  for (const entry of entries) {
    const day = dayName(entry.at);
    if (!thread && day !== (before && dayName(before.at))) rows.push(h("li", { class: "day", key: `day-${day}` }, h("span", null, day)));
    if (thread && before?.one?.ts === thread) rows.push(h("li", { class: "day", key: "replies" }, h("span", null, said.length > 2 ? `${said.length - 1} replies` : "1 reply")));
    rows.push(entry.shown
      ? ephemeral(app, entry.shown, where)
      : message(app, entry.one, { ...where, grouped: together(before, entry) }));
    before = entry;
  }
  return h("div", { class: "scroll-frame", key: id },
    h("div", { class: "scroller", "data-stick": id, tabindex: "-1", on: { scroll: (event) => noteScroll(event, app, id), keydown: onKey } },
      head,
      rows.length === 0 && empty,
      h("ol", { class: "messages", "aria-label": label }, rows)),
    app.ui.below[id] && h("button", { type: "button", class: "jump", on: { click: (event) => jump(event) } }, icon("down"), "New messages"));
}

function together(before, entry) {
  const a = before?.one;
  const b = entry.one;
  return Boolean(a && b && a.user === b.user && !a.subtype && !b.subtype && !a.pinned && entry.at - before.at < TOGETHER_MS && dayName(before.at) === dayName(entry.at));
}

function onKey(event) {
  if (!event.target.matches(".message, .system")) return;
  const rows = [...event.currentTarget.querySelectorAll(".message, .system")];
  const at = rows.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
}

function noteScroll(event, app, id) {
  const node = event.target;
  node.dataset.end = atBottom(node);
  if (!app.ui.below[id] || !atBottom(node)) return;
  app.ui.below[id] = false;
  app.render();
}

function jump(event) {
  const node = event.currentTarget.parentElement.querySelector(".scroller");
  node.scrollTop = node.scrollHeight;
}

const atBottom = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 60;

/** Remembers, before the page changes, which lists stood at their end. */
export function scrollPlaces(root) {
  return new Map([...root.querySelectorAll("[data-stick]")].map((node) => [node, { bottom: atBottom(node), height: node.scrollHeight }]));
}

/** After the window has another size: lists that stood at their end stand there again. */
export function keepEnds(root) {
  root.querySelectorAll('[data-stick][data-end="true"]').forEach(toEnd);
}

function toEnd(node) {
  node.scrollTop = node.scrollHeight;
  node.dataset.end = true;
}

/** Puts every list back where it belongs: to its end when it was there or is new. */
export function keepScroll(root, places, app) {
  for (const node of root.querySelectorAll("[data-stick]")) {
    const before = places.get(node);
    if (!before || before.bottom) toEnd(node);
    else if (node.scrollHeight > before.height && !app.ui.below[node.dataset.stick] && !atBottom(node) && app.ui.arrived) {
      app.ui.below[node.dataset.stick] = true;
      app.render();
    }
  }
  app.ui.arrived = false;
}
