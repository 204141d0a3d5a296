import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openStage, type Stage } from "./stage.ts";

/** A stage, and a browser in front of it. */
export type House = { readonly stage: Stage; readonly browser: Browser };

/** A house for the tests of one file: opened before the first of them, closed after the last. */
export function useStage(wish?: Parameters<typeof openStage>[0]): House {
  const open: { stage?: Stage; browser?: Browser } = {};
  beforeAll(async () => {
    const stage = openStage(wish).then((one) => {
      open.stage = one;
    });
    const browser = launchChromium().then((one) => {
      open.browser = one;
    });
    await Promise.all([stage, browser]);
  });
  afterAll(async () => {
    await open.browser?.close();
    await open.stage?.close();
  });
  return {
    get stage() {
      return present(open.stage);
    },
    get browser() {
      return present(open.browser);
    },
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("The house is open while tests run, and not before.");
  return value;
}
