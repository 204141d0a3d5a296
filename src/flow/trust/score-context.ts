import { allVouches } from "../../db/decisions/vouches.ts";
import type { Release } from "../../domain/release.ts";
import type { Advisory } from "../../domain/trust.ts";
import type { UpstreamIdentity } from "../../domain/upstream.ts";
import { coalesce } from "../../lib/concurrency/coalesce.ts";
import { createDepsDev } from "../../lib/facts/deps-dev.ts";
import { createScorecards } from "../../lib/facts/scorecard.ts";
import { Failure } from "../../lib/failure.ts";
import { takesMail } from "../../lib/mail/mail-domain.ts";
import type { ScoreContext } from "../../score/signal.ts";
import type { FlowContext } from "../context.ts";

/** What is known beforehand of the upstreams that are asked about; which repositories they come from is not. */
export type KnownUpstreams = {
  readonly releases: ReadonlyMap<string, readonly Release[]>;
  readonly identities: ReadonlyMap<string, UpstreamIdentity>;
};

/** The clients that signals and checks ask, over some upstreams: questions of one tick share requests. */
export async function scoreContext(flow: FlowContext, known?: KnownUpstreams): Promise<ScoreContext> {
  const { fetcher, reader, registry, urls, osv } = flow;
  const depsDev = createDepsDev(fetcher, urls.depsDev.url);
  const versions = coalesce<readonly Advisory[] | Failure>((purls) => osv.query(purls), unanswered);
  const packages = coalesce<readonly Advisory[] | Failure>((purls) => osv.everAbout(purls), unanswered);
  return {
    fetcher,
    github: reader,
    registry,
    urls,
    vouches: [...flow.vouches, ...(await allVouches(flow.db))],
    depsDev,
    scorecard: createScorecards(fetcher, urls.scorecard.url, { url: urls.depsDev.url, scorecard: depsDev.scorecard }),
    advisories: (purl) => (/@[^/?]+(?:\?|$)/.test(purl.replace(/^pkg:npm\/@/, "")) ? versions(purl) : packages(purl)),
    releasesOf: (purl) => known?.releases.get(purl) ?? [],
    takesMail,
    identityOf: (purl) => known?.identities.get(purl),
    repositoryOf: async () => undefined,
    now: flow.clock(),
  };
}

function unanswered(purl: string): Failure {
  return new Failure("unavailable", `OSV did not answer about ${purl}`);
}
