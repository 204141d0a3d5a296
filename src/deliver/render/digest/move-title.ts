import type { Candidate } from "../../../domain/bump.ts";
import { upstreamLabel } from "../../../domain/upstream.ts";
import { list, shortVersion } from "../../../views/words.ts";

/** `example/tool 1.0.0 → 1.1.0`. */
export function moveTitle(candidate: Candidate): string {
  const from = candidate.from.length === 0 ? "" : `${list(candidate.from.map(shortVersion), 4)} → `;
  return `${upstreamLabel(candidate.component.upstream)} ${from}${shortVersion(candidate.to.version)}`;
}
