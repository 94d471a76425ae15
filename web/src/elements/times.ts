/**
 * Times as the reader's language writes them: the hour today, the day and the hour before. In UTC, as everywhere on the
 * pages: the people at one text sit in many zones, and speak of the same hour.
 */
import { pageLocale } from "../i18n/messages";

/** `at` is milliseconds since 1970, or RFC 3339 text; `now` decides what today is. */
export function shortTime(at: number | string, now: number = Date.now()): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const today = moment.toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return new Intl.DateTimeFormat(pageLocale(), {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  }).format(moment);
}

/** Several names or phrases as one, as the language joins them. */
export function joined(items: readonly string[]): string {
  return new Intl.ListFormat(pageLocale(), { type: "conjunction" }).format(items);
}
