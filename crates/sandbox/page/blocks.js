// Block Kit blocks: what a message, a modal or SIMA's home is made of.

import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { element, elementId, textOf, unknown, words } from "./elements.js";
import { link } from "./links.js";
import { markdown } from "./markdown.js";
import { channel, dateNode, group, person } from "./mrkdwn.js";
import { blockName, valueOf } from "./values.js";

/**
 * All blocks of one surface. `surface` is `{app, source, key, errors, heading}`: where they stand, what acts on them,
 * what is wrong with their inputs, and the level their headers have among the headings of the page.
 */
export function blocks(list, surface) {
  return (list ?? []).map((block, index) => {
    const name = blockName(block, index);
    const make = BLOCKS[block.type];
    const place = { ...surface, blocks: list, blockId: name };
    // The type is part of the key: a block that changes its kind is another block.
    return h("div", { class: `block block-${block.type}`, key: `${name}-${block.type}` }, make ? make(block, place) : unknown(block.type, "block"));
  });
}

const BLOCKS = {
  section: (block, place) => h("div", { class: "section" },
    h("div", { class: "section-words" },
      block.text && h("div", { class: "rich" }, textOf(block.text, place.app)),
      block.fields?.length > 0 && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field-words rich" }, textOf(field, place.app))))),
    block.accessory && h("div", { class: "accessory" }, element(block.accessory, { ...place, label: words(block.text).split("\n")[0] || undefined }))),
  header: (block, place) => h(place.heading ?? "h2", { class: "block-title" }, textOf(block.text, place.app)),
  context: (block, place) => h("div", { class: "context" }, (block.elements ?? []).map((part) =>
    (part.type === "image" ? h("img", { src: part.image_url, alt: words(part.alt_text) }) : h("div", { class: "rich" }, textOf(part, place.app))))),
  actions: (block, place) => h("div", { class: "actions" }, (block.elements ?? []).map((part) => element(part, place))),
  context_actions: (block, place) => h("div", { class: "actions" }, (block.elements ?? []).map((part) => element(part, place))),
  divider: () => h("hr"),
  image: (block, place) => h("figure", null,
    block.title && h("figcaption", null, textOf(block.title, place.app)),
    h("img", { src: block.image_url, alt: words(block.alt_text) })),
  input,
  markdown: (block, place) => h("div", { class: "rich markdown" }, markdown(block.text, place.app)),
  rich_text: (block, place) => h("div", { class: "rich" }, (block.elements ?? []).map((part) => richPart(part, place.app))),
  table: (block, place) => h("div", { class: "table-scroll", tabindex: "0" }, h("table", null, h("tbody", null,
    (block.rows ?? []).map((row, index) => h("tr", null, row.map((cell) => h(index ? "td" : "th", index ? null : { scope: "col" }, tableCell(cell, place.app)))))))),
};

function tableCell(cell, app) {
  return cell.type === "rich_text" ? (cell.elements ?? []).map((part) => richPart(part, app)) : String(cell.text ?? cell.value ?? "");
}

const GROUPED = new Set(["checkboxes", "radio_buttons"]);

function input(block, place) {
  const { app } = place;
  const wanted = block.element ?? {};
  const id = elementId(wanted, place);
  const error = place.errors?.[place.blockId];
  const value = valueOf(app, place.key, place.blockId, wanted);
  const count = wanted.max_length && typeof value === "string" && [...value].length > wanted.max_length * 0.7 ? [...value].length : undefined;
  const within = {
    ...place,
    inInput: true,
    dispatch: block.dispatch_action === true,
    label: words(block.label),
    labelId: `${id}-label`,
    required: !block.optional,
    invalid: Boolean(error),
    describedBy: [error && `${id}-error`, block.hint && `${id}-hint`, count && `${id}-count`].filter(Boolean).join(" "),
    cleared: () => place.errors && delete place.errors[place.blockId],
  };
  const label = [textOf(block.label, app), block.optional && h("span", { class: "optional" }, " optional")];
  return h("div", { class: error ? "input wrong" : "input", "data-block": place.blockId },
    GROUPED.has(wanted.type) ? h("div", { class: "label", id: `${id}-label` }, label) : h("label", { class: "label", id: `${id}-label`, for: id }, label),
    element(wanted, within),
    h("div", { class: "below" },
      error && h("p", { class: "error", id: `${id}-error`, key: "error" }, error),
      block.hint && h("p", { class: "hint", id: `${id}-hint`, key: "hint" }, textOf(block.hint, app)),
      count && h("p", { class: count > wanted.max_length ? "count over" : "count", id: `${id}-count`, key: "count" }, `${count} of ${wanted.max_length} characters`)));
}

function richPart(part, app) {
  if (part.type === "rich_text_section") return h("div", { class: "rich-section" }, richRuns(part.elements, app));
  if (part.type === "rich_text_quote") return h("blockquote", null, richRuns(part.elements, app));
  if (part.type === "rich_text_preformatted") return h("pre", { class: "fence", tabindex: "0" }, (part.elements ?? []).map((run) => run.text ?? run.url ?? ""));
  if (part.type === "rich_text_list") {
    return h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${Math.min(part.indent ?? 0, 6)}`, start: part.offset ? part.offset + 1 : null },
      (part.elements ?? []).map((item) => h("li", null, richRuns(item.elements, app))));
  }
  return unknown(part.type, "text part");
}

function richRuns(runs, app) {
  return (runs ?? []).map((run) => styled(richRun(run, app), run.style));
}

function richRun(run, app) {
  switch (run.type) {
    case "text": return lineBreaks(run.text ?? "", run.style?.code);
    case "link": return link(run.url, run.text || run.url, app);
    case "user": return person(run.user_id, app);
    case "usergroup": return group(run.usergroup_id, app, "");
    case "channel": return channel(run.channel_id, app);
    case "broadcast": return h("span", { class: "mention wide" }, `@${run.range}`);
    case "emoji": return run.unicode && !emojiKnown(run.name) ? String.fromCodePoint(...run.unicode.split("-").map((code) => parseInt(code, 16))) : emoji(run.name);
    case "date": return dateNode(run.timestamp, run.format, run.url, run.fallback, app);
    case "color": return h("code", null, run.value);
    default: return run.text ?? unknown(run.type, "text part");
  }
}

const emojiKnown = (name) => typeof emoji(name) === "object";

function lineBreaks(text, code) {
  return text.split("\n").flatMap((line, index) => [index ? h("br") : null, code ? line : withEmoji(line)]);
}

function styled(node, style) {
  let shown = node;
  if (style?.code) shown = h("code", null, shown);
  if (style?.bold) shown = h("strong", null, shown);
  if (style?.italic) shown = h("em", null, shown);
  if (style?.strike) shown = h("s", null, shown);
  if (style?.underline) shown = h("u", null, shown);
  return shown;
}
