import { recordVouch } from "../../db/decisions/vouches.ts";
import { appendEvent } from "../../db/deliveries/events.ts";
import { updateTrust } from "../../db/projects/components.ts";
import type { TrustScore, Vouch } from "../../domain/trust.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { readStatement, type WrittenStatement } from "../decide/read-statement.ts";
import { findUpstream } from "../find-upstream.ts";
import { knownScore } from "./explain-upstream.ts";

/** What a person says of an upstream. `points`: 0 to 10. */
export type SaidOfUpstream = WrittenStatement & { readonly upstream: string; readonly points: number };

/** What was recorded, and the trust that follows from all that is known. */
export type RecordedVouch = { readonly vouch: Vouch; readonly score: TrustScore };

/** Records that somebody here knows somebody there. It counts at once, and only lengthens or shortens what trust lengthened. */
export async function vouchFor(flow: FlowContext, given: SaidOfUpstream): Promise<RecordedVouch | Failure> {
  const now = flow.clock();
  const statement = readStatement(given, now);
  if (isFailure(statement)) return statement;
  if (!(given.points >= 0 && given.points <= 10))
    return new Failure("misconfigured", "--points goes from 0 (no trust at all) to 10.");
  const found = await findUpstream(flow, given.upstream);
  if (isFailure(found)) return found;
  if (found.version !== undefined)
    return new Failure("misconfigured", "A vouch is for people, so for every version: leave the version out.");
  const vouch: Vouch = { upstream: found.purl, ...statement, since: now, points: given.points / 10 };
  await recordVouch(flow.db, vouch);
  const { upstream, ...data } = vouch;
  await appendEvent(flow.db, { kind: "vouched", upstream, data }, now);
  const score = await knownScore(flow, upstream);
  await updateTrust(flow.db, upstream, score);
  return { vouch, score };
}
