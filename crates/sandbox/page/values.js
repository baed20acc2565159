// What people chose and typed in the stateful elements of a message or view, kept in the shape Slack sends it.

const FIELD = {
  plain_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  checkboxes: ["selected_options", "initial_options", []],
  users_select: ["selected_user", "initial_user", null],
  multi_users_select: ["selected_users", "initial_users", []],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  rich_text_input: ["rich_text_value", "initial_value", null],
};

/** The name under which Slack carries this element's value. */
export const fieldOf = (element) => FIELD[element.type]?.[0];

/** What the element holds now: what was chosen here, else what SIMA put in. A view being filled keeps it over a reload. */
export function valueOf(app, key, blockId, element) {
  const field = FIELD[element.type];
  if (!field) return undefined;
  const kept = app.values.get(key)?.get(`${blockId}|${element.action_id}`);
  if (kept) return kept[field[0]];
  const told = surfaceState(app, key)?.[blockId]?.[element.action_id];
  return told && field[0] in told ? told[field[0]] : element[field[1]] ?? field[2];
}

// The server keeps the entries of the open view; those of messages live in this page only.
function surfaceState(app, key) {
  const open = app.state.view;
  return open && key === `view-${open.id}` ? open.view.state?.values : undefined;
}

/** Keeps what was chosen or typed. */
export function keep(app, key, blockId, element, value) {
  if (!app.values.has(key)) app.values.set(key, new Map());
  app.values.get(key).set(`${blockId}|${element.action_id}`, { type: element.type, [fieldOf(element)]: value });
}

/** Every stateful element of these blocks, as `state.values` of Slack's payloads. */
export function collect(app, key, blocks) {
  const values = {};
  eachElement(blocks, (element, blockId) => {
    if (!FIELD[element.type]) return;
    (values[blockId] ??= {})[element.action_id] = { type: element.type, [fieldOf(element)]: valueOf(app, key, blockId, element) };
  });
  return values;
}

/** The name of a block; SIMA's own where it gave one. */
export const blockName = (block, index) => block.block_id || `block-${index}`;

function eachElement(blocks, visit) {
  (blocks ?? []).forEach((block, index) => {
    const name = blockName(block, index);
    for (const element of [block.element, block.accessory, ...(block.elements ?? [])]) if (element?.type) visit(element, name);
  });
}

/** What is wrong with the inputs of a view before it is sent: `{block_id: words}`. */
export function check(app, key, blocks) {
  const wrong = {};
  (blocks ?? []).forEach((block, index) => {
    if (block.type !== "input" || !block.element) return;
    const name = blockName(block, index);
    const value = valueOf(app, key, name, block.element);
    const words = complaint(block, value);
    if (words) wrong[name] = words;
  });
  return wrong;
}

function complaint(block, value) {
  const element = block.element;
  const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0) || (typeof value === "string" && value.trim() === "");
  if (empty) return block.optional ? undefined : "Please fill this in.";
  if (typeof value !== "string") return undefined;
  const length = [...value].length;
  if (element.min_length && length < element.min_length) return `Please write at least ${element.min_length} characters; this has ${length}.`;
  if (element.max_length && length > element.max_length) return `Please shorten this to ${element.max_length} characters; it has ${length}.`;
  if (element.type === "number_input") return numberComplaint(element, value);
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value)) return "This does not look like an e-mail address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return "This does not look like a web address; it starts with https://.";
  return undefined;
}

function numberComplaint(element, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please write a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please write a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `The smallest number here is ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `The largest number here is ${element.max_value}.`;
  return undefined;
}
