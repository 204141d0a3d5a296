import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ComparisonInput, compareComponent, olderSteps } from "../../src/compare/compare.ts";
import type { Pin } from "../../src/domain/pin.ts";
import type { Release } from "../../src/domain/release.ts";
import { aComponent, aPin, aRelease, NOW } from "../support/build.ts";

type Given = { pins?: Partial<Pin>[]; tags?: string[]; releases?: Partial<Release>[] } & Partial<
  Pick<ComparisonInput, "policyRange" | "allowPrereleases">
>;

function inputOf({ pins = [{ text: "1.0.0" }], tags = [], releases = [], ...given }: Given): ComparisonInput {
  return {
    component: aComponent({ pins: pins.map(aPin) }),
    releases: [...tags.map((tag) => aRelease({ version: tag })), ...releases.map(aRelease)],
    allowPrereleases: false,
    now: NOW,
    ...given,
  };
}

const compared = (given: Given) => compareComponent(inputOf(given));

const target = (given: Given) => compared(given).candidates[0]?.to.version;

describe("the newest acceptable release", () => {
  it("is found by version, not by date or place", () => {
    const { candidates } = compared({ tags: ["1.0.0", "1.10.0", "1.2.0", "1.9.9"] });
    expect(candidates).toHaveLength(1);
    expect(candidates[0]).toMatchObject({ from: ["1.0.0"], to: { version: "1.10.0" }, step: "minor" });
    expect(candidates[0]?.between.map((release) => release.version)).toEqual(["1.10.0", "1.9.9", "1.2.0"]);
  });

  it.each([
    ["yanked", undefined],
    ["deleted", undefined],
    ["deprecated", undefined],
    ["prerelease", undefined],
    ["released", "1.1.0"],
  ] as const)("when the newer one is %s: %s", (state, expected) => {
    expect(target({ releases: [{ version: "1.1.0", state }] })).toBe(expected);
  });

  it("is a prerelease only for those who are on one, or ask for them", () => {
    const tags = ["1.1.0", "1.2.0-rc1"];
    expect(target({ tags })).toBe("1.1.0");
    expect(target({ tags, allowPrereleases: true })).toBe("1.2.0-rc1");
    expect(target({ tags, pins: [{ text: "1.1.0-beta1" }] })).toBe("1.2.0-rc1");
    expect(target({ releases: [{ version: "1.2.0", state: "prerelease" }], allowPrereleases: true })).toBe("1.2.0");
  });

  it("is there only when it is newer than every current version", () => {
    const pins = [{ text: "1.0.0" }, { text: "1.4.0", line: 9 }];
    expect(target({ pins, tags: ["1.3.0", "1.4.0"] })).toBeUndefined();
    expect(compared({ pins, tags: ["1.3.0", "1.5.0", "0.9.0"] }).candidates[0]).toMatchObject({
      from: ["1.0.0", "1.4.0"],
      to: { version: "1.5.0" },
      between: [{ version: "1.5.0" }, { version: "1.3.0" }],
    });
  });

  it("is read from tags by the component's template; other tags are of no interest", () => {
    const pins = [{ text: "1.13.0", tagTemplate: "controller-v{version}" }];
    const { candidates } = compared({ pins, tags: ["controller-v1.13.1", "helm-chart-4.14.0", "v9.0.0"] });
    expect(candidates[0]?.to).toMatchObject({ version: "1.13.1", tag: "controller-v1.13.1" });
  });

  it("was seen by now", () => {
    const releases = [{ version: "1.1.0" }, { version: "1.2.0", firstSeenAt: "2026-11-21T00:00:00.000Z" }];
    expect(target({ releases })).toBe("1.1.0");
  });
});

describe("ranges", () => {
  it("a policy's range, or one beside a pin, is preferred to what is newer", () => {
    const tags = ["1.5.0", "2.1.0"];
    expect(target({ tags, policyRange: "<2" })).toBe("1.5.0");
    expect(target({ tags, pins: [{ text: "1.0.0", word: { kind: "hold", range: "<2" } }] })).toBe("1.5.0");
  });

  it("what is outside is still named when there is nothing inside, for the decision to hold it", () => {
    expect(target({ tags: ["2.1.0"], policyRange: "<2" })).toBe("2.1.0");
  });

  it("a pin that is a range moves only when it does not admit the target", () => {
    const range = { version: "7.4.0", precision: "range", scheme: "pep440" } as const;
    expect(target({ pins: [{ ...range, text: "^7.4.0" }], tags: ["8.0.2"] })).toBe("8.0.2");
    expect(target({ pins: [{ ...range, text: "^7.4.0" }], tags: ["7.9.0"] })).toBeUndefined();
    expect(target({ pins: [{ ...range, text: ">=7.4" }], tags: ["8.0.2"] })).toBeUndefined();
  });

  it("a range that ends before a version leaves that version out", () => {
    const range = { version: "6", text: "<6", precision: "range", scheme: "pep440" } as const;
    expect(target({ pins: [range], tags: ["5.9.1", "6.0.0"] })).toBe("6.0.0");
    expect(target({ pins: [range], tags: ["5.9.1", "6.0.0rc1"] })).toBeUndefined();
  });

  it("a range that leaves numbers out is compared by where it begins", () => {
    const range = { version: "18", text: "^18", precision: "range", scheme: "semver" } as const;
    expect(target({ pins: [range], tags: ["18.3.1", "19.2.0"] })).toBe("19.2.0");
    expect(target({ pins: [range], tags: ["18.3.1"] })).toBeUndefined();
  });

  it("beside an exact pin an admitting range stays where it is", () => {
    const pins = [
      { text: "7.1.0", scheme: "pep440" },
      { text: ">=5.9", version: "5.9", precision: "range", scheme: "pep440", line: 2 },
    ] as const;
    const [candidate] = compared({ pins: [...pins], tags: ["7.2.0"] }).candidates;
    expect(candidate).toMatchObject({ from: ["7.1.0"], step: "minor", component: { pins: [{ text: "7.1.0" }] } });
  });
});

