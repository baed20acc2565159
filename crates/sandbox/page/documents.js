// The post-mortem pages SIMA wrote in the stand-in for Notion.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { link } from "./links.js";
import { clockOrDay, instant } from "./time.js";

/** The list of pages, and the one being read. */
export function documents(app) {
  const pages = [...app.state.documents].sort((a, b) => (instant(b.created_at) ?? 0) - (instant(a.created_at) ?? 0));
  if (!pages.length) {
    return h("div", { class: "tab-page", key: "documents" },
      h("header", { class: "tab-head" }, h("h1", { tabindex: "-1", id: "place-title" }, "Post-mortems"), h("p", { class: "muted" }, "The stand-in for Notion: the pages SIMA writes once an incident is over.")),
      h("div", { class: "empty" }, icon("page"), h("p", null, h("strong", null, "Nothing has been written yet.")), h("p", null, "When an incident has been recovered for a while, SIMA drafts its post-mortem here.")));
  }
  const wide = matchMedia("(min-width: 821px)").matches;
  const open = pages.find((page) => page.id === app.place.document) ?? (wide ? pages[0] : undefined);
  return h("div", { class: open && app.place.document ? "library reading" : "library", key: "documents" },
    h("nav", { class: "library-list", "aria-label": "Post-mortems" },
      // The page that is read has the one heading of the first level.
      h(open ? "p" : "h1", { class: "library-title", tabindex: "-1", id: open && !wide ? null : "place-title", key: open ? "beside" : "alone" }, "Post-mortems"),
      h("ul", null, pages.map((page) => {
        const place = { tab: "documents", document: page.id };
        return h("li", { key: page.id }, h("a", {
          href: app.address(place), class: "library-entry", "aria-current": open?.id === page.id ? "page" : null,
          on: { click: (event) => { if (app.plain(event)) app.visit(place); } },
        }, h("span", null, page.title || "Untitled"), h("small", { class: "muted" }, clockOrDay(page.created_at))));
      }))),
    open && sheet(app, open));
}

function sheet(app, page) {
  return h("article", { class: "paper", key: page.id, tabindex: "-1", "aria-labelledby": "paper-title" },
    h("button", { type: "button", class: "quiet back", on: { click: () => app.visit({ tab: "documents" }) } }, icon("back"), "All post-mortems"),
    h("h1", { id: "paper-title" }, page.title || "Untitled"),
    properties(app, page),
    h("div", { class: "paper-body" }, notionBlocks(page.blocks, app)));
}

function properties(app, page) {
  const entries = Object.entries(page.properties ?? {}).filter(([, value]) => value?.type !== "title" && !value?.title)
    .map(([name, value]) => [name, property(value, app)])
    .filter(([, shown]) => shown !== EMPTY && shown.length !== 0);
  if (!entries.length) return null;
  return h("dl", { class: "facts" }, entries.map(([name, shown]) => h("div", { key: name }, h("dt", null, name), h("dd", null, shown))));
}

// A property nobody filled in says nothing, so it is left out.
const EMPTY = "–";

function property(value, app) {
  if (value === null || typeof value !== "object") return String(value ?? EMPTY);
  if (value.rich_text) return value.rich_text.length ? richText(value.rich_text, app) : EMPTY;
  if (value.select || value.status) return h("span", { class: "pill" }, (value.select ?? value.status).name);
  if (value.multi_select) return value.multi_select.map((one) => h("span", { class: "pill" }, one.name));
  if (value.date) return [value.date.start, value.date.end].filter(Boolean).map((at, index) => [index ? " → " : "", at.length > 10 ? clockOrDay(at) : at]);
  if (value.people) return value.people.map((one) => one.name ?? app.person(one.id)?.real_name ?? one.id).join(", ") || EMPTY;
  if (value.url) return link(value.url, value.url, app);
  if (value.email) return value.email;
  if ("checkbox" in value) return value.checkbox ? "Yes" : "No";
  if ("number" in value && value.number !== null) return String(value.number);
  return EMPTY;
}

const LISTS = { bulleted_list_item: "ul", numbered_list_item: "ol", to_do: "ul" };

