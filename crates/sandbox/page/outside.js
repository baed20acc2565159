// What the world outside was told by steps: the public status page, and another program.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { ago, clockOrDay, fullTime } from "./time.js";

const STATUS = { investigating: "Investigating", identified: "Identified", monitoring: "Monitoring", resolved: "Resolved" };

/** The status page and the webhooks, newest first. */
export function outside(app) {
  const incidents = [...app.state.status_page.incidents].reverse();
  const told = [...app.state.told].reverse();
  return h("div", { class: "tab-page", key: "outside" },
    h("header", { class: "tab-head" },
      h("h1", { tabindex: "-1", id: "place-title" }, "Outside"),
      h("p", { class: "muted" }, "What steps of the configuration tell the public and other programs.")),
    incidents.length + told.length === 0 && h("div", { class: "empty" }, icon("out"), h("p", null, h("strong", null, "Nobody outside was told anything.")), h("p", null, "A step for a status page or a webhook shows here what it did.")),
    incidents.length > 0 && h("h2", null, "Status page"),
    incidents.length > 0 && h("ul", { class: "pages" }, incidents.map(publicIncident)),
    told.length > 0 && h("h2", null, "Webhooks"),
    told.length > 0 && h("ul", { class: "pages" }, told.map(message)));
}

function publicIncident(incident) {
  return h("li", { key: incident.id, class: `page ${incident.status === "resolved" ? "resolved" : "acknowledged"}` },
    h("article", { tabindex: "-1" },
      h("p", { class: "page-line" },
        h("span", { class: "status" }, STATUS[incident.status] ?? incident.status),
        h("time", { title: fullTime(incident.created_at) }, ago(incident.created_at))),
      h("h3", null, incident.name),
      h("ol", { class: "log" }, incident.updates.map((update, index) => h("li", { key: index }, h("time", { title: fullTime(update.at) }, clockOrDay(update.at)), h("span", null, `${STATUS[update.status] ?? update.status}: ${update.body}`))))));
}

function message(told) {
  return h("li", { key: told.id, class: "page resolved" },
    h("article", { tabindex: "-1" },
      h("p", { class: "page-line" },
        h("span", { class: "status" }, "Signature verified"),
        h("time", { title: fullTime(told.at) }, ago(told.at)),
        told.times > 1 && h("span", { class: "muted" }, `came ${told.times} times`)),
      h("h3", null, told.body.type ?? "message"),
      h("details", null, h("summary", null, "Body"), h("pre", null, JSON.stringify(told.body, null, 2)))));
}
