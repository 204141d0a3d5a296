import { watchedUpstreams } from "../../db/projects/pins.ts";
import { getMeta, setMeta } from "../../db/service/meta.ts";
import { factsOf } from "../../db/upstreams/facts.ts";
import { enabledSignals } from "../../score/signals.ts";
import type { FlowContext } from "../context.ts";
import { keptOf, scoreUpstreams } from "./score-upstream.ts";

/** So many are scored at a time, so that questions about them share requests; and so many in one go. */
const [AT_A_TIME, AT_ONCE] = [250, 1_000];

/** After which upstream the next go begins. */
const CURSOR = "scored-until";

/**
 * Scores watched upstreams that nothing else asks about: without a candidate nobody would know their trust. Signals are
 * asked again when they expire. Each go begins where the last one ended, so that one that cannot be asked holds up no
 * other; as all that looks around, it leaves the reserve of every budget to deliveries. Gives how many were asked about.
 */
export async function scoreWatched(flow: FlowContext): Promise<number> {
  const signals = enabledSignals(flow.policy).filter(({ recordedHere }) => recordedHere !== true);
  const purls = (await watchedUpstreams(flow.db)).map(({ purl }) => purl);
  const cursor = String((await getMeta(flow.db, CURSOR)) ?? "");
  const turn = [...purls.filter((purl) => purl > cursor), ...purls.filter((purl) => purl <= cursor)];
  let asked = 0;
  for (let start = 0; start < turn.length && asked < AT_ONCE; start += AT_A_TIME) {
    const some = turn.slice(start, start + AT_A_TIME);
    const known = await factsOf(flow.db, some);
    const now = flow.clock();
    const stale = some.filter((purl) =>
      signals.some((signal) => signal.appliesTo(purl) && keptOf(known, purl, signal, now) === undefined),
    );
    if (stale.length > 0) await scoreUpstreams(flow, stale);
    asked += stale.length;
    await setMeta(flow.db, CURSOR, some.at(-1) ?? "");
  }
  return asked;
}
