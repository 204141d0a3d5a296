import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findScheme, SCHEMES } from "../../src/compare/schemes.ts";
import { isFailure } from "../../src/lib/failure.ts";

const number = fc.integer({ min: 0, max: 30 });
const suffix = fc.constantFrom(
  "",
  "",
  "",
  "-rc1",
  "rc2",
  "-alpha.1",
  "b3",
  "-slim",
  "-slim-trixie",
  "-1",
  "+k3s1",
  ".post1",
);
const version = fc
  .tuple(fc.constantFrom("", "", "v"), fc.array(number, { minLength: 1, maxLength: 4 }), suffix)
  .map(([prefix, numbers, rest]) => `${prefix}${numbers.join(".")}${rest}`);
const anyText = fc.oneof(
  version,
  version,
  fc.string({ maxLength: 40 }),
  fc.constantFrom("latest", "main", "20260803", ""),
);

describe.each(SCHEMES)("the scheme $id", (scheme) => {
  it("understands versions and nothing like a branch", () => {
    expect(["1.2.3", "2026.11.3", "r1.2"].some(scheme.isVersion)).toBe(true);
    for (const text of ["latest", "main", "", "343f7c4344506bcbf9b4de18042ae17996df046d", "x".repeat(5000)]) {
      expect(scheme.isVersion(text), text).toBe(false);
    }
  });

  it("orders a version like itself", () => {
    fc.assert(fc.property(anyText, (a) => scheme.compare(a, a) === (scheme.isVersion(a) ? 0 : undefined)));
  });

  it("finds newer what it orders so, whatever it needs to read for that", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => scheme.newerThan(a)(b) === (scheme.compare(b, a) ?? 0) > 0),
      { numRuns: 500 },
    );
  });

  it("turns the order round when its sides are exchanged", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const [there, back] = [scheme.compare(a, b), scheme.compare(b, a)];
        return there === undefined
          ? back === undefined
          : Math.sign(there) === -Math.sign(back ?? Number.NaN) || there === 0;
      }),
    );
  });

  it("is transitive wherever an order is known", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [ab, bc, ac] = [scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c)];
        return !(ab !== undefined && bc !== undefined && ab <= 0 && bc <= 0) || (ac !== undefined && ac <= 0);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps every version on its own track, and orders all versions of a track", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        if (!scheme.isVersion(a)) return scheme.compare(a, b) === undefined && !scheme.sameTrack(a, b);
        return scheme.sameTrack(a, a) && (!scheme.sameTrack(a, b) || scheme.compare(a, b) !== undefined);
      }),
    );
  });

  it("counts a version as inside `=version` of itself, and never inside both halves of a cut", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        if (!scheme.isVersion(a) || !scheme.isVersion(b)) return;
        expect(scheme.satisfies(a, `=${a}`), a).not.toBe(false);
        const [below, atLeast] = [scheme.satisfies(a, `<${b}`), scheme.satisfies(a, `>=${b}`)];
        expect(below === true && atLeast === true, `${a} <${b} and >=${b}`).toBe(false);
      }),
    );
  });

  it.each([
    ["1.2.3", "=1.2.3", true],
    ["1.2.4", "=1.2.3", false],
    ["5.9.0", "<6", true],
    ["6.0.0", "<6", false],
    ["6.0.0-rc1", "<6", false],
    ["1.5.0", ">=1.2 <2", true],
    ["2.0.0", ">=1.2, <2", false],
    ["1.2.9", "^1.2", true],
    ["2.0.0", "^1.2", false],
    ["0.3.0", "^0.2.1", false],
    ["1.3.0", "~1.2.1", false],
    ["1.2.9", "~1.2.1", true],
    ["1.0.0", "<1 || >=3", false],
    ["3.1.0", "<1 || >=3", true],
    ["3.1.0", "*", true],
    ["3.1.0", "what?", undefined],
    ["3.1.0", "", undefined],
    ["latest", "<6", undefined],
  ])("says of %s within %s: %s", (text, range, expected) => {
    if (text !== "latest" && !scheme.isVersion(text)) return;
    expect(scheme.satisfies(text, range)).toBe(expected);
  });

  it.skipIf(!scheme.isVersion("1.2.3"))("knows steps and finished versions, where it reads three numbers", () => {
    expect(scheme.step("1.2.3", "2.0.0")).toBe("major");
    expect(scheme.step("1.2.3", "1.3.0")).toBe("minor");
    expect(scheme.step("1.2.3", "1.2.4")).toBe("patch");
    expect(scheme.step("1.2.3", "latest")).toBe("other");
    expect(scheme.isStable("1.2.3")).toBe(true);
    expect(scheme.isStable("1.2.3-rc1")).toBe(false);
    expect(scheme.isStable("latest")).toBe(false);
  });

  it("has an id, a title and is found by the id", () => {
    expect(scheme.title).not.toBe("");
    expect(findScheme(scheme.id)).toBe(scheme);
  });
});

it("an unknown scheme is a failure that names the known ones", () => {
  const failure = findScheme("sumver");
  expect(isFailure(failure) && failure.code === "misconfigured" && failure.message).toMatch(/sumver.*semver.*pep440/);
});
