// Keeps an open page current: ticks its clocks, and fetches it again when something changed.
"use strict";

const main = document.getElementById("main");
const connection = document.getElementById("connection");

// As the server writes it: the two largest units, without seconds after the first minute.
const units = [[86400, "d"], [3600, "h"], [60, "min"]];
function inWords(seconds) {
  const largest = units.findIndex(([length]) => seconds >= length);
  if (largest < 0) return `${seconds} s`;
  let rest = seconds;
  const words = [];
  for (const [length, name] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(" ");
}

// The reader's clock may be wrong: time is counted on from the moment the server wrote.
let writtenAt = Date.parse(main.dataset.now ?? "");
let readAt = performance.now();
function tick() {
  if (Number.isNaN(writtenAt)) return;
  const now = writtenAt + performance.now() - readAt;
  for (const clock of document.querySelectorAll("time[data-clock]")) {
    const seconds = Math.floor((now - Date.parse(clock.dateTime)) / 1000);
    const words = inWords(Math.max(0, seconds));
    if (clock.textContent !== words) clock.textContent = words;
  }
}

async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = fresh.getElementById("main");
  if (!part) return;
  // Whoever moves by keyboard stays where they were.
  const held = main.contains(document.activeElement) ? document.activeElement : null;
  const address = held?.getAttribute("href");
  main.innerHTML = part.innerHTML;
  main.dataset.now = part.dataset.now;
  writtenAt = Date.parse(part.dataset.now);
  readAt = performance.now();
  document.title = fresh.title;
  if (address) main.querySelector(`a[href="${CSS.escape(address)}"]`)?.focus({ preventScroll: true });
}

// Many changes in a moment are one.
let waiting = null;
function changed() {
  waiting ??= setTimeout(() => {
    waiting = null;
    refresh().catch(() => { connection.textContent = "Not live: trying to reach SIMA again."; });
  }, 250);
}

// A browser keeps six lines to a server and no more: a page that nobody looks at, or that was left
// for another, lets its own go. Looked at again, it catches up.
let events = null;
let missed = false;
function listen() {
  if (events || document.hidden || !main.dataset.live) return;
  events = new EventSource(main.dataset.live);
  events.onmessage = changed;
  events.onopen = () => {
    connection.textContent = "";
    if (missed) changed();
    missed = false;
  };
  events.onerror = () => {
    missed = true;
    connection.textContent = "Not live: trying to reach SIMA again.";
  };
}
function hangUp() {
  if (!events) return;
  events.close();
  events = null;
  missed = true;
}
document.addEventListener("visibilitychange", () => { if (document.hidden) hangUp(); else listen(); });
addEventListener("pagehide", hangUp);
addEventListener("pageshow", listen);
listen();

tick();
setInterval(tick, 1000);
