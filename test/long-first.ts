import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest on a machine that has never run them, by what they wait for; begun first, they pass beside the rest. */
const LONGEST = [
  "/test/service/pull-request-life.test.ts",
  "/test/chaos/storm.test.ts",
  "/test/contract/sources.test.ts",
  "/test/cli/commands/run.test.ts",
  "/test/chaos/lost-day.test.ts",
  "/test/chaos/kill-points.test.ts",
  "/test/security/hostile-files.test.ts",
  "/test/service.test.ts",
  "/test/demo/demo.test.ts",
];

/** The longest first, so that none of them is left alone at the end. The order of the rest is Vitest's own. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return found === -1 ? LONGEST.length : found;
    };
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
