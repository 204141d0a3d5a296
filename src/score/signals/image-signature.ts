import { z } from "zod";
import { strengthOf } from "../../domain/evidence.ts";
import { DAY } from "../../domain/instant.ts";
import { parsePurl, pathOfPurl, typeOfPurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const KINDS_OF_PROOF: readonly string[] = ["cosign", "github-attestation"];
const KINDS: Readonly<Record<string, string>> = {
  sig: "a signature",
  att: "attestations",
  bundle: "a Sigstore bundle",
};

/** Whether the newest image that is known by its digest carries a signature beside it. */
export const imageSignature = defineSignal({
  id: "image-signature",
  number: "P12",
  title: "Signed images",
  why: "A signature lets a change of the signer be seen. Anybody can sign with any key: that it is there proves little.",
  dimension: "signing",
  weight: 1,
  source:
    "the registry: cosign's tags and the fallback of the referrers; three HEAD requests per digest, which cost no pull",
  points: "verified, by a certificate that names a repository 10, by a key 8; there but not verified 4; none 0",
  expiry: DAY,
  schema: z.object({ tag: z.string(), digest: z.string(), kinds: z.array(z.string()), strength: z.number() }),
  appliesTo: (purl) => typeOfPurl(purl) === "docker",
  collect: async (purl, context) => {
    const parts = parsePurl(purl);
    const release = context.releasesOf(purl).find(({ digests }) => digests.index !== undefined);
    const digest = release?.digests.index;
    if (parts === undefined || release === undefined || digest === undefined)
      return new Failure("not-checked", "No image of it is known by its digest yet.");
    const repository = pathOfPurl(parts);
    const host = parts.qualifiers.repository_url ?? "docker.io";
    const kinds = await context.registry.attached(host, repository, digest);
    if (isFailure(kinds)) return kinds;
    const proofs = release.evidence?.proofs ?? [];
    const verified = proofs.filter(({ kind, level }) => KINDS_OF_PROOF.includes(kind) && level === "verified");
    const strength = Math.max(0, ...verified.map((proof) => strengthOf(proof) ?? 0));
    const facts = { tag: release.tag, digest, kinds: [...kinds], strength };
    return { facts, source: `${host}/${repository}@${digest}`, at: context.now };
  },
  judge: (collected) => {
    const { tag, kinds, strength } = collected.facts;
    const points = strength > 0 ? strength / 10 : kinds.length > 0 ? 0.4 : 0;
    const what = kinds.map((kind) => KINDS[kind] ?? kind).join(" and ");
    const reason =
      strength > 0
        ? `The image ${tag} carries a signature that was verified.`
        : kinds.length === 0
          ? `The image ${tag} carries no signature.`
          : `The image ${tag} carries ${what} (not verified).`;
    const evidence = [evidenceOf(collected, "image-signature", what === "" ? "none" : what)];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
