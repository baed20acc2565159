// The box one writes in: messages, slash commands with their suggestions, mentions.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { avatar } from "./message.js";
import { shortcuts } from "./shortcuts.js";

/** The composer of a channel or of a thread. */
export function composer(app, { channel, thread }) {
  const id = thread ? "composer-thread" : "composer";
  const draft = draftKey(app, channel, thread);
  const text = app.ui.drafts[draft] ?? "";
  const held = app.ui.suggesting?.id === id ? app.ui.suggesting : undefined;
  const label = thread ? "Reply in this thread" : `Message #${channel.name}`;
  const send = () => submit(app, { id, channel, thread, draft });
  return h("form", {
    class: "composer", key: draft, "aria-label": label,
    on: { submit: (event) => { event.preventDefault(); send(); } },
  },
    held && suggestionList(app, id, held),
    app.ui.problem && app.ui.problem.where === id && h("div", { class: "problem", role: "alert" },
      h("p", null, app.ui.problem.text),
      h("button", { type: "button", class: "quiet", "aria-label": "Dismiss", on: { click: () => app.fail(null) } }, icon("close"))),
    h("div", { class: "composer-box" },
      h("label", { class: "visually-hidden", for: id }, label),
      h("textarea", {
        id, rows: "1", value: text, placeholder: thread ? "Reply…" : channel.name.length > 24 ? "Write a message, or / for commands" : `Message #${channel.name}, or / for commands`,
        "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": held ? `${id}-list` : null,
        "aria-activedescendant": held && held.items[held.at] ? `${id}-item-${held.at}` : null,
        "aria-describedby": `${id}-keys`, autocomplete: "off", enterkeyhint: "send",
        created: grow, updated: grow,
        on: {
          input: (event) => write(app, id, draft, event.target),
          keydown: (event) => onKey(event, app, id, draft, held, send),
          blur: () => settle(app, id),
        },
      }),
      h("div", { class: "composer-tools" },
        !thread && menu(app, "shortcuts", {
          above: true,
          button: { class: "tool", title: "Shortcuts", "aria-label": "Shortcuts" },
          content: icon("bolt"),
          label: "Shortcuts",
          items: shortcuts(app, "global").map((shortcut) => ({
            label: shortcut.name, note: shortcut.description, act: () => app.act({ kind: "shortcut", callback_id: shortcut.callback_id }),
          })),
        }),
        h("span", { class: "keys", id: `${id}-keys` }, "Enter sends, Shift+Enter makes a new line"),
        h("button", { type: "submit", class: text.trim() ? "tool send ready" : "tool send", "aria-label": "Send", title: "Send", "aria-disabled": text.trim() ? null : "true" }, icon("send")))));
}

const draftKey = (app, channel, thread) => `${app.as}|${channel.id}|${thread ?? ""}`;

function grow(node) {
  node.style.height = "auto";
  node.style.height = `${Math.min(node.scrollHeight, 220)}px`;
}

function write(app, id, draft, node) {
  app.ui.drafts[draft] = node.value;
  suggest(app, id, node.value, node.selectionStart);
  // Nothing above the box changes by typing, and long channels would make each letter slow.
  app.ui.typing = true;
  app.render();
  app.ui.typing = false;
}

// Only once the finger has had time to press a suggestion.
function settle(app, id) {
  setTimeout(() => {
    if (app.ui.suggesting?.id !== id || document.activeElement?.id === id) return;
    app.ui.suggesting = undefined;
    app.render();
  }, 150);
}

async function submit(app, { id, channel, thread, draft }) {
  const text = (app.ui.drafts[draft] ?? "").trim();
  if (!text || app.busy.has(draft)) return;
  app.ui.suggesting = undefined;
  app.fail(null);
  const slash = text.startsWith("/");
  if (slash && thread) return app.fail("Slash commands work in a channel, not in a thread.", id);
  app.busy.add(draft);
  app.ui.drafts[draft] = "";
  app.render();
  const body = slash
    ? { kind: "slash", channel: channel.id, text: encode(app, text, true) }
    : { kind: "say", channel: channel.id, text: encode(app, text, false), thread_ts: thread };
  const answer = await app.act(body, { where: id });
  app.busy.delete(draft);
  // What could not be sent goes back into the box, unless something new was typed meanwhile.
  if (!answer.ok && !app.ui.drafts[draft]) app.ui.drafts[draft] = text;
  app.render();
}

/**
 * Names as people read them, turned into marks. Short names, `@here`, channels and the escaping of `&<>` are the
 * server's part: it has to do them for tests too, which type without this page.
 */
