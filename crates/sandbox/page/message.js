// One message of a channel or thread, with what can be done to it.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { character, emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { shortcuts } from "./shortcuts.js";
import { clock, clockOrDay, fullTime, instant } from "./time.js";

const QUICK = ["pushpin", "eyes", "white_check_mark"];

/** A small coloured square with a person's initials; the name always stands beside it. */
export function avatar(person, size = "") {
  const initials = person?.initials ?? (person?.real_name ?? "?").slice(0, 2).toUpperCase();
  const color = person?.color || "#6b6557";
  return h("span", { class: `avatar ${size} ${person?.is_bot ? "app" : ""}`, "aria-hidden": "true", style: { "--tint": color, color: readable(color) } }, initials);
}

// White or ink, whichever can be read on the colour.
function readable(color) {
  const parts = color.match(/^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i);
  if (!parts) return "#ffffff";
  const [red, green, blue] = parts.slice(1).map((hex) => {
    const part = parseInt(hex, 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.22 ? "#16181c" : "#ffffff";
}

const SYSTEM = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive|convert_to_private|convert_to_public)$|^(pinned_item|bookmark_added|bot_add)$/;

/** One message. `where` is `{list, channel, grouped, inThread, focusable}`. */
export function message(app, said, where) {
  const author = app.person(said.user);
  const name = author ? author.real_name || author.name : said.username || "Someone";
  if (SYSTEM.test(said.subtype ?? "")) return systemLine(app, said, where);
  const source = { kind: "message", channel: where.channel.id, ts: said.ts };
  const grouped = where.grouped && !said.pinned;
  const alsoSent = said.broadcast || said.subtype === "thread_broadcast";
  return h("li", {
    ...row(app, said.ts, where), class: `message${grouped ? " grouped" : ""}${said.pinned ? " pinned" : ""}${app.ui.flash === said.ts ? " flash" : ""}`, "data-ts": said.ts,
  },
    said.pinned && h("p", { class: "flag" }, icon("pin"), "Pinned"),
    !where.inThread && alsoSent && h("p", { class: "flag" }, icon("reply"), "Replied to a thread"),
    h("div", { class: "message-side" }, grouped ? h("time", { class: "side-time", "aria-hidden": "true" }, clock(said.ts)) : avatar(author)),
    h("div", { class: "message-main" },
      h("div", { class: grouped ? "byline visually-hidden" : "byline" },
        h("strong", { class: "author" }, name),
        (said.bot || author?.is_bot) && h("span", { class: "badge" }, "App"),
        author?.title && !author.is_bot && h("span", { class: "role" }, author.title),
        h("time", { datetime: instant(said.ts)?.toISOString(), title: fullTime(said.ts) }, clock(said.ts)),
        said.blocks?.length > 0 && editedMark(said)),
      // The same message may stand in the channel and in its thread at once.
      content(app, said, { app, source, key: `${where.inThread ? "thread" : "message"}-${where.channel.id}-${said.ts}` }),
      reactions(app, said, where.channel),
      !where.inThread && replies(app, said, where.channel)),
    toolbar(app, said, where));
}

/** A message only this person sees. */
export function ephemeral(app, shown, where) {
  const source = { kind: "ephemeral", id: shown.id, channel: shown.channel };
  const sima = app.state.people.find((one) => one.is_bot);
  return h("li", { ...row(app, shown.id, where), class: "message ephemeral" },
    h("p", { class: "flag" }, icon("eye"), "Only visible to you",
      h("button", { type: "button", class: "quiet", on: { click: () => app.act({ kind: "dismiss", id: shown.id }) } }, "Dismiss")),
    h("div", { class: "message-side" }, avatar(sima)),
    h("div", { class: "message-main" },
      h("div", { class: "byline" }, h("strong", { class: "author" }, sima?.real_name || sima?.name || "SIMA"), h("span", { class: "badge" }, "App"), h("time", null, clock(shown.at))),
      content(app, shown, { app, source, key: `ephemeral-${shown.id}` })));
}

/** The words of a message, as a screen reader should say them when it comes in. */
export function spoken(app, said) {
  const author = app.person(said.user);
  const words = (said.text ?? "")
    .replace(/<@(\w+)[^>]*>/g, (_, id) => app.person(id)?.real_name ?? "someone")
    .replace(/<#(\w+)[^>]*>/g, (_, id) => `#${app.channel(id)?.name ?? "channel"}`)
    .replace(/<!date\^[^|>]*\|?([^>]*)>/g, "$1")
    .replace(/<[^|>]*\|([^>]*)>/g, "$1")
    .replace(/[<>*~`]/g, "")
    .replace(/:\w+:/g, "")
    .replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  return `${author?.real_name ?? "Someone"}: ${words}`.slice(0, 300);
}

function content(app, said, surface) {
  if (!said.blocks?.length && !said.attachments?.length) return h("div", { class: "rich content" }, mrkdwn(said.text, app), editedMark(said), files(said));
  return h("div", { class: "content" },
    said.blocks?.length ? blocks(said.blocks, surface) : said.text && h("div", { class: "rich" }, mrkdwn(said.text, app)),
    (said.attachments ?? []).map((attachment, index) => h("div", { class: "attachment", key: `attachment-${index}` },
      attachment.blocks ? blocks(attachment.blocks, { ...surface, key: `${surface.key}-${index}` }) : h("div", { class: "rich" }, mrkdwn(attachment.text ?? attachment.fallback, app)))));
}

// What came with it: named and linked, as the workspace has nowhere to show it.
const files = (said) => said.files?.map((file) => h("div", { class: "attachment", key: file.id }, `📎 ${file.name}`));

const editedMark = (said) => said.edited && h("span", { class: "edited", title: `Edited ${fullTime(said.edited.ts ?? said.edited)}` }, "(edited)");

// One tab stop for the whole list; arrow keys move inside it.
function row(app, key, where) {
  return {
    key,
    tabindex: where.focusable === key ? "0" : "-1",
    on: {
      focus: (event) => {
        if (event.target !== event.currentTarget || app.ui.rover[where.list] === key) return;
        app.ui.rover[where.list] = key;
        app.render();
      },
    },
  };
}

// Slack's own lines mostly begin with the person; those that do not ("pinned a message …") leave the name to the reader.
function systemLine(app, said, where) {
  const author = app.person(said.user);
  const name = author && !said.text.startsWith("<@") && h("strong", null, author.real_name || author.name, " ");
  return h("li", { ...row(app, said.ts, where), class: "system", "data-ts": said.ts }, h("span", { class: "rich" }, name, mrkdwn(said.text, app)), h("time", null, clock(said.ts)));
}

function reactions(app, said, channel) {
  if (!said.reactions?.length) return null;
  return h("div", { class: "reactions" }, said.reactions.map((reaction) => {
    const mine = reaction.users.includes(app.as);
    const names = reaction.users.map((id) => (id === app.as ? "you" : app.person(id)?.real_name ?? id)).join(", ");
    return h("button", {
      type: "button", key: reaction.name, class: mine ? "reaction mine" : "reaction", "aria-pressed": String(mine), title: names,
      "aria-label": `${reaction.name.replaceAll("_", " ")}, ${reaction.users.length}: ${names}`,
      on: { click: () => app.act({ kind: mine ? "unreact" : "react", channel: channel.id, ts: said.ts, name: reaction.name }) },
    }, emoji(reaction.name), h("span", null, reaction.users.length));
  }));
}

function replies(app, said, channel) {
  const count = said.reply_count ?? 0;
  if (!count) return null;
  const thread = (app.state.messages[channel.id] ?? []).filter((one) => one.thread_ts === said.ts && one.ts !== said.ts);
  const people = [...new Set(thread.map((one) => one.user))].slice(0, 4);
  const last = thread.at(-1);
  return h("button", { type: "button", class: "replies", on: { click: () => app.visit({ ...app.place, side: "thread", thread: said.ts }) } },
    h("span", { class: "replies-who" }, people.map((id) => avatar(app.person(id), "tiny"))),
    h("strong", null, count === 1 ? "1 reply" : `${count} replies`),
    last && h("span", { class: "muted" }, `last ${clockOrDay(last.ts)}`));
}

function toolbar(app, said, where) {
  const { channel } = where;
  if (channel.is_archived) return null;
  const act = (body) => app.act({ channel: channel.id, ts: said.ts, ...body });
  const reacted = (name) => said.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(app.as));
  const wanted = shortcuts(app, "message");
  const items = wanted.map((shortcut) => ({ label: shortcut.name, note: shortcut.description, act: () => act({ kind: "message_shortcut", callback_id: shortcut.callback_id }) }));
  if (said.user === app.as && !said.bot) {
    items.push(
      { label: "Edit message", act: () => edit(said, act) },
      { label: "Delete message", danger: true, act: () => act({ kind: "delete" }) });
  }
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map((name) => h("button", {
      type: "button", key: name, title: `React with ${character(name)}`, "aria-label": `React with ${name.replaceAll("_", " ")}`, "aria-pressed": String(Boolean(reacted(name))),
      on: { click: () => act({ kind: reacted(name) ? "unreact" : "react", name }) },
    }, h("span", { "aria-hidden": "true" }, character(name)))),
    !where.inThread && h("button", {
      type: "button", key: "thread", title: "Reply in thread", "aria-label": "Reply in thread",
      on: { click: () => app.visit({ ...app.place, side: "thread", thread: said.thread_ts ?? said.ts }, { focus: "thread" }) },
    }, icon("reply")),
    h("button", {
      type: "button", key: "pin", title: said.pinned ? "Unpin" : "Pin", "aria-label": said.pinned ? "Unpin from channel" : "Pin to channel", "aria-pressed": String(Boolean(said.pinned)),
      on: { click: () => act({ kind: said.pinned ? "unpin" : "pin" }) },
    }, icon("pin")),
    items.length > 0 && menu(app, `shortcuts-${where.list}-${said.ts}`, {
      button: { title: "More", "aria-label": "Shortcuts for this message" },
      content: icon("more"),
      label: "Shortcuts for this message",
      items,
    }));
}

// The browser's own box for one line of text: it works with every keyboard and screen reader.
function edit(said, act) {
  const text = prompt("Edit message", said.text);
  if (text !== null && text.trim() && text !== said.text) act({ kind: "edit", text });
}
