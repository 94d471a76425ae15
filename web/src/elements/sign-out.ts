/**
 * Signing out takes this person's texts off the device: after a warning when some of them are not on the server, and
 * before the form goes. Works on every page, whether it drafts or not.
 */
import { askSignOut } from "./dialogs";

export interface OnDevice {
  /** How many texts the server does not have. */
  unsent(): Promise<number>;
  /** Take everything of this person off the device. */
  wipe(): Promise<void>;
}

/** Listen for the sign-out forms of the page until `signal` ends it. */
export function interceptSignOut(device: OnDevice, signal?: AbortSignal): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || new URL(form.action, location.href).pathname !== "/sign-out") return;
      event.preventDefault();
      void leave(form, device);
    },
    signal === undefined ? {} : { signal },
  );
}

async function leave(form: HTMLFormElement, device: OnDevice): Promise<void> {
  // A store that cannot be read holds nothing that could be saved by staying.
  const unsent = await device.unsent().catch(() => 0);
  if (unsent > 0 && !(await askSignOut(unsent))) return;
  try {
    await device.wipe();
  } finally {
    form.submit();
  }
}
