// The sandbox page: who is looking, where they are, and what of the workspace they see.

import { browser } from "./browser.js";
import { channelView } from "./channel.js";
import { documents } from "./documents.js";
import { h, show } from "./dom.js";
import { faultsButton, faultsPanel } from "./faults.js";
import { saw } from "./guide.js";
import { home } from "./home.js";
import { icon } from "./icons.js";
import { PARTS, placeIn } from "./links.js";
import { menu } from "./menu.js";
import { avatar, spoken } from "./message.js";
import { inChannel, keepEnds, keepScroll, scrollPlaces } from "./messages.js";
import { confirmDialog, modal } from "./modal.js";
import { outside } from "./outside.js";
import { pager, ringing } from "./pager.js";
import { act as ask, fetchState, listen } from "./server.js";
import { side } from "./side.js";
import { channelName, playable, sidebar } from "./sidebar.js";

const TABS = [
  { id: "workspace", name: "Workspace", sign: "chat" },
  { id: "pager", name: "Pager", sign: "bell" },
  { id: "documents", name: "Post-mortems", sign: "page" },
  { id: "outside", name: "Outside", sign: "out" },
  { id: "dashboard", name: "SIMA dashboard", short: "Dashboard", sign: "chart" },
];

const root = document.getElementById("page");
let shown = [];
let drawing = false;

/** What every part of the page works with. */
const app = {
  as: undefined,
  state: undefined,
  place: { tab: "workspace", view: "channel" },
  reachable: true,
  // What people typed and chose in blocks, by message or view.
  values: new Map(),
  // What is being sent right now.
  busy: new Set(),
  ui: { menu: null, drafts: {}, choosers: {}, timers: {}, errors: {}, rover: {}, below: {}, lists: {}, faults: {}, closed: new Set(), dropped: new Set(), problem: null, drawer: false },

  person: (id) => app.state.people.find((one) => one.id === id),
  channel: (id) => app.state.channels.find((one) => one.id === id),
  ask: (body) => ask({ as: app.as, ...body }),
  act,
  confirm: (wanted) => new Promise((resolve) => {
    app.ui.confirming = { wanted, resolve };
    app.render();
  }),
  render,
  later: () => requestAnimationFrame(render),
  visit,
  address,
  become,
  unread,
  announce,
  drawer,
  fail,
  // A click that the browser should not turn into a new tab or window.
  plain: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return false;
    event.preventDefault();
    return true;
  },
};

/** Does something as this person and shows what came of it; a refusal is shown where `where` says. */
async function act(body, { where } = {}) {
  const as = app.as;
  const answer = await ask({ as, ...body });
  if (!answer.ok && !answer.errors) fail(answer.error ?? "That did not work.", where);
  if (app.as === as) await refresh();
  return answer;
}

function fail(text, where) {
  if (!text) app.ui.problem = null;
  else app.ui.problem = { text, where: where ?? whereabouts() };
  if (text) announce(text);
  render();
}

function whereabouts() {
  if (app.state?.view && !app.ui.closed.has(app.state.view.id)) return "modal";
  if (app.place.tab === "workspace") return { channel: "composer", browse: "browse", home: "home" }[app.place.view];
  return app.place.tab;
}

// ---- State

let fetching = false;
let stale = false;

/** Fetches the newest state; calls during a fetch become one more fetch after it. */
async function refresh() {
  if (fetching) {
    stale = true;
    return new Promise((resolve) => waiting.push(resolve));
  }
  fetching = true;
  try {
    do {
      stale = false;
      const as = app.as;
      const state = await fetchState(as).catch((error) => (as && !app.state ? fetchState(undefined) : Promise.reject(error)));
      if (as === app.as) receive(state);
      else stale = true;
    } while (stale);
    app.reachable = true;
  } catch {
    app.reachable = false;
  } finally {
    fetching = false;
    waiting.splice(0).forEach((resolve) => resolve());
  }
  render();
}
const waiting = [];

function receive(state) {
  const before = app.state;
  app.state = { ephemerals: [], notices: [], documents: [], told: [], commands: [], messages: {}, ...state, pager: { incidents: [], ...state.pager }, status_page: { incidents: [], ...state.status_page } };
  if (!app.as) app.as = state.me.id;
  // A view that came back under the same id was only updated; closing it again must work.
  for (const id of app.ui.closed) if (state.view?.id !== id) app.ui.closed.delete(id);
  // What stands beside the composer already need not come a second time as a notice.
  for (const one of app.state.notices) if (app.ui.problem?.text === one.text && !app.ui.dropped.has(one.id)) dropNotice(one.id);
  if (before?.me.id === state.me.id) announceNews(before, app.state);
  if (app.place.tab === "workspace" && app.place.view === "channel" && !app.place.channel) app.place.channel = firstChannel();
}

