import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import { parsePurl, typeOfPurl } from "../../domain/upstream.ts";
import { packageVersionOf } from "../../lib/facts/deps-dev.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { privacyOf } from "../ask-repository.ts";
import { count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal, type ScoreContext } from "../signal.ts";

const LOOKED_AT = 10;

const KINDS: readonly string[] = ["pep740", "npm-provenance"];

/** The share of releases that carry provenance: verified here where somebody looked, else as deps.dev verified it. */
export const registryProvenance = defineSignal({
  id: "registry-provenance",
  number: "P11",
  title: "Provenance in the registry",
  why: "Provenance ties a file to the repository and the pipeline it was built by. It proves where, not whether.",
  dimension: "signing",
  weight: 1,
  source: "proofs of releases that were verified here; for the others deps.dev, one request for up to 500 packages",
  points: "10 · share of the last 10 releases with provenance that was verified, here or by deps.dev",
  expiry: DAY,
  schema: z.object({
    known: z.number(),
    attested: z.array(z.string()),
    here: z.number().optional(),
    repository: z.string().optional(),
  }),
  appliesTo: (purl) => ["pypi", "npm", "gem"].includes(typeOfPurl(purl)),
  collect: async (purl, context) => {
    const newest = context.releasesOf(purl).filter(({ state }) => state === "released");
    const releases = newest.slice(0, LOOKED_AT);
    if (releases.length === 0) return new Failure("not-checked", "No version of it is known yet.");
    const own = releases.map(provenHere);
    const asked = await askOthers(
      purl,
      releases.filter((_, index) => own[index] === undefined),
      context,
    );
    const seen = own.filter((one) => one !== undefined);
    if (isFailure(asked) && seen.length === 0) return asked;
    const known = [...seen, ...(isFailure(asked) ? [] : asked)];
    if (known.length === 0)
      return new Failure("not-found", `deps.dev knows none of its last ${count(releases.length, "release")}.`);
    const repository = known.find((one) => one.repository !== undefined)?.repository;
    const attested = known.filter((one) => one.attested).map(({ version }) => version);
    const here = seen.filter((one) => one.attested).length;
    const facts = { known: known.length, attested, here, ...(repository !== undefined && { repository }) };
    const source = known.length === seen.length ? "proofs that were verified here" : context.urls.depsDev.url;
    return { facts, source, at: context.now };
  },
  judge: (collected) => {
    const { known, attested, here = 0, repository } = collected.facts;
    const points = known === 0 ? 0 : attested.length / known;
    const by =
      here === 0
        ? "that deps.dev verified"
        : here === attested.length
          ? "that was verified here"
          : `that was verified, of ${here} here and of the others by deps.dev`;
    const from = repository === undefined ? "" : `, from ${repository}`;
    const reason = `${attested.length} of the last ${count(known, "release")} have provenance ${by}${from}.`;
    const evidence = [evidenceOf(collected, "provenance", attested.length === 0 ? "none" : attested.join(", "))];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});

type Provenance = { readonly version: string; readonly attested: boolean; readonly repository?: string };

/** What the proofs of a release say; undefined where nobody looked yet, or one could not be asked. */
function provenHere({ version, evidence }: Release): Provenance | undefined {
  const proofs = (evidence?.proofs ?? []).filter(({ kind }) => KINDS.includes(kind));
  if (proofs.length === 0 || proofs.some(({ level }) => level === "unknown")) return undefined;
  const verified = proofs.filter(({ level }) => level === "verified");
  const repository = verified.find(({ identity }) => identity?.repository !== undefined)?.identity?.repository;
  const attested = verified.length > 0 && !proofs.some(({ level }) => level === "invalid");
  return { version, attested, ...(repository !== undefined && { repository: repository.replace(/^https:\/\//, "") }) };
}

async function askOthers(
  purl: string,
  releases: readonly Release[],
  context: ScoreContext,
): Promise<Provenance[] | Failure> {
  if (releases.length === 0) return [];
  const secret = privacyOf(purl, context);
  if (secret !== undefined) return secret;
  const { type = "", namespace = "", name = "" } = parsePurl(purl) ?? {};
  const path = namespace === "" ? name : `${namespace}/${name}`;
  const answers = await Promise.all(
    releases.flatMap(({ version }) => {
      const key = packageVersionOf(type, path, version);
      return key === undefined ? [] : [context.depsDev.version(key).then((found) => ({ version, found }))];
    }),
  );
  const failure = answers.map(({ found }) => found).find((found) => isFailure(found));
  if (isFailure(failure)) return failure;
  return answers.flatMap(({ version, found }) =>
    found === undefined || isFailure(found) ? [] : [{ version, ...found }],
  );
}
