import { type EvidenceKind, strengthOf } from "../../domain/evidence.ts";
import { between, DAY } from "../../domain/instant.ts";
import { publisherOf } from "../../domain/publisher.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import { bornAt, everKnown, WINDOW } from "../../domain/release-history.ts";
import { type Check, judged, notChecked, passed } from "../check.ts";

const DORMANT = 365 * DAY;

/** Whether a project that slept for a year wakes up, and whether it is still the same when it does. */
export const dormantProject: Check = {
  id: "dormant-project",
  rule: "R13",
  title: "A release after a long silence",
  why: "Sleeping projects are taken over because nobody watches them: expired domains, forgotten accounts, handed-on names.",
  basis: "dates",
  baseRate: "0.6% of releases",
  appliesTo: () => true,
  judge: ({ release, earlier }, now) => {
    if (earlier.length < WINDOW.least) return notChecked("fewer than three earlier releases are known.");
    const [before] = earlier;
    const gap = before === undefined ? 0 : between(bornAt(before), bornAt(release));
    const days = Math.floor(gap / DAY);
    if (before === undefined || gap <= DORMANT) return passed(`${days} days after the release before it.`);
    const also = strangenessOf(release, earlier);
    const summary = `The release before, ${before.version}, is ${days} days older: the project was silent for more than a year`;
    const said = also.length === 0 ? `${summary}.` : `${summary}, and ${also.join(" and ")} changed with this one.`;
    return judged(
      release,
      [
        {
          outcome: also.length === 0 ? "warn" : "hold",
          summary: said,
          part: "dates",
          observed: `${days} days of silence${also.length === 0 ? "" : `; new: ${also.join(", ")}`}`,
          expected: "a release within a year",
          compared: [{ version: before.version, value: undefined }],
        },
      ],
      now,
    );
  },
};

/** What else is new about it: here the smallest difference counts, however few earlier releases are known. */
function strangenessOf(release: Release, earlier: readonly ReleaseOutline[]): string[] {
  const isNew = (pick: (one: Pick<Release, "evidence">) => string | undefined) => {
    const value = pick(release);
    const known = everKnown(earlier, (_, one) => pick(one));
    return value !== undefined && known.length > 0 && !known.some((one) => one.value === value);
  };
  const tagged = everKnown(earlier, (facts) => facts.origin?.tag);
  const untagged = release.evidence?.origin?.tag === false && tagged.some(({ value }) => value);
  const publisher =
    isNew((one) => publisherOf(one.evidence ?? {})?.repository) || isNew((one) => one.evidence?.account);
  return [
    ...(isNew(keyOf) ? ["the key"] : []),
    ...(publisher ? ["the publisher"] : []),
    ...(untagged ? ["the tag that was always there"] : []),
    ...(isUnsigned(release) && earlier.slice(0, WINDOW.usual).some(isSigned) ? ["the signature"] : []),
  ];
}

function keyOf({ evidence }: Pick<Release, "evidence">): string | undefined {
  return evidence?.proofs?.find(({ kind, identity }) => PERSONAL.includes(kind) && identity?.keyId !== undefined)
    ?.identity?.keyId;
}

const PERSONAL: readonly EvidenceKind[] = ["git-signature", "openpgp", "minisign"];

function isSigned({ evidence }: Pick<Release, "evidence">): boolean {
  return (evidence?.proofs ?? []).some((proof) => (strengthOf(proof) ?? 0) > 0);
}

function isUnsigned({ evidence }: Pick<Release, "evidence">): boolean {
  const proofs = evidence?.proofs ?? [];
  return proofs.length > 0 && proofs.every(({ level }) => level === "none");
}
