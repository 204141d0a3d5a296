import { type TrustScore, trustBand } from "../../domain/trust.ts";
import { type Html, html } from "../html.ts";
import type { Tone } from "./mark.ts";

/** The colour of each band. The band's name is always written beside it. */
const BANDS: Readonly<Record<ReturnType<typeof trustBand>, Tone>> = {
  strong: "good",
  fair: "careful",
  weak: "urgent",
  insufficient: "calm",
};

/** Project trust as a bar of ten with its number and band; only words where too little is known for a number. */
export function trustBar(score: TrustScore | undefined): Html {
  const band = trustBand(score);
  if (score === undefined || band === "insufficient") return html`<span class="quiet">insufficient data</span>`;
  const sure = `confidence ${Math.round(score.coverage * 100)}%`;
  return html`<span class="trust" title="${sure}"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="${BANDS[band]}" width="${(score.value * 10).toFixed(1)}" height="10"/></svg><span><span class="number">${score.value.toFixed(1)}</span> ${band}</span></span>`;
}
