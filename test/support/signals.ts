import type { Signal } from "../../src/score/signal.ts";
import { NOW } from "./build.ts";
import { aScoreContext } from "./score.ts";

/** What a signal finds of an upstream in a world of given services. */
export async function finding(signal: Signal, purl: string, given: Parameters<typeof aScoreContext>[0] = {}) {
  return signal.judge(await signal.collect(purl, aScoreContext(given)), NOW);
}

/** A tenfold of points, which is what people are shown. */
export async function points(signal: Signal, purl: string, given: Parameters<typeof aScoreContext>[0] = {}) {
  const found = await finding(signal, purl, given);
  return found.outcome === "unknown" || found.outcome === "not-applicable"
    ? found.outcome
    : Math.round(found.points * 10);
}
