/**
 * Who drafts in a section, in words. The server renders the line; this keeps it true while the page is open, and keeps
 * the server's forms for releasing somebody else's claim, which stand there for those who may.
 */
import { t } from "../i18n/messages";
import type { ClaimInfo } from "../sync/types";
import { bdi, fill, h, type Child } from "./dom";
import { shortTime } from "./times";

/** The sentence for one claim, with its names set apart from the direction of the line. */
export function claimWords(claim: ClaimInfo, mine: boolean): Child[] {
  const key = `claims.${mine ? "mine" : "other"}${claim.alone ? "-alone" : ""}`;
  const words = fill(t(key), {
    name: bdi(claim.name),
    state: bdi(claim.state),
    time: shortTime(claim.since),
  });
  return claim.offline ? [...words, " ", t("claims.offline")] : words;
}

export interface ClaimsShown {
  /** Who reads. */
  readonly account: string;
  readonly section: string;
  /** Whose claims the reader may end: those of a State by its code, `*` for all, "" for nobody's. */
  readonly releases: string;
}

/** Put the claims into their place on the page. */
export function showClaims(place: HTMLElement, claims: readonly ClaimInfo[], { account, section, releases }: ClaimsShown): void {
  const forms = new Map<string, HTMLFormElement>();
  for (const form of place.querySelectorAll<HTMLFormElement>("form[data-account]")) forms.set(form.dataset["account"] ?? "", form);
  place.classList.add("claims");
  if (claims.length === 0) {
    place.replaceChildren(t("claims.none"));
    return;
  }
  const form = (claim: ClaimInfo): HTMLFormElement | null => {
    if (claim.account === account || (releases !== "*" && (releases === "" || releases !== claim.state))) return null;
    return forms.get(claim.account) ?? releaseForm(section, claim);
  };
  place.replaceChildren(
    h(
      "ul",
      { class: "claims" },
      ...claims.map((claim) => h("li", { "data-alone": claim.alone }, h("span", {}, ...claimWords(claim, claim.account === account)), form(claim))),
    ),
  );
}

/** To end the claim of somebody who took the section after the page was made: named by account, not by claim. */
function releaseForm(section: string, claim: ClaimInfo): HTMLFormElement {
  return h(
    "form",
    { method: "post", action: `/sections/${section}/release`, class: "inline-form", "data-release": true, "data-account": claim.account },
    h("input", { type: "hidden", name: "holder", value: claim.account }),
    h("button", { class: "button small quiet" }, t("claims.release")),
  );
}

/** Who came and who went between two lists of claims, apart from oneself: as sentences to be said. */
export function claimNews(before: readonly ClaimInfo[], after: readonly ClaimInfo[], account: string, section: string): string[] {
  const other = (claims: readonly ClaimInfo[], known: readonly ClaimInfo[]): ClaimInfo[] =>
    claims.filter((claim) => claim.account !== account && !known.some((one) => one.account === claim.account));
  return [
    ...other(after, before).map((claim) => t("claims.took", { name: claim.name, section })),
    ...other(before, after).map((claim) => t("claims.left", { name: claim.name, section })),
  ];
}
