// Standard Markdown as it appears in a `markdown` block: headings, lists, tables, fences and emphasis, enough to read a report.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./links.js";

/** Shows a whole Markdown text. */
export function markdown(text, app) {
  const rows = String(text ?? "").split("\n");
  const shown = [];
  let at = 0;
  while (at < rows.length) {
    const row = rows[at];
    const heading = row.match(/^(#{1,6})\s+(.*)$/);
    if (row.trim() === "") {
      at += 1;
    } else if (row.startsWith("```")) {
      const code = [];
      for (at += 1; at < rows.length && !rows[at].startsWith("```"); at += 1) code.push(rows[at]);
      at += 1;
      shown.push(h("pre", { class: "fence", tabindex: "0" }, code.join("\n")));
    } else if (heading) {
      // The page has its own headings; a report's start below them.
      shown.push(h(heading[1].length < 3 ? "h3" : "h4", null, words(heading[2], app)));
      at += 1;
    } else if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(row)) {
      shown.push(h("hr"));
      at += 1;
    } else if (/^>/.test(row)) {
      const quote = take(rows, at, (line) => line.startsWith(">"));
      at += quote.length;
      shown.push(h("blockquote", null, markdown(quote.map((line) => line.replace(/^> ?/, "")).join("\n"), app)));
    } else if (/^\s*([-*+]|\d+[.)])\s+/.test(row)) {
      const items = take(rows, at, (line) => /^\s*([-*+]|\d+[.)])\s+/.test(line));
      at += items.length;
      shown.push(h(/^\s*\d/.test(row) ? "ol" : "ul", null, items.map((item) => listItem(item, app))));
    } else if (row.includes("|") && /^\s*\|?[\s:|-]+\|?\s*$/.test(rows[at + 1] ?? "") && rows[at + 1].includes("-")) {
      const table = take(rows, at, (line) => line.includes("|"));
      at += table.length;
      shown.push(tableOf(table, app));
    } else {
      const paragraph = take(rows, at, (line) => line.trim() !== "" && !/^(#{1,6}\s|>|```|\s*[-*+]\s)/.test(line));
      // A line that looks like a mark but is none is still a line.
      const taken = paragraph.length ? paragraph : [row];
      at += taken.length;
      shown.push(h("p", null, taken.map((line, index) => [index ? h("br") : null, words(line, app)])));
    }
  }
  return shown;
}

function take(rows, from, fits) {
  let end = from;
  while (end < rows.length && fits(rows[end])) end += 1;
  return rows.slice(from, end);
}

function listItem(row, app) {
  const text = row.replace(/^\s*([-*+]|\d+[.)])\s+/, "");
  const task = text.match(/^\[([ xX])\]\s+(.*)$/);
  const nested = /^\s{2,}/.test(row) ? "nested" : null;
  if (!task) return h("li", { class: nested }, words(text, app));
  return h("li", { class: "task" }, task[1] === " " ? "☐ " : "☑ ", words(task[2], app));
}

function tableOf(rows, app) {
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const [head, , ...body] = rows;
  return h("div", { class: "table-scroll", tabindex: "0" },
    h("table", null,
      h("thead", null, h("tr", null, cells(head).map((cell) => h("th", { scope: "col" }, words(cell, app))))),
      h("tbody", null, body.map((row) => h("tr", null, cells(row).map((cell) => h("td", null, words(cell, app))))))));
}

const MARKS = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\s][^*]*)\*|(?<![\p{L}\p{N}])_([^_\s][^_]*)_(?![\p{L}\p{N}])|!?\[([^\]]*)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>"')]+)/u;

function words(text, app) {
  const match = text.match(MARKS);
  if (!match) return withEmoji(text);
  const [whole, , code, bold, bold2, struck, leaning, leaning2, label, address, bare] = match;
  const before = withEmoji(text.slice(0, match.index));
  let node;
  if (code !== undefined) node = h("code", null, code);
  else if (bold ?? bold2) node = h("strong", null, words(bold ?? bold2, app));
  else if (struck) node = h("s", null, words(struck, app));
  else if (leaning ?? leaning2) node = h("em", null, words(leaning ?? leaning2, app));
  else node = link(address ?? bare, label || address || bare, app);
  return [before, node, words(text.slice(match.index + whole.length), app)];
}
