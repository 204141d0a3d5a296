import { z } from "zod";
import { between, DAY, HOUR } from "../../domain/instant.ts";
import { typeOfPurl, versioned } from "../../domain/upstream.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { count, evidenceOf, outcomeOf } from "../finding-parts.ts";
import { defineSignal } from "../signal.ts";

/** Known vulnerabilities of the newest version, and how long mending took so far. */
export const knownAdvisories = defineSignal({
  id: "known-advisories",
  number: "P16",
  title: "Known vulnerabilities and time to fix",
  why: "Flaws happen to everybody. How many stand open, and how quickly they were mended, says how a project takes them.",
  dimension: "track-record",
  weight: 1,
  source: "OSV, one request for up to 1,000 packages",
  points:
    "10 less one for each that the newest version has; at most 6 where half of the fixes took over 30 days, 3 over 90; without any record 8",
  expiry: 6 * HOUR,
  schema: z.object({
    version: z.string(),
    open: z.array(z.string()),
    recorded: z.number(),
    fixTimes: z.array(z.number()),
  }),
  appliesTo: (purl) =>
    ["pypi", "npm", "gem", "maven", "golang", "cargo", "github", "githubactions"].includes(typeOfPurl(purl)),
  collect: async (purl, context) => {
    const releases = context.releasesOf(purl);
    const newest = releases.find(({ state }) => state === "released");
    if (newest === undefined) return new Failure("not-checked", "No version of it is known yet.");
    const [open, ever] = await Promise.all([
      context.advisories(versioned(purl, newest.version)),
      context.advisories(purl),
    ]);
    if (isFailure(open)) return open;
    const recorded = isFailure(ever) ? open : ever;
    const published = new Map(releases.map((release) => [release.version, release.publishedAt]));
    const fixTimes = recorded.flatMap(({ publishedAt, fixedIn }) => {
      const fixes = fixedIn.flatMap((version) => published.get(version) ?? []).sort();
      return publishedAt === undefined || fixes[0] === undefined ? [] : [Math.max(0, between(publishedAt, fixes[0]))];
    });
    const facts = { version: newest.version, open: open.map(({ id }) => id), recorded: recorded.length, fixTimes };
    return { facts, source: context.urls.osv.url, at: context.now };
  },
  judge: (collected) => {
    const { version, open, recorded, fixTimes } = collected.facts;
    if (recorded === 0) {
      const reason = "No vulnerability of it is on record: that may mean that nobody looked.";
      return { outcome: "good", points: 0.8, reason, evidence: [evidenceOf(collected, "advisories", "no record")] };
    }
    const median = [...fixTimes].sort((a, b) => a - b)[Math.floor(fixTimes.length / 2)];
    const most = median === undefined || median <= 30 * DAY ? 1 : median <= 90 * DAY ? 0.6 : 0.3;
    const points = Math.min(most, Math.max(0, 10 - open.length) / 10);
    const said =
      open.length === 0
        ? `${version} has no known vulnerability`
        : `${version} has ${open.slice(0, 3).join(", ")}${open.length > 3 ? ` and ${open.length - 3} more` : ""}`;
    const speed = median === undefined ? "" : `; half of the fixes came within ${formatDuration(median)} of the report`;
    const reason = `${said}, of ${count(recorded, "advisory", "advisories")} on record${speed}.`;
    const evidence = [evidenceOf(collected, "advisories", open.length === 0 ? "none open" : open.join(", "))];
    return { outcome: outcomeOf(points), points, reason, evidence };
  },
});
