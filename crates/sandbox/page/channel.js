// A channel: its head, bookmarks, messages and composer; and what stands there when one is not in it.

import { composer } from "./composer.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { guide } from "./guide.js";
import { icon } from "./icons.js";
import { link } from "./links.js";
import { menu } from "./menu.js";
import { inChannel, messageList, onlyForMe } from "./messages.js";
import { inline } from "./mrkdwn.js";
import { channelName, channelSign, isDirect } from "./sidebar.js";

/** The button that shows the sidebar on a narrow screen. */
export function drawerButton(app) {
  return h("button", { type: "button", class: "quiet icon-only drawer-open", "aria-label": "Show channels", "aria-expanded": String(Boolean(app.ui.drawer)), "aria-controls": "sidebar", on: { click: () => app.drawer(true) } },
    icon("menu"), app.state.channels.some((one) => app.unread(one)) && h("span", { class: "dot" }));
}

/** The channel of this place. */
export function channelView(app) {
  const channel = app.channel(app.place.channel);
  if (!channel) return missing(app);
  return h("div", { class: "conversation", key: `channel-${channel.id}` },
    head(app, channel),
    bookmarks(app, channel),
    messageList(app, {
      id: `list-${app.as}-${channel.id}`, label: `Messages in ${channelName(app, channel)}`, channel,
      said: inChannel(app, channel.id), ephemerals: onlyForMe(app, channel.id, undefined),
      head: beginning(app, channel),
    }),
    h("div", { class: "foot" }, guide(app, channel), foot(app, channel)));
}

function head(app, channel) {
  const pins = channel.pins?.length ?? 0;
  const members = channel.members?.length ?? 0;
  const side = (name) => app.visit({ ...app.place, side: app.place.side === name ? undefined : name, thread: undefined });
  return h("header", { class: "channel-head" },
    drawerButton(app),
    h("div", { class: "channel-title" },
      h("h1", { tabindex: "-1", id: "place-title" }, isDirect(channel) ? null : channelSign(channel), h("span", null, channelName(app, channel))),
      channel.topic && h("p", { class: "topic", title: channel.topic }, inline(channel.topic, app))),
    !isDirect(channel) && h("div", { class: "channel-tools" },
      pins > 0 && h("button", { type: "button", class: "tool", "aria-expanded": String(app.place.side === "pins"), "aria-label": `${pins} pinned`, title: "Pinned messages", on: { click: () => side("pins") } }, icon("pin"), h("span", null, pins)),
      h("button", { type: "button", class: "tool", "aria-expanded": String(app.place.side === "members"), "aria-label": `${members} members`, title: "Members", on: { click: () => side("members") } }, icon("people"), h("span", null, members)),
      channel.is_member && !channel.is_archived && menu(app, "channel", {
        button: { class: "tool", "aria-label": "Channel actions", title: "Channel actions" },
        content: icon("more"),
        label: "Channel actions",
        items: [{ label: "Leave channel", before: icon("leave"), act: () => app.act({ kind: "leave", channel: channel.id }) }],
      })));
}

function bookmarks(app, channel) {
  if (!channel.bookmarks?.length) return null;
  return h("nav", { class: "bookmarks", "aria-label": "Bookmarks" }, h("ul", null, channel.bookmarks.map((mark, index) =>
    h("li", { key: index }, link(mark.link ?? "#", [mark.emoji ? withEmoji(mark.emoji) : icon("out"), h("span", null, mark.title)], app, { class: "bookmark" })))));
}

function beginning(app, channel) {
  if (isDirect(channel)) return null;
  return h("div", { class: "beginning" },
    h("p", { class: "beginning-name" }, channelSign(channel), channel.name),
    h("p", null, channel.purpose ? inline(channel.purpose, app) : channel.is_private ? "Only the people invited here can see this channel." : "This is where the channel begins."));
}

function foot(app, channel) {
  if (channel.is_archived) return h("div", { class: "bar" }, icon("archive"), h("p", null, "This channel is archived. It can be read, but nothing more can be written in it."));
  if (channel.is_member || isDirect(channel)) return composer(app, { channel });
  return h("div", { class: "bar" },
    app.ui.problem?.where === "composer" && h("p", { class: "problem", role: "alert" }, app.ui.problem.text),
    h("p", null, "You are looking at ", h("strong", null, `#${channel.name}`), " without being in it."),
    h("button", { type: "button", class: "button primary", on: { click: () => join(app, channel) } }, "Join channel"));
}

async function join(app, channel) {
  const answer = await app.act({ kind: "join", channel: channel.id }, { where: "composer" });
  if (answer.ok) document.getElementById("composer")?.focus();
}

function missing(app) {
  return h("div", { class: "conversation", key: "missing" },
    h("header", { class: "channel-head" }, drawerButton(app), h("div", { class: "channel-title" }, h("h1", { tabindex: "-1", id: "place-title" }, "Not visible to you"))),
    h("div", { class: "empty" },
      icon("lock"),
      h("p", null, `There is no such channel, or it is private and ${app.state.me.real_name} is not in it.`),
      h("button", { type: "button", class: "button", on: { click: () => app.visit({ tab: "workspace", view: "browse" }) } }, "Browse channels")));
}
