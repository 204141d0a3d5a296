import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { failureOfStatus, readJson } from "../../lib/http-status.ts";
import {
  askRepository,
  type Collected,
  claimNote,
  count,
  defineSignal,
  evidenceOf,
  type ScoreContext,
} from "../signal.ts";

/** Full points at these counts (our thresholds), on a logarithmic scale: R. Pike's formula of criticality scores. */
const FULL = { stars: 20_000, pulls: 100_000_000 };

/** Docker Hub's programmes, the points they are worth, and what they are called. */
const PROGRAMMES: Readonly<Record<string, { readonly points: number; readonly title: string }>> = {
  official: { points: 1, title: "a Docker Official Image" },
  verified_publisher: { points: 0.8, title: "from a Verified Publisher" },
  open_source: { points: 0.7, title: "Docker-Sponsored Open Source" },
};

const schema = z.object({
  subject: z.string(),
  claimed: z.boolean(),
  stars: z.number().optional(),
  pulls: z.number().optional(),
  programme: z.string().optional(),
});
type Facts = z.infer<typeof schema>;

const hubRepository = z.object({ pull_count: z.number().nullish(), star_count: z.number().nullish() });
const hubSearch = z.object({
  results: z.array(z.object({ name: z.string(), badge: z.string().nullish() }).catch({ name: "", badge: null })),
});

/** How many use it: pulls and programme of images on Docker Hub, stars of repositories for everything else. */
export const popularity = defineSignal<Facts>({
  id: "popularity",
  title: "Popularity",
  why: "What many use is looked at by many. Stars and pulls can be bought: this is a weak word among others.",
  dimension: "adoption",
  weight: 1,
  expiry: 7 * DAY,
  schema,
  appliesTo: () => true,
  collect: async (purl, context) => {
    const parts = parsePurl(purl);
    const onHub = parts?.type === "docker" && parts.qualifiers.repository_url === undefined;
    return onHub ? askHub(`${parts.namespace || "library"}/${parts.name}`, context) : askStars(purl, context);
  },
  judge: (collected) => {
    const { subject, claimed, stars, pulls, programme } = collected.facts;
    const known = programme === undefined ? undefined : PROGRAMMES[programme];
    const counted = pulls === undefined ? stars : pulls;
    if (known === undefined && counted === undefined) {
      return { outcome: "unknown", points: 0, reason: `Nobody counts how often ${subject} is used.`, evidence: [] };
    }
    const [noun, full] = pulls === undefined ? ["star", FULL.stars] : ["pull", FULL.pulls];
    const points = Math.max(known?.points ?? 0, counted === undefined ? 0 : scaled(counted, full));
    const words = [known?.title, counted === undefined ? undefined : count(counted, noun)].filter(
      (word) => word !== undefined,
    );
    const evidence = [evidenceOf(collected, "popularity", words.join(", "))];
    const reason = `${subject}: ${words.join(", ")}${claimNote(claimed, subject)}.`;
    return { outcome: points >= 0.5 ? "good" : "bad", points, reason, evidence };
  },
});

function scaled(value: number, full: number): number {
  return Math.log1p(Math.max(0, value)) / Math.log1p(Math.max(value, full));
}

async function askStars(purl: string, context: ScoreContext): Promise<Collected<Facts> | Failure> {
  const asked = await askRepository(purl, context);
  if (isFailure(asked)) return asked;
  const { nameWithOwner, stars } = asked.repository;
  return { facts: { subject: nameWithOwner, claimed: asked.claimed, stars }, source: asked.url, at: context.now };
}

/** https://hub.docker.com/v2/repositories/<namespace>/<name>; the programme comes from the search, which may fail alone. */
async function askHub(path: string, context: ScoreContext): Promise<Collected<Facts> | Failure> {
  const hub = context.urls.registries["docker.io"]?.hub ?? "https://hub.docker.com";
  const source = `${hub}/v2/repositories/${path}`;
  const answer = await context.fetcher.fetch({ url: source, maxBytes: 2_000_000 });
  if (isFailure(answer)) return answer;
  if (answer.status !== 200) return failureOfStatus(answer, `the popularity of ${path}`);
  const found = readJson(answer, hubRepository);
  if (isFailure(found)) return found;
  const programme = path.startsWith("library/") ? "official" : await askProgramme(hub, path, context);
  const facts: Facts = {
    subject: path.replace(/^library\//, ""),
    claimed: false,
    ...(typeof found.pull_count === "number" && { pulls: found.pull_count }),
    ...(typeof found.star_count === "number" && { stars: found.star_count }),
    ...(programme !== undefined && { programme }),
  };
  return { facts, source, at: context.now };
}

async function askProgramme(hub: string, path: string, context: ScoreContext): Promise<string | undefined> {
  const url = `${hub}/api/search/v4?query=${encodeURIComponent(path)}&size=10`;
  const answer = await context.fetcher.fetch({ url, maxBytes: 2_000_000 });
  if (isFailure(answer) || answer.status !== 200) return undefined;
  const found = readJson(answer, hubSearch);
  if (isFailure(found)) return undefined;
  const badge = found.results.find((result) => result.name === path)?.badge ?? undefined;
  // Docker's published specification misspells this one.
  return badge === "verfified_publisher" ? "verified_publisher" : badge;
}