// Notion has no list block: neighbours of one kind are one list.
function notionBlocks(list, app) {
  const shown = [];
  const all = list ?? [];
  for (let at = 0; at < all.length; at += 1) {
    const tag = LISTS[all[at].type];
    if (!tag) {
      shown.push(notionBlock(all[at], app));
      continue;
    }
    const kind = all[at].type;
    const items = [];
    while (at < all.length && all[at].type === kind) items.push(all[at++]);
    at -= 1;
    shown.push(h(tag, { class: kind }, items.map((item) => listItem(item, app))));
  }
  return shown;
}

const body = (block) => block[block.type] ?? {};
const children = (block) => block.children ?? body(block).children ?? [];
const text = (block, app) => richText(body(block).rich_text, app);

function listItem(block, app) {
  const below = notionBlocks(children(block), app);
  if (block.type !== "to_do") return h("li", null, text(block, app), below);
  const done = body(block).checked;
  return h("li", { class: done ? "done" : null }, h("span", { class: "tick", role: "img", "aria-label": done ? "Done" : "To do" }, done ? icon("check") : null), h("div", null, text(block, app), below));
}

function notionBlock(block, app) {
  const held = body(block);
  const below = () => notionBlocks(children(block), app);
  switch (block.type) {
    case "paragraph": return h("p", null, text(block, app), below());
    case "heading_1": return heading("h2", block, app, below);
    case "heading_2": return heading("h3", block, app, below);
    case "heading_3": return heading("h4", block, app, below);
    case "heading_4": return heading("h5", block, app, below);
    case "toggle": return h("details", null, h("summary", null, text(block, app)), below());
    case "quote": return h("blockquote", null, text(block, app), below());
    case "callout": return h("div", { class: "callout" }, h("span", { "aria-hidden": "true" }, held.icon?.emoji ?? "💡"), h("div", null, text(block, app), below()));
    case "divider": return h("hr");
    case "code": return h("pre", { class: "fence", tabindex: "0" }, plain(held.rich_text));
    case "equation": return h("code", null, held.expression);
    case "table": return table(block, app);
    case "bookmark":
    case "embed":
    case "link_preview": return h("p", null, link(held.url, richText(held.caption, app).length ? richText(held.caption, app) : held.url, app));
    case "image": return h("figure", null, h("img", { src: held.external?.url ?? held.file?.url, alt: plain(held.caption) }), h("figcaption", null, richText(held.caption, app)));
    case "column_list": return h("div", { class: "columns" }, children(block).map((column) => h("div", null, notionBlocks(children(column), app))));
    case "child_page": return h("p", null, "📄 ", held.title);
    case "table_of_contents": return null;
    default: return h("div", { class: "unknown" }, `This sandbox does not show the block “${block.type}”.`);
  }
}

function heading(tag, block, app, below) {
  const held = body(block);
  if (!held.is_toggleable) return h(tag, null, text(block, app));
  return h("details", { open: true }, h("summary", null, h(tag, null, text(block, app))), below());
}

function table(block, app) {
  const held = body(block);
  const rows = children(block).map((row) => body(row).cells ?? []);
  const cell = (content, row, column) => {
    const head = (held.has_column_header && row === 0) || (held.has_row_header && column === 0);
    return h(head ? "th" : "td", head ? { scope: row === 0 && held.has_column_header ? "col" : "row" } : null, richText(content, app));
  };
  return h("div", { class: "table-scroll", tabindex: "0" }, h("table", null, h("tbody", null, rows.map((cells, row) => h("tr", null, cells.map((content, column) => cell(content, row, column)))))));
}

const plain = (runs) => (runs ?? []).map((run) => run.plain_text ?? run.text?.content ?? "").join("");

/** Notion's rich text with its annotations. */
function richText(runs, app) {
  return (runs ?? []).map((run) => {
    const content = run.plain_text ?? run.text?.content ?? run.equation?.expression ?? "";
    const style = run.annotations ?? {};
    let shown = content.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
    const address = run.href ?? run.text?.link?.url;
    if (style.code) shown = h("code", null, shown);
    if (style.bold) shown = h("strong", null, shown);
    if (style.italic) shown = h("em", null, shown);
    if (style.strikethrough) shown = h("s", null, shown);
    if (style.underline) shown = h("u", null, shown);
    if (run.type === "mention") shown = h("span", { class: "mention" }, shown);
    if (address) shown = link(address, shown, app);
    return style.color && style.color !== "default" ? h("span", { class: `ink-${style.color}` }, shown) : shown;
  });
}
