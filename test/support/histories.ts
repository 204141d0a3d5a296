import { DAY, HOUR, plus } from "../../src/domain/instant.ts";

/**
 * Made-up projects and takeovers in the shapes of the published base rates (docs/decisions.md, "A release is compared
 * with its own project, and unknown speaks for nobody"), as the files that `headgate replay` reads. The same seed gives the same world.
 */
type Random = () => number;

/** Mulberry32: small, fast and good enough to draw projects with. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const START = "2024-01-01T08:00:00.000Z";
const chance = (random: Random, share: number) => random() < share;
const pick = <One>(random: Random, from: readonly One[]): One => from[Math.floor(random() * from.length)] as One;

type Made = Record<string, unknown> & { readonly version: string; readonly publishedAt: string };

/** Versions and dates of one project: minor and patch steps, gaps around a month, now and then a burst or a long sleep. */
function calendar(random: Random, count: number): Made[] {
  const rhythm = 4 + random() * 50;
  let at = plus(START, random() * 30 * DAY);
  let [major, minor, patch] = [1, 0, 0];
  return Array.from({ length: count }, () => {
    const gap = chance(random, 0.006) ? 400 * DAY : chance(random, 0.05) ? HOUR : rhythm * DAY * (0.3 + 1.4 * random());
    at = plus(at, gap);
    if (chance(random, 0.03)) [major, minor, patch] = [major + 1, 0, 0];
    else if (chance(random, 0.4)) [minor, patch] = [minor + 1, 0];
    else patch += 1;
    return { version: `${major}.${minor}.${patch}`, publishedAt: at };
  });
}

/** A project on a forge: half of them merge on its pages, a sixth signs in person, the others sign nothing. */
export function aGitProject(random: Random, name: string, count = 40): Record<string, unknown> {
  const style = random();
  const many = chance(random, 0.15);
  const keys = Array.from({ length: many ? 8 : 1 + Math.floor(random() * 2) }, (_, index) => `KEY${name}${index}`);
  const branchless = chance(random, 0.03);
  const robot = chance(random, 0.5);
  const people = ["ann", "ben"].slice(0, 1 + Math.floor(random() * 2));
  const newcomer = () => {
    if (chance(random, 0.006)) people.push(`person-${people.length}`);
    return pick(random, people);
  };
  const releases = calendar(random, count).map((one, index) => ({
    ...one,
    tag: `v${one.version}`,
    commit: `${name}-${index}`,
    onBranch: branchless ? chance(random, 0.4) : !chance(random, 0.004),
    assets: [
      {
        name: "a.tgz",
        digest: `d${index}`,
        uploader: robot && !chance(random, 0.005) ? "github-actions[bot]" : newcomer(),
      },
    ],
    author: robot ? "github-actions[bot]" : pick(random, people),
    signature: signatureOf(random, style, keys, index),
  }));
  return { name, upstream: `pkg:github/example/${name}`, candidate: "*", releases };
}

function signatureOf(random: Random, style: number, keys: readonly string[], index: number): unknown {
  if (style < 0.5) return chance(random, 0.02) ? "UNSIGNED" : { state: "VALID", byForge: true };
  if (style > 0.65) return "UNSIGNED";
  const rotated = keys.length === 2 && index < 20 ? keys.slice(0, 1) : keys;
  return chance(random, 0.01) ? "UNSIGNED" : { state: "VALID", key: pick(random, rotated) };
}

/** Releases of projects with a trusted publisher that somebody uploads by hand all the same. */
const MANUAL = 0.01;

/**
 * A package: most have tags, which may follow hours later, a sixth attestations since some release. How many forget tags is assumed: one in
 * twenty projects a fifth of them, the others as many as `forgotten` says. Some get wheels weeks later, some are yanked at some time.
 */
export function aPackage(random: Random, name: string, count = 40, forgotten = 0.004): Record<string, unknown> {
  const tags = chance(random, 0.7);
  const careless = chance(random, 0.05);
  const attests = chance(random, 0.17);
  const adopted = Math.floor(random() * count);
  const dependencies = ["left", "right"];
  const releases = calendar(random, count).map((one, index) => {
    if (chance(random, 0.03)) dependencies.push(`dependency-${index}`);
    const provenance = { repository: `example/${name}`, workflow: chance(random, 0.003) ? "new.yml" : "publish.yml" };
    const manual = index < adopted || chance(random, MANUAL);
    return {
      ...one,
      ...(tags && tagged(random, one.publishedAt, careless ? 0.2 : forgotten)),
      ...(attests && { provenance: manual ? "none" : provenance }),
      ...(chance(random, 0.02) && { state: "yanked" }),
      files: [
        { filename: `${name}-${one.version}.tar.gz`, upload_time: one.publishedAt },
        ...(chance(random, 0.03)
          ? [{ filename: `${name}-late.whl`, upload_time: plus(one.publishedAt, 40 * DAY) }]
          : []),
      ],
      dependencies: dependencies.map((dependency) => ({ name: dependency, ageDays: chance(random, 0.002) ? 5 : 900 })),
      installCode: { pth: [], setup: "none", scripts: [] },
    };
  });
  return { name, upstream: `pkg:pypi/${name}`, candidate: "*", releases };
}

