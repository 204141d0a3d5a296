import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import { type Pin, toComponents } from "../../src/domain/pin.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { type Rewrite, type RewriteTarget, rewrite } from "../../src/lib/rewrite.ts";
import { fixture, tree } from "../discover/support.ts";

const sensor = [fixture("dockerfile", "sensor.Dockerfile")];
const COMMIT = "9".repeat(40);
const DIGEST = `sha256:${"8".repeat(64)}`;

/** The pins of one upstream of a tree. */
function pinsOf(files: readonly SourceText[], upstream: string): readonly Pin[] {
  return discover(files).pins.filter((pin) => pin.upstream === upstream);
}

function move(files: readonly SourceText[], upstream: string, target: RewriteTarget) {
  return rewrite({ files, pins: pinsOf(files, upstream), target, discover });
}

function moved(files: readonly SourceText[], outcome: ReturnType<typeof rewrite>): SourceText[] {
  if (isFailure(outcome)) throw outcome;
  return files.map((file) => outcome.changes.find(({ path }) => path === file.path) ?? file);
}

function refusal(outcome: ReturnType<typeof rewrite>): string {
  return isFailure(outcome) && outcome.code === "refused" ? outcome.message : "not refused";
}

describe("rewriting", () => {
  it("changes every place of a version, keeps its spelling, and nothing else", () => {
    const files = tree({
      Dockerfile: "FROM a:1\r\nENV V='v1.2.3' # why\r\nADD https://github.com/o/r/releases/download/$V/x /x\r\n",
      "other.Dockerfile": "FROM a:1\nADD https://github.com/o/r/releases/download/v1.2.3/x-1.2.3-123.zip /x\n",
    });
    const after = moved(files, move(files, "pkg:github/o/r", { version: "2.0.10", tag: "v2.0.10" }));
    expect(after.map(({ text }) => text)).toEqual([
      "FROM a:1\r\nENV V='v2.0.10' # why\r\nADD https://github.com/o/r/releases/download/$V/x /x\r\n",
      "FROM a:1\nADD https://github.com/o/r/releases/download/v2.0.10/x-2.0.10-2010.zip /x\n",
    ]);
  });

  it.each([
    [
      "https://archives.boost.io/release/1.84.0/source/boost_1_84_0.tar.gz",
      "pkg:github/boostorg/boost",
      "1.85.0",
      "https://archives.boost.io/release/1.85.0/source/boost_1_85_0.tar.gz",
    ],
    [
      "https://github.com/curl/curl/releases/download/curl-8_5_0/curl-8.5.0.tar.gz",
      "pkg:github/curl/curl",
      "8_6_0",
      "https://github.com/curl/curl/releases/download/curl-8_6_0/curl-8.6.0.tar.gz",
    ],
    [
      "https://archive.apache.org/dist/tomcat/tomcat-10/v10.1.20/bin/apache-tomcat-10.1.20.tar.gz",
      "pkg:github/apache/tomcat",
      "11.0.2",
      "https://archive.apache.org/dist/tomcat/tomcat-11/v11.0.2/bin/apache-tomcat-11.0.2.tar.gz",
    ],
    [
      "https://dlcdn.apache.org/maven/maven-3/3.9.6/binaries/apache-maven-3.9.6-bin.tar.gz",
      "pkg:github/apache/maven",
      "4.0.0",
      "https://dlcdn.apache.org/maven/maven-4/4.0.0/binaries/apache-maven-4.0.0-bin.tar.gz",
    ],
  ])("writes a version in each of its spellings: %s", (before, upstream, version, after) => {
    const files = tree({ Dockerfile: `FROM scratch\nADD ${before} /x\n` });
    const [pin] = pinsOf(files, upstream);
    expect(pin?.files ?? [], "no file of the version before").toEqual([]);
    const tag = (pin?.tagTemplate ?? "{version}").replace("{version}", version);
    expect(moved(files, move(files, upstream, { version, tag }))[0]?.text).toBe(`FROM scratch\nADD ${after} /x\n`);
  });

  it("writes only the part of an image tag that the variable holds", () => {
    const target = { version: "3.14-slim-trixie", tag: "3.14-slim-trixie" };
    const [after] = moved(sensor, move(sensor, "pkg:docker/library/python", target));
    expect(after?.text).toContain("ARG PYTHON_VERSION=3.14\n");
  });

  it("refuses an image tag that does not end as the file writes it", () => {
    const target = { version: "3.14-alpine", tag: "3.14-alpine" };
    expect(refusal(move(sensor, "pkg:docker/library/python", target))).toContain("is not known");
  });

  it("moves the checksum with the version, and refuses to leave a stale one", () => {
    const target = { version: "0.2.42", tag: "v0.2.42" };
    expect(refusal(move(sensor, "pkg:github/example/cronic", target))).toContain("the new checksum of line 12");
    const [edit] = pinsOf(sensor, "pkg:github/example/cronic").flatMap((pin) => pin.edits.filter(({ of }) => of));
    const checksums = [{ url: edit?.of?.url ?? "", algorithm: "sha256", hex: "7".repeat(64) }];
    const [after] = moved(sensor, move(sensor, "pkg:github/example/cronic", { ...target, checksums }));
    expect(after?.text).toContain(`CRONIC_SHA256=${"7".repeat(64)}\n`);
  });

  it("moves a digest with its tag, and refuses without one", () => {
    const target = { version: "1.25.4-alpine3.22", tag: "1.25.4-alpine3.22" };
    expect(refusal(move(sensor, "pkg:docker/library/golang", target))).toContain("the new digest");
    const [after] = moved(sensor, move(sensor, "pkg:docker/library/golang", { ...target, digest: DIGEST }));
    expect(after?.text).toContain(`golang:1.25.4-alpine3.22@${DIGEST} AS build`);
  });

  it("moves a commit and the comment that explains it", () => {
    const text = `jobs:\n  a:\n    steps:\n      - uses: o/r@${"1".repeat(40)} # v1.0.0\n`;
    const files = tree({ ".github/workflows/a.yml": text });
    const target = { version: "1.1.0", tag: "v1.1.0", commit: COMMIT };
    const [after] = moved(files, move(files, "pkg:githubactions/o/r", target));
    expect(after?.text).toBe(`jobs:\n  a:\n    steps:\n      - uses: o/r@${COMMIT} # v1.1.0\n`);
  });

  it("gives a floating place its first pin where everything floats", () => {
    const files = tree({ Dockerfile: "FROM debian AS a\n", "action.yml": "runs:\n  steps:\n    - uses: 'o/r@main'\n" });
    const image = moved(files, move(files, "pkg:docker/library/debian", { version: "", tag: "", digest: DIGEST }));
    expect(image[0]?.text).toBe(`FROM debian@${DIGEST} AS a\n`);
    const target = { version: "1.0.0", tag: "v1.0.0", commit: COMMIT };
    const action = moved(files, move(files, "pkg:githubactions/o/r", target));
    expect(action[1]?.text).toBe(`runs:\n  steps:\n    - uses: 'o/r@${COMMIT}' # v1.0.0\n`);
  });

  it.each([
    ["a floating place beside a pinned one", "FROM alpine:3.22\nFROM alpine\n"],
    ["a place that is to be ignored", "FROM alpine:3.22\n# headgate: ignore\nFROM alpine:3.21\n"],
  ])("leaves %s alone and says so", (_, text) => {
    const files = tree({ Dockerfile: text });
    const outcome = move(files, "pkg:docker/library/alpine", { version: "3.23", tag: "3.23" }) as Rewrite;
    expect(outcome.changes[0]?.text).toBe(text.replace("3.22", "3.23"));
    expect(outcome.skipped).toHaveLength(1);
  });

  it("leaves places that a lock file governs", () => {
    const files = tree({ "requirements.txt": "# This file is autogenerated by pip-compile\nidna==3.11\n" });
    const outcome = move(files, "pkg:pypi/idna", { version: "3.12", tag: "3.12" });
    expect(outcome).toMatchObject({ changes: [], skipped: [{ name: "idna" }] });
  });

  it("refuses when another upstream hangs on the same variable", () => {
    const text =
      "FROM a:1\nENV V=1.2.3\nADD https://github.com/o/r/archive/$V.zip https://github.com/o/s/archive/$V.zip /\n";
    const outcome = move(tree({ Dockerfile: text }), "pkg:github/o/r", { version: "1.2.4", tag: "1.2.4" });
    expect(refusal(outcome)).toBe("Dockerfile:2 (V): it would change, too.");
  });

  it("refuses a version that reads as something else where it is written", () => {
    const files = tree({ "requirements.txt": "idna==3.11\n" });
    expect(refusal(move(files, "pkg:pypi/idna", { version: "3.12 ; evil", tag: "x" }))).toContain("requirements.txt:1");
  });

  it("refuses pins that are not in the tree", () => {
    const pins = pinsOf(tree({ "requirements.txt": "idna==3.11\n" }), "pkg:pypi/idna");
    const files = tree({ "requirements.txt": "# idna==3.11\n" });
    expect(refusal(rewrite({ files, pins, target: { version: "3.12", tag: "3.12" }, discover }))).not.toBe(
      "not refused",
    );
  });
});

