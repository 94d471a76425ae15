/** Gives the elements their names. Apart from the classes, so that tests can import those without effects. */
import { RmBell } from "./bell";
import { RmChat } from "./chat";
import { RmChatCount, RmChatList } from "./chat-list";
import { RmCopy } from "./copy";
import { RmDrawer } from "./drawer";
import { RmLog } from "./log";
import { RmMenu } from "./menu";
import { RmNotices } from "./notices";
import { RmPage } from "./page";
import { RmPassword } from "./password";
import type { PagePort } from "./port";
import { RmSection } from "./section";
import { RmSignIn } from "./sign-in";
import { RmToolbar } from "./toolbar";
import { RmUnsent } from "./unsent";
import { RmVote } from "./vote";

/** Outer elements first: an inner one looks for its page when it is upgraded. */
export function register(connect: (page: string) => PagePort): void {
  RmPage.connect = connect;
  customElements.define("rm-page", RmPage);
  customElements.define("rm-toolbar", RmToolbar);
  customElements.define("rm-section", RmSection);
  customElements.define("rm-drawer", RmDrawer);
  customElements.define("rm-log", RmLog);
  customElements.define("rm-vote", RmVote);
  customElements.define("rm-chat", RmChat);
  customElements.define("rm-chat-list", RmChatList);
  customElements.define("rm-chat-count", RmChatCount);
  customElements.define("rm-menu", RmMenu);
  customElements.define("rm-bell", RmBell);
  customElements.define("rm-notices", RmNotices);
  customElements.define("rm-sign-in", RmSignIn);
  customElements.define("rm-password", RmPassword);
  customElements.define("rm-unsent", RmUnsent);
  customElements.define("rm-copy", RmCopy);
}
