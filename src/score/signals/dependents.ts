import { z } from "zod";
import { DAY } from "../../domain/instant.ts";
import { parsePurl, pathOfPurl, typeOfPurl } from "../../domain/upstream.ts";
import { countsDependents, packageVersionOf } from "../../lib/facts/deps-dev.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { privacyOf } from "../ask-repository.ts";
import { count, evidenceOf, outcomeOf, scaled } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** Full points at so many (criticality_score, pike_depsdev.yml). */
const FULL = 200_000;

/** How many packages need this one. */
export const dependents = defineSignal({
  id: "dependents",
  number: "P7",
  title: "Packages that need it",
  why: "What much else is built on breaks loudly, and is mended quickly.",
  dimension: "adoption",
  weight: 1,
  source: "deps.dev, one request per package",
  points: "10 · ln(1 + dependents) / ln(1 + 200,000), of the version before the newest: a fresh one has none yet",
  expiry: 7 * DAY,
  schema: z.object({ version: z.string(), dependents: z.number() }),
  appliesTo: (purl) => countsDependents(typeOfPurl(purl)),
  collect: async (purl, context) => {
    const secret = privacyOf(purl, context);
    if (secret !== undefined) return secret;
    const parts = parsePurl(purl);
    const stable = context.releasesOf(purl).filter(({ state }) => state === "released");
    const release = stable[1] ?? stable[0];
    if (parts === undefined || release === undefined)
      return new Failure("not-checked", "No version of it is known yet.");
    const path = pathOfPurl(parts);
    const version = packageVersionOf(parts.type, path, release.version);
    const found = version === undefined ? undefined : await context.depsDev.dependents(version);
    if (found === undefined) return new Failure("not-found", `deps.dev does not know ${path} ${release.version}.`);
    if (isFailure(found)) return found;
    const facts = { version: release.version, dependents: found };
    return { facts, source: context.urls.depsDev.url, at: context.now };
  },
  judge: (collected) => {
    const { version, dependents: number } = collected.facts;
    const points = scaled(number, FULL);
    const reason = `${count(number, "package")} ${number === 1 ? "needs" : "need"} version ${version}.`;
    return { outcome: outcomeOf(points), points, reason, evidence: [evidenceOf(collected, "dependents", `${number}`)] };
  },
});
