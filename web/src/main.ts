/**
 * The entry of every page: registers the elements, connects the drafting page, or the line for this person's news where
 * nothing is drafted, and sees to signing out and changing the language.
 */
import { RmChat } from "./elements/chat";
import { restoreForms } from "./elements/kept-forms";
import { interceptLanguage } from "./elements/language";
import { ownNews, tellLine, tellNews } from "./elements/own-news";
import { watchProfile } from "./elements/profile-form";
import { register } from "./elements/register";
import { interceptSignOut } from "./elements/sign-out";
import { RmUnsent } from "./elements/unsent";
import { browserEnvironment, localStore, newsLine, onDevice, pageSession } from "./sync/browser";
import type { PageSession } from "./sync/page";
import { onSignedOut } from "./sync/sign-out";
import type { News } from "./sync/types";

const account = document.body.dataset["account"] ?? "";
let session: PageSession | null = null;

if (account !== "") {
  const env = browserEnvironment();
  RmUnsent.count = () => onDevice(account, () => session).unsent();
  RmChat.parts = { account, uuid: env.uuid, storage: localStore(), onSignedOut: (act) => onSignedOut(env, account, act) };
}

register((page) => {
  const opened = pageSession(page, account);
  session = opened;
  opened.addEventListener("news", (event) => {
    if (event instanceof CustomEvent) tellNews(event.detail as News);
  });
  opened.addEventListener("touch", () => {
    if (opened.touch === "connected") tellLine("up");
    else if (opened.touch === "offline") tellLine("down");
  });
  return opened;
});

// A page that drafts has its own line, which carries this person's news as well.
if (account !== "" && document.querySelector("rm-page") === null) {
  const line = newsLine({ news: tellNews, line: tellLine });
  ownNews.addEventListener("signed-in", () => {
    line.restart();
  });
}

if (account !== "") interceptSignOut(onDevice(account, () => session));
interceptLanguage({
  isOnDisk: () => session?.isOnDisk ?? true,
  go: (path) => {
    location.replace(path);
  },
});
// Before the forms are put back: what is put back is not saved either.
watchProfile();
restoreForms();
