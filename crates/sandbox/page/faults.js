// The panel that makes a vendor fail, to see that SIMA goes on.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const VENDORS = { slack: "Slack", pagerduty: "PagerDuty", notion: "Notion", statuspage: "Statuspage", receiver: "Webhooks", pagers: "Other pagers" };
const FAULTS = { none: "Works", down: "Down", slow: "Slow", rate_limited: "Rate limited" };

// The server knows best; without its word, what was last chosen here.
const now = (app, vendor) => app.state.faults?.[vendor] ?? app.ui.faults[vendor] ?? "none";

const failing = (app) => Object.keys(VENDORS).filter((vendor) => now(app, vendor) !== "none");

/** The button that opens the panel; it says what is failing at the moment. */
export function faultsButton(app) {
  const broken = failing(app);
  const label = broken.length ? broken.map((vendor) => `${VENDORS[vendor]} ${FAULTS[now(app, vendor)].toLowerCase()}`).join(", ") : "Make things fail";
  return h("button", {
    type: "button", class: broken.length ? "tool labelled broken" : "tool labelled", "aria-haspopup": "dialog", title: label, "aria-label": label,
    on: { click: () => { app.ui.failing = true; app.render(); } },
  }, icon("plug"), h("span", null, label));
}

/** The panel itself. */
export function faultsPanel(app) {
  if (!app.ui.failing) return null;
  const close = () => {
    app.ui.failing = false;
    app.render();
  };
  return h("dialog", {
    key: "faults", class: "modal small", "aria-labelledby": "faults-title",
    created: (node) => { node.opener = document.activeElement; node.showModal(); },
    removed: (node) => node.opener?.isConnected && node.opener.focus(),
    on: { cancel: (event) => { event.preventDefault(); close(); }, click: (event) => { if (event.target === event.currentTarget) close(); } },
  },
    h("header", { class: "modal-head" }, h("h2", { id: "faults-title" }, "Make things fail"),
      h("button", { type: "button", class: "quiet icon-only", "aria-label": "Close", on: { click: close } }, icon("close"))),
    h("div", { class: "modal-body" },
      h("p", { class: "muted" }, "Vendors have bad days, often on the same day as you. Choose one and see what SIMA still does."),
      app.ui.problem?.where === "faults" && h("p", { class: "problem", role: "alert" }, app.ui.problem.text),
      Object.entries(VENDORS).map(([vendor, name]) => choices(app, vendor, name))));
}

function choices(app, vendor, name) {
  const choose = async (fault) => {
    const before = app.ui.faults[vendor];
    app.ui.faults[vendor] = fault;
    app.render();
    const answer = await app.act({ kind: "faults", vendor, fault }, { where: "faults" });
    if (!answer.ok) app.ui.faults[vendor] = before;
    app.render();
  };
  return h("fieldset", { class: "faults", key: vendor },
    h("legend", null, name),
    h("div", { class: "segments" }, Object.entries(FAULTS).map(([fault, words]) => h("label", { class: "segment", key: fault },
      h("input", { type: "radio", name: `fault-${vendor}`, value: fault, checked: now(app, vendor) === fault, on: { change: () => choose(fault) } }),
      h("span", null, words)))));
}
