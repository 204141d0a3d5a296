import { type Publisher, publisherOf, refKind } from "../../domain/publisher.ts";
import type { Release } from "../../domain/release.ts";
import { everKnown, lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, notChecked, passed, unknownPart } from "../check.ts";

/** Whether a release comes from a publisher that no earlier one came from: another repository, pipeline or account. */
export const publisherChanged: Check = {
  id: "publisher-changed",
  rule: "R5",
  title: "Another publisher than before",
  why: "A stolen account or a copied repository publishes under its own identity, which the project never used.",
  appliesTo: () => true,
  judge: ({ release, earlier }, now) => {
    const facts = release.evidence ?? {};
    const publisher = publisherOf(facts);
    const uploaders = uploadersOf(release);
    if (publisher === undefined && facts.account === undefined && uploaders === undefined) {
      return unknownPart(release, "publisher", "nothing says who published it.");
    }
    const compared = [
      comparePipeline(publisher, release, earlier),
      compareAccount(release, earlier),
      compareUploaders(uploaders, release, earlier),
    ];
    const [first, ...others] = compared.flatMap((one) => one ?? []);
    if (first !== undefined) return judged(release, [first, ...others], now);
    const asked = compared.some((one) => one !== undefined);
    return asked
      ? passed("Published by whom earlier releases were published.")
      : notChecked("too few earlier releases say who published them.");
  },
};

/** Another repository is a hold; another workflow, environment or kind of ref a warning, two of them a hold. */
function comparePipeline(
  publisher: Publisher | undefined,
  release: Release,
  earlier: readonly Release[],
): Difference[] | undefined {
  const known = everKnown(earlier, publisherOf);
  if (publisher === undefined || known.length < WINDOW.least) return undefined;
  const changed = (["repository", "workflow", "environment", "ref"] as const).flatMap((part) => {
    const plainly = ({ [part]: value }: Publisher) => (part === "ref" && value !== undefined ? refKind(value) : value);
    const observed = plainly(publisher);
    const usual = [...new Set(known.flatMap(({ value }) => plainly(value) ?? []))];
    if (observed === undefined || usual.length === 0 || usual.includes(observed)) return [];
    return [{ part, observed, usual }];
  });
  const strict = changed.length > 1 || changed.some(({ part }) => part === "repository");
  return changed.map(({ part, observed, usual }) => ({
    outcome: strict ? "hold" : "warn",
    summary: `The publisher's ${part} changed: ${release.version} was published from ${observed}; earlier ones from ${usual.slice(0, 3).join(", ")}.`,
    part: "publisher",
    observed: `${part}: ${observed}`,
    expected: `${part}: ${usual.slice(0, 3).join(", ")}`,
    compared: known.slice(0, WINDOW.long),
  }));
}

/** An account that never published it, where a small circle of them always did: a hold; where many do: a warning. */
function compareAccount({ version, evidence }: Release, earlier: readonly Release[]): Difference[] | undefined {
  const account = evidence?.account;
  const known = everKnown(earlier, (facts) => facts.account);
  if (account === undefined || known.length < WINDOW.least) return undefined;
  const usual = [...new Set(known.map(({ value }) => value))];
  if (usual.includes(account)) return [];
  const recent = new Set(known.slice(0, WINDOW.long).map(({ value }) => value));
  return [
    {
      outcome: recent.size <= 2 && known.length >= WINDOW.usual ? "hold" : "warn",
      summary: `The publishing account changed: ${version} was published by ${account}; earlier ones by ${usual.slice(0, 3).join(", ")}.`,
      part: "account",
      observed: account,
      expected: usual.slice(0, 3).join(", "),
      compared: known.slice(0, WINDOW.long),
    },
  ];
}

/** Files that somebody else uploads than ever before. A person where only automation did is a hold, else a warning. */
function compareUploaders(
  uploaders: readonly string[] | undefined,
  release: Release,
  earlier: readonly Release[],
): Difference[] | undefined {
  const known = everKnown(earlier, (_, one) => uploadersOf(one));
  if (uploaders === undefined || known.length < WINDOW.least) return undefined;
  const usual = [...new Set(known.flatMap(({ value }) => value))];
  const strangers = uploaders.filter((one) => !usual.includes(one));
  if (strangers.length === 0) return [];
  const recent = lastKnown(earlier, (_, one) => uploadersOf(one), WINDOW.long);
  const automated = recent.length >= WINDOW.usual && recent.every(({ value }) => value.every(isAutomation));
  return [
    {
      outcome: automated && !strangers.every(isAutomation) ? "hold" : "warn",
      summary: `The uploader changed: files of ${release.version} were uploaded by ${strangers.join(", ")}; earlier ones by ${usual.slice(0, 3).join(", ")}.`,
      part: "uploader",
      observed: strangers.join(", "),
      expected: usual.slice(0, 3).join(", "),
      compared: recent,
    },
  ];
}

function uploadersOf({ assets }: Release): readonly string[] | undefined {
  const uploaders = [...new Set(assets.flatMap(({ uploader }) => uploader ?? []))].toSorted();
  return uploaders.length === 0 ? undefined : uploaders;
}

function isAutomation(login: string): boolean {
  return /\[bot\]$|^github-actions$/.test(login);
}
