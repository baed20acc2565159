// The three things this page asks of its server: the state as one person sees it, an act, and word of every change.

/** The workspace as this person sees it; without a person, as the first one. */
export async function fetchState(as) {
  const response = await fetch(as ? `/sandbox/state?as=${encodeURIComponent(as)}` : "/sandbox/state", { headers: { accept: "application/json" } });
  const state = await read(response);
  if (!response.ok || !state?.me) throw new Error(state?.error ?? `the sandbox answered ${response.status}`);
  return state;
}

/** Does one thing as a person; a refusal comes back as `{ok: false, error}` and is never thrown. */
export async function act(body) {
  try {
    const response = await fetch("/sandbox/act", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await read(response);
    if (answer) return { ok: response.ok, ...answer };
    return { ok: response.ok, error: response.ok ? undefined : `The sandbox could not do that (it answered ${response.status}).` };
  } catch {
    return { ok: false, error: "The sandbox did not answer. Is it still running?" };
  }
}

/** Calls `changed` at every change and `reachable(false)` once the server has been away for a moment. */
export function listen({ changed, reachable }) {
  let events;
  let away;
  let again;
  // A browser keeps six lines to a server and no more: a page that nobody looks at lets its own go.
  const hangUp = () => {
    clearTimeout(away);
    clearTimeout(again);
    away = undefined;
    events?.close();
    events = undefined;
  };
  const call = () => {
    if (events || document.hidden) return;
    events = new EventSource("/sandbox/events");
    events.addEventListener("changed", (event) => changed(Number(event.data)));
    events.addEventListener("open", () => {
      clearTimeout(away);
      away = undefined;
      reachable(true);
      // What happened while we were away sent no event to us.
      changed();
    });
    events.addEventListener("error", () => {
      away ??= setTimeout(() => reachable(false), 1500);
      // A browser gives up for good when the answer was an error rather than a lost line.
      if (events?.readyState !== EventSource.CLOSED) return;
      events = undefined;
      again = setTimeout(call, 3000);
    });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : call()));
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", call);
  call();
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
