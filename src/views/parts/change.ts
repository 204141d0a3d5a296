import type { ChangeView, DiffFile, DiffLine } from "../../domain/pages/candidate-page.ts";
import { type Html, html } from "../html.ts";
import { count } from "../words.ts";
import { notice } from "./notice.ts";

/** Many files change alike: so many are read at once, the others are unfolded. What comes after them is seen sooner. */
const AT_ONCE = 3;

/** The change as it will be committed, file by file; or why there is none. `wait`: the address that waits for it. */
export function change(view: ChangeView, wait: string): Html {
  if (view.kind === "pending")
    return html`<div data-pending="${wait}">${notice(
      "info",
      "The change is being built.",
      html`Files are read and checksums are reckoned: seconds in a large project. <a href="${wait}#change">Show the change</a>`,
    )}</div>`;
  if (view.kind === "refused") return notice("careful", "There is no change to show.", view.why);
  const byHand = view.byHand.map(
    ({ path, line, text, why }) => html`<li><code>${path}:${line}</code> <code>${text}</code>: ${why}</li>`,
  );
  const rest = view.files.slice(AT_ONCE);
  const folded =
    rest.length > 0 &&
    html`<details><summary>${count(rest.length, "more file")}</summary>${rest.map((one, index) => file(one, AT_ONCE + index))}</details>`;
  return html`${view.files.slice(0, AT_ONCE).map(file)}${folded}${byHand.length > 0 && html`<h3>To be changed by hand</h3><ul>${byHand}</ul>`}`;
}

function file({ path, mode, lines }: DiffFile, index: number): Html {
  const id = `file-${index}`;
  const executable = mode === "100755" && html` <span class="quiet">executable</span>`;
  return html`<h3 id="${id}"><code>${path}</code>${executable}</h3>
<pre class="diff" role="region" aria-labelledby="${id}" tabindex="0">${lines.map(line)}</pre>`;
}

/** The sign at the start of each line says what the colour says. */
function line({ kind, text }: DiffLine): Html {
  return kind === "same" ? html`<span>${text}\n</span>` : html`<span class="${kind}">${text}\n</span>`;
}
