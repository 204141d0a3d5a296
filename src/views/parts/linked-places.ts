import type { PlaceLink } from "../../domain/pages/place-link.ts";
import { type Html, html, safeUrl } from "../html.ts";

/** Lines of files, each with its page at the forge where there is one. */
export function linkedPlaces(places: readonly PlaceLink[]): Html {
  const item = ({ path, line, url }: PlaceLink) => {
    const words = html`<code>${path}:${line}</code>`;
    const safe = safeUrl(url);
    return html`<li>${safe === undefined ? words : html`<a href="${safe}" rel="noreferrer">${words}</a>`}</li>`;
  };
  return html`<ul class="plain">${places.map(item)}</ul>`;
}
