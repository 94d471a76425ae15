/**
 * Asking the server from a page: the CSRF token of the page, answers as JSON, and one word when the session is over.
 */

/** What a page can be told: done, refused with the server's sentence, signed out, or not reached. */
export type Answer =
  | { kind: "done"; body: Readonly<Record<string, unknown>> }
  | { kind: "refused"; code: string; message: string }
  | { kind: "signed-out" }
  | { kind: "unreached" };

function token(): HTMLMetaElement | null {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
}

export function csrf(): string {
  return token()?.content ?? "";
}

/** A new token after signing in again: for scripts and for every form on the page. */
export function renewCsrf(value: string): void {
  const meta = token();
  if (meta !== null) meta.content = value;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="csrf"]')) input.value = value;
}

/** POST a form's fields to `action` and read the answer. Never throws. */
export async function post(action: string, fields: FormData | URLSearchParams = new URLSearchParams()): Promise<Answer> {
  const body = new URLSearchParams();
  for (const [name, value] of fields.entries()) if (typeof value === "string") body.append(name, value);
  try {
    const response = await fetch(action, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { accept: "application/json", "x-csrf-token": csrf() },
    });
    return await read(response);
  } catch {
    return { kind: "unreached" };
  }
}

async function read(response: Response): Promise<Answer> {
  if (response.status === 401) return { kind: "signed-out" };
  const body: unknown = response.status === 204 ? {} : await response.json().catch(() => null);
  const fields = isRecord(body) ? body : {};
  if (response.ok) return { kind: "done", body: fields };
  const error = isRecord(fields["error"]) ? fields["error"] : {};
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { kind: "refused", code: text(error["code"]) || String(response.status), message: text(error["message"]) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
