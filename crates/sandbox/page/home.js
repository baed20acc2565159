// SIMA's home tab, as SIMA published it for this person.

import { blocks } from "./blocks.js";
import { drawerButton } from "./channel.js";
import { h } from "./dom.js";
import { avatar } from "./message.js";
import { sima } from "./sidebar.js";

/** The app's home. */
export function home(app) {
  const view = app.state.home?.view ?? app.state.home;
  const bot = sima(app);
  return h("div", { class: "conversation", key: "home" },
    h("header", { class: "channel-head" }, drawerButton(app),
      h("div", { class: "channel-title" }, h("h1", { tabindex: "-1", id: "place-title" }, avatar(bot, "small"), h("span", null, bot?.real_name || "SIMA"), h("span", { class: "badge" }, "App")))),
    h("div", { class: "sheet home" },
      app.ui.problem?.where === "home" && h("p", { class: "problem", role: "alert" }, app.ui.problem.text),
      view?.blocks
        ? blocks(view.blocks, { app, source: { kind: "home", id: view.id }, key: `home-${app.as}`, errors: null })
        : h("div", { class: "empty" }, h("p", null, "SIMA has not drawn its home for you yet. It does so a moment after you come here."))));
}
