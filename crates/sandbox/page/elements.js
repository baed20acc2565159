// The interactive elements of Block Kit: buttons, menus, selects, pickers and inputs.

import { chooser } from "./chooser.js";
import { h } from "./dom.js";
import { character, withEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { link, placeOf } from "./links.js";
import { menu } from "./menu.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { fromLocalInput, toLocalInput } from "./time.js";
import { collect, fieldOf, keep, valueOf } from "./values.js";

/** The words of a text object, with emoji as characters: for places that hold no elements. */
export function words(object) {
  const text = typeof object === "string" ? object : object?.text ?? "";
  return unescape(text).replace(/:([a-z0-9_+'-]+):/g, (code, name) => character(name) ?? code);
}

/** A text object as elements. */
export function textOf(object, app) {
  if (!object) return null;
  if (object.type === "mrkdwn") return mrkdwn(object.text, app);
  return unescape(object.text ?? "").split("\n").flatMap((line, index) => (index ? [h("br"), ...withEmoji(line)] : withEmoji(line)));
}

/**
 * One element. `place` says where it stands: `{app, source, key, blocks, blockId, inInput, dispatch, label, describedBy, invalid, required}`.
 */
export function element(wanted, place) {
  const make = ELEMENTS[wanted.type];
  if (!make) return unknown(wanted.type, "element");
  return make(wanted, place, elementId(wanted, place));
}

/** A box that names what this page cannot show, so that nothing goes missing unseen. */
export function unknown(type, kind) {
  return h("div", { class: "unknown" }, `This sandbox does not show the ${kind} “${type}”.`);
}

/** The id of an element's control on the page. */
export const elementId = (wanted, place) => `el-${place.key}-${place.blockId}-${wanted.action_id}`.replace(/[^\w-]/g, "_");

const ELEMENTS = {
  button,
  overflow,
  image: (wanted) => h("img", { class: "accessory-image", src: wanted.image_url, alt: words(wanted.alt_text) }),
  static_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  external_select: choose,
  multi_static_select: choose,
  multi_external_select: choose,
  multi_users_select: choose,
  multi_channels_select: choose,
  multi_conversations_select: choose,
  checkboxes: boxes,
  radio_buttons: boxes,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  rich_text_input: richTextInput,
  datepicker: timeInput("date"),
  timepicker: timeInput("time"),
  datetimepicker: timeInput("datetime-local"),
};

/** Sends what was done with an element to SIMA, after its confirm dialog when it has one. */
async function perform(wanted, place, carried) {
  const { app } = place;
  if (wanted.confirm && !(await app.confirm(wanted.confirm))) return;
  const busy = elementId(wanted, place);
  app.busy.add(busy);
  app.render();
  await app.act({
    kind: "action",
    source: place.source,
    block_id: place.blockId,
    action: { type: wanted.type, action_id: wanted.action_id, ...carried },
    state_values: collect(app, place.key, place.blocks),
  });
  app.busy.delete(busy);
  app.render();
}

function change(wanted, place, value, how) {
  keep(place.app, place.key, place.blockId, wanted, value);
  place.cleared?.();
  place.app.render();
  if (place.inInput && !place.dispatch) return;
  if (how === "typed") return sendTyped(wanted, place, value);
  perform(wanted, place, { [fieldOf(wanted)]: value });
}

// SIMA hears of typing once the hand rests, not at every letter.
function sendTyped(wanted, place, value) {
  const on = wanted.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (!on.includes("on_character_entered")) return;
  const timers = place.app.ui.timers;
  const id = elementId(wanted, place);
  clearTimeout(timers[id]);
  timers[id] = setTimeout(() => perform(wanted, place, { value }), 450);
}

function button(wanted, place, id) {
  const { app } = place;
  const busy = app.busy.has(id);
  const style = wanted.style === "primary" ? " primary" : wanted.style === "danger" ? " danger" : "";
  const props = { id, key: id, class: `button${style}`, "aria-label": wanted.accessibility_label, "aria-busy": busy || null };
  const send = () => {
    if (!busy) perform(wanted, place, { value: wanted.value, text: wanted.text });
  };
  // Slack tells the app of a link button too.
  if (wanted.url) {
    return link(wanted.url, [textOf(wanted.text, app), !placeOf(wanted.url, app) && icon("out")], app, { ...props, on: { click: send } });
  }
  return h("button", { ...props, type: "button", on: { click: send } }, textOf(wanted.text, app));
}

function overflow(wanted, place, id) {
  const { app } = place;
  return menu(app, id, {
    button: { id, class: "button icon-only", "aria-label": "More actions" },
    content: icon("more"),
    label: "More actions",
    items: (wanted.options ?? []).map((option) => ({
      key: option.value,
      label: words(option.text),
      note: option.description && words(option.description),
      act: () => {
        if (option.url) open(option.url, app);
        perform(wanted, place, { selected_option: option });
      },
    })),
  });
}

function open(address, app) {
  const place = placeOf(address, app);
  if (place) app.visit(place);
  else if (/^https?:/.test(address)) window.open(address, "_blank", "noopener");
}

const shared = (place, id) => ({
  id,
  "aria-describedby": place.describedBy || null,
  "aria-invalid": place.invalid ? "true" : null,
  "aria-required": place.required ? "true" : null,
  "aria-label": place.inInput ? null : place.label,
});

function select(wanted, place, id) {
  const { app } = place;
  const groups = groupsOf(wanted, app);
  const all = groups.flatMap((group) => group.options);
  const value = valueOf(app, place.key, place.blockId, wanted);
  const current = typeof value === "object" ? value?.value : value;
  const onChange = (event) => {
    const option = all.find((one) => one.value === event.target.value);
    if (!option && !place.inInput) return;
    change(wanted, place, option ? option.carried : null);
  };
  const optionNode = (option) => h("option", { value: option.value, key: option.value }, option.note ? `${option.label} — ${option.note}` : option.label);
  return h("select", {
    ...shared(place, id), key: id, class: current ? "select" : "select unset", "aria-label": place.inInput ? null : place.label ?? words(wanted.placeholder),
    value: current ?? "", "data-focus": wanted.focus_on_load ? "" : null, on: { change: onChange },
  },
    h("option", { value: "", key: "" }, words(wanted.placeholder) || "Choose…"),
    groups.map((group) => (group.label ? h("optgroup", { label: group.label, key: `group-${group.label}` }, group.options.map(optionNode)) : group.options.map(optionNode))));
}

/** The choices of a select: SIMA's own, or the people and channels of the workspace. `carried` is what Slack would send. */
function groupsOf(wanted, app) {
  if (/users_select$/.test(wanted.type)) {
    const people = app.state.people.filter((one) => !one.deleted);
    return [{ label: "", options: people.map((one) => ({ value: one.id, label: one.real_name || one.name, note: one.title, carried: one.id })) }];
  }
  if (/(channels|conversations)_select$/.test(wanted.type)) {
    const channels = app.state.channels.filter((one) => !one.is_archived);
    return [{ label: "", options: channels.map((one) => ({ value: one.id, label: `#${one.name}`, carried: one.id })) }];
  }
  return readGroups(wanted);
}

function readGroups(from) {
  const read = (option) => ({ value: option.value, label: words(option.text), note: option.description && words(option.description), carried: option });
  if (from.option_groups?.length) return from.option_groups.map((group) => ({ label: words(group.label), options: (group.options ?? []).map(read) }));
  return [{ label: "", options: (from.options ?? []).map(read) }];
}

function choose(wanted, place, id) {
  const { app } = place;
  const several = wanted.type.startsWith("multi_");
  const external = wanted.type.includes("external");
  const local = external ? [] : groupsOf(wanted, app);
  const value = valueOf(app, place.key, place.blockId, wanted);
  const list = several ? value : value ? [value] : [];
  const read = (one) => (typeof one === "object"
    ? { value: one.value, label: words(one.text), carried: one }
    : local.flatMap((group) => group.options).find((option) => option.value === one) ?? { value: one, label: one, carried: one });
  return chooser(app, {
    id,
    props: { ...shared(place, id), "data-focus": wanted.focus_on_load ? "" : null },
    label: place.label ?? words(wanted.placeholder),
    several,
    chosen: list.map(read),
    placeholder: words(wanted.placeholder) || "Type to find…",
    least: external ? wanted.min_query_length ?? 3 : 0,
    wait: external ? 180 : 0,
    find: external ? (query) => suggest(wanted, place, query) : (query) => Promise.resolve(filter(local, query)),
    pick: (options) => {
      const limit = wanted.max_selected_items ?? Infinity;
      const carried = options.slice(0, limit).map((option) => option.carried);
      change(wanted, place, several ? carried : carried[0] ?? null);
    },
  });
}

function filter(groups, query) {
  const wanted = query.trim().toLowerCase();
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => option.label.toLowerCase().includes(wanted)) }))
    .filter((group) => group.options.length);
}

