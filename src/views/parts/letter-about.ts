import type { LetterAbout } from "../../domain/bump.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html } from "../html.ts";
import { componentsPath } from "./links.ts";

/** What a letter said, leading to what it is about, and to whom it went. */
export function letterAbout({ title, to, project, upstream }: LetterAbout): Html {
  const named =
    upstream === undefined ? title : html`<a href="${componentsPath(upstreamLabel(upstream))}">${title}</a>`;
  return html`${named} <span class="quiet">${project !== undefined && `${project}, `}to ${to}</span>`;
}
