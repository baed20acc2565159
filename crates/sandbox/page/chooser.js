// A field one can type in to find and pick from a list: for choices that SIMA looks up, and for picking several.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param field.id names the field on the page
 * @param field.chosen the options picked so far, each `{value, label}`
 * @param field.several whether more than one may be picked
 * @param field.find `(query) => Promise<[{label, options: [{value, label, note}]}]>`
 * @param field.least how many letters are needed before it looks
 * @param field.pick called with the new list of options
 */
export function chooser(app, field) {
  const held = (app.ui.choosers[field.id] ??= { open: false, query: "", at: 0, groups: [], state: "idle", turn: 0 });
  const options = held.groups.flatMap((group) => group.options);
  const single = !field.several && field.chosen[0];
  const shown = held.open ? held.query : single ? single.label : "";
  const listId = `${field.id}-list`;
  const at = Math.min(held.at, options.length - 1);
  return h("div", { class: "chooser", key: field.id },
    field.several && field.chosen.length > 0 && h("ul", { class: "chips", "aria-label": "Chosen" }, field.chosen.map((option) =>
      h("li", { class: "chip", key: option.value }, option.label,
        h("button", { type: "button", class: "chip-drop", "aria-label": `Remove ${option.label}`, on: { click: () => field.pick(field.chosen.filter((one) => one.value !== option.value)) } }, icon("close"))))),
    h("div", { class: "chooser-box" },
      h("input", {
        ...field.props, id: field.id, class: "text", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
        "aria-autocomplete": "list", "aria-expanded": String(held.open), "aria-controls": listId,
        "aria-activedescendant": held.open && options[at] ? `${listId}-${at}` : null,
        placeholder: field.placeholder, value: shown,
        on: {
          focus: () => open(app, field, held),
          click: () => open(app, field, held),
          input: (event) => {
            held.query = event.target.value;
            held.open = true;
            look(app, field, held);
          },
          keydown: (event) => onKey(event, app, field, held, options, at),
          blur: () => close(app, held),
        },
      }),
      single && h("button", { type: "button", class: "chooser-clear", "aria-label": `Clear ${single.label}`, on: { click: () => field.pick([]) } }, icon("close"))),
    h("div", { id: listId, class: "chooser-list", role: "listbox", "aria-label": field.label, hidden: !held.open },
      held.open && h("div", { created: (node) => node.scrollIntoView({ block: "nearest" }), updated: (node) => options.length !== held.counted && grown(node, held, options.length) }, contents(app, field, held, at, listId))));
}

// A list that got longer must not end below the edge of its dialog.
function grown(node, held, count) {
  held.counted = count;
  node.scrollIntoView({ block: "nearest" });
}

function contents(app, field, held, at, listId) {
  const least = field.least ?? 0;
  if ([...held.query].length < least) return note(`Type ${least === 1 ? "a letter" : `at least ${least} letters`} to look.`);
  if (held.state === "looking" && held.groups.length === 0) return note("Looking…");
  if (held.state === "failed") return note("That did not work. Type again to retry.");
  if (held.groups.every((group) => group.options.length === 0)) return note("Nothing found.");
  let index = -1;
  return held.groups.map((group, number) => h("div", { role: "group", key: number, "aria-label": group.label },
    group.label && h("div", { class: "chooser-group", "aria-hidden": "true" }, group.label),
    group.options.map((option) => {
      index += 1;
      const mine = index;
      const taken = field.chosen.some((one) => one.value === option.value);
      return h("div", {
        id: `${listId}-${mine}`, key: option.value, role: "option", "aria-selected": String(taken), class: mine === at ? "option active" : "option",
        updated: mine === at ? (node) => node.scrollIntoView({ block: "nearest" }) : undefined,
        // Before the blur of the input, which would close the list under the finger.
        on: { mousedown: (event) => event.preventDefault(), click: () => pick(app, field, held, option) },
      }, h("span", null, option.label), option.note && h("small", null, option.note), taken && icon("check"));
    })));
}

const note = (words) => h("p", { class: "chooser-note", role: "presentation" }, words);

function open(app, field, held) {
  if (held.open) return;
  held.open = true;
  held.query = "";
  held.at = 0;
  look(app, field, held);
}

function close(app, held) {
  held.open = false;
  held.query = "";
  app.render();
}

function look(app, field, held) {
  app.render();
  const turn = ++held.turn;
  if ([...held.query].length < (field.least ?? 0)) {
    held.groups = [];
    app.render();
    return;
  }
  held.state = "looking";
  setTimeout(async () => {
    if (turn !== held.turn) return;
    try {
      const groups = await field.find(held.query);
      // An answer that comes after a newer question is stale.
      if (turn !== held.turn) return;
      held.groups = groups;
      held.state = "found";
      held.at = 0;
      const count = groups.reduce((sum, group) => sum + group.options.length, 0);
      app.announce(count === 1 ? "1 choice" : `${count} choices`);
    } catch {
      held.state = "failed";
      held.groups = [];
    }
    app.render();
  }, field.wait ?? 0);
}

function pick(app, field, held, option) {
  const taken = field.chosen.some((one) => one.value === option.value);
  if (field.several) {
    held.query = "";
    field.pick(taken ? field.chosen.filter((one) => one.value !== option.value) : [...field.chosen, option]);
    look(app, field, held);
    return;
  }
  held.open = false;
  held.query = "";
  field.pick([option]);
}

function onKey(event, app, field, held, options, at) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!held.open) return open(app, field, held);
    const step = event.key === "ArrowDown" ? 1 : -1;
    held.at = options.length ? (at + step + options.length) % options.length : 0;
    app.render();
  } else if (event.key === "Enter") {
    if (!held.open) return;
    event.preventDefault();
    if (options[at]) pick(app, field, held, options[at]);
  } else if (event.key === "Escape" && held.open) {
    event.preventDefault();
    event.stopPropagation();
    close(app, held);
  } else if (event.key === "Backspace" && held.query === "" && field.several && field.chosen.length) {
    field.pick(field.chosen.slice(0, -1));
  }
}
