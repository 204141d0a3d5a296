import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { hubBadge } from "../../lib/registry/docker-hub-facts.ts";
import { readOfficialImage } from "../../lib/registry/official-image-file.ts";
import { evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const PROGRAMMES = {
  official: { points: 1, words: "a Docker Official Image: built and rebuilt in the open from a reviewed file" },
  verified_publisher: { points: 0.8, words: "from a Docker Verified Publisher" },
  open_source: { points: 0.7, words: "of a Docker-Sponsored Open Source project" },
  distribution: { points: 0.9, words: "a package of a distribution, which reviews and mends it" },
} as const;

/** Whether somebody else looks after it as well. */
export const curated = defineSignal({
  id: "curated",
  number: "P9",
  title: "Curated programme",
  why: "Somebody beside its makers looks after it. No programme guards a publisher's own credentials.",
  dimension: "adoption",
  weight: 1,
  source: "the files of docker-library/official-images and Docker Hub's search; one request per image",
  points:
    "official image 10, package of a distribution 9, verified publisher 8, sponsored open source 7; none: left out",
  expiry: DAY,
  schema: z.object({
    programme: z.enum(["official", "verified_publisher", "open_source", "distribution", "none"]),
  }),
  appliesTo: (purl) => {
    const parts = parsePurl(purl);
    const onHub = parts?.type === "docker" && parts.qualifiers.repository_url === undefined;
    return onHub || ["deb", "apk", "rpm"].includes(parts?.type ?? "");
  },
  collect: async (purl, { fetcher, urls, now }) => {
    const parts = parsePurl(purl);
    if (parts?.type !== "docker") return { facts: { programme: "distribution" as const }, source: purl, at: now };
    if (parts.namespace !== "" && parts.namespace !== "library") {
      const hub = urls.registries["docker.io"]?.hub;
      if (hub === undefined) return new Failure("not-checked", "Docker Hub's web API is not configured.");
      const badge = await hubBadge(fetcher, hub, `${parts.namespace}/${parts.name}`);
      return isFailure(badge) ? badge : found(badge, hub, now);
    }
    const image = await readOfficialImage(fetcher, urls.officialImages.url, parts.name);
    if (isFailure(image)) return image as Failure;
    return found(image === undefined ? undefined : "official", `${urls.officialImages.url}/library/${parts.name}`, now);
  },
  judge: (collected) => {
    const { programme } = collected.facts;
    if (programme === "none") {
      return { outcome: "not-applicable", points: 0, reason: "It is in no programme that curates it.", evidence: [] };
    }
    const { points, words } = PROGRAMMES[programme];
    return {
      outcome: outcomeOf(points),
      points,
      reason: `It is ${words}.`,
      evidence: [evidenceOf(collected, "programme", programme)],
    };
  },
});

function found(programme: keyof typeof PROGRAMMES | undefined, source: string, at: string) {
  return { facts: { programme: programme ?? ("none" as const) }, source, at };
}