describe("images", () => {
  const image = { upstream: "pkg:docker/library/python", scheme: "docker-tag" };
  const tags = ["latest", "3.13-slim-trixie", "3.14-slim-trixie", "3.14-alpine", "3.14.1-slim-trixie", "4-slim-trixie"];

  it("stay in their variant and precision", () => {
    expect(target({ pins: [{ ...image, text: "3.13-slim-trixie" }], tags })).toBe("3.14-slim-trixie");
  });

  it("whose pin names the version without the variant get a version without it, and the whole tag", () => {
    const pins = [{ ...image, text: "3.13-slim-trixie", version: "3.13", variant: "slim-trixie" }];
    expect(compared({ pins, tags }).candidates[0]?.to).toMatchObject({ version: "3.14", tag: "3.14-slim-trixie" });
  });

  it("of two precisions in one project have a candidate each, with keys of their own", () => {
    const pins = [
      { ...image, text: "3-slim-trixie" },
      { ...image, text: "3.13-slim-trixie", line: 8 },
    ];
    const { candidates } = compared({ pins, tags });
    expect(candidates.map((one) => one.to.version)).toEqual(["4-slim-trixie", "3.14-slim-trixie"]);
    expect(new Set(candidates.map((one) => one.component.key)).size).toBe(2);
    expect(new Set(candidates.map((one) => one.id)).size).toBe(2);
  });

  it.each(["floating", "branch"] as const)("on a %s tag have none", (precision) => {
    expect(compared({ pins: [{ ...image, text: "3.13-slim-trixie", precision }], tags })).toMatchObject({
      candidates: [],
      notComparable: [],
    });
  });

  const pushed = (digests: Record<string, string>) => ({
    pins: [{ ...image, text: "3.13-slim", digest: "sha256:old" }],
    releases: [{ version: "3.13-slim", digests }],
  });

  it("pushed again under a pinned digest are a digest step", () => {
    const [candidate] = compared(pushed({ index: "sha256:new" })).candidates;
    expect(candidate).toMatchObject({ step: "digest", to: { version: "3.13-slim" }, from: ["3.13-slim"] });
    expect(compared(pushed({ index: "sha256:newer" })).candidates[0]?.id).not.toBe(candidate?.id);
  });

  it("are a step beside a newer version, for when that has to wait", () => {
    const releases = [{ version: "3.13-slim", digests: { index: "sha256:new" } }, { version: "3.14-slim" }];
    const given = { pins: [{ ...image, text: "3.13-slim", digest: "sha256:old" }], releases };
    const [{ candidates }, older] = [compared(given), olderSteps(inputOf(given))];
    expect(candidates.map(({ to }) => to.version)).toEqual(["3.14-slim"]);
    expect(older.map(({ step, to }) => [step, to.version])).toEqual([["digest", "3.13-slim"]]);
  });

  it("are a step for each tag, where several are pinned", () => {
    const pins = ["3.12-slim", "3.13-slim"].map((text) => ({ ...image, text, digest: "sha256:old" }));
    const releases = pins.map(({ text }) => ({ version: text, digests: { index: `sha256:new-${text}` } }));
    const { candidates } = compared({ pins, releases });
    expect(candidates.map(({ step, from }) => [step, ...from])).toEqual([
      ["digest", "3.12-slim"],
      ["digest", "3.13-slim"],
    ]);
    expect(new Set(candidates.map(({ component }) => component.key)).size).toBe(2);
  });

  it("are none when the pin names one platform of the same push, or nobody knows the digest", () => {
    expect(compared(pushed({ index: "sha256:new", "linux/amd64": "sha256:old" })).candidates).toEqual([]);
    expect(compared(pushed({})).candidates).toEqual([]);
  });

  it("pinned by digest to a floating tag are refreshed", () => {
    const pins = [{ ...image, text: "latest", digest: "sha256:old", precision: "floating" as const }];
    const releases = [{ version: "latest", digests: { index: "sha256:new" } }];
    expect(compared({ pins, releases }).candidates[0]).toMatchObject({ step: "digest", from: ["latest"] });
  });
});

