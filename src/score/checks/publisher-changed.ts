import { earliest } from "../../domain/instant.ts";
import { uploadersOf } from "../../domain/integrity/content-history.ts";
import { type Publisher, publisherOf, refKind } from "../../domain/publisher.ts";
import type { Release, ReleaseOutline } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { bornAt, everKnown, type Known, newcomers, WINDOW } from "../../domain/release-history.ts";
import { type Check, type Difference, judged, notChecked, passed, unknownPart } from "../check.ts";

/** Whether a release comes from a publisher that no earlier one came from: another repository, pipeline or account. */
export const publisherChanged: Check = {
  id: "publisher-changed",
  rule: "R5",
  title: "Another publisher than before",
  why: "A stolen account or a copied repository publishes under its own identity, which the project never used.",
  basis: "evidence",
  appliesTo: () => true,
  judge: ({ release, history, earlier }, now) => {
    const facts = release.evidence ?? {};
    const publisher = publisherOf(facts);
    const uploaders = ownUploaders(release);
    const parts = [publisher, facts.account, facts.maintainers, facts.mailDomains, uploaders];
    if (parts.every((part) => part === undefined)) {
      return unknownPart(release, "publisher", "nothing says who published it.");
    }
    const compared = [
      comparePipeline(publisher, release, earlier),
      compareAccount(release, earlier),
      compareMaintainers(release, earlier),
      compareUploaders(uploaders, release, earlier),
      compareMailDomains(release, history),
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
  earlier: readonly ReleaseOutline[],
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

/**
 * Whether a stranger is news: a hold where the same one or two people did it all along, nothing where it is often
 * somebody else. Who makes releases on a forge is known for less than who holds an account of a registry, so more of
 * them are asked for there; of one person who did it alone fewer.
 */
function strictness({ upstream }: Release, known: readonly Known<readonly string[]>[]): "hold" | "warn" | "pass" {
  const circle = new Set(known.slice(0, WINDOW.long).flatMap(({ value }) => value));
  const registry = circle.size === 1 ? WINDOW.least : WINDOW.usual;
  const needed = FORGES.test(upstream) ? WINDOW.long : registry;
  const { ever, lately } = newcomers(known);
  if (ever >= HABIT) return "pass";
  return circle.size <= 2 && lately === 0 && known.length >= needed ? "hold" : "warn";
}

/** After so many new names another one says nothing. */
const HABIT = 5;

const FORGES = /^pkg:(?:github|githubactions|gitlab|bitbucket|generic)\//;

/** An account that never published it. */
function compareAccount(release: Release, earlier: readonly ReleaseOutline[]): Difference[] | undefined {
  const { version, evidence } = release;
  const account = evidence?.account;
  const known = everKnown(earlier, (facts) => (facts.account === undefined ? undefined : [facts.account]));
  if (account === undefined || known.length < WINDOW.least) return undefined;
  const usual = [...new Set(known.flatMap(({ value }) => value))];
  if (usual.includes(account)) return [];
  const helped = everKnown(earlier, (facts, { uploaders }) => [...(facts.maintainers ?? []), ...uploaders]);
  const isKnown = helped.some(({ value }) => value.includes(account));
  return [
    {
      outcome: isKnown ? "pass" : strictness(release, known),
      summary: `The publishing account changed: ${version} was published by ${account}; earlier ones by ${usual.slice(0, 3).join(", ")}.`,
      part: "account",
      observed: account,
      expected: usual.slice(0, 3).join(", "),
      compared: known.slice(0, WINDOW.long),
    },
  ];
}

/** Who may publish: a new name is a warning, nobody left of the old ones a hold. */
function compareMaintainers(
  { version, evidence }: Release,
  earlier: readonly ReleaseOutline[],
): Difference[] | undefined {
  const maintainers = evidence?.maintainers;
  const known = everKnown(earlier, (facts) => facts.maintainers);
  if (maintainers === undefined || maintainers.length === 0 || known.length === 0) return undefined;
  const usual = new Set(known.flatMap(({ value }) => value));
  const strangers = maintainers.filter((one) => !usual.has(one));
  if (strangers.length === 0) return [];
  const before = [...usual].slice(0, 3).join(", ");
  const all = strangers.length === maintainers.length;
  return [
    {
      outcome: all ? "hold" : "warn",
      summary: `The maintainers changed: with ${version} ${all ? "all are" : `${strangers.join(", ")} is`} new; before ${before}.`,
      part: "maintainers",
      observed: maintainers.join(", "),
      expected: before,
      compared: known.slice(0, WINDOW.long),
    },
  ];
}

/** A domain that was registered after the project's first release was given up and taken by somebody. */
function compareMailDomains(release: Release, history: readonly ReleaseOutline[]): Difference[] | undefined {
  const domains = Object.entries(release.evidence?.mailDomains ?? {});
  if (domains.length === 0) return undefined;
  const first = history.map(bornAt).reduce(earliest, undefined);
  if (first === undefined) return undefined;
  return domains
    .filter(([, registered]) => registered > first && registered <= bornAt(release))
    .map(([domain, registered]) => ({
      outcome: "hold",
      summary: `The mail domain ${domain} of a maintainer was registered anew on ${registered.slice(0, 10)}; the project is older (${first.slice(0, 10)}).`,
      part: "mailDomains",
      observed: `${domain} since ${registered.slice(0, 10)}`,
      expected: "a domain that is as old as the project",
    }));
}

/** Files that somebody else uploads than ever before. A person where only automation did for long is a hold, too. */
function compareUploaders(
  uploaders: readonly string[] | undefined,
  release: Release,
  earlier: readonly ReleaseOutline[],
): Difference[] | undefined {
  const known = everKnown(earlier, knownUploaders);
  if (uploaders === undefined || known.length < WINDOW.least) return undefined;
  const usual = [...new Set(known.flatMap(({ value }) => value))];
  const strangers = uploaders.filter((one) => !usual.includes(one));
  if (strangers.length === 0) return [];
  const recent = known.slice(0, WINDOW.memory);
  const automated = recent.length >= WINDOW.long && recent.every(({ value }) => value.every(isAutomation));
  const person = !strangers.every(isAutomation);
  return [
    {
      outcome: automated && person ? "hold" : newcomers(known).ever >= HABIT ? "pass" : "warn",
      summary: `The uploader changed: files of ${release.version} were uploaded by ${strangers.join(", ")}; earlier ones by ${usual.slice(0, 3).join(", ")}.`,
      part: "uploader",
      observed: strangers.join(", "),
      expected: usual.slice(0, 3).join(", "),
      compared: known.slice(0, WINDOW.long),
    },
  ];
}

function ownUploaders({ assets }: Release): readonly string[] | undefined {
  const uploaders = uploadersOf(assets);
  return uploaders.length === 0 ? undefined : uploaders;
}

function knownUploaders(_: ReleaseFacts, { uploaders }: ReleaseOutline): readonly string[] | undefined {
  return uploaders.length === 0 ? undefined : uploaders;
}

function isAutomation(login: string): boolean {
  return /\[bot\]$|^github-actions$/.test(login);
}
