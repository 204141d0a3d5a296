import { z } from "zod";
import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { everKnown, type Known, WINDOW } from "../../domain/release-history.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  judged,
  notChecked,
  ofTheLast,
  passed,
  unknownPart,
} from "../check.ts";

/** Whether the commit of a tag is on one of the project's branches. */
export const offBranch: Check = {
  id: "off-branch",
  rule: "R7",
  title: "A tag on a commit that no branch has",
  why: "Who may only push tags tags a commit that was never merged: it is in the repository, yet part of nothing.",
  basis: "evidence",
  baseRate: "0.5% of releases are held, 1.0% are told with a warning",
  appliesTo: ({ upstream, evidence }) =>
    /^pkg:(?:github|githubactions|gitlab|bitbucket|generic|golang)\//.test(upstream) ||
    evidence?.onBranch !== undefined,
  collect: { part: "onBranch", window: WINDOW.least, ask: compareWithBranches },
  judge: ({ release, earlier }, now) => {
    const on = release.evidence?.onBranch;
    if (on === undefined) return unknownPart(release, "onBranch", "its commit was not compared with the branches.");
    if (on) return passed("Its commit is on a branch of the project.");
    const known = everKnown(earlier, (facts) => facts.onBranch);
    const usual = known.slice(0, WINDOW.usual);
    if (usual.length < WINDOW.least) {
      return notChecked("its commit is on no branch, and too few earlier releases are known to compare.");
    }
    const merged = usual.filter(({ value }) => value);
    const usually = `${ofTheLast(merged, usual)} were on one`;
    const summary = `The commit of ${release.tag} is on no branch of the project; ${usually}.`;
    const outcome = outcomeOf(known, merged.length);
    return judged(
      release,
      [{ outcome, summary, part: "onBranch", observed: "on no branch", expected: usually, compared: usual }],
      now,
    );
  },
};

/**
 * A hold where it never happened, nothing where it is what the last ones did, else a warning, also where a project often
 * deletes the branches that it releases from: a habit hides one difference, not two.
 */
function outcomeOf(known: readonly Known<boolean>[], lately: number): "hold" | "warn" | "pass" {
  if (known.every(({ value }) => value)) return "hold";
  return lately === 0 ? "pass" : "warn";
}

/** Release branches that are compared with besides the default one. */
const MOST_BRANCHES = 3;

const REPOSITORY = z.object({ default_branch: z.string() });
const COMPARISON = z.object({ status: z.enum(["ahead", "behind", "identical", "diverged"]) });

/**
 * Compares each tag's commit with the default branch, then with the release branches that its version names. At most one
 * list of branches, one question about the repository, and four comparisons per release.
 */
async function compareWithBranches(
  { release, open }: Asked,
  { git, github, urls, repository, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const own = repository ?? "";
  if (github === undefined) return new Failure("not-checked", "without a GitHub token nobody can be asked.");
  if (own === "" || release.commit === undefined)
    return new Failure("not-checked", "the commit of its tag is not known.");
  const path = `/repos/${upstreamLabel(own).split("/").map(encodeURIComponent).join("/")}`;
  const asked = await github.rest("GET", path);
  if (isFailure(asked)) return asked;
  const main = REPOSITORY.safeParse(asked.data).data?.default_branch;
  if (main === undefined) return new Failure("unreadable", "GitHub's answer about the repository was not understood.");
  const heads = await git.listRefs(`${urls.github.web}/${upstreamLabel(own)}`, "refs/heads/");
  if (isFailure(heads)) return heads;
  const branches = heads.map(({ name, commit }) => ({ name: name.slice("refs/heads/".length), commit }));
  const facts = new Map<string, ReleaseFacts>();
  for (const one of open) {
    const { commit } = one;
    if (commit === undefined) continue;
    const likely = [
      main,
      ...releaseBranches(
        branches.map(({ name }) => name),
        one,
      ).filter((name) => name !== main),
    ];
    const onBranch =
      branches.some((branch) => branch.commit === commit) || (await isOnAny(github, path, likely, commit));
    if (isFailure(onBranch)) return onBranch;
    const source = { kind: "compare", locator: `${urls.github.api}${path}/compare`, fetchedAt: now };
    facts.set(one.tag, { onBranch, sources: { onBranch: source } });
  }
  return facts;
}

async function isOnAny(
  github: Pick<CheckContext["github"] & {}, "rest">,
  path: string,
  branches: readonly string[],
  commit: string,
): Promise<boolean | Failure> {
  for (const branch of branches) {
    const answer = await github.rest("GET", `${path}/compare/${encodeURIComponent(branch)}...${commit}?per_page=1`);
    if (isFailure(answer)) return answer;
    const status = COMPARISON.safeParse(answer.data).data?.status;
    if (status === undefined) return new Failure("unreadable", "GitHub's comparison was not understood.");
    if (status === "behind" || status === "identical") return true;
  }
  return false;
}

/** Branches that a release of this version is likely made from: `release/1.2`, `1.2.x`, `v1`, `stable`. */
function releaseBranches(names: readonly string[], { version }: Release): string[] {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const numbered = (name: string, number: string) =>
    number !== "" && new RegExp(`(?:^|[^0-9.])v?${number.replaceAll(".", "\\.")}(?:\\.x|[^0-9.]|$)`).test(name);
  const near = names.filter((name) => minor !== "" && numbered(name, `${major}.${minor}`));
  const wide = names.filter((name) => /^\d+$/.test(major) && numbered(name, major));
  const named = names.filter((name) => /^(?:stable|releases?|maint(?:enance)?)$/.test(name));
  return [...new Set([...near, ...wide, ...named])].slice(0, MOST_BRANCHES);
}