describe("git", () => {
  const commit = "343f7c4344506bcbf9b4de18042ae17996df046d";

  it("a tag that moved under a pinned commit is never a candidate", () => {
    const pins = [{ text: "1.0.0", digest: commit }];
    expect(compared({ pins, releases: [{ version: "1.0.0", commit: "f".repeat(40) }] }).candidates).toEqual([]);
  });

  it("a bare commit stands for the release that was made of it", () => {
    const pins = [{ text: commit, version: "", digest: commit }];
    const releases = [{ version: "v3.0.0", commit }, { version: "v3.1.0" }];
    expect(compared({ pins, releases }).candidates[0]).toMatchObject({ from: ["v3.0.0"], to: { version: "v3.1.0" } });
    expect(compared({ pins, releases: [{ version: "v3.1.0" }] }).notComparable).toEqual([
      `Dockerfile:1: no order is known for "${commit}" (Dotted numbers and calendar versions).`,
    ]);
  });
});

describe("older steps", () => {
  const versions = (given: Given) => olderSteps(inputOf(given)).map((one) => one.to.version);

  it("are a few of each size, newest first, so that a held major version hides no minor one", () => {
    const tags = ["3.0.0", "2.5.0", "2.4.0", "2.3.0", "2.2.0", "1.3.0", "1.2.0", "1.1.0", "1.0.9", "1.0.1"];
    expect(target({ tags })).toBe("3.0.0");
    expect(versions({ tags })).toEqual(["2.5.0", "2.4.0", "2.3.0", "1.3.0", "1.2.0", "1.1.0", "1.0.9", "1.0.1"]);
  });

  it("know what lies between, and have an id of their own", () => {
    const tags = ["1.3.0", "1.2.0", "1.1.0"];
    const [{ candidates }, older] = [compared({ tags }), olderSteps(inputOf({ tags }))];
    expect(older[0]?.between.map((release) => release.version)).toEqual(["1.2.0", "1.1.0"]);
    expect(new Set([...candidates, ...older].map((one) => one.id)).size).toBe(3);
  });

  it("are none where there is one newer version, or none", () => {
    expect(versions({ tags: ["1.1.0"] })).toEqual([]);
    expect(versions({ tags: ["0.9.0"] })).toEqual([]);
  });
});

describe("what has no order", () => {
  it("is said, and has no candidate", () => {
    expect(compared({ pins: [{ text: "debian/1%20230131" }], tags: ["2.0.0"] })).toEqual({
      candidates: [],
      notComparable: [
        'Dockerfile:1: no order is known for "debian/1%20230131" (Dotted numbers and calendar versions).',
      ],
    });
  });

  it("names an unknown scheme", () => {
    expect(compared({ pins: [{ scheme: "sumver" }] }).notComparable[0]).toContain('no version scheme "sumver"');
  });
});

describe("the id of a candidate", () => {
  it("is the same for the same bump whatever else is known", () => {
    const [first] = compared({ tags: ["1.1.0"] }).candidates;
    const [again] = compared({ tags: ["1.0.5", "1.1.0"], policyRange: "<9" }).candidates;
    expect(first?.id).toMatch(/^[0-9a-f]{12}$/);
    expect(again?.id).toBe(first?.id);
    expect(compared({ tags: ["1.2.0"] }).candidates[0]?.id).not.toBe(first?.id);
  });
});

it("never proposes what is not newer than everything current, whatever is released", () => {
  const text = fc
    .tuple(fc.nat(4), fc.nat(4), fc.constantFrom("", "", "-rc1", "-slim"))
    .map(([a, b, c]) => `${a}.${b}${c}`);
  const someScheme = fc.constantFrom("loose", "docker-tag", "pep440", "semver");
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 8 }),
      fc.array(text, { minLength: 1, maxLength: 3 }),
      someScheme,
      (tags, texts, scheme) => {
        const { candidates } = compared({ tags, pins: texts.map((one) => ({ text: one, scheme })) });
        for (const { from, to, between } of candidates) {
          expect(from).not.toContain(to.version);
          expect(between[0]?.version).toBe(to.version);
        }
      },
    ),
  );
});

it("never takes a range back to a version that it begins above", () => {
  const pins = [
    aPin({ text: "8.16.0", scheme: "semver" }),
    aPin({ text: "^8.57.2", version: "8.57.2", precision: "range", scheme: "semver", line: 2 }),
  ];
  const releases = ["8.16.0", "8.57.1"].map((version) => aRelease({ version }));
  const { candidates } = compareComponent({
    component: aComponent({ pins }),
    releases,
    allowPrereleases: false,
    now: NOW,
  });
  expect(candidates.map((one) => one.component.pins.map(({ text }) => text))).toEqual([["8.16.0"]]);
});
