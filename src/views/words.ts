import type { Decision, Step } from "../domain/bump.ts";
import type { QuietClass } from "../domain/integrity/pin-integrity.ts";
import { type CheckResult, type TrustScore, trustBand } from "../domain/trust.ts";

/** `1 place`, `9 places`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `a, b and c`; after `limit` of them `a, b and 7 more`. */
export function list(items: readonly string[], limit = 6): string {
  const shown = items.length > limit ? [...items.slice(0, limit - 1), `${items.length - limit + 1} more`] : items;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** A digest or a commit as people compare them: the algorithm and twelve digits. Other versions stay as they are. */
export function shortVersion(version: string): string {
  if (/^[0-9a-f]{40,64}$/.test(version)) return version.slice(0, 12);
  return version.replace(/\b(sha(?:1|256|384|512)):([0-9a-f]{12})[0-9a-f]+/g, "$1:$2");
}

/** How far a candidate goes, in words. */
export const STEPS: Readonly<Record<Step, string>> = {
  major: "major version",
  minor: "minor version",
  patch: "patch",
  digest: "same version, new content",
  pin: "pinned to exact content",
  revert: "back to the version before",
  other: "new version",
};

/** What a check came to, in one word. */
export const OUTCOMES: Readonly<Record<CheckResult["outcome"], string>> = {
  pass: "passed",
  warn: "warning",
  hold: "held",
  block: "blocked",
  "not-checked": "not checked",
};

/** What changed without an alarm. */
export const QUIET_CHANGES: Readonly<Record<QuietClass, string>> = {
  rebuild: "Pushed again",
  "benign-retag": "Tag moved, same files",
  "files-removed": "Files removed that no pin takes",
};

/** `strong, 8.2 (confidence 94%)`; no number when too little is known. */
export function trustPhrase(score: TrustScore | undefined): string {
  const band = trustBand(score);
  if (score === undefined || band === "insufficient") return "insufficient data";
  return `${band}, ${score.value.toFixed(1)} (confidence ${Math.round(score.coverage * 100)}%)`;
}

/** Who decided. */
export function decidedBy(decision: Decision): string {
  return decision.by === "policy" ? "policy" : decision.by.person;
}

/** A check's or rule's id as a heading: `content-age` becomes `Content age`. */
export function title(id: string): string {
  const words = id.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A channel's id as a heading: `pull-request/close` becomes `Pull request: close`; an e-mail keeps its dash. */
export function channelTitle(channel: string): string {
  return title(channel.replace("/", ": ")).replace("E mail", "E-mail");
}