function firstChannel() {
  const mine = app.state.channels.filter((one) => one.is_member && !one.is_archived);
  return (mine.find((one) => one.name === "general") ?? mine[0] ?? app.state.channels[0])?.id;
}

function announceNews(before, after) {
  const here = app.place.tab === "workspace" && app.place.view === "channel" && app.place.channel;
  if (!here) return;
  const known = new Set((before.messages[here] ?? []).map((said) => said.ts));
  const open = (said) => !said.thread_ts || said.thread_ts === said.ts || said.broadcast || said.subtype === "thread_broadcast" || said.thread_ts === app.place.thread;
  const fresh = (after.messages[here] ?? []).filter((said) => !known.has(said.ts) && open(said));
  if (fresh.length) app.ui.arrived = true;
  for (const said of fresh) if (said.user !== app.as) announce(spoken(app, said));
  const seen = new Set(before.ephemerals.map((one) => one.id));
  for (const one of after.ephemerals) if (!seen.has(one.id) && one.channel === here) announce(`Only visible to you. ${spoken(app, { ...one, user: after.people.find((other) => other.is_bot)?.id })}`);
}

// ---- Reading

const readKey = () => `sandbox-read-${app.as}`;

function readMarks() {
  try {
    return JSON.parse(sessionStorage.getItem(readKey())) ?? {};
  } catch {
    return {};
  }
}

const newest = (id) => Math.max(0, ...inChannel(app, id).filter((said) => said.user !== app.as).map((said) => Number(said.ts)));

/** Whether something new stands in a channel that this person has not looked at in this tab. */
function unread(channel) {
  if (!channel.is_member && !/^D/.test(channel.id)) return false;
  const mark = readMarks()[channel.id];
  return mark === undefined ? Boolean(channel.unread) : newest(channel.id) > mark;
}

function noteRead() {
  const { tab, view, channel } = app.place;
  if (tab !== "workspace" || view !== "channel" || !app.channel(channel) || document.hidden) return;
  const marks = readMarks();
  // The first look at a persona settles what was there before.
  for (const one of app.state.channels) if (!(one.id in marks) && !one.unread) marks[one.id] = newest(one.id);
  marks[channel] = newest(channel);
  try {
    sessionStorage.setItem(readKey(), JSON.stringify(marks));
  } catch {
    // Without storage every channel with news stays marked; nothing else is lost.
  }
}

// ---- Places

/** The address of a place, so that it can be opened in another tab or reloaded. */
function address(place) {
  const query = new URLSearchParams({ as: app.as });
  for (const field of PARTS) {
    const value = place[field];
    if (value && !(field === "tab" && value === "workspace") && !(field === "view" && value === "channel")) query.set(field, value);
  }
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme) query.set("theme", theme);
  return `/?${query}`;
}

function placeFromAddress() {
  const place = placeIn(new URLSearchParams(location.search));
  if (!TABS.some((tab) => tab.id === place.tab)) place.tab = "workspace";
  return place;
}

/** Goes to a place of this page. */
function visit(place, { replace, focus } = {}) {
  const before = app.place;
  // A tab remembers where one was in it.
  const next = place.tab === "workspace" && !place.view ? { ...(app.ui.lastWorkspace ?? { view: "channel", channel: firstChannel() }), ...place } : { ...place };
  if (next.thread) next.side = "thread";
  app.place = next;
  if (next.tab === "workspace") app.ui.lastWorkspace = { ...next, message: undefined };
  app.ui.drawer = false;
  app.ui.menu = null;
  app.ui.problem = null;
  if (next.view === "home" && before.view !== "home") act({ kind: "open_home" }, { where: "home" });
  if (next.tab === "pager") saw(app, "pager");
  history[replace ? "replaceState" : "pushState"](null, "", address(next));
  render();
  if (next.message) flash(next.message);
  const moved = before.tab !== next.tab || before.view !== next.view || before.channel !== next.channel;
  if (focus === "thread" || (next.side && next.side !== before.side) || (next.thread && next.thread !== before.thread)) (document.getElementById("composer-thread") ?? document.getElementById("side-title"))?.focus();
  else if (moved) document.getElementById("place-title")?.focus({ preventScroll: true });
}

function flash(ts) {
  app.ui.flash = ts;
  render();
  const found = document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  found?.scrollIntoView({ block: "center" });
  found?.focus({ preventScroll: true });
  setTimeout(() => {
    if (app.ui.flash !== ts) return;
    app.ui.flash = undefined;
    render();
  }, 2500);
}

