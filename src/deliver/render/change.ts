import { createHash } from "node:crypto";
import type { Candidate, FileChange } from "../../domain/bump.ts";
import { own } from "../../domain/own.ts";
import type { Pin } from "../../domain/pin.ts";
import type { Release } from "../../domain/release.ts";
import { numbersOf, spellingsOf } from "../../domain/spellings.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { blobId } from "../../lib/trees/blob-id.ts";
import { plainLine } from "../../views/plain.ts";
import { list, shortVersion } from "../../views/words.ts";

/** One line about a candidate: the subject of its commit and the title of its pull request. Nobody is mentioned in it. */
export function renderTitle(candidate: Candidate): string {
  const name = upstreamLabel(candidate.component.upstream);
  const to = shortVersion(candidate.to.version);
  const text =
    candidate.step === "digest"
      ? `Refresh ${name} ${to}: same version, new content`
      : candidate.step === "pin"
        ? `Pin ${name} ${list(candidate.from.map(shortVersion), 4)} to ${exactContent(candidate.to)}`
        : candidate.step === "revert"
          ? `Go back from ${name} ${list(candidate.from.map(shortVersion), 4)} to ${to}`
          : `Bump ${name} from ${list(candidate.from.map(shortVersion), 4)} to ${to}`;
  return neutral(plainLine(`${text}${fixesPhrase(candidate)}`, 200));
}

/** The content that a pin writes down: `the commit 11bd71901bbe of v4.2.2`, `its digest`. */
export function exactContent({ commit, tag, version }: Release): string {
  if (commit === undefined) return "its digest";
  return `the commit ${shortVersion(commit)}${/\d/.test(version) ? ` of ${tag}` : ""}`;
}

/**
 * Text outside Markdown in which `@name`, `#1`, `!1` and `&1` mean nothing, nor `[skip ci]`: it comes from names of files,
 * and would keep tests from a change (https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs, and
 * those of GitLab, Azure and Travis). A zero-width space stands between.
 */
export function neutral(text: string): string {
  return text
    .replace(/(\[\s*|\*\*\*\s*)(?=(?:skip|no|ci|actions|travis|azurepipelines)\b|NO_CI)/gi, "$1\u200B")
    .replace(/@(?=\S)/g, "@\u200B")
    .replace(/([#!&])(?=\d)/g, "$1\u200B")
    .replace(/\b(G[HL]-)(?=\d)/gi, "$1\u200B");
}

/** What a place says now and will say, shortened as people compare it. */
export function placeChange(pin: Pin, to: Release): { readonly from: string; readonly to: string } {
  const digest = pin.edits.find((one) => one.role === "digest");
  const rebuilt = pin.digest !== undefined && pin.version === to.version; // the tag stays, and says nothing
  const edit = (rebuilt ? digest : undefined) ?? pin.edits.find((one) => one.role === "version") ?? digest;
  const from = edit?.role === "digest" && pin.digest !== undefined ? pin.digest : pin.text;
  if (edit === undefined) return { from: shortVersion(from), to: shortVersion(to.version) };
  const inserted = edit.start === edit.end ? pin.text : "";
  return { from: shortVersion(from), to: shortVersion(`${inserted}${fill(edit.spelling, to)}`) };
}

/** What a change consists of: equal texts mean that the same bytes go to the same places with the same modes. */
export function changeFingerprint(changes: readonly FileChange[]): string {
  const lines = changes.map((change) => `${change.mode} ${blobId(change.text)} ${change.path}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 32);
}

function fixesPhrase({ fixes }: Candidate): string {
  const [first, ...others] = fixes;
  if (first === undefined) return "";
  return others.length === 0 ? ` (fixes ${first.id})` : ` (fixes ${fixes.length} advisories)`;
}

function fill(spelling: string, to: Release): string {
  const digest = to.digests.index ?? Object.values(to.digests)[0] ?? "new digest";
  const values: Readonly<Record<string, string>> = {
    ...numbersOf(to.version),
    ...spellingsOf(to.version),
    tag: to.tag,
    digest,
    hex: digest.replace(/^sha256:/, ""),
    commit: to.commit ?? "new commit",
  };
  return spelling.replace(/\{(\w+)\}/g, (_, hole: string) => own(values, hole) ?? "");
}
