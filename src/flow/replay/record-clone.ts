import { basename, dirname, resolve } from "node:path";
import type { Instant } from "../../domain/instant.ts";
import { tagKind } from "../../domain/integrity/content-history.ts";
import { plainRepository } from "../../domain/publisher.ts";
import type { Release } from "../../domain/release.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { runGit } from "../../lib/trees/git-listing.ts";
import { PHASES } from "../../lib/versions/dotted-version.ts";
import { parseLoose } from "../../lib/versions/loose-version.ts";
import { type HistoricTag, readTagHistory } from "../../lib/versions/tag-history.ts";

/** The releases of a clone as `headgate replay` reads them: plain data, to be written to a file and added to. */
export type ClonedHistory = {
  readonly name: string;
  readonly upstream: string;
  readonly candidate: readonly string[];
  readonly releases: readonly ClonedRelease[];
};

type ClonedRelease = {
  readonly version: string;
  readonly publishedAt: string;
  readonly commit: string;
  readonly state: "released" | "prerelease";
  readonly onBranch: boolean;
  readonly signature: "UNSIGNED" | { readonly state: "VALID" | "UNKNOWN_SIG_TYPE"; readonly key?: string };
};

/**
 * Records the tags of a clone that is already there: dates, commits, keys that signatures name, and whether a branch has
 * them. A signature that is there is taken for valid, since the forge's word on it is not in a clone. Every finished
 * version is a candidate, or every one `since` a date; names that follow others (`v4`, `nightly`) are left out.
 */
export async function recordClone(folder: string, since?: Instant): Promise<ClonedHistory | Failure> {
  const tags = await readTagHistory(folder);
  if (isFailure(tags)) return tags;
  const origin = await runGit(folder, ["config", "--get", "remote.origin.url"]);
  const { upstream, name } = upstreamOf(origin?.trim() ?? "", folder);
  const names = tags.map((tag) => ({ tag: tag.name, upstream }) as Release);
  const fixed = tags.filter((_, index) => names[index] !== undefined && tagKind(names[index], names) === "fixed");
  const releases = await Promise.all(fixed.map(releaseOf));
  const candidate = releases
    .filter(({ state, publishedAt }) => state === "released" && (since === undefined || publishedAt >= since))
    .map(({ version }) => version);
  if (candidate.length === 0) {
    return new Failure(
      "not-found",
      `${folder} has no tags of finished versions${since === undefined ? "" : ` since ${since.slice(0, 10)}`}.`,
    );
  }
  return { name, upstream, candidate, releases };
}

async function releaseOf({ name, at, commit, onBranch, signature }: HistoricTag): Promise<ClonedRelease> {
  const key = signature === undefined ? undefined : await keyOf(signature);
  const state = key === undefined ? "UNKNOWN_SIG_TYPE" : "VALID";
  return {
    version: name,
    publishedAt: at,
    commit,
    state: isFinished(name) ? "released" : "prerelease",
    onBranch,
    signature: signature === undefined ? "UNSIGNED" : { state, ...(key !== undefined && { key }) },
  };
}

/** The verifiers are loaded where there is something to verify, and only then. */
async function keyOf(signature: string): Promise<string | undefined> {
  const { keyOfGitSignature } = await import("../../lib/verify/signatures/signature-key.ts");
  return keyOfGitSignature(signature);
}

/**
 * A finished version, and none of a flavour (`4.0.0-amd`), which nobody moves to from a plain one. What comes before the
 * numbers is the tool's name or a `v`; underscores stand for dots where tags have no dots.
 */
function isFinished(tag: string): boolean {
  const numbered = tag.replace(/^[^\d]*/, "");
  const read = parseLoose(numbered.includes(".") ? numbered : numbered.replaceAll("_", "."));
  return read !== undefined && read.phase >= PHASES.final && read.variant === "";
}

/** A clone on a forge is named by its origin, any other by its folder. */
function upstreamOf(origin: string, folder: string): { upstream: string; name: string } {
  const plain = plainRepository(origin.replace(/^git@([^:/]+):/, "ssh://$1/"));
  if (/^[^/.]+\/[^/]+$/.test(plain)) return { upstream: `pkg:github/${plain}`, name: plain };
  const whole = resolve(folder);
  const name = /^(?:repo|\.git)$/.test(basename(whole)) ? basename(dirname(whole)) : basename(whole);
  return { upstream: `pkg:generic/${encodeURIComponent(name)}`, name };
}
