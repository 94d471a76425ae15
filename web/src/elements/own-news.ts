/**
 * News for the person who is signed in, on whatever page: elements listen here, and the entry file says what has come,
 * from the page's own line or from one that is there for news alone.
 *
 * Events: `news` (`CustomEvent<News>`), `up` (the line is there, for the first time or again: what came meanwhile was
 * not told), `down`, `signed-out`.
 */
import type { News } from "./port";

export const ownNews = new EventTarget();

export function tellNews(news: News): void {
  ownNews.dispatchEvent(new CustomEvent<News>("news", { detail: news }));
}

export function tellLine(state: "up" | "down" | "signed-out"): void {
  ownNews.dispatchEvent(new Event(state));
}

/** The news in an event of `ownNews`; null for another event. */
export function newsIn(event: Event): News | null {
  return event instanceof CustomEvent ? (event.detail as News) : null;
}
