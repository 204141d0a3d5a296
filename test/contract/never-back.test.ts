import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareComponent, olderSteps } from "../../src/compare/compare.ts";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import { type Component, toComponents } from "../../src/domain/pin.ts";
import { type Release, tagOfVersion } from "../../src/domain/release.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { rewrite } from "../../src/lib/rewrite.ts";
import { aRelease, NOW } from "../support/build.ts";

type Numbers = readonly [number, number, number];

const dotted = (numbers: readonly number[]) => numbers.join(".");
const requirement = (spec: string) => [{ path: "requirements.txt", text: `click${spec}\n` }];
const manifest = (range: string) => [{ path: "package.json", text: `{"dependencies":{"click":"${range}"}}\n` }];
const compose = (image: string) => ({ path: "compose.yaml", text: `services:\n  a:\n    image: ${image}\n` });
const DIGEST = `sha256:${"a".repeat(64)}`;

/** Places of each kind, by the versions that stand there. */
const PLACES: Readonly<Record<string, (one: Numbers, other: Numbers) => SourceText[]>> = {
  "an exact requirement": (one) => requirement(`==${dotted(one)}`),
  "a compatible requirement": ([a, b]) => requirement(`~=${a}.${b}`),
  "a requirement with a wildcard": ([a, b]) => requirement(`==${a}.${b}.*`),
  "a requirement within one minor series": ([a, b, c]) => requirement(`>=${a}.${b}.${c},<${a}.${b + 1}.0`),
  "a requirement within one major series": ([a, b]) => requirement(`>=${a}.${b},<${a + 1}`),
  "a requirement below a bound": ([a]) => requirement(`<${a + 1}`),
  "requirements that differ": (one, other) => [
    ...requirement(`==${dotted(one)}`),
    { path: "docs/requirements.txt", text: `click==${dotted(other)}\n` },
  ],
  "a requirement beside a range": (one, [a, b]) => [
    ...requirement(`==${dotted(one)}`),
    { path: "docs/requirements.txt", text: `click>=${a}.${b},<${a}.${b + 1}\n` },
  ],
  "an exact dependency": (one) => manifest(dotted(one)),
  "a dependency with a caret": (one) => manifest(`^${dotted(one)}`),
  "a dependency with a tilde": ([a, b]) => manifest(`~${a}.${b}`),
  "a dependency with a wildcard": ([a]) => manifest(`${a}.x`),
  "a dependency within one series": ([a, b, c]) => manifest(`>=${a}.${b}.${c} <${a + 1}.0.0`),
  "an image": ([a, b]) => [compose(`example/tool:${a}.${b}`)],
  "an image with a digest": (one) => [compose(`example/tool:${dotted(one)}@${DIGEST}`)],
  "images that differ": (one, other) => [
    compose(`example/tool:${dotted(one)}-slim`),
    { path: "Dockerfile", text: `FROM example/tool:${dotted(other)}-slim\n` },
  ],
  "an action": (one) => [
    { path: ".github/workflows/a.yml", text: `jobs:\n  a:\n    steps:\n      - uses: example/tool@v${dotted(one)}\n` },
  ],
  "an action on its major version": ([a]) => [
    { path: ".github/workflows/a.yml", text: `jobs:\n  a:\n    steps:\n      - uses: example/tool@v${a}\n` },
  ],
  "downloads that differ": (one, other) =>
    [one, other].map((numbers, at) => ({
      path: `${at}.sh`,
      text: `curl -LO https://github.com/example/tool/releases/download/v${dotted(numbers)}/tool.tgz\n`,
    })),
};

const numbers: fc.Arbitrary<Numbers> = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3));
const upstream = fc.array(
  fc.record({
    numbers,
    length: fc.constantFrom(1, 2, 3, 3),
    unfinished: fc.constantFrom(false, false, true),
    state: fc.constantFrom<Release["state"]>("released", "released", "yanked", "deleted", "prerelease", "deprecated"),
  }),
  { maxLength: 10 },
);
type Upstream = typeof upstream extends fc.Arbitrary<infer Value> ? Value : never;

const PRERELEASE: Readonly<Record<string, string>> = { pep440: "rc1", semver: "-rc.1" };

function releasesOf({ pins }: Component, all: Upstream): Release[] {
  const [pin] = pins;
  const variant = pin?.variant === undefined || pin.variant === "" ? "" : `-${pin.variant}`;
  const byTag = new Map<string, Release>();
  for (const { numbers, length, unfinished, state } of all) {
    const kept = pin?.scheme === "semver" ? numbers : numbers.slice(0, length);
    const version = `${dotted(kept)}${unfinished ? (PRERELEASE[pin?.scheme ?? ""] ?? "-rc1") : ""}`;
    const tag = tagOfVersion(`${version}${variant}`, pin?.tagTemplate);
    byTag.set(tag, aRelease({ upstream: pin?.upstream ?? "", version, tag, state, digests: { index: DIGEST } }));
  }
  return [...byTag.values()];
}

/** Told without a scheme: numbers, then unfinished before finished. */
function isLater(version: string, than: string): boolean {
  const read = (text: string) => {
    const [, plain = "", rest = ""] = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(text) ?? [];
    const [a = 0, b = 0, c = 0] = plain.split(".").map(Number);
    return [a, b, c, rest.includes("rc") ? 0 : 1];
  };
  const [one, other] = [read(version), read(than)];
  const at = one.findIndex((number, index) => number !== other[index]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}

const isBelowABound = (text: string) => text.startsWith("<");

function candidatesOf(files: readonly SourceText[], all: Upstream) {
  const { pins } = discover(files);
  return toComponents("p", pins).flatMap((component) => {
    const input = { component, releases: releasesOf(component, all), allowPrereleases: false, now: NOW };
    return [...compareComponent(input).candidates, ...olderSteps(input)];
  });
}

describe.each(Object.entries(PLACES))("%s", (_, filesOf) => {
  it("is offered only what is out, finished, and later than what stands there, whatever its upstream has", () => {
    fc.assert(
      fc.property(numbers, numbers, upstream, (one, other, all) => {
        for (const { component, to, step } of candidatesOf(filesOf(one, other), all)) {
          expect(to.state).toBe("released");
          expect(to.version).not.toContain("rc");
          for (const { version, text } of component.pins)
            if (!isBelowABound(text)) expect([version, to.version, step, isLater(to.version, version)]).toContain(true);
        }
      }),
    );
  });

  it("reads as later once it was moved, and is then offered nothing of the same upstream", () => {
    fc.assert(
      fc.property(numbers, numbers, upstream, (one, other, all) => {
        const files = filesOf(one, other);
        const [candidate] = candidatesOf(files, all);
        const pins = candidate?.component.pins ?? [];
        if (candidate === undefined || pins.some(({ edits }) => edits.length === 0)) return;
        const { version, tag } = candidate.to;
        const written = rewrite({ files, pins, target: { version, tag, digest: DIGEST }, discover });
        if (isFailure(written)) throw written;
        const after = files.map((file) => written.changes.find(({ path }) => path === file.path) ?? file);
        const before = discover(files).pins;
        const now = discover(after).pins;
        expect(now).toHaveLength(before.length);
        for (const [at, pin] of now.entries()) expect(isLater(before[at]?.version ?? "", pin.version)).toBe(false);
        const left = candidatesOf(after, all).flatMap(({ component }) => component.pins);
        expect(left.filter(({ edits }) => edits.length > 0).map(({ text }) => text)).toEqual([]);
      }),
    );
  });
});
