import { lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Check, judged, notChecked, ofTheLast, passed, unknownPart } from "../check.ts";

/** Whether the commit of a tag is on one of the project's branches. */
export const offBranch: Check = {
  id: "off-branch",
  rule: "R7",
  title: "A tag on a commit that no branch has",
  why: "Who may only push tags tags a commit that was never merged: it is in the repository, yet part of nothing.",
  baseRate: "0.6% of releases",
  appliesTo: ({ upstream, evidence }) =>
    /^pkg:(?:github|githubactions|gitlab|bitbucket|generic|golang)\//.test(upstream) ||
    evidence?.onBranch !== undefined,
  judge: ({ release, earlier }, now) => {
    const on = release.evidence?.onBranch;
    if (on === undefined) return unknownPart(release, "onBranch", "its commit was not compared with the branches.");
    if (on) return passed("Its commit is on a branch of the project.");
    const known = lastKnown(earlier, (facts) => facts.onBranch, WINDOW.long);
    const usual = known.slice(0, WINDOW.usual);
    if (usual.length < WINDOW.least) {
      return notChecked("its commit is on no branch, and too few earlier releases are known to compare.");
    }
    const merged = usual.filter(({ value }) => value);
    const always = merged.length === usual.length && known.filter(({ value }) => !value).length <= 1;
    const often = merged.length >= WINDOW.usual - 1;
    const usually = `${ofTheLast(merged, usual)} were on one`;
    const summary = `The commit of ${release.tag} is on no branch of the project; ${usually}.`;
    const outcome = always ? "hold" : often ? "warn" : "pass";
    return judged(
      release,
      [{ outcome, summary, part: "onBranch", observed: "on no branch", expected: usually, compared: usual }],
      now,
    );
  },
};
