import type { UpstreamIdentity } from "../upstream.ts";
import type { Judged } from "./pin-integrity.ts";

/** One judgement over many moved tags: somebody rewrote the repository. `commits`: by tag. */
export function judgeMassMove(
  commits: readonly { readonly tag: string; readonly before: string; readonly after: string }[],
): Judged {
  return {
    class: "mass-move",
    severity: "critical",
    what: `moved ${commits.length} tags at once (${commits
      .slice(0, 5)
      .map(({ tag }) => tag)
      .join(", ")}${commits.length > 5 ? " …" : ""})`,
    next: "Take nothing from this repository until its maintainers have said why; compare your last build with the old commits.",
    evidence: commits.map(({ tag, before, after }) => ({ kind: `tag ${tag}`, expected: before, observed: after })),
  };
}

/** What a change of a version's standing is; undefined where it is none to worry about. */
export function judgeState(state: string, reason: string | undefined): Judged | undefined {
  const why = reason === undefined || reason === "" ? "" : ` (${reason.replace(/(?<![.\s])[.\s]+$/, "")})`;
  const evidence = [{ kind: "state", observed: state, expected: "released" }];
  if (state === "yanked") {
    const next = "Read the reason, and move to a version that was not taken back.";
    return { class: "yanked", severity: "high", what: `was yanked by its upstream${why}`, next, evidence };
  }
  if (state !== "deleted") return undefined;
  const next = "Keep a copy of what you built from it, ask its upstream why, and pin a version that is there.";
  return { class: "deleted", severity: "high", what: "is gone from its upstream", next, evidence };
}

/** Whether an upstream is still who it was, by ids that survive a new name. What either side does not tell is not compared. */
export function judgeIdentity(before: UpstreamIdentity, now: UpstreamIdentity): Judged | undefined {
  const differs = (part: "id" | "owner" | "name") =>
    before[part] !== undefined && now[part] !== undefined && before[part]?.toLowerCase() !== now[part]?.toLowerCase();
  const evidence = (["id", "owner", "name"] as const).filter(differs).map((part) => ({
    kind: part,
    expected: before[part] ?? "",
    observed: now[part] ?? "",
  }));
  if (differs("id")) {
    return {
      class: "recreated",
      severity: "critical",
      what: `is another repository under the same name (id ${now.id}, before ${before.id})`,
      next: "Take nothing from it until you know who owns it now; resolving this accepts it as the new upstream.",
      evidence,
    };
  }
  if (differs("owner")) {
    return {
      class: "transferred",
      severity: "high",
      what: `belongs to another owner now${now.name === undefined ? "" : ` (${now.name})`}`,
      next: "Look at who the new owner is, write the new name in the files, and acknowledge this.",
      evidence,
    };
  }
  if (!differs("name")) return undefined;
  return {
    class: "renamed",
    severity: "medium",
    what: `is called ${now.name} now`,
    next: "Write the new name in the files: the old one leads there only until somebody else takes it.",
    evidence,
  };
}

/** A project that its index withholds while it is looked into. */
export function judgeStanding({ standing }: UpstreamIdentity): Judged | undefined {
  if (standing === undefined) return undefined;
  const why = standing.reason === undefined ? "" : ` (${standing.reason})`;
  return {
    class: "quarantined",
    severity: "critical",
    what: `is quarantined${why}: its index withholds all files while it looks into it`,
    next: "Stop building with it, and look at what it did where it was installed.",
    evidence: [{ kind: "standing", expected: "active", observed: standing.status }],
  };
}
