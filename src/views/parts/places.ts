import type { Place } from "../../domain/pin.ts";
import { type Html, html } from "../html.ts";
import { count } from "../words.ts";

const SHOWN = 2;

/** Lines of files: the first of them, the others on request. */
export function places(all: readonly Place[]): Html {
  const [first, others] = [all.slice(0, SHOWN), all.slice(SHOWN)];
  const line = ({ path, line }: Place) => {
    const parts = `${path}:${line}`.split("/");
    return html`<li><code>${parts.map((part, index) => (index === 0 ? part : html`/<wbr>${part}`))}</code></li>`; // broken there first
  };
  return html`<ul class="plain">${first.map(line)}</ul>${others.length > 0 && html`<details><summary>${count(others.length, "more place")}</summary><ul class="plain">${others.map(line)}</ul></details>`}`;
}
