import { z } from "zod";
import { between, DAY } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { count, defineSignal, evidenceOf, outcomeOf } from "../signal.ts";

const YEAR = 365 * DAY;

/** Whether a version of it was ever reported as malware. */
export const pastCompromise = defineSignal({
  id: "past-compromise",
  number: "P17",
  title: "Malware reports",
  why: "Who was taken over once may be again, unless the way in was closed.",
  dimension: "track-record",
  weight: 1,
  source: "OSV's malware reports (MAL-…), one request for up to 1,000 packages",
  points: "none 10, the latest within a year 3, an older one 6",
  expiry: DAY,
  schema: z.object({ reports: z.array(z.object({ id: z.string(), publishedAt: z.string().optional() })) }),
  appliesTo: (purl) =>
    ["pypi", "npm", "gem", "maven", "golang", "cargo", "githubactions"].includes(parsePurl(purl)?.type ?? ""),
  collect: async (purl, context) => {
    const ever = await context.advisories(purl);
    if (isFailure(ever)) return ever;
    const reports = ever
      .filter(({ id, aliases }) => [id, ...aliases].some((one) => one.startsWith("MAL-")))
      .map(({ id, publishedAt }) => ({ id, ...(publishedAt !== undefined && { publishedAt }) }));
    return { facts: { reports }, source: context.urls.osv.url, at: context.now };
  },
  judge: (collected, now) => {
    const { reports } = collected.facts;
    if (reports.length === 0) {
      const reason = "No malware report about any of its versions is on record.";
      return { outcome: "good", points: 1, reason, evidence: [evidenceOf(collected, "malware-reports", "none")] };
    }
    const days = reports.flatMap(({ publishedAt }) => publishedAt ?? []).sort();
    const latest = days.at(-1);
    const points = latest !== undefined && between(latest, now) > YEAR ? 0.6 : 0.3;
    const ids = reports.map(({ id }) => id).join(", ");
    const when = latest === undefined ? "" : `, the latest of ${latest.slice(0, 10)}`;
    const reason = `${count(reports.length, "malware report")} about its versions on record${when}: ${ids}.`;
    return { outcome: outcomeOf(points), points, reason, evidence: [evidenceOf(collected, "malware-reports", ids)] };
  },
});
