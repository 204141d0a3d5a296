import { recordAdvisories } from "../../db/upstreams/advisories.ts";
import { putFacts } from "../../db/upstreams/facts.ts";
import { dueAt } from "../../decide/policy.ts";
import { type Instant, plus } from "../../domain/instant.ts";
import type { Severity } from "../../domain/trust.ts";
import { parsePurl, toPurl, versioned } from "../../domain/upstream.ts";
import { readScanReport } from "../../lib/advisories/scan-report.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { parseImageReference } from "../../lib/registry/image-reference.ts";
import type { FlowContext } from "../context.ts";
import { isPinnedAt, placesPinning } from "../discover/pinned-places.ts";
import { SCAN } from "./advise.ts";

/** What was taken in. `due`: when the answers are due, by severity, where the policy says when. */
export type ImportedReport = {
  readonly upstream: string;
  readonly version: string;
  readonly source: string;
  readonly found: Readonly<Record<string, number>>;
  readonly due: readonly { readonly severity: Severity; readonly at: Instant; readonly ids: readonly string[] }[];
};

/**
 * Takes in a scanner's report about one image version; `file`: how it is called when it is none. What an earlier report of the same kind named and this one does
 * not has ended. Due dates run from the first report that named it.
 */
export async function importReport(
  flow: FlowContext,
  given: { readonly text: string; readonly file?: string | undefined; readonly image?: string | undefined },
): Promise<ImportedReport | Failure> {
  const report = readScanReport(given.text, given.file);
  if (isFailure(report)) return report;
  const image = given.image ?? report.image;
  const named = image === undefined ? undefined : versionOf(image);
  if (named === undefined) {
    const said =
      image === undefined ? "The report does not say what was scanned" : `"${image}" names no image with a version`;
    return new Failure("misconfigured", `${said}: name it with --image pkg:docker/library/python@3.13-slim.`);
  }
  const { purl } = named;
  const version = await pinnedVersion(flow, purl, named.version);
  const stored = await recordAdvisories(
    flow.db,
    report.source,
    [{ purl, version, advisories: report.advisories }],
    flow.clock(),
  );
  await rememberScan(flow, versioned(purl, version), report.source);
  const dated = stored.flatMap(({ advisory }) => {
    const at = dueAt(flow.policy, advisory);
    return at === undefined ? [] : [{ severity: advisory.severity, at, id: advisory.id }];
  });
  const groups = Map.groupBy(dated, ({ severity, at }) => `${at} ${severity}`);
  const due = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ severity: first.severity, at: first.at, ids: group.map(({ id }) => id) }];
  });
  const counts = Map.groupBy(report.advisories, ({ severity }) => severity);
  return {
    upstream: purl,
    version,
    source: report.source,
    found: Object.fromEntries([...counts].map(([severity, those]) => [severity, those.length])),
    due: due.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

/** That it was scanned is known even when nothing was found. */
async function rememberScan(flow: FlowContext, subject: string, source: string): Promise<void> {
  const at = flow.clock();
  const collected = { facts: source, source, at };
  await putFacts(flow.db, { subject, signal: SCAN, collected, expiresAt: plus(at, flow.retention.decisions) });
}

/** The version as the pins of the image compare it: fixed words of a tag may be no part of it. */
async function pinnedVersion(flow: FlowContext, purl: string, tag: string): Promise<string> {
  const places = await placesPinning(flow, purl, "all");
  const pin = places.flatMap(({ pins }) => pins).find((one) => isPinnedAt(one, tag));
  return pin?.version ?? tag;
}

/** A purl with a version, or an image as people write it. */
function versionOf(text: string): { purl: string; version: string } | undefined {
  const [, path, version, query = ""] = /^(pkg:[^@?]+)@([^?]+)(\?.*)?$/.exec(text) ?? [];
  if (path !== undefined && version !== undefined) {
    const purl = `${path}${query}`;
    return parsePurl(purl) === undefined ? undefined : { purl, version: decodeURIComponent(version) };
  }
  const image = parseImageReference(text);
  if (image?.tag === undefined) return undefined;
  const host = image.host === "docker.io" ? {} : { repository_url: image.host };
  return { purl: toPurl("docker", image.repository, host), version: image.tag.text };
}
