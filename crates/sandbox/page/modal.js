// SIMA's modals and the small "are you sure" before an action.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { textOf, words } from "./elements.js";
import { icon } from "./icons.js";
import { check, collect } from "./values.js";

/** The open modal of this person, if there is one. */
export function modal(app) {
  const open = app.state.view;
  if (!open || app.ui.closed.has(open.id)) return null;
  const { id, view } = open;
  const key = `view-${id}`;
  const errors = app.ui.errors[id];
  const busy = app.busy.has(key);
  // Slack's cross closes the whole stack; Cancel and Escape only the view on top.
  const close = async (all = false) => {
    app.ui.closed.add(id);
    app.render();
    const answer = await app.act({ kind: "close_view", view_id: id, all });
    if (answer.ok) return;
    app.ui.closed.delete(id);
    app.render();
  };
  const hasInputs = (view.blocks ?? []).some((block) => block.type === "input");
  const problem = app.ui.problem?.where === "modal" && app.ui.problem.text;
  return h("dialog", {
    key: "modal", class: "modal", "aria-labelledby": "modal-title",
    created: (node) => opened(node, app, id),
    updated: (node) => reopened(node, app, id),
    removed: () => giveBack(app),
    on: { cancel: (event) => { event.preventDefault(); close(); }, keydown: (event) => sendByKey(event) },
  },
    h("form", { class: "modal-form", key: id, novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(app, open); } } },
      h("header", { class: "modal-head" },
        h("h2", { id: "modal-title", tabindex: "-1" }, textOf(view.title, app)),
        h("button", { type: "button", class: "quiet icon-only", "aria-label": "Close", on: { click: () => close(true) } }, icon("close"))),
      h("div", { class: "modal-body", tabindex: "-1" },
        problem && h("p", { class: "problem", role: "alert" }, problem),
        blocks(view.blocks, { app, source: { kind: "view", id }, key, errors, heading: "h3" })),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: () => close() } }, view.close ? textOf(view.close, app) : view.submit ? "Cancel" : "Close"),
        (view.submit || hasInputs) && h("button", { type: "submit", class: "button primary", "aria-busy": busy || null }, busy ? "Sending…" : view.submit ? textOf(view.submit, app) : "Submit"))));
}

async function submit(app, { id, view }) {
  const key = `view-${id}`;
  if (app.busy.has(key)) return;
  const wrong = check(app, key, view.blocks);
  app.fail(null);
  if (Object.keys(wrong).length) return complain(app, id, wrong);
  app.busy.add(key);
  app.ui.errors[id] = undefined;
  app.render();
  const answer = await app.act({ kind: "submit", view_id: id, values: collect(app, key, view.blocks) }, { where: "modal" });
  app.busy.delete(key);
  if (answer.errors && Object.keys(answer.errors).length) return complain(app, id, answer.errors, view);
  app.render();
}

function complain(app, id, wrong, view) {
  app.ui.errors[id] = { ...wrong };
  const known = new Set((view?.blocks ?? []).map((block) => block.block_id));
  const lost = view ? Object.keys(wrong).filter((name) => !known.has(name)) : [];
  if (lost.length) app.fail(lost.map((name) => wrong[name]).join(" "), "modal");
  app.render();
  const count = Object.keys(wrong).length;
  app.announce(count === 1 ? `One field needs a look: ${Object.values(wrong)[0]}` : `${count} fields need a look`);
  requestAnimationFrame(() => {
    const field = document.querySelector(".modal .input.wrong");
    field?.querySelector("input, select, textarea")?.focus();
  });
}

function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.querySelector("form").requestSubmit();
}

function opened(node, app, id) {
  app.ui.opener = document.activeElement;
  node.showModal();
  reopened(node, app, id);
}

// A view that took the place of another starts at its own first field.
function reopened(node, app, id) {
  if (node.dataset.view === id) return;
  node.dataset.view = id;
  node.querySelector(".modal-body").scrollTop = 0;
  const first = node.querySelector("[data-focus]") ?? node.querySelector(".modal-body .input :is(input, select, textarea)") ?? node.querySelector("#modal-title");
  first?.focus();
}

function giveBack(app) {
  const target = app.ui.opener?.isConnected && app.ui.opener !== document.body ? app.ui.opener : document.getElementById("composer");
  target?.focus({ preventScroll: true });
}

/** Asks before an action that SIMA marked with a confirm object; resolves to the answer. */
export function confirmDialog(app) {
  const asked = app.ui.confirming;
  if (!asked) return null;
  const answer = (yes) => {
    app.ui.confirming = null;
    app.render();
    asked.resolve(yes);
  };
  const { wanted } = asked;
  return h("dialog", {
    key: "confirm", class: "modal confirm", role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text",
    created: (node) => {
      asked.opener = document.activeElement;
      node.showModal();
      node.querySelector(".deny").focus();
    },
    removed: () => asked.opener?.isConnected && asked.opener.focus({ preventScroll: true }),
    on: { cancel: (event) => { event.preventDefault(); answer(false); } },
  },
    h("h2", { id: "confirm-title" }, words(wanted.title) || "Are you sure?"),
    h("div", { id: "confirm-text", class: "rich" }, textOf(wanted.text, app)),
    h("div", { class: "modal-foot" },
      h("button", { type: "button", class: "button deny", on: { click: () => answer(false) } }, textOf(wanted.deny, app) ?? "Cancel"),
      h("button", { type: "button", class: `button ${wanted.style === "danger" ? "danger" : "primary"}`, on: { click: () => answer(true) } }, textOf(wanted.confirm, app) ?? "Yes")));
}
