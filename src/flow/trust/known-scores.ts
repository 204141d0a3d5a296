import { z } from "zod";
import { type Facts, type KnownFacts, lastIn } from "../../db/facts.ts";
import type { ReportedComponent } from "../../domain/report.ts";
import type { Finding, TrustScore } from "../../domain/trust.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { scoreProject } from "../../score/score.ts";
import { enabledSignals } from "../../score/signals.ts";
import type { FlowContext } from "../context.ts";

/** Scores of many upstreams from facts that are stored, however old; nobody is asked, and what is not stored is unknown. */
export function knownScores(flow: FlowContext, purls: readonly string[], facts: KnownFacts): Map<string, TrustScore> {
  const now = flow.clock();
  const signals = enabledSignals(flow.policy);
  return new Map(
    purls.map((purl) => {
      const findings = signals
        .filter((signal) => signal.appliesTo(purl))
        .flatMap((signal): Finding[] => {
          const known = lastIn(facts, purl, signal.id);
          return known === undefined ? [] : [signal.judge(known, now)];
        });
      return [purl, scoreProject(findings, flow.policy.weights)];
    }),
  );
}

const LICENCE = z.object({ repository: z.string(), claimed: z.boolean(), licence: z.string() });

/** The licence among the facts of a repository, where GitHub knows it by its SPDX id. */
export function licenceIn(known: Facts | Failure | undefined): ReportedComponent["licence"] {
  const facts = isFailure(known) ? undefined : LICENCE.safeParse(known?.facts).data;
  if (facts === undefined || facts.licence === "NOASSERTION") return undefined;
  return { id: facts.licence, repository: facts.repository, claimed: facts.claimed };
}
