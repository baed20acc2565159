// Looks at the page as it is rendered and lists what would shut somebody out.
(() => {
  const complaints = [];
  const dialog = document.querySelector("dialog:modal");
  const scope = dialog ?? document.body;

  const called = (node) => {
    const words = (node.getAttribute("aria-label") || node.innerText || "").trim().replace(/\s+/g, " ").slice(0, 50);
    const classes = typeof node.className === "string" && node.className ? `.${node.className.trim().replace(/\s+/g, ".")}` : "";
    return `${node.localName}${classes} “${words}”`;
  };
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

  // The page as a whole.
  if (!document.documentElement.lang) complaints.push("the page does not say its language");
  if (!document.title.trim()) complaints.push("the page has no title");
  if (!dialog) {
    const count = (selector) => [...document.querySelectorAll(selector)].filter(shown).length;
    if (count("main, [role=main]") !== 1) complaints.push(`${count("main, [role=main]")} main landmarks`);
    if (count("h1") !== 1) complaints.push(`${count("h1")} headings of the first level`);
    if (count("header, [role=banner]") < 1) complaints.push("no banner");
    const navs = [...document.querySelectorAll("nav")].filter(shown);
    if (navs.length === 0) complaints.push("no navigation");
    if (navs.length > 1) {
      for (const nav of navs) {
        if (!nav.getAttribute("aria-label") && !nav.getAttribute("aria-labelledby")) complaints.push(`one of several navigations has no name: ${called(nav)}`);
      }
    }
  }
  const ids = new Map();
  for (const node of document.querySelectorAll("[id]")) ids.set(node.id, (ids.get(node.id) ?? 0) + 1);
  for (const [id, times] of ids) if (times > 1) complaints.push(`the id ${id} is there ${times} times`);
  for (const node of document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls]")) {
    for (const attribute of ["aria-labelledby", "aria-describedby"]) {
      for (const id of (node.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) complaints.push(`${attribute} of ${called(node)} points at ${id}, which is not there`);
      }
    }
  }
  const too = document.documentElement.scrollWidth - innerWidth;
  if (too > 0) complaints.push(`the page is ${too} px wider than the window`);
  // Inside the page too nothing is read by moving it sideways, but code and tables.
  for (const node of scope.querySelectorAll("*")) {
    if (node.scrollWidth <= node.clientWidth + 1 || node.matches("pre, .table-scroll, input, textarea, select")) continue;
    if (shown(node) && /auto|scroll/.test(getComputedStyle(node).overflowX)) complaints.push(`${called(node)} is ${node.scrollWidth - node.clientWidth} px wider than its room`);
  }

  // What is pressed must be large enough to be hit (24 px, or a line of text).
  for (const node of scope.querySelectorAll("button, input, select, textarea, [role=button]")) {
    if (!shown(node)) continue;
    const box = node.getBoundingClientRect();
    const label = node.closest("label")?.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    if (Math.max(box.width, label?.width ?? 0) < 24 || Math.max(box.height, label?.height ?? 0) < 20) complaints.push(`${called(node)} is only ${Math.round(box.width)} × ${Math.round(box.height)} px`);
  }

  // Contrast, from the colours as they are mixed on the screen.
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const read = (color) => {
    if (!known.has(color)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = "#000";
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
  };
  const over = ([r, g, b, a], below) => [r * a + below[0] * (1 - a), g * a + below[1] * (1 - a), b * a + below[2] * (1 - a), 1];
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const layer = read(style.backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((below, layer) => over(layer, below), canvas);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const opacity = (node) => {
    let all = 1;
    for (let at = node; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const judge = (node, color, style, what) => {
    const ground = behind(node);
    const ink = [...read(color)];
    ink[3] *= opacity(node);
    const [a, b] = [light(over(ink, ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) complaints.push(`${what} ${called(node)} has a contrast of ${ratio.toFixed(2)}: ${color} on rgb(${ground.slice(0, 3).map(Math.round)})`);
  };
  const seen = new Set();
  const texts = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || seen.has(node) || !shown(node)) continue;
    seen.add(node);
    if (node.closest("script, style, noscript, svg, option")) continue;
    const box = node.getBoundingClientRect();
    // Words for screen readers alone take one pixel.
    if (box.width <= 1 || box.height <= 1 || node.closest(".visually-hidden, .skip")) continue;
    const style = getComputedStyle(node);
    // Emoji bring their own colours.
    if (/^[\p{Extended_Pictographic}\u{FE0F}\s]+$/u.test(texts.currentNode.data)) continue;
    judge(node, style.color, style, "text");
  }
  for (const node of scope.querySelectorAll("input, textarea, select")) {
    if (!shown(node)) continue;
    const style = getComputedStyle(node);
    judge(node, style.color, style, "field");
    if (node.placeholder) judge(node, getComputedStyle(node, "::placeholder").color, style, "placeholder of");
  }
  return complaints;
})()
