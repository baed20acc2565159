// What the pager received, as the phone of the person on call would show it.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { link } from "./links.js";
import { ago, clockOrDay, fullTime } from "./time.js";

const STATUS = { triggered: "Ringing", acknowledged: "Acknowledged", resolved: "Resolved" };
const ORDER = { triggered: 0, acknowledged: 1, resolved: 2 };

/** How many pages nobody has answered. */
export const ringing = (app) => app.state.pager.incidents.filter((page) => page.status === "triggered").length;

/** Every page, the unanswered first. */
export function pager(app) {
  const pages = [...app.state.pager.incidents].sort((a, b) => (ORDER[a.status] ?? 1) - (ORDER[b.status] ?? 1) || String(b.created_at).localeCompare(String(a.created_at)));
  return h("div", { class: "tab-page", key: "pager" },
    h("header", { class: "tab-head" },
      h("h1", { tabindex: "-1", id: "place-title" }, "Pager"),
      h("p", { class: "muted" }, "The stand-in for PagerDuty: what the people on call would get on their phones.")),
    app.ui.problem?.where === "pager" && h("p", { class: "problem", role: "alert" }, app.ui.problem.text),
    pages.length === 0
      ? h("div", { class: "empty" }, icon("bell"), h("p", null, h("strong", null, "Nobody has been woken up.")), h("p", null, "When an incident is opened in a domain with someone on call, the page arrives here."))
      : h("ul", { class: "pages" }, pages.map((page) => card(app, page))),
    others(app));
}

/** What the other pagers were told, when a domain has one of them. */
function others(app) {
  const pages = app.state.pager.others ?? [];
  if (!pages.length) return null;
  return h("section", { "aria-labelledby": "other-pagers" },
    h("h2", { id: "other-pagers" }, "Other pagers"),
    h("ul", { class: "pages" }, pages.map((page) => h("li", { key: `${page.pager} ${page.key}`, class: `page ${page.status}` },
      h("article", null,
        h("p", { class: "page-line" }, h("span", { class: `status ${page.status}` }, STATUS[page.status] ?? page.status), h("span", { class: "severity" }, page.pager)),
        h("h3", null, page.title),
        page.details && h("p", { class: "muted" }, page.details),
        page.link && h("p", { class: "page-links" }, link(page.link, "Open", app)),
        h("p", { class: "muted small" }, "Key ", h("code", null, page.key)))))));
}

function card(app, page) {
  const title = `page-${page.id}`;
  const act = (kind) => app.act({ kind, id: page.id }, { where: "pager" });
  return h("li", { key: page.id, class: `page ${page.status}` },
    h("article", { "aria-labelledby": title, tabindex: "-1" },
      h("p", { class: "page-line" },
        h("span", { class: `status ${page.status}` }, STATUS[page.status] ?? page.status),
        page.severity && h("span", { class: "severity" }, page.severity),
        page.created_at && h("time", { title: fullTime(page.created_at) }, ago(page.created_at))),
      h("h2", { id: title }, page.title),
      page.source && h("p", { class: "muted" }, "From ", page.source),
      page.links?.length > 0 && h("ul", { class: "page-links" }, page.links.map((one) => h("li", { key: one.href }, link(one.href, [one.text || one.href, " "], app)))),
      // The same address need not be offered twice.
      page.client_url && !page.links?.some((one) => one.href === page.client_url) && h("p", { class: "page-links" }, link(page.client_url, `View in ${page.client || "SIMA"}`, app)),
      details(app, page.details),
      h("div", { class: "actions" },
        page.status === "triggered" && h("button", { type: "button", key: "ack", class: "button primary", on: { click: () => act("pager_ack") } }, "Acknowledge"),
        page.status !== "resolved" && h("button", { type: "button", key: "resolve", class: "button", on: { click: () => act("pager_resolve") } }, "Resolve")),
      h("details", null,
        h("summary", null, "History"),
        h("ol", { class: "log" }, (page.log ?? []).map((line, index) => h("li", { key: index }, h("time", { title: fullTime(line.at) }, clockOrDay(line.at)), h("span", null, logged(line))))),
        page.dedup_key && h("p", { class: "muted small" }, "Key ", h("code", null, page.dedup_key)))));
}

const DONE = { trigger: "Triggered", acknowledge: "Acknowledged", resolve: "Resolved" };

function logged(line) {
  const done = DONE[line.action] ?? line.action;
  if (!line.summary) return done;
  return line.summary.startsWith("by ") ? `${done} ${line.summary}` : `${done}: ${line.summary}`;
}

function details(app, carried) {
  const entries = carried && typeof carried === "object" ? Object.entries(carried) : carried ? [["Details", carried]] : [];
  if (!entries.length) return null;
  return h("dl", { class: "facts" }, entries.map(([name, value]) => h("div", { key: name }, h("dt", null, name.replaceAll("_", " ")), h("dd", null, detail(value, app)))));
}

function detail(value, app) {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value, null, 1) : String(value ?? "–");
  return /^https?:\/\/\S+$/.test(text) ? link(text, text, app) : text;
}
