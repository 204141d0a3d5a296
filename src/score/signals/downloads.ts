import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { parsePurl, pathOfPurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { downloadsUrl, monthlyDownloads } from "../../lib/http/downloads.ts";
import { hubPulls, hubRepositoryUrl } from "../../lib/registry/docker-hub-facts.ts";
import { privacyOf } from "../ask-repository.ts";
import { count, evidenceOf, outcomeOf, scaled } from "../finding-parts.ts";
import { defineSignal, type ScoreContext } from "../signal.ts";

/** Full points at so many: downloads a month, and pulls in all (ours). */
const FULL = { month: 10_000_000, ever: 1_000_000_000 };

/** How often it is fetched. */
export const downloads = defineSignal({
  id: "downloads",
  number: "P8",
  title: "Downloads and pulls",
  why: "What is fetched often is used often. Robots fetch, too: this is a weak word among others.",
  dimension: "adoption",
  weight: 1,
  source: "pypistats.org, the npm registry's counts, Docker Hub; one request per package",
  points: "10 · ln(1 + n) / ln(1 + 10,000,000) of a month's downloads; of all pulls of an image with 1,000,000,000",
  expiry: 7 * DAY,
  schema: z.object({ number: z.number(), span: z.enum(["month", "ever"]) }),
  appliesTo: (purl) => {
    const parts = parsePurl(purl);
    if (parts === undefined || parts.qualifiers.repository_url !== undefined) return false;
    return ["pypi", "npm", "docker"].includes(parts.type);
  },
  collect: async (purl, context) => {
    const secret = privacyOf(purl, context);
    if (secret !== undefined) return secret;
    const { url, span, number } = (await ask(purl, context)) ?? {};
    if (url === undefined || span === undefined)
      return new Failure("not-checked", "Nobody counts how often it is fetched.");
    if (number === undefined) return new Failure("not-found", "Docker Hub does not say how often it is pulled.");
    return isFailure(number) ? number : { facts: { number, span }, source: url, at: context.now };
  },
  judge: (collected) => {
    const { number, span } = collected.facts;
    const points = scaled(number, FULL[span]);
    const words =
      span === "month" ? `${count(number, "download")} in the last month` : `${count(number, "pull")} in all`;
    return {
      outcome: outcomeOf(points),
      points,
      reason: `${words}.`,
      evidence: [evidenceOf(collected, "downloads", words)],
    };
  },
});

async function ask(purl: string, context: ScoreContext) {
  const parts = parsePurl(purl);
  if (parts === undefined) return undefined;
  const path = pathOfPurl(parts);
  if (parts.type === "docker") {
    const hub = context.urls.registries["docker.io"]?.hub;
    const repository = parts.namespace === "" ? `library/${parts.name}` : path;
    if (hub === undefined) return undefined;
    const url = hubRepositoryUrl(hub, repository);
    return { url, span: "ever" as const, number: await hubPulls(context.fetcher, hub, repository) };
  }
  const url = downloadsUrl(context.urls, parts.type, path);
  if (url === undefined) return undefined;
  return { url, span: "month" as const, number: await monthlyDownloads(context.fetcher, url, parts.type) };
}
