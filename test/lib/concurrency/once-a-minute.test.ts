import { expect, it } from "vitest";
import { onceAMinute } from "../../../src/lib/concurrency/once-a-minute.ts";

it("lets the first report of each minute through", () => {
  const heard: number[] = [];
  let now = 5;
  const report = onceAMinute(
    (at: number) => void heard.push(at),
    () => now,
  );
  for (const at of [5, 6, 60_004, 60_005, 60_006, 200_000]) {
    now = at;
    report(at);
  }
  expect(heard).toEqual([5, 60_005, 200_000]);
});
