// Times as the reader's own clock and language would tell them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const SHORT_DATE = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", year: "numeric" });
const LONG_DATE = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
const PLAIN_DATE = new Intl.DateTimeFormat(undefined, { month: "long", day: "numeric", year: "numeric" });
const NUMERIC_DATE = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Reads a message ts, seconds, milliseconds or an ISO time into a Date; undefined when it is none of these. */
export function instant(value) {
  if (value === null || value === undefined || value === "") return undefined;
  const number = Number(value);
  // Seconds stay below this until the year 5138; anything larger was milliseconds.
  const date = Number.isNaN(number) ? new Date(value) : new Date(number < 1e11 ? number * 1000 : number);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export const clock = (value) => format(CLOCK, value);
export const fullTime = (value) => format(FULL, value);

/** "10:42" today, "14 Nov, 10:42" otherwise. */
export function clockOrDay(value) {
  const date = instant(value);
  if (!date) return "";
  return daysFromToday(date) === 0 ? CLOCK.format(date) : `${SHORT_DATE.format(date)}, ${CLOCK.format(date)}`;
}

/** "Today", "Yesterday" or the whole date: the line between two days of a channel. */
export function dayName(value) {
  const date = instant(value);
  if (!date) return "";
  return { 0: "Today", [-1]: "Yesterday", 1: "Tomorrow" }[daysFromToday(date)] ?? LONG_DATE.format(date);
}

/** "5 minutes ago". */
export function ago(value) {
  const date = instant(value);
  if (!date) return "";
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step ? AGO.format(Math.round(seconds / step[1]), step[0]) : seconds > -10 && seconds < 10 ? "just now" : AGO.format(seconds, "second");
}

/** Fills the tokens of `<!date^…>`; "pretty" ones say today and yesterday where they can. */
export function fillDate(seconds, pattern) {
  const date = instant(seconds);
  if (!date) return undefined;
  const pretty = (formatter) => ({ 0: "today", [-1]: "yesterday", 1: "tomorrow" })[daysFromToday(date)] ?? formatter.format(date);
  const fill = {
    date_num: () => NUMERIC_DATE.format(date),
    date: () => PLAIN_DATE.format(date),
    date_short: () => SHORT_DATE.format(date),
    date_long: () => LONG_DATE.format(date),
    date_pretty: () => pretty(PLAIN_DATE),
    date_short_pretty: () => pretty(SHORT_DATE),
    date_long_pretty: () => pretty(LONG_DATE),
    time: () => CLOCK.format(date),
    time_secs: () => CLOCK_SECONDS.format(date),
    ago: () => ago(seconds),
  };
  return pattern.replace(/\{(\w+)\}/g, (token, name) => (fill[name] ? fill[name]() : token));
}

/** Unix seconds as the value of a `datetime-local` input, in the reader's zone. */
export function toLocalInput(seconds) {
  const date = instant(seconds);
  if (!date) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export const fromLocalInput = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null);

function daysFromToday(date) {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  return Math.round((midnight(date) - midnight(new Date())) / 86400000);
}

function format(formatter, value) {
  const date = instant(value);
  return date ? formatter.format(date) : "";
}
