/** A line for news alone, on pages that draft nothing: what the server says to this person, under the name `""`. */
import { LiveSocket } from "../wire/socket";
import type { Environment } from "./environment";
import type { News } from "./types";

export interface OwnLineHandlers {
  news(news: News): void;
  line(state: "up" | "down" | "signed-out"): void;
}

export function ownLine(
  url: string,
  env: Pick<Environment, "timers" | "random" | "openSocket" | "events">,
  handlers: OwnLineHandlers,
): LiveSocket {
  return new LiveSocket(url, env, {
    opened: () => handlers.line("up"),
    lost: () => handlers.line("down"),
    ended: (code) => {
      if (code === 4401) handlers.line("signed-out");
    },
    frame: ({ name, frame }) => {
      if (name === "" && frame.type === "notice") handlers.news({ ...frame.body, kind: frame.kind });
    },
  });
}
