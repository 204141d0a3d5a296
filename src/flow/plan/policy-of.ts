import { findScheme } from "../../compare/schemes.ts";
import { allVouches } from "../../db/decisions/vouches.ts";
import type { Policy } from "../../domain/policy.ts";
import { isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";

/** The configured policy with what it needs to know of now: how ranges are read, and who vouches for whom. */
export async function policyOf(flow: FlowContext): Promise<Policy> {
  const now = flow.clock();
  const vouches = [...flow.vouches, ...(await allVouches(flow.db))];
  const standing = vouches.filter(({ since, until }) => since <= now && (until === undefined || until > now));
  const vouched = new Set(standing.map((vouch) => vouch.upstream));
  return {
    ...flow.policy,
    vouched: (upstream) => vouched.has(upstream),
    satisfies: (id, version, range) => {
      const scheme = findScheme(id);
      return isFailure(scheme) ? undefined : scheme.satisfies(version, range);
    },
  };
}
