// A keyed picture of the page: says what should be on screen and changes only what differs, so that focus, typed text and scroll position survive every update.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "line", "polyline"]);

// These are set as properties: the attribute only holds their first value.
const LIVE = new Set(["value", "checked", "indeterminate"]);

/**
 * Describes one element. `key` keeps its identity among its siblings; `on` holds listeners;
 * `created(node)`, `updated(node)` and `removed(node)` run once the whole page is in place.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: flatten(children, []), node: null };
}

function flatten(children, into) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === true || child === "") continue;
    if (Array.isArray(child)) flatten(child, into);
    else if (typeof child === "object") into.push(child);
    else into.push({ tag: "#text", text: String(child), props: {}, children: [], node: null });
  }
  return into;
}

/** Makes `root` show `wanted`, given what it showed before, and returns what it shows now. */
export function show(root, shown, wanted) {
  const active = document.activeElement;
  const ancestors = ancestorsOf(active);
  const hooks = [];
  reconcile(root, shown, wanted, hooks);
  for (const hook of hooks) hook();
  keepFocus(active, ancestors);
  return wanted;
}

function reconcile(parent, before, after, hooks) {
  const keyed = new Map();
  const loose = [];
  for (const old of before) {
    if (old.key === undefined) loose.push(old);
    else if (!keyed.has(old.key)) keyed.set(old.key, old);
  }
  const kept = new Set();
  for (const next of after) {
    const old = next.key === undefined ? takeLoose(loose, kindOf(next)) : keyed.get(next.key);
    if (old && old.tag === next.tag && !kept.has(old)) {
      kept.add(old);
      update(old, next, hooks);
    } else {
      create(next, hooks);
    }
  }
  for (const old of before) {
    if (kept.has(old)) continue;
    retire(old, hooks);
    old.node.remove();
  }
  // Nodes already in their place are not touched: moving one would take its focus and reload its frames.
  let cursor = parent.firstChild;
  for (const next of after) {
    if (next.node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(next.node, cursor);
  }
}

// Without a key, the tag and the first class tell whether two descriptions mean the same thing.
const kindOf = (node) => `${node.tag}.${String(node.props.class ?? "").split(" ")[0]}`;

function takeLoose(loose, kind) {
  const at = loose.findIndex((old) => kindOf(old) === kind);
  if (at < 0) return undefined;
  // What was passed over has no match any more; taking it later would only reorder nodes.
  return loose.splice(0, at + 1)[at];
}

function create(next, hooks) {
  if (next.tag === "#text") {
    next.node = document.createTextNode(next.text);
    return;
  }
  next.node = SVG_TAGS.has(next.tag) ? document.createElementNS(SVG, next.tag) : document.createElement(next.tag);
  for (const child of next.children) {
    create(child, hooks);
    next.node.append(child.node);
  }
  setProps(next.node, {}, next.props);
  if (next.props.created) hooks.push(() => next.props.created(next.node));
}

function update(old, next, hooks) {
  // The very same description cannot mean anything new.
  if (old === next) return;
  next.node = old.node;
  if (next.tag === "#text") {
    if (old.text !== next.text) next.node.data = next.text;
    return;
  }
  reconcile(next.node, old.children, next.children, hooks);
  setProps(next.node, old.props, next.props);
  if (next.props.updated) hooks.push(() => next.props.updated(next.node));
}

function retire(old, hooks) {
  if (old.props.removed) hooks.push(() => old.props.removed(old.node));
  for (const child of old.children) retire(child, hooks);
}

function setProps(node, before, after) {
  for (const name of Object.keys(before)) if (!(name in after)) setProp(node, name, before[name], undefined);
  for (const name of Object.keys(after)) setProp(node, name, before[name], after[name]);
}

function setProp(node, name, before, value) {
  if (name === "key" || name === "created" || name === "updated" || name === "removed") return;
  if (name === "on") return listen(node, value ?? {});
  if (name === "style") {
    for (const [property, text] of Object.entries(value ?? {})) node.style.setProperty(property, text);
    return;
  }
  if (LIVE.has(name)) {
    if (value !== undefined && node[name] !== value) node[name] = value;
    return;
  }
  if (before === value) return;
  if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}

// One listener per event for the life of the node; it looks up the newest handler when the event comes.
function listen(node, handlers) {
  const known = (node.sandboxHandlers ??= {});
  for (const event of Object.keys(known)) if (!(event in handlers)) known[event] = null;
  for (const [event, handler] of Object.entries(handlers)) {
    if (!(event in known)) node.addEventListener(event, (fired) => known[event]?.(fired));
    known[event] = handler;
  }
}

function ancestorsOf(node) {
  const found = [];
  for (let at = node?.parentElement; at; at = at.parentElement) found.push(at);
  return found;
}

// A button that vanishes under the finger must not send the keyboard back to the top of the page.
function keepFocus(active, ancestors) {
  if (!active || active === document.body) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const target = active.isConnected ? active : ancestors.find((node) => node.isConnected && node.hasAttribute("tabindex"));
  target?.focus({ preventScroll: true });
}
