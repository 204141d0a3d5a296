import { type Html, html, safeUrl } from "../html.ts";
import { answer } from "./notice.ts";

/** What came of a form that was just sent; `null`: it is still being done. */
export type ShownOutcome = { readonly message: string; readonly url?: string } | null;

/** Says what came of a form, read out at once. `again`: the page's own address. */
export function outcome(came: ShownOutcome | undefined, again: string): Html | undefined {
  if (came === undefined) return undefined;
  if (came === null)
    return answer("info", "It is being done.", html`<a href="${again}">Load the page again</a> in a moment.`);
  const safe = safeUrl(came.url);
  const link = safe === undefined ? undefined : html`<a href="${safe}" rel="noreferrer">Its pull request</a>`;
  return answer("good", came.message, link);
}
