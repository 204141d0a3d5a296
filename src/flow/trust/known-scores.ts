import { z } from "zod";
import { type Facts, type KnownFacts, lastIn } from "../../db/upstreams/facts.ts";
import type { ReportedComponent } from "../../domain/report.ts";
import type { Finding, TrustScore } from "../../domain/trust.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { scoreProject } from "../../score/score.ts";
import { enabledSignals } from "../../score/signals.ts";
import type { FlowContext } from "../context.ts";
import { scoreContext } from "./score-context.ts";

/**
 * Scores of many upstreams from facts that are stored, however old, and what people here recorded; nobody is asked, and
 * what is not stored is unknown.
 */
export async function knownScores(
  flow: FlowContext,
  purls: readonly string[],
  facts: KnownFacts,
): Promise<Map<string, TrustScore>> {
  const signals = enabledSignals(flow.policy);
  const context = await scoreContext(flow);
  const scores = purls.map(async (purl) => {
    const findings: Finding[] = [];
    for (const signal of signals.filter(({ appliesTo }) => appliesTo(purl))) {
      const known = signal.recordedHere === true ? await signal.collect(purl, context) : lastIn(facts, purl, signal.id);
      if (known !== undefined) findings.push(signal.judge(known, context.now));
    }
    return [purl, scoreProject(findings, flow.policy.weights)] as const;
  });
  return new Map(await Promise.all(scores));
}

const LICENCE = z.object({ repository: z.string(), claimed: z.boolean(), licence: z.string() });

/** The licence among the facts of a repository, where GitHub knows it by its SPDX id. */
export function licenceIn(known: Facts | Failure | undefined): ReportedComponent["licence"] {
  const facts = isFailure(known) ? undefined : LICENCE.safeParse(known?.facts).data;
  if (facts === undefined || facts.licence === "NOASSERTION") return undefined;
  return { id: facts.licence, repository: facts.repository, claimed: facts.claimed };
}
