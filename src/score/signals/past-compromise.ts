import { z } from "zod";
import { strengthOf } from "../../domain/evidence.ts";
import { between, DAY } from "../../domain/instant.ts";
import type { Advisory } from "../../domain/trust.ts";
import { typeOfPurl } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

const YEAR = 365 * DAY;

/** Whether a version of it was ever reported as malware, and how its flaws were handled. */
export const pastCompromise = defineSignal({
  id: "past-compromise",
  number: "P17",
  title: "Past incidents and their handling",
  why: "Who was taken over once may be again, unless the way in was closed. Who writes of flaws, and mends them, can be relied on.",
  dimension: "track-record",
  weight: 1,
  source: "OSV's malware reports (MAL-…) and advisories, one request for up to 1,000 packages",
  points:
    "malware report within a year 3, an older one 6, and 2 more where the newest release has provenance that was verified; without one 10, or 7 where fewer than half of the advisories have a fix",
  expiry: DAY,
  schema: z.object({
    reports: z.array(z.object({ id: z.string(), publishedAt: z.string().optional() })),
    advisories: z.number(),
    fixed: z.number(),
    byMaintainers: z.number(),
    provenance: z.boolean(),
  }),
  appliesTo: (purl) => ["pypi", "npm", "gem", "maven", "golang", "cargo", "githubactions"].includes(typeOfPurl(purl)),
  collect: async (purl, context) => {
    const ever = await context.advisories(purl);
    if (isFailure(ever)) return ever;
    const isReport = ({ id, aliases }: Advisory) => [id, ...aliases].some((one) => one.startsWith("MAL-"));
    const reports = ever
      .filter(isReport)
      .map(({ id, publishedAt }) => ({ id, ...(publishedAt !== undefined && { publishedAt }) }));
    const flaws = ever.filter((one) => !isReport(one));
    const newest = context.releasesOf(purl).find(({ state }) => state === "released");
    const facts = {
      reports,
      advisories: flaws.length,
      fixed: flaws.filter(({ fixedIn }) => fixedIn.length > 0).length,
      byMaintainers: flaws.filter(({ publishedIn }) => publishedIn !== undefined).length,
      provenance: newest?.evidence?.proofs?.some((proof) => strengthOf(proof) === 10) ?? false,
    };
    return { facts, source: context.urls.osv.url, at: context.now };
  },
  judge: (collected, now) => {
    const { reports, advisories, fixed, byMaintainers, provenance } = collected.facts;
    const handled =
      advisories === 0
        ? ""
        : ` Of ${count(advisories, "advisory", "advisories")} ${fixed} have a fix, and ${byMaintainers} were published by the maintainers themselves.`;
    const evidence = [
      evidenceOf(collected, "malware-reports", reports.length === 0 ? "none" : reports.map(({ id }) => id).join(", ")),
      evidenceOf(collected, "advisories", `${advisories}, ${fixed} fixed, ${byMaintainers} by the maintainers`),
    ];
    if (reports.length === 0) {
      const points = 2 * fixed >= advisories ? 1 : 0.7;
      const reason = `No malware report about any of its versions is on record.${handled}`;
      return { outcome: "good", points, reason, evidence };
    }
    const latest = reports
      .flatMap(({ publishedAt }) => publishedAt ?? [])
      .toSorted()
      .at(-1);
    const closed = provenance ? 0.2 : 0;
    const points = (latest !== undefined && between(latest, now) > YEAR ? 0.6 : 0.3) + closed;
    const ids = reports.map(({ id }) => id).join(", ");
    const when = latest === undefined ? "" : `, the latest of ${latest.slice(0, 10)}`;
    const since = provenance ? " Its newest release has provenance that was verified." : "";
    const reason = `${count(reports.length, "malware report")} about its versions on record${when}: ${ids}.${since}${handled}`;
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