export function encode(app, text, slash) {
  let sent = text.replace(/[“”]/g, '"');
  const people = app.state.people.filter((one) => !one.deleted && one.real_name);
  people.sort((a, b) => b.real_name.length - a.real_name.length);
  for (const one of people) {
    const typed = new RegExp(`(^|[\\s(])@${one.real_name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}_-])`, "giu");
    sent = sent.replace(typed, (_, before) => `${before}<@${one.id}${slash ? `|${one.name}` : ""}>`);
  }
  if (slash) return sent;
  return sent.replace(/(^|\s)(https?:\/\/[^\s<>]+)/g, (_, before, address) => `${before}<${address.replaceAll("&", "&amp;")}>`);
}

function suggest(app, id, text, caret) {
  const items = suggestions(app, text, caret, id);
  if (!items.length) {
    app.ui.suggesting = undefined;
    return;
  }
  const before = app.ui.suggesting;
  app.ui.suggesting = { id, items, at: 0 };
  if (!before || before.items.length !== items.length) app.announce(items.length === 1 ? "1 suggestion, Tab takes it" : `${items.length} suggestions, arrow keys choose, Tab takes one`);
}

function suggestions(app, text, caret, id) {
  const typed = text.slice(0, caret);
  if (text.startsWith("/")) {
    if (id !== "composer" || caret !== text.length || text.includes("\n")) return [];
    return commandSuggestions(app.state.commands ?? [], typed);
  }
  const name = typed.match(/(?:^|\s)([@#])([\p{L}\p{N}._-]*)$/u);
  if (!name) return [];
  const [, sign, query] = name;
  const wanted = query.toLowerCase();
  const start = caret - query.length - 1;
  if (sign === "@") {
    return app.state.people
      .filter((one) => !one.deleted && `${one.real_name} ${one.name}`.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)))
      .slice(0, 7)
      .map((one) => ({ label: one.real_name || one.name, note: one.title, before: avatar(one, "tiny"), text: `${text.slice(0, start)}@${one.real_name || one.name} ${text.slice(caret)}` }));
  }
  return app.state.channels.filter((one) => !one.is_archived && one.name.startsWith(wanted)).slice(0, 7)
    .map((one) => ({ label: `#${one.name}`, note: one.purpose, text: `${text.slice(0, start)}#${one.name} ${text.slice(caret)}` }));
}

function commandSuggestions(commands, typed) {
  const wanted = typed.toLowerCase();
  const whole = commands.flatMap((one) => [
    { label: one.command, hint: one.usage_hint, note: one.description, text: `${one.command} ` },
    ...wordsOf(one).map((word) => ({ label: `${one.command} ${word}`, note: "", text: `${one.command} ${word} ` })),
  ]);
  const seen = new Set();
  return whole.filter((one) => one.label.toLowerCase().startsWith(wanted.trimEnd()) && one.label.length >= wanted.length && one.label.toLowerCase() !== wanted.trim() && !seen.has(one.label) && seen.add(one.label)).slice(0, 12);
}

/** The words a usage hint offers, as in `[open|update|close]`. */
function wordsOf(command) {
  const list = (command.usage_hint ?? "").match(/[\w-]+(?:\s*\|\s*[\w-]+)+/);
  return list ? list[0].split("|").map((word) => word.trim()) : [];
}

function suggestionList(app, id, held) {
  const slash = held.items[0].label.startsWith("/");
  return h("div", { class: "suggestions", id: `${id}-list`, role: "listbox", "aria-label": slash ? "Commands" : "Suggestions" },
    held.items.map((item, index) => h("div", {
      id: `${id}-item-${index}`, key: item.label, role: "option", "aria-selected": String(index === held.at), class: index === held.at ? "suggestion active" : "suggestion",
      updated: index === held.at ? (node) => node.scrollIntoView({ block: "nearest" }) : undefined,
      on: { mousedown: (event) => { event.preventDefault(); take(app, id, item); } },
    }, item.before, h("strong", null, item.label), item.hint && h("code", null, item.hint), item.note && h("span", { class: "muted" }, item.note))));
}

function take(app, id, item) {
  const node = document.getElementById(id);
  app.ui.suggesting = undefined;
  node.value = item.text;
  node.setSelectionRange(item.text.length, item.text.length);
  node.dispatchEvent(new Event("input"));
  node.focus();
}

function onKey(event, app, id, draft, held, send) {
  if (event.isComposing) return;
  if (held && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    held.at = (held.at + (event.key === "ArrowDown" ? 1 : -1) + held.items.length) % held.items.length;
    app.render();
  } else if (held && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
    event.preventDefault();
    take(app, id, held.items[held.at]);
  } else if (held && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    app.ui.suggesting = undefined;
    app.render();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  }
}