/** Plays another person. */
async function become(id) {
  if (id === app.as) return;
  app.as = id;
  saw(app, "person");
  try {
    sessionStorage.setItem("sandbox-as", id);
  } catch {
    // The address still carries it.
  }
  app.values.clear();
  app.ui.problem = null;
  app.ui.closed.clear();
  app.place = { ...app.place, side: undefined, thread: undefined, message: undefined };
  history.replaceState(null, "", address(app.place));
  await refresh();
  if (app.place.view === "home") act({ kind: "open_home" });
  if (app.place.tab === "workspace" && app.place.view === "channel" && !app.channel(app.place.channel)) visit({ tab: "workspace", view: "channel", channel: firstChannel() }, { replace: true });
  announce(`You are now ${app.state.me.real_name}.`);
}

function drawer(open) {
  app.ui.drawer = open;
  render();
  const target = open ? document.querySelector(".sidebar .entry[aria-current], .sidebar .entry") : document.querySelector(".drawer-open");
  target?.focus();
}

// ---- Announcements

const voice = document.getElementById("announcements");

/** Says something to people who listen instead of look. */
function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  voice.append(line);
  while (voice.childElementCount > 6) voice.firstElementChild.remove();
  setTimeout(() => line.remove(), 20000);
}

// ---- Theme

const THEME = "sandbox-theme";

function theme() {
  return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function startTheme() {
  let wanted = new URLSearchParams(location.search).get("theme");
  try {
    wanted ??= localStorage.getItem(THEME);
  } catch {
    // Then the system's choice stands.
  }
  if (wanted === "dark" || wanted === "light") document.documentElement.dataset.theme = wanted;
}

function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  const query = new URLSearchParams(location.search);
  // The address must not bring back the other theme at the next reload.
  query.delete("theme");
  history.replaceState(null, "", `/?${query}`);
  try {
    localStorage.setItem(THEME, next);
  } catch {
    // It holds for this visit.
  }
  render();
}

// ---- Drawing

function render() {
  if (!app.state || drawing) {
    if (drawing) requestAnimationFrame(render);
    return;
  }
  drawing = true;
  try {
    noteRead();
    const places = scrollPlaces(root);
    shown = show(root, shown, whole());
    drawing = false;
    keepScroll(root, places, app);
    document.title = title();
  } finally {
    drawing = false;
  }
}

function title() {
  const count = ringing(app);
  const channel = app.place.tab === "workspace" && app.place.view === "channel" && app.channel(app.place.channel);
  const name = channel ? channelName(app, channel) : TABS.find((tab) => tab.id === app.place.tab).name;
  return `${count ? `(${count} ringing) ` : ""}${name} · Sandbox`;
}

function whole() {
  return [
    top(),
    h("main", { id: "main", class: `main tab-${app.place.tab}`, key: "main" }, tabContents()),
    notices(),
    modal(app),
    faultsPanel(app),
    confirmDialog(app),
  ].filter(Boolean);
}

function top() {
  return h("header", { class: "top", key: "top" },
    h("div", { class: "brand" }, h("span", { class: "brand-mark", "aria-hidden": "true" }), h("div", null, h("strong", null, "Sandbox"), h("small", null, "A practice workspace. Nothing leaves this machine."))),
    h("nav", { class: "tabs", "aria-label": "Views" }, h("ul", null, TABS.map(tabLink))),
    h("div", { class: "top-tools" },
      faultsButton(app),
      h("button", { type: "button", class: "tool", "aria-label": theme() === "dark" ? "Use the light theme" : "Use the dark theme", title: theme() === "dark" ? "Light theme" : "Dark theme", on: { click: toggleTheme } }, icon(theme() === "dark" ? "sun" : "moon")),
      persona()),
    !app.reachable && h("p", { class: "away", role: "status" }, "The sandbox does not answer. Trying again; what you typed is kept."));
}

function tabLink(tab) {
  const place = { tab: tab.id };
  const count = tab.id === "pager" ? ringing(app) : 0;
  return h("li", { key: tab.id }, h("a", {
    href: address(place), "aria-current": app.place.tab === tab.id ? "page" : null,
    on: { click: (event) => { if (app.plain(event)) visit(place); } },
  }, icon(tab.sign), h("span", { class: "tab-name" }, tab.short ? [h("span", { class: "long" }, tab.name), h("span", { class: "short" }, tab.short)] : tab.name), count > 0 && h("span", { class: "count-badge" }, count, h("span", { class: "visually-hidden" }, " ringing"))));
}