async function suggest(wanted, place, query) {
  const answer = await place.app.ask({ kind: "suggest", source: place.source, block_id: place.blockId, action_id: wanted.action_id, value: query });
  if (answer.ok === false) throw new Error(answer.error);
  return readGroups(answer);
}

function boxes(wanted, place, id) {
  const { app } = place;
  const several = wanted.type === "checkboxes";
  const value = valueOf(app, place.key, place.blockId, wanted);
  const chosen = several ? value ?? [] : value ? [value] : [];
  return h("div", {
    key: id, class: "boxes", role: several ? "group" : "radiogroup", "aria-labelledby": place.labelId, "aria-label": place.labelId ? null : place.label,
    "aria-describedby": place.describedBy || null, "aria-invalid": !several && place.invalid ? "true" : null,
  }, (wanted.options ?? []).map((option, index) => {
    const on = chosen.some((one) => one.value === option.value);
    const flip = () => {
      if (!several) return change(wanted, place, option);
      // Slack keeps the order in which the choices stand, not in which they were ticked.
      const next = wanted.options.filter((one) => (one.value === option.value ? !on : chosen.some((held) => held.value === one.value)));
      return change(wanted, place, next);
    };
    return h("label", { class: "box", key: option.value },
      h("input", { id: index ? `${id}-${index}` : id, type: several ? "checkbox" : "radio", name: id, checked: on, on: { change: flip } }),
      h("span", null, h("span", { class: "box-label" }, textOf(option.text, app)), option.description && h("span", { class: "box-note" }, textOf(option.description, app))));
  }));
}

