import { newestReleases } from "../../db/releases/releases.ts";
import { freshIn, type KnownFacts, putAllFacts } from "../../db/upstreams/facts.ts";
import { DAY, plus } from "../../domain/instant.ts";
import { parsePurl, toPurl } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { sourceOf } from "../../poll/poll.ts";
import type { FlowContext } from "../context.ts";
import { pollContext } from "../poll/poll-upstreams.ts";

/** Under which facts of upstreams it is stored. */
export const SOURCE_REPOSITORY = "source-repository";

/**
 * The GitHub repositories that upstreams are, or that their registries claim they come from; asked once a week. `known`:
 * what is stored about them. Those without a repository are left out.
 */
export async function repositoriesOf(
  flow: FlowContext,
  purls: readonly string[],
  known: KnownFacts,
): Promise<Map<string, string>> {
  const now = flow.clock();
  const answers = await Promise.all(purls.map((purl) => repositoryOne(flow, purl, known)));
  const rows = answers.flatMap(({ purl, asked }) =>
    asked === undefined
      ? []
      : [
          {
            subject: purl,
            signal: SOURCE_REPOSITORY,
            collected: { facts: asked.repository ?? null, source: asked.source, at: now },
            expiresAt: plus(now, 7 * DAY),
          },
        ],
  );
  await putAllFacts(flow.db, rows);
  return new Map(
    answers.flatMap(({ purl, repository }) => (repository === undefined ? [] : [[purl, repository] as const])),
  );
}

type Answer = {
  readonly purl: string;
  readonly repository?: string | undefined;
  /** Set where the registry was asked just now. */
  readonly asked?: { readonly repository: string | undefined; readonly source: string };
};

async function repositoryOne(flow: FlowContext, purl: string, known: KnownFacts): Promise<Answer> {
  const parts = parsePurl(purl);
  if (parts?.type === "github") return { purl, repository: purl };
  if (parts?.type === "githubactions")
    return { purl, repository: toPurl("github", `${parts.namespace}/${parts.name}`) };
  const source = sourceOf(purl);
  if (isFailure(source) || source.repository === undefined) return { purl };
  const stored = freshIn(known, purl, SOURCE_REPOSITORY, flow.clock());
  if (stored !== undefined) {
    return { purl, repository: !isFailure(stored) && typeof stored.facts === "string" ? stored.facts : undefined };
  }
  const repository = await source.repository(purl, pollContext(flow), await newestOf(flow, purl));
  if (isFailure(repository)) return { purl }; // asked again next time; signals then say that the repository is not known
  return { purl, repository, asked: { repository, source: source.id } };
}

/** Images say in themselves where they come from: the newest whose digest is known is asked. */
async function newestOf(flow: FlowContext, purl: string): Promise<string | undefined> {
  if (parsePurl(purl)?.type !== "docker") return undefined;
  const known = (await newestReleases(flow.db, [purl], Number.POSITIVE_INFINITY)).get(purl) ?? [];
  return known.find(({ digests }) => digests.index !== undefined)?.digests.index ?? known[0]?.tag;
}
