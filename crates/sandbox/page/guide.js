// The few friendly hints of a first visit, one at a time, each gone once it was followed.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { isIncident, playable } from "./sidebar.js";

const KEPT = "sandbox-guide";

/** What this browser has seen so far. */
function progress(app) {
  if (!app.ui.guide) {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEPT));
    } catch {
      // A browser that keeps nothing shows the hints again; that is all.
    }
    app.ui.guide = kept ?? { before: app.state.channels.filter(isIncident).length };
  }
  return app.ui.guide;
}

/** Notes that something was seen or done. */
export function saw(app, what) {
  const seen = progress(app);
  if (seen[what]) return;
  seen[what] = true;
  try {
    localStorage.setItem(KEPT, JSON.stringify(seen));
  } catch {
    // See above.
  }
}

/** The hint that fits now, or nothing. */
export function guide(app, channel) {
  const seen = progress(app);
  if (seen.done || !channel.is_member) return null;
  const incidents = app.state.channels.filter((one) => isIncident(one) && !one.is_archived);
  // A sandbox that was started afresh has forgotten the incidents we had counted.
  seen.before = Math.min(seen.before ?? 0, incidents.length);
  const opened = incidents.length > seen.before;
  // Whoever looks at an incident already is not told to open one.
  if (!opened && isIncident(channel)) return null;
  const step = !opened ? open(app, channel) : !seen.channel ? visitChannel(app, incidents) : !seen.pager && app.state.pager.incidents.length ? visitPager(app) : !seen.person ? playAnother(app, seen) : null;
  if (!step) {
    saw(app, "done");
    return null;
  }
  return h("section", { class: "guide", key: "guide", "aria-label": "First steps" },
    h("span", { class: "guide-count", "aria-label": `Step ${step.number} of 4` }, step.number),
    h("div", { class: "guide-words" }, h("p", null, step.words)),
    h("div", { class: "guide-acts" }, step.act,
      h("button", { type: "button", class: "quiet icon-only", "aria-label": "Hide these hints", title: "Hide these hints", on: { click: () => { saw(app, "done"); app.render(); document.getElementById("composer")?.focus(); } } }, icon("close"))));
}

function open(app, channel) {
  const command = app.state.commands?.[0]?.command?.split(" ")[0] ?? "/incident";
  const start = () => {
    app.act({ kind: "slash", channel: channel.id, text: `${command} open` }, { where: "composer" });
    document.getElementById("composer")?.focus();
  };
  return {
    number: 1,
    words: [h("strong", null, `Hello ${firstName(app.state.me)}, something looks broken. `), "Type ", h("code", null, `${command} open`), " in the box below and press Enter, or press this button."],
    act: h("button", { type: "button", class: "button primary", key: "open", on: { click: start } }, "Open an incident"),
  };
}

function visitChannel(app, incidents) {
  const newest = [...incidents].sort((a, b) => newestTs(app, b) - newestTs(app, a))[0];
  if (app.place.channel === newest.id) {
    saw(app, "channel");
    app.later();
  }
  return {
    number: 2,
    words: [h("strong", null, "It is open. "), "SIMA made a channel for it, invited the right people and pinned the facts."],
    act: h("button", { type: "button", class: "button primary", key: "channel", on: { click: () => { saw(app, "channel"); app.visit({ tab: "workspace", view: "channel", channel: newest.id }); } } }, "Go to the channel"),
  };
}

function visitPager(app) {
  return {
    number: 3,
    words: [h("strong", null, "Someone's pager rang too. "), "Look at what the person on call received."],
    act: h("button", { type: "button", class: "button primary", key: "pager", on: { click: () => app.visit({ tab: "pager" }) } }, "See the pager"),
  };
}

function playAnother(app, seen) {
  const others = playable(app).filter((one) => one.id !== app.as);
  const other = others.find((one) => /on.?call|engineer/i.test(one.title ?? "")) ?? others[0];
  if (!other) return null;
  return {
    number: 4,
    words: [h("strong", null, "You can be anyone here. "), `See the incident as ${firstName(other)}${other.title ? `, ${other.title}` : ""}, would. Your name at the top changes who you are.`],
    act: h("button", { type: "button", class: "button primary", key: "person", on: { click: () => { seen.person = true; saw(app, "done"); app.become(other.id); } } }, `Be ${firstName(other)}`),
  };
}

const firstName = (person) => (person.real_name || person.name).split(" ")[0];

function newestTs(app, channel) {
  return Math.max(0, ...(app.state.messages[channel.id] ?? []).map((said) => Number(said.ts)));
}