function textInput(wanted, place, id) {
  const { app } = place;
  const value = valueOf(app, place.key, place.blockId, wanted) ?? "";
  const type = { number_input: "text", email_text_input: "email", url_text_input: "url" }[wanted.type] ?? "text";
  const enter = (event) => {
    const on = wanted.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    if (event.key !== "Enter" || event.isComposing || (wanted.multiline && !event.shiftKey)) return;
    if (!place.dispatch || !on.includes("on_enter_pressed")) return;
    event.preventDefault();
    perform(wanted, place, { value: value || null });
  };
  const props = {
    ...shared(place, id), key: id, class: "text", value, placeholder: words(wanted.placeholder) || null, "data-focus": wanted.focus_on_load ? "" : null,
    on: { input: (event) => change(wanted, place, event.target.value === "" ? null : event.target.value, "typed"), keydown: enter },
  };
  if (wanted.multiline) return h("textarea", { ...props, rows: "4" });
  return h("input", { ...props, type, inputmode: wanted.type === "number_input" ? (wanted.is_decimal_allowed ? "decimal" : "numeric") : null, autocomplete: "off" });
}

function richTextInput(wanted, place, id) {
  const value = valueOf(place.app, place.key, place.blockId, wanted);
  const text = (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((part) => part.text ?? "").join("");
  const written = (event) => change(wanted, place, event.target.value === "" ? null : {
    type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: event.target.value }] }],
  }, "typed");
  return h("textarea", { ...shared(place, id), key: id, class: "text", rows: "4", value: text, placeholder: words(wanted.placeholder) || null, on: { input: written } });
}

function timeInput(type) {
  return (wanted, place, id) => {
    const value = valueOf(place.app, place.key, place.blockId, wanted);
    const instant = type === "datetime-local";
    const written = (event) => change(wanted, place, instant ? fromLocalInput(event.target.value) : event.target.value || null);
    return h("input", { ...shared(place, id), key: id, class: "text time", type, value: (instant ? toLocalInput(value) : value) ?? "", on: { change: written } });
  };
}