describe("rewriting there and back", () => {
  const files = [
    ...sensor,
    fixture("requirements", "requirements.txt"),
    fixture("compose", "docker-compose.yml"),
    fixture("github-actions", ".github/workflows/ci.yml"),
  ];
  const components = toComponents("p", discover(files).pins).filter(({ current, pins }) => {
    return current.length === 1 && pins.some(({ edits }) => edits.length > 0);
  });
  const number = fc.integer({ min: 0, max: 300 });

  it.each(components.map((component) => [component.key, component] as const))("moves %s", (_, component) => {
    const current = component.current[0] ?? "";
    const sums = component.pins.flatMap((pin) => pin.edits.flatMap(({ of }) => (of === undefined ? [] : [of])));
    const targetOf = (version: string, digest: string): RewriteTarget => ({
      version,
      tag: (component.pins[0]?.tagTemplate ?? "{version}").replace("{version}", version),
      digest,
      commit: digest,
      checksums: sums.map((of) => ({ ...of, hex: "6".repeat(64) })),
    });
    fc.assert(
      fc.property(number, number, number, (major, minor, patch) => {
        const numbers = [major, minor, patch];
        const version = current.replace(/\d+/g, (digits) => String(numbers.pop() ?? digits));
        const there = moved(
          files,
          rewrite({
            files,
            pins: component.pins,
            target: targetOf(version, component.key.startsWith("pkg:docker") ? DIGEST : COMMIT),
            discover,
          }),
        );
        const now = toComponents("p", discover(there).pins).find(({ key }) => key === component.key);
        expect(now?.current).toEqual([version]);
        expect(now?.pins.map(({ path, line }) => [path, line])).toEqual(
          component.pins.map(({ path, line }) => [path, line]),
        );
        if (sums.length > 0) return;
        const digest = component.pins.find((pin) => pin.digest !== undefined)?.digest ?? "";
        const back = rewrite({ files: there, pins: now?.pins ?? [], target: targetOf(current, digest), discover });
        expect(moved(there, back)).toEqual(files);
      }),
      { numRuns: 8 },
    );
  });
});
