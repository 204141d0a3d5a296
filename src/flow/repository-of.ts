import { factsOf, freshIn, putFacts } from "../db/facts.ts";
import { DAY, plus } from "../domain/instant.ts";
import { parsePurl, toPurl } from "../domain/upstream.ts";
import { isFailure } from "../lib/failure.ts";
import { sourceOf } from "../poll/poll.ts";
import type { FlowContext } from "./context.ts";
import { pollContext } from "./poll-upstreams.ts";

const FACT = "source-repository";

/** The GitHub repository that an upstream is, or that its registry claims it comes from; asked once a week. */
export async function repositoryOf(flow: FlowContext, purl: string): Promise<string | undefined> {
  const parts = parsePurl(purl);
  if (parts?.type === "github") return purl;
  if (parts?.type === "githubactions") return toPurl("github", `${parts.namespace}/${parts.name}`);
  const source = sourceOf(purl);
  if (isFailure(source) || source.repository === undefined) return undefined;
  const now = flow.clock();
  const known = freshIn(await factsOf(flow.db, [purl]), purl, FACT, now);
  if (known !== undefined) return !isFailure(known) && typeof known.facts === "string" ? known.facts : undefined;
  const repository = await source.repository(purl, pollContext(flow));
  if (isFailure(repository)) return undefined; // asked again next time; signals then say that the repository is not known
  await putFacts(flow.db, purl, FACT, { facts: repository ?? null, source: source.id, at: now }, plus(now, 7 * DAY));
  return repository;
}
