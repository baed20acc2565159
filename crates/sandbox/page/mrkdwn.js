// Slack's mrkdwn, read into elements; text written by others never becomes markup.

import { emoji, character, withEmoji } from "./emoji.js";
import { h } from "./dom.js";
import { link } from "./links.js";
import { fillDate, fullTime } from "./time.js";

/** Undoes the three escapes of message text. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Whole text: fences, quotes and lists first, then what stands inside a line. */
export function mrkdwn(text, app) {
  const shown = [];
  String(text ?? "").split("```").forEach((part, index, all) => {
    // A last fence that is never closed is ordinary text.
    const fenced = index % 2 === 1 && index < all.length - 1;
    if (fenced) shown.push(h("pre", { class: "fence", tabindex: "0" }, unescape(part.replace(/^\n|\n$/g, ""))));
    else lines(index % 2 === 1 ? "```" + part : part, app, shown, index > 0, index < all.length - 1);
  });
  return shown;
}

const QUOTE = /^(?:&gt;|>) ?/;
const BULLET = /^(\s*)(?:[•◦▪‣–-]|\*(?=\s))\s+(.*)$/;
const NUMBER = /^(\s*)\d{1,3}[.)]\s+(.*)$/;

function lines(text, app, into, afterFence, beforeFence) {
  let source = text;
  if (afterFence) source = source.replace(/^\n/, "");
  if (beforeFence) source = source.replace(/\n$/, "");
  if (source === "" && (afterFence || beforeFence)) return;
  const rows = source.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.length) into.push(h("span", { class: "run" }, inline(plain.join("\n"), app)));
    plain = [];
  };
  for (let at = 0; at < rows.length; at += 1) {
    const kind = [QUOTE, BULLET, NUMBER].find((pattern) => pattern.test(rows[at]));
    if (!kind) {
      plain.push(rows[at]);
      continue;
    }
    flush();
    const same = [];
    while (at < rows.length && kind.test(rows[at])) same.push(rows[at++]);
    at -= 1;
    if (kind === QUOTE) into.push(h("blockquote", null, inline(same.map((row) => row.replace(QUOTE, "")).join("\n"), app)));
    else into.push(list(kind, same, app));
  }
  flush();
}

function list(pattern, rows, app) {
  const items = rows.map((row) => row.match(pattern)).map((match) => h("li", { class: match[1].length > 1 ? "nested" : null }, inline(match[2], app)));
  return h(pattern === NUMBER ? "ol" : "ul", { start: pattern === NUMBER ? rows[0].match(/\d+/)[0] : null }, items);
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** One run of text: marks in angle brackets, code, emphasis, emoji and bare addresses. */
export function inline(text, app) {
  const shown = [];
  let plain = "";
  const flush = () => {
    if (plain) shown.push(...addresses(plain, app));
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === "\n") {
      flush();
      shown.push(h("br"));
      at += 1;
      continue;
    }
    if (char === "<") {
      const end = text.indexOf(">", at);
      const mark = end > at && readMark(text.slice(at + 1, end), app);
      if (mark) {
        flush();
        shown.push(mark);
        at = end + 1;
        continue;
      }
    }
    if (char === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1 && !text.slice(at, end).includes("\n")) {
        flush();
        shown.push(h("code", null, unescape(text.slice(at + 1, end).replace(/<([^>|]+)(?:\|([^>]*))?>/g, (_, target, label) => label ?? target))));
        at = end + 1;
        continue;
      }
    }
    if (STYLES[char]) {
      const end = closing(text, at, char);
      if (end) {
        flush();
        shown.push(h(STYLES[char], null, inline(text.slice(at + 1, end), app)));
        at = end + 1;
        continue;
      }
    }
    if (char === ":") {
      const code = text.slice(at).match(/^:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/);
      if (code && character(code[1])) {
        flush();
        shown.push(emoji(code[1]));
        at += code[0].length;
        continue;
      }
    }
    plain += char;
    at += 1;
  }
  flush();
  return shown;
}

// Emphasis opens and closes at the edges of words only: snake_case and 2*3*4 stay as they are.
function closing(text, start, char) {
  const before = text[start - 1];
  const first = text[start + 1];
  if ((before && WORD.test(before)) || !first || /\s/.test(first) || first === char) return undefined;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\n") return undefined;
    if (text[at] === "<") at = Math.max(at, text.indexOf(">", at));
    else if (text[at] === "`") at = Math.max(at, text.indexOf("`", at + 1));
    else if (text[at] === char && !/\s/.test(text[at - 1]) && !(text[at + 1] && WORD.test(text[at + 1]))) return at;
  }
  return undefined;
}

function addresses(text, app) {
  const shown = [];
  let last = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    shown.push(unescape(text.slice(last, match.index)), link(unescape(match[0]), unescape(match[0]), app));
    last = match.index + match[0].length;
  }
  shown.push(unescape(text.slice(last)));
  return shown.filter((part) => part !== "");
}

function readMark(mark, app) {
  const [target, ...rest] = mark.split("|");
  const label = rest.length ? unescape(rest.join("|")) : "";
  if (target.startsWith("@")) return person(target.slice(1), app, label);
  if (target.startsWith("#")) return channel(target.slice(1), app, label);
  if (target.startsWith("!date^")) return dateMark(target, label, app);
  if (target.startsWith("!subteam^")) return group(target.slice(9).split("^")[0], app, label);
  if (target.startsWith("!")) return h("span", { class: "mention wide" }, `@${label.replace(/^@/, "") || target.slice(1).split("^")[0]}`);
  if (/^(https?|mailto|tel|slack):/i.test(target)) return link(unescape(target), label ? inlineLabel(label) : unescape(target.replace(/^mailto:/, "")), app);
  return undefined;
}

// A label may hold emoji, nothing else.
const inlineLabel = (label) => withEmoji(label);

/** A person's name as a mention; one's own stands out. */
export function person(id, app, label) {
  const found = app.person(id);
  const name = found ? found.real_name || found.name : label || id;
  return h("span", { class: id === app.as ? "mention me" : "mention" }, `@${name}`);
}

/** A user group's handle as a mention. */
export function group(id, app, label) {
  const found = app.state.groups?.find((one) => one.id === id);
  return h("span", { class: found?.users?.includes(app.as) ? "mention me" : "mention" }, `@${found?.handle ?? (label.replace(/^@/, "") || id)}`);
}

/** A channel's name, leading there when this person can see it. */
export function channel(id, app, label) {
  const found = app.channel(id);
  if (!found && !label) return h("span", { class: "mention" }, "#private-channel");
  const name = `#${found ? found.name : label}`;
  if (!found) return h("span", { class: "mention" }, name);
  return link(`slack://channel?id=${id}`, name, app, { class: "mention" });
}

function dateMark(target, label, app) {
  const [, seconds, pattern, address] = target.split("^");
  return dateNode(seconds, pattern, address, label, app);
}

/** An instant in the reader's zone, with the whole date behind it. */
export function dateNode(seconds, pattern, address, fallback, app) {
  const text = fillDate(seconds, pattern ?? "") ?? fallback ?? String(seconds);
  const date = new Date(Number(seconds) * 1000);
  const node = h("time", { datetime: Number.isNaN(date.getTime()) ? null : date.toISOString(), title: fullTime(seconds) }, text);
  return address ? link(unescape(address), node, app) : node;
}
