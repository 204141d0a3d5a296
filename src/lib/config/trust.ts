import { z } from "zod";
import { section } from "./checked-yaml.ts";
import { instant, toggle } from "./values.ts";

/** A signal or a check, as far as the configuration switches it. */
type Switch = { readonly id: string; readonly title: string; readonly byDefault?: boolean | undefined };

const weight = (normal: number, heading: string) =>
  z
    .number()
    .min(0)
    .max(100)
    .default(normal)
    .describe(`what ${heading} weighs in project trust, against the other headings`);

const VOUCH = section({
  upstream: z.string().describe("the purl it is about, such as pkg:github/zeek/zeek"),
  by: z.string().min(1).describe("who knows its people"),
  reason: z.string().min(1).describe("how, in one sentence: it is shown on the trust card"),
  since: instant.describe("since when"),
  until: instant.optional().describe("when it ends by itself; default: never"),
  points: z.number().min(0).max(10).describe("0 (no trust at all) to 10"),
});

const WEIGHTS = section({
  activity: weight(15, "activity"),
  community: weight(10, "community"),
  adoption: weight(15, "adoption"),
  signing: weight(25, "signing and provenance"),
  hygiene: weight(15, "security hygiene"),
  "track-record": weight(15, "the track record"),
  relationships: weight(5, "relationships of trust"),
})
  .prefault({})
  .describe("what the seven headings of project trust weigh; a heading without data is left out of the mean");

const KEYS = z
  .record(z.string(), z.array(z.string().min(1)).min(1))
  .default({})
  .describe(
    "keys that sign releases, by globs over purls: OpenPGP, minisign or PEM (cosign), as text or as the path of a file",
  );

function switches(all: readonly Switch[], what: string) {
  const toggles = all.map(({ id, title, byDefault = true }) => {
    const described = toggle.optional().describe(`${title}; default: ${byDefault ? "on" : "off"}`);
    return [id, described] as const;
  });
  return section(Object.fromEntries(toggles)).prefault({}).describe(what);
}

/** The section about trust; signals and checks are switched by the ids that their lists have. */
export function trustSection(signals: readonly Switch[], checks: readonly Switch[]) {
  return section({
    signals: switches(signals, "signals of project trust, on or off by their ids"),
    checks: switches(checks, "checks of releases, on or off by their ids; content-age cannot be off"),
    weights: WEIGHTS,
    keys: KEYS,
    "refresh-roots": z
      .boolean()
      .default(true)
      .describe("bring the certificates and keys of Sigstore and GitHub up to date daily, by The Update Framework"),
    vouches: z.array(VOUCH).default([]).describe("relationships of trust: who knows whom, since when, and how"),
  })
    .prefault({})
    .describe("what project trust is made of");
}
