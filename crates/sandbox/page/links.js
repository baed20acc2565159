// Where a link leads: into this page when it means a channel, a person's message, SIMA's home or a post-mortem, otherwise out to its own tab.

import { h } from "./dom.js";

/** Reads an address into a place of this page, or undefined when it belongs elsewhere. */
export function placeOf(address, app) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return undefined;
  }
  const query = url.searchParams;
  if (url.protocol === "slack:") {
    if (url.host === "channel" || url.pathname === "//channel") return { tab: "workspace", view: "channel", channel: query.get("id") };
    if (url.host === "app" || url.pathname === "//app") return { tab: "workspace", view: "home" };
    return undefined;
  }
  const document = app.state?.documents?.find((page) => page.url && sameAddress(page.url, url));
  if (document) return { tab: "documents", document: document.id };
  if (!isWorkspace(url)) return undefined;
  if (url.pathname === "/" && isHere(url)) return [...query.keys()].length ? placeIn(query) : undefined;
  if (url.pathname === "/app_redirect") {
    if (query.get("channel")) return { tab: "workspace", view: "channel", channel: query.get("channel") };
    return query.get("app") ? { tab: "workspace", view: "home" } : undefined;
  }
  const message = url.pathname.match(/^\/archives\/([CGD][A-Z0-9]+)(?:\/p(\d{10,})(\d{6}))?\/?$/);
  if (!message) return undefined;
  const ts = message[2] && `${message[2]}.${message[3]}`;
  return { tab: "workspace", view: "channel", channel: message[1], message: ts, thread: query.get("thread_ts") ?? undefined };
}

/** The parts of a place, as they stand in an address of this page. */
export const PARTS = ["tab", "view", "channel", "message", "side", "thread", "document"];

/** Reads a place out of the query of an address of this page. */
export function placeIn(query) {
  const place = { tab: "workspace", view: "channel" };
  for (const part of PARTS) if (query.get(part)) place[part] = query.get(part);
  if (place.thread) place.side ??= "thread";
  return place;
}

// The stand-in may hand out links under its own address or under Slack's.
function isWorkspace(url) {
  return isHere(url) || url.host === "slack.com" || url.host.endsWith(".slack.com");
}

// One machine has several names for itself; the port tells whether it is this server.
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const isHere = (url) => url.host === location.host || (url.port === location.port && LOOPBACK.has(url.hostname) && LOOPBACK.has(location.hostname));

function sameAddress(known, url) {
  try {
    const other = new URL(known, location.href);
    return other.pathname === url.pathname && (other.host === url.host || (isHere(other) && isHere(url)));
  } catch {
    return false;
  }
}

const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "slack:"]);

/** A link as an element; anything that could run script is shown as text only. */
export function link(address, label, app, props = {}) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return h("span", null, label);
  }
  if (!SAFE.has(url.protocol)) return h("span", null, label);
  const place = placeOf(address, app);
  if (!place) return h("a", { ...props, href: url.href, target: "_blank", rel: "noopener noreferrer" }, label);
  const follow = (event) => {
    props.on?.click?.(event);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    app.visit(place);
  };
  return h("a", { ...props, href: app.address(place), on: { click: follow } }, label);
}