function tagged(random: Random, at: string, forgotten: number): Record<string, unknown> {
  if (chance(random, forgotten)) return { tagExists: false };
  if (!chance(random, 0.1)) return { tagExists: true };
  return { tagExists: false, observations: [{ at: plus(at, random() * 20 * HOUR), tagExists: true }] };
}

/** Hours until somebody noticed: most within a day, some after weeks. */
const NOTICED = [2, 3, 5, 8, 12, 20, 30, 46, 60, 24 * 4, 24 * 6, 24 * 9, 24 * 30];

/** How takeovers show themselves, with how many of 39 do so, and whether they leave evidence of who published. */
const SHAPES: readonly (readonly [number, boolean, string, (random: Random) => Record<string, unknown>])[] = [
  [5, true, "github", () => ({ replaced: { commit: "other", signature: "UNSIGNED", onBranch: false } })],
  [2, true, "github", () => ({ replaced: { assets: [{ name: "a.tgz", digest: "other", uploader: "x" }] } })],
  [2, true, "docker", () => ({ replaced: { digest: "other" } })],
  [6, true, "pypi", () => ({ tagExists: false })],
  [3, true, "pypi", () => ({ provenance: "none", tagExists: false })],
  [2, true, "github", () => ({ signature: { state: "VALID", key: "STRANGER" } })],
  [2, true, "github", () => ({ onBranch: false })],
  [1, true, "npm", () => ({ account: "stranger" })],
  [1, true, "pypi", () => ({ provenance: { repository: "stranger/tool", workflow: "publish.yml" } })],
  [1, true, "pypi", () => ({ installCode: { pth: ["a.pth"] } })],
  [
    2,
    false,
    "npm",
    () => ({
      dependencies: [
        { name: "left", ageDays: 900 },
        { name: "fresh", ageDays: 1 },
      ],
    }),
  ],
  [12, false, "pypi", () => ({})],
];

/** The 39 takeovers of one world. `identity`: whether they left evidence of who published. */
export function takeovers(
  random: Random,
): { readonly incident: Record<string, unknown>; readonly identity: boolean }[] {
  return SHAPES.flatMap(([count, identity, kind, change]) =>
    Array.from({ length: count }, (_, index) => ({
      identity,
      incident: aTakeover(random, kind, change(random), index),
    })),
  );
}

function aTakeover(random: Random, kind: string, change: Record<string, unknown>, index: number) {
  const usual = {
    commit: "usual",
    digest: "usual",
    assets: [{ name: "a.tgz", digest: "usual", uploader: "ann" }],
    signature: { state: "VALID", key: "OWNER" },
    onBranch: true,
    tagExists: true,
    account: "owner",
    provenance: { repository: "example/tool", workflow: "publish.yml" },
    dependencies: [{ name: "left", ageDays: 900 }],
    installCode: { pth: [] },
  };
  const history = calendar(random, 12).map((one, number) => ({
    ...one,
    ...usual,
    commit: `c${number}`,
    tag: `v${one.version}`,
  }));
  const last = history.at(-1)?.publishedAt ?? START;
  const publishedAt = plus(last, 20 * DAY);
  const { replaced, ...facts } = change;
  const at = replaced === undefined ? publishedAt : plus(publishedAt, 60 * DAY);
  const changed = replaced === undefined ? {} : { observations: [{ at, ...(replaced as object) }] };
  return {
    name: `${kind} ${index}`,
    upstream: `pkg:${kind}/example/tool`.replace("pypi/example/", "pypi/"),
    publicAt: plus(at, pick(random, NOTICED) * HOUR),
    candidate: { version: "90.0.1", tag: "v90.0.1", publishedAt, ...usual, ...facts, ...changed },
    history: [...history, { version: "90.0.0", tag: "v90.0.0", publishedAt: plus(publishedAt, -10 * DAY), ...usual }],
  };
}
