// The list on the left: channels, direct messages, apps.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./message.js";

/** The sign of a channel: hash, lock or archive box. */
export function channelSign(channel) {
  if (channel.is_archived) return icon("archive");
  return icon(channel.is_private ? "lock" : "hash");
}

export const isDirect = (channel) => channel.is_im || /^D/.test(channel.id);

/** The name of a channel as people say it; a direct message carries the other person's. */
export function channelName(app, channel) {
  if (!isDirect(channel)) return channel.name;
  const other = (channel.members ?? []).map((id) => app.person(id)).find((one) => one && one.id !== app.as);
  return other ? other.real_name || other.name : channel.name || "Direct message";
}

/** The channels of this person and the way to SIMA's home. */
export function sidebar(app) {
  const mine = app.state.channels.filter((one) => one.is_member && !isDirect(one));
  const live = mine.filter((one) => !one.is_archived);
  const archived = mine.filter((one) => one.is_archived);
  const direct = app.state.channels.filter(isDirect);
  const here = app.place;
  const incidents = live.filter((one) => isIncident(one));
  const rest = live.filter((one) => !isIncident(one));
  return h("nav", { class: app.ui.drawer ? "sidebar open" : "sidebar", id: "sidebar", "aria-label": "Channels and apps", on: { keydown: (event) => closeByKey(event, app) } },
    h("div", { class: "sidebar-head" },
      h("strong", null, app.state.team.name),
      h("button", { type: "button", class: "quiet icon-only drawer-close", "aria-label": "Close the list", on: { click: () => app.drawer(false) } }, icon("close"))),
    h("div", { class: "sidebar-scroll" },
      incidents.length > 0 && group("Incidents", incidents.map((one) => channelLink(app, one))),
      group("Channels", [
        ...rest.map((one) => channelLink(app, one)),
        entry(app, { key: "browse", sign: icon("compass"), name: "Browse channels", place: { tab: "workspace", view: "browse" }, current: here.view === "browse", quiet: true }),
      ]),
      direct.length > 0 && group("Direct messages", direct.map((one) => channelLink(app, one))),
      group("Apps", [entry(app, { key: "home", sign: avatar(sima(app), "small"), name: sima(app)?.real_name || "SIMA", place: { tab: "workspace", view: "home" }, current: here.view === "home", note: "Home" })]),
      archived.length > 0 && group("Archived", archived.map((one) => channelLink(app, one)))));
}

export const sima = (app) => app.state.people.find((one) => one.is_bot);
/** The people one can play: neither apps nor those who have left. */
export const playable = (app) => app.state.people.filter((one) => !one.is_bot && !one.deleted && one.id !== "USLACKBOT");
export const isIncident = (channel) => /^incident[_-]/.test(channel.name);

function group(title, entries) {
  const id = `group-${title.toLowerCase().replaceAll(" ", "-")}`;
  return h("section", { key: title, "aria-labelledby": id }, h("h2", { id }, title), h("ul", null, entries));
}

function channelLink(app, channel) {
  return entry(app, {
    key: channel.id,
    sign: isDirect(channel) ? avatar(app.person((channel.members ?? []).find((id) => id !== app.as)), "small") : channelSign(channel),
    name: channelName(app, channel),
    spoken: channel.is_private && !isDirect(channel) ? "private" : null,
    place: { tab: "workspace", view: "channel", channel: channel.id },
    current: app.place.view === "channel" && app.place.channel === channel.id,
    unread: app.unread(channel),
  });
}

function entry(app, { key, sign, name, note, place, current, unread, quiet, spoken }) {
  return h("li", { key },
    h("a", {
      href: app.address(place), class: `entry${unread ? " unread" : ""}${quiet ? " quiet-entry" : ""}`, "aria-current": current ? "page" : null, title: name,
      on: { click: (event) => { if (app.plain(event)) app.visit(place); } },
    }, sign, h("span", { class: "entry-name" }, name), note && h("small", null, note), spoken && h("span", { class: "visually-hidden" }, spoken),
    unread && h("span", { class: "dot" }, h("span", { class: "visually-hidden" }, "unread"))));
}

function closeByKey(event, app) {
  if (event.key !== "Escape" || !app.ui.drawer) return;
  event.stopPropagation();
  app.drawer(false);
}
