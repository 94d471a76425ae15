/** Times as the reader's language writes them: the hour today, the day and the hour before. */

const language = (): string => document.documentElement.lang || "en";

/** `at` is milliseconds since 1970, or RFC 3339 text; `now` decides what today is. */
export function shortTime(at: number | string, now: number = Date.now()): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const today = moment.toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language(), {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(moment);
}

/** Several names or phrases as one, as the language joins them. */
export function joined(items: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(items);
}
