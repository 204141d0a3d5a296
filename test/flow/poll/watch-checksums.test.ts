import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standingAlerts } from "../../../src/db/deliveries/alerts.ts";
import type { Pin } from "../../../src/domain/pin.ts";
import { mismatches } from "../../../src/flow/poll/watch-checksums.ts";
import { aPin, aRelease } from "../../support/build.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { publishToPypi, sha256Of } from "../../upstreams/pypi.ts";

const FILE = "https://github.com/example/tool/releases/download/v{version}/tool-{version}.tar.gz";
const ANY = "https://pypi.org/project/tool/{version}/#file-1-of-2";

function stating(url: string, hexes: string | readonly string[], algorithm: "sha256" | "sha1" = "sha256"): Pin {
  const edit = { path: "Dockerfile", start: 0, end: 1, role: "checksum", spelling: "{hex}" } as const;
  return aPin({ version: "1.0.0", edits: [hexes].flat().map((hex) => ({ ...edit, of: { url, algorithm, hex } })) });
}

const release = aRelease({
  assets: [
    { name: "tool-1.0.0.tar.gz", digest: "sha256:aa" },
    { name: "tool-1.0.0.zip", digest: "sha256:bb" },
  ],
});

describe("checksums in the files and those of an upstream", () => {
  it.each([
    ["the same", [stating(FILE, "AA")], []],
    [
      "another one",
      [stating(FILE, "bb")],
      [{ file: "tool-1.0.0.tar.gz", expected: "sha256:bb", observed: "sha256:aa" }],
    ],
    ["one of a file that is not listed", [stating(`${FILE}.sig`, "bb")], undefined],
    ["one by another algorithm", [stating(FILE, "aa", "sha1")], undefined],
    ["none", [aPin()], undefined],
    ["of a package, one of them", [stating(ANY, ["cc", "bb"])], []],
    [
      "of a package, none of them",
      [stating(ANY, "aa"), stating(ANY, "cc")],
      [{ file: "any of its files", expected: "sha256:cc", observed: "sha256:aa, sha256:bb" }],
    ],
  ])("%s", (_, pins, expected) => {
    expect(mismatches(pins, release)).toEqual(expected);
  });
});

describe("a package that is pinned with hashes", () => {
  const folder = mkdtempSync(join(tmpdir(), "headgate-checksums-"));
  const write = (hex: string) => writeFileSync(join(folder, "requirements.txt"), `lantern==2.1 --hash=sha256:${hex}\n`);
  let suite: Suite;
  beforeAll(async () => {
    writeFileSync(join(folder, "requirements.txt"), "");
    suite = await startSuite(`{ path: "${folder}", name: example }`);
    publishToPypi(suite.world.pypi, "lantern", "2.1", "2026-01-05T00:00:00Z");
    write("0".repeat(64));
  });
  afterAll(async () => {
    await suite?.close();
    rmSync(folder, { recursive: true });
  });

  it("is an alert while its hash is none of its index's, and no longer once it is", async () => {
    await suite.plan();
    expect(await standingAlerts(suite.flow.db)).toEqual([
      expect.objectContaining({
        class: "checksum-mismatch",
        subject: "2.1",
        severity: "high",
        places: [{ path: "requirements.txt", line: 1 }],
        evidence: [expect.objectContaining({ kind: "asset:any of its files", expected: `sha256:${"0".repeat(64)}` })],
      }),
    ]);
    write(sha256Of("lantern-2.1.tar.gz"));
    await suite.plan();
    expect(await standingAlerts(suite.flow.db)).toEqual([]);
  });
});
