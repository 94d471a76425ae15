/** The entry of every page: registers the elements, connects the drafting page, and sees to signing out. */
import { register } from "./elements/register";
import { interceptSignOut } from "./elements/sign-out";
import { onDevice, pageSession } from "./sync/browser";
import type { PageSession } from "./sync/page";

const account = document.body.dataset["account"] ?? "";
let session: PageSession | null = null;

register((page) => {
  session = pageSession(page, account);
  return session;
});

if (account !== "") interceptSignOut(onDevice(account, () => session));
