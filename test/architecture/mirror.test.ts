import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SOURCE_FILES } from "../support/source-graph.ts";

const root = join(import.meta.dirname, "../..");
const FAMILY =
  /^(?:discover\/formats|poll\/sources|compare\/schemes|score\/signals|score\/checks|deliver\/channels|views\/reports)\//;

/** Folders of `test/` that stand for themselves: what they try goes across `src/`. */
const ACROSS = [
  "architecture",
  "bench",
  "browser",
  "chaos",
  "contract",
  "demo",
  "docs",
  "fixtures",
  "fuzz",
  "packaging",
  "security",
  "support",
  "upstreams",
];

/** Tests in mirrored folders that are about several modules at once; each says which in its first words. */
const ABOUT_SEVERAL = [
  "architecture.test.ts",
  "cli/wrong-input.test.ts",
  "db/disk-full.test.ts",
  "db/page-lines.test.ts",
  "db/refusals.test.ts",
  "deliver/hostile.test.ts",
  "deliver/notes/commonmark.test.ts",
  "discover/pin-exactly.test.ts",
  "flow/deliver/deliver-rules.test.ts",
  "flow/deliver/pull-request-life.test.ts",
  "flow/deliver/rebuilt-images.test.ts",
  "flow/letters/letters-once.test.ts",
  "flow/letters/send-webhooks.test.ts",
  "flow/poll/poll-faults.test.ts",
  "flow/replay/replay-rates.test.ts",
  "lib/real-shapes.test.ts",
  "lib/registry/well-known.test.ts",
  "service/first-look.test.ts",
  "service/pull-request-life.test.ts",
  "views/charts/charts.test.ts",
  "views/pages/hostile.test.ts",
  "views/parts/parts.test.ts",
  "web/routes.test.ts",
];

const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".test.ts"),
);

describe("tests", () => {
  it("are found, so that silence means something", () => {
    expect(tests.length).toBeGreaterThan(200);
    expect(SOURCE_FILES.filter((path) => FAMILY.test(path)).length).toBeGreaterThan(80);
  });

  it("stand where what they test stands", () => {
    const mirrored = tests.filter((path) => !ACROSS.includes(path.split("/")[0] ?? ""));
    const lost = mirrored.filter((path) => !existsSync(join(root, "src", path.replace(/\.test\.ts$/, ".ts"))));
    expect(lost.sort(), "name a test after its module, or list it above when it is about several").toEqual(
      ABOUT_SEVERAL,
    );
  });

  it("are there for every plug-in", () => {
    const plugIns = SOURCE_FILES.filter((path) => FAMILY.test(path));
    expect(plugIns.filter((path) => !tests.includes(path.replace(/\.ts$/, ".test.ts")))).toEqual([]);
  });
});
