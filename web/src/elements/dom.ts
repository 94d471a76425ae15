/** Small helpers for building nodes. No HTML text is ever parsed: what people wrote goes in as text. */

export type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | null | undefined>>;

/** An element with attributes (true: present, null or false: absent) and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** A person's or a State's name, kept from turning the line around it. */
export function bdi(text: string): HTMLElement {
  return h("bdi", {}, text);
}

/**
 * The sentence with nodes in its places: `fill("{name} is here", {name: bdi("Ann")})`.
 * The sentence comes from `t(key)` called without those parameters.
 */
export function fill(sentence: string, nodes: Readonly<Record<string, Child>>): Child[] {
  return sentence.split(/(\{\w+\})/u).map((piece) => {
    const name = /^\{(\w+)\}$/u.exec(piece)?.[1];
    return name !== undefined && name in nodes ? nodes[name] : piece;
  });
}

let count = 0;

/** An id that nothing else on the page has. */
export function freshId(prefix: string): string {
  count += 1;
  return `${prefix}-${count}`;
}

/** Who is signed in, as the page says. */
export interface Me {
  readonly account: string;
  readonly name: string;
  readonly state: string;
}

export function me(): Me {
  const { account = "", name = "", state = "" } = document.body.dataset;
  return { account, name, state };
}
