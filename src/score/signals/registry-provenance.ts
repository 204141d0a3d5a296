import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { packageVersionOf } from "../../lib/deps-dev.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { count, defineSignal, evidenceOf, outcomeOf, privacyOf } from "../signal.ts";

const LOOKED_AT = 10;

/** The share of releases that carry provenance, as deps.dev verified it. */
export const registryProvenance = defineSignal({
  id: "registry-provenance",
  number: "P11",
  title: "Provenance in the registry",
  why: "Provenance ties a file to the repository and the pipeline it was built by. It proves where, not whether.",
  dimension: "signing",
  weight: 1,
  source: "deps.dev, one request for up to 500 packages",
  points: "10 · share of the last 10 releases with provenance that deps.dev verified",
  expiry: DAY,
  schema: z.object({ known: z.number(), attested: z.array(z.string()), repository: z.string().optional() }),
  appliesTo: (purl) => ["pypi", "npm", "gem"].includes(parsePurl(purl)?.type ?? ""),
  collect: async (purl, context) => {
    const secret = privacyOf(purl, context);
    if (secret !== undefined) return secret;
    const parts = parsePurl(purl);
    const path =
      parts === undefined || parts.namespace === "" ? (parts?.name ?? "") : `${parts.namespace}/${parts.name}`;
    const versions = context
      .releasesOf(purl)
      .filter(({ state }) => state === "released")
      .slice(0, LOOKED_AT)
      .flatMap(({ version }) => packageVersionOf(parts?.type ?? "", path, version) ?? []);
    if (versions.length === 0) return new Failure("not-checked", "No version of it is known yet.");
    const answers = await Promise.all(
      versions.map(async (version) => ({ version: version.version, found: await context.depsDev.version(version) })),
    );
    const failure = answers.map(({ found }) => found).find((found) => isFailure(found));
    if (isFailure(failure)) return failure;
    const known = answers.flatMap(({ version, found }) =>
      found === undefined || isFailure(found) ? [] : [{ version, ...found }],
    );
    if (known.length === 0)
      return new Failure("not-found", `deps.dev knows none of its last ${count(versions.length, "release")}.`);
    const repository = known.find((one) => one.repository !== undefined)?.repository;
    const attested = known.filter((one) => one.attested).map(({ version }) => version);
    const facts = { known: known.length, attested, ...(repository !== undefined && { repository }) };
    return { facts, source: context.urls.depsDev.url, at: context.now };
  },
  judge: (collected) => {
    const { known, attested, repository } = collected.facts;
    const points = known === 0 ? 0 : attested.length / known;
    const from = repository === undefined ? "" : `, from ${repository}`;
    const reason = `${attested.length} of the last ${count(known, "release")} have provenance that deps.dev verified${from}.`;
    const evidence = [evidenceOf(collected, "provenance", attested.length === 0 ? "none" : attested.join(", "))];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
