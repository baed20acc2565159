// The pane on the right: a thread, the pinned messages or the members of the channel.

import { composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, spoken } from "./message.js";
import { inThread, messageList, onlyForMe } from "./messages.js";
import { clockOrDay } from "./time.js";

/** The side pane of this place, when it has one. */
export function side(app) {
  const channel = app.place.tab === "workspace" && app.place.view === "channel" && app.channel(app.place.channel);
  if (!channel || !app.place.side) return null;
  const make = { thread, pins, members }[app.place.side];
  return make ? make(app, channel) : null;
}

function pane(app, channel, { key, title, content }) {
  return h("aside", { class: "side", key, "aria-labelledby": "side-title", on: { keydown: (event) => { if (event.key === "Escape" && !event.defaultPrevented) close(app); } } },
    h("header", { class: "side-head" },
      h("div", null, h("h2", { id: "side-title", tabindex: "-1" }, title), h("p", { class: "muted" }, `#${channel.name}`)),
      h("button", { type: "button", class: "quiet icon-only", "aria-label": `Close ${title.toLowerCase()}`, on: { click: () => close(app) } }, icon("close"))),
    content);
}

function close(app) {
  const ts = app.place.thread;
  app.visit({ ...app.place, side: undefined, thread: undefined });
  requestAnimationFrame(() => (document.querySelector(`.messages [data-ts="${ts}"]`) ?? document.getElementById("composer"))?.focus({ preventScroll: true }));
}

function thread(app, channel) {
  const ts = app.place.thread;
  const said = inThread(app, channel.id, ts);
  return pane(app, channel, {
    key: `thread-${channel.id}-${ts}`,
    title: "Thread",
    content: [
      messageList(app, {
        id: `thread-${app.as}-${channel.id}-${ts}`, label: "Messages in this thread", channel, said, thread: ts, ephemerals: onlyForMe(app, channel.id, ts),
        empty: h("p", { class: "empty" }, "This thread is gone."),
      }),
      h("div", { class: "foot" },
        channel.is_archived ? h("div", { class: "bar" }, icon("archive"), h("p", null, "This channel is archived."))
          : channel.is_member ? composer(app, { channel, thread: ts })
            : h("div", { class: "bar" }, h("p", null, "Join the channel to reply."))),
    ],
  });
}

function pins(app, channel) {
  const all = app.state.messages[channel.id] ?? [];
  const pinned = (channel.pins ?? []).map((ts) => all.find((said) => said.ts === ts)).filter(Boolean);
  return pane(app, channel, {
    key: "pins",
    title: "Pinned",
    content: h("div", { class: "side-scroll" },
      pinned.length === 0 && h("p", { class: "empty" }, "Nothing is pinned here."),
      h("ul", { class: "pin-rows" }, pinned.map((said) => {
        const author = app.person(said.user);
        return h("li", { key: said.ts },
          h("button", { type: "button", class: "pin-row", on: { click: () => app.visit({ tab: "workspace", view: "channel", channel: channel.id, message: said.ts }) } },
            h("span", { class: "byline" }, avatar(author, "tiny"), h("strong", null, author?.real_name ?? "Someone"), h("time", null, clockOrDay(said.ts))),
            h("span", { class: "excerpt" }, spoken(app, said).replace(/^[^:]*: /, "") || "A message without text")));
      }))),
  });
}

function members(app, channel) {
  const people = (channel.members ?? []).map((id) => app.person(id)).filter(Boolean);
  return pane(app, channel, {
    key: "members",
    title: "Members",
    content: h("div", { class: "side-scroll" },
      h("ul", { class: "member-rows" }, people.map((one) => h("li", { key: one.id },
        avatar(one),
        h("div", null, h("strong", null, one.real_name || one.name, one.id === app.as && " (you)"), h("p", { class: "muted" }, one.is_bot ? "App" : one.title)),
        !one.is_bot && one.id !== app.as && !one.deleted && h("button", { type: "button", class: "quiet", "aria-label": `Play ${one.real_name}`, on: { click: () => app.become(one.id) } }, "Play"))))),
  });
}
