// A button that opens a menu: arrow keys move, Escape closes and gives the focus back.

import { h } from "./dom.js";

/**
 * @param id names the menu among all others; only one is open at a time
 * @param items `{label, note, checked, danger, href, act}`; `checked` makes it a choice among several
 */
export function menu(app, id, { button, content, items, label, above }) {
  const open = app.ui.menu === id;
  const toggle = () => {
    app.ui.menu = open ? null : id;
    app.render();
  };
  const onButtonKey = (event) => {
    if (open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    toggle();
  };
  return h("div", { class: "menu-holder", key: `menu-${id}` },
    h("button", { type: "button", ...button, "aria-haspopup": "menu", "aria-expanded": String(open), on: { click: toggle, keydown: onButtonKey } }, content),
    open && h("div", {
      class: "menu", role: "menu", "aria-label": label, popover: "manual",
      created: (node) => place(node, above),
      on: { keydown: (event) => onMenuKey(event, app), focusout: (event) => leave(event, app, id) },
    }, items.map((item, index) => entry(item, index, app))));
}

function entry(item, index, app) {
  const chosen = (event) => {
    const holder = event.currentTarget.closest(".menu-holder");
    app.ui.menu = null;
    app.render();
    holder?.querySelector("button")?.focus();
    item.act(event);
  };
  return h("button", {
    type: "button", key: item.key ?? index, tabindex: "-1",
    class: item.danger ? "menu-item danger" : "menu-item",
    role: item.checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.checked === undefined ? null : String(item.checked),
    on: { click: chosen },
  }, item.before, h("span", { class: "menu-words" }, h("span", null, item.label), item.note && h("small", null, item.note)));
}

function onMenuKey(event, app) {
  const entries = [...event.currentTarget.querySelectorAll(".menu-item")];
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    entries[(to + entries.length) % entries.length]?.focus();
  } else if (event.key === "Escape") {
    // Otherwise the dialog around the menu would close too.
    event.preventDefault();
    event.stopPropagation();
    const holder = event.currentTarget.closest(".menu-holder");
    app.ui.menu = null;
    app.render();
    holder.querySelector("button").focus();
  }
}

function leave(event, app, id) {
  if (!event.relatedTarget || event.currentTarget.parentElement.contains(event.relatedTarget) || app.ui.menu !== id) return;
  app.ui.menu = null;
  app.render();
}

// In the top layer, so that no scrolling list cuts it off; still inside its dialog, so that it stays reachable.
function place(node, above) {
  node.showPopover?.();
  const anchor = node.parentElement.querySelector("button").getBoundingClientRect();
  const box = node.getBoundingClientRect();
  const room = innerHeight - anchor.bottom;
  const top = above || room < box.height + 12 ? anchor.top - box.height - 6 : anchor.bottom + 6;
  const left = anchor.left + box.width > innerWidth - 8 ? anchor.right - box.width : anchor.left;
  node.style.top = `${Math.max(8, top)}px`;
  node.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`;
  (node.querySelector('[aria-checked="true"]') ?? node.querySelector(".menu-item"))?.focus();
}
