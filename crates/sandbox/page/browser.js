// The channel browser: every channel this person can see, to look into, join or leave.

import { drawerButton } from "./channel.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { channelSign, isDirect } from "./sidebar.js";

/** All channels with a filter. */
export function browser(app) {
  const wanted = (app.ui.browse ?? "").trim().toLowerCase();
  const all = app.state.channels.filter((one) => !isDirect(one));
  const found = all.filter((one) => `${one.name} ${one.topic ?? ""} ${one.purpose ?? ""}`.toLowerCase().includes(wanted));
  return h("div", { class: "conversation", key: "browse" },
    h("header", { class: "channel-head" }, drawerButton(app), h("div", { class: "channel-title" }, h("h1", { tabindex: "-1", id: "place-title" }, "Browse channels"))),
    h("div", { class: "sheet" },
      h("label", { class: "label", for: "browse" }, "Find a channel"),
      h("input", { id: "browse", class: "text", type: "search", autocomplete: "off", value: app.ui.browse ?? "", on: { input: (event) => { app.ui.browse = event.target.value; app.render(); } } }),
      h("p", { class: "muted", role: "status" }, found.length === 1 ? "1 channel" : `${found.length} channels`),
      app.ui.problem?.where === "browse" && h("p", { class: "problem", role: "alert" }, app.ui.problem.text),
      h("ul", { class: "channel-rows" }, found.map((channel) => row(app, channel)))));
}

function row(app, channel) {
  const place = { tab: "workspace", view: "channel", channel: channel.id };
  const members = channel.members?.length ?? 0;
  const act = (kind) => app.act({ kind, channel: channel.id }, { where: "browse" });
  return h("li", { key: channel.id },
    h("div", { class: "channel-row" },
      h("a", { href: app.address(place), on: { click: (event) => { if (app.plain(event)) app.visit(place); } } }, channelSign(channel), channel.name),
      h("p", { class: "muted" },
        channel.is_member && h("span", { class: "joined" }, icon("check"), "Joined · "),
        channel.is_archived && "Archived · ",
        members === 1 ? "1 member" : `${members} members`, channel.purpose && ` · ${channel.purpose}`)),
    !channel.is_archived && (channel.is_member
      ? h("button", { type: "button", class: "button", key: "leave", "aria-label": `Leave ${channel.name}`, on: { click: () => act("leave") } }, "Leave")
      : h("button", { type: "button", class: "button primary", key: "join", "aria-label": `Join ${channel.name}`, on: { click: () => act("join") } }, "Join")));
}
