import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Storms mostly wait: begun first, they pass beside everything else, in one of the two workers. The order of the rest is Vitest's own. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.endsWith("/test/chaos/storm.test.ts");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