function persona() {
  const me = app.state.me;
  const self = app.person(me.id) ?? me;
  const [firstName, ...lastName] = (me.real_name || me.name).split(" ");
  return menu(app, "persona", {
    button: { class: "persona", title: "Change who you are" },
    content: [avatar(self), h("span", { class: "persona-words" }, h("span", null, h("span", { class: "long" }, "You are "), h("strong", null, firstName, h("span", { class: "long" }, ` ${lastName.join(" ")}`))), self.title && h("small", null, self.title), h("span", { class: "visually-hidden" }, ". Change who you are")), icon("chevron")],
    label: "Who are you?",
    items: playable(app).map((one) => ({
      key: one.id, label: one.real_name || one.name, note: one.title, checked: one.id === app.as, before: avatar(one), act: () => become(one.id),
    })),
  });
}

function tabContents() {
  const { tab, view } = app.place;
  const dashboard = dashboardFrame();
  if (tab === "workspace") {
    return [
      sidebar(app),
      app.ui.drawer && h("div", { class: "shade", key: "shade", on: { click: () => drawer(false) } }),
      h("div", { class: "centre", key: "centre" }, view === "home" ? home(app) : view === "browse" ? browser(app) : channelView(app)),
      side(app),
      dashboard,
    ];
  }
  return [tab === "pager" ? pager(app) : tab === "documents" ? documents(app) : tab === "outside" ? outside(app) : null, dashboard];
}

// Loaded at the first look and kept from then on: a frame that is taken away forgets where it was.
function dashboardFrame() {
  const here = app.place.tab === "dashboard";
  if (here) app.ui.dashboard = true;
  if (!app.ui.dashboard) return null;
  const url = app.state.dashboard_url;
  return h("div", { class: "dashboard", key: "dashboard", hidden: !here },
    h("div", { class: "dashboard-head" },
      h("h1", { tabindex: "-1", id: here ? "place-title" : null }, "SIMA dashboard"),
      url && h("a", { class: "button", href: url, target: "_blank", rel: "noopener" }, "Open in its own tab", icon("out"))),
    url
      ? h("iframe", { src: url, title: "SIMA dashboard" })
      : h("div", { class: "empty" }, icon("chart"), h("p", null, "SIMA has not said where its dashboard is.")));
}

function notices() {
  const problem = app.ui.problem?.where && ["dashboard", "documents"].includes(app.ui.problem.where) ? [{ id: "problem", text: app.ui.problem.text, kind: "error", own: true }] : [];
  const list = [...app.state.notices.filter((one) => !app.ui.dropped.has(one.id)), ...problem].slice(-3);
  return h("div", { class: "notices", role: "status", key: "notices" }, list.map((one) => h("div", { class: `notice ${one.kind ?? ""}`, key: one.id },
    h("p", null, one.text),
    h("button", { type: "button", class: "quiet icon-only", "aria-label": "Dismiss", on: { click: () => (one.own ? fail(null) : dropNotice(one.id)) } }, icon("close")))));
}

function dropNotice(id) {
  app.ui.dropped.add(id);
  act({ kind: "dismiss", id });
}

// ---- Start

function start() {
  startTheme();
  const query = new URLSearchParams(location.search);
  app.as = query.get("as") ?? undefined;
  try {
    app.as ??= sessionStorage.getItem("sandbox-as") ?? undefined;
  } catch {
    // Then the server names the first person.
  }
  app.place = placeFromAddress();
  refresh().then(async () => {
    while (!app.state) {
      document.getElementById("waiting").textContent = "The sandbox does not answer yet. Trying again…";
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await refresh();
    }
    document.getElementById("waiting").remove();
    app.as = app.state.me.id;
    try {
      sessionStorage.setItem("sandbox-as", app.as);
    } catch {
      // The address carries it.
    }
    visit(app.place, { replace: true });
    if (app.place.view === "home") act({ kind: "open_home" }, { where: "home" });
    // On a phone the focus would bring up the keyboard before one has seen anything.
    if (!app.place.message && matchMedia("(hover: hover)").matches) document.getElementById("composer")?.focus({ preventScroll: true });
    listen({
      changed: (version) => { if (version === undefined || version !== app.state.version) refresh(); },
      reachable: (now) => { app.reachable = now; render(); },
    });
  });
  addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search);
    const as = query.get("as");
    app.place = placeFromAddress();
    if (as && as !== app.as) become(as);
    else render();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!app.ui.menu || event.target.closest(".menu-holder")) return;
    app.ui.menu = null;
    render();
  });
  document.addEventListener("visibilitychange", render);
  addEventListener("resize", () => { keepEnds(root); app.ui.menu = null; render(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  // The times of day ("5 minutes ago", "Today") grow old by themselves.
  setInterval(render, 60000);
}

start();
