import { projectStates } from "../../db/projects/projects.ts";
import { standingsBetween } from "../../db/projects/standings.ts";
import { namedReleases } from "../../db/releases/named-releases.ts";
import { advisoriesOf, type KnownAdvisory } from "../../db/upstreams/advisories.ts";
import { factsOf, freshIn, type KnownFacts, lastIn } from "../../db/upstreams/facts.ts";
import { dueAt } from "../../decide/policy.ts";
import type { Verdict } from "../../domain/bump.ts";
import type { DigestEntry } from "../../domain/digest.ts";
import { strongest } from "../../domain/evidence.ts";
import { type Instant, plus, toInstant } from "../../domain/instant.ts";
import type { StoredRelease } from "../../domain/integrity/merge-release.ts";
import { type Component, installedVersions } from "../../domain/pin.ts";
import { VERSION } from "../../domain/product.ts";
import type { Project, ProjectSource } from "../../domain/project.ts";
import {
  type ReportedAdvisory,
  type ReportedComponent,
  type ReportedMove,
  type ReportedProject,
  type ReportedVersion,
  type ReportMaterial,
  toReportedComponent,
  toReportedTrust,
  type VersionUpdate,
} from "../../domain/report.ts";
import type { TrustScore } from "../../domain/trust.ts";
import { versioned } from "../../domain/upstream.ts";
import { isListed } from "../../lib/advisories/osv-question.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { SCAN } from "../advisories/advise.ts";
import type { FlowContext } from "../context.ts";
import { PERIOD } from "../discover/checkout-material.ts";
import type { DigestMaterial } from "../letters/build-digest.ts";
import { readDigestMaterial } from "../letters/digest-material.ts";
import { unlistedKinds } from "../poll/unlisted-kinds.ts";
import { knownScores, licenceIn } from "../trust/known-scores.ts";

/** `since` and `until` bound the updates; without them, the last 30 days. `project`: one of the watched ones; absent: all. */
export type ReportRequest = {
  readonly project?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

/** Everything that reports are written from, as the store knows it. Upstreams are not asked. */
export async function reportMaterial(flow: FlowContext, asked: ReportRequest): Promise<ReportMaterial | Failure> {
  const period = periodOf(asked, flow.clock());
  if (isFailure(period)) return period;
  const projects = flow.projects.filter(({ id }) => asked.project === undefined || id === asked.project);
  if (projects.length === 0) return unknownProject(flow, asked.project);
  const digest = await readDigestMaterial(flow, period.from, period.until);
  const known = await readKnown(flow, digest.components);
  const states = new Map((await projectStates(flow.db)).map((state) => [state.id, state]));
  return {
    at: flow.clock(),
    version: VERSION,
    origin: "store",
    period,
    projects: await Promise.all(
      projects.map(async (project) => {
        const commit = states.get(project.id)?.commit;
        const unlisted = await unlistedOf(flow, digest.components, project.id);
        const standings = await standingsBetween(flow.db, { ...period, project: project.id });
        return {
          ...toProject(flow, project, { digest, known, until: period.until }),
          standings,
          unlisted,
          ...(commit !== undefined && { commit }),
        };
      }),
    ),
  };
}

/** What nobody knows the vulnerabilities of; images whose scan was taken in are known. */
async function unlistedOf(flow: FlowContext, components: readonly Component[], project: string) {
  const mine = components.filter((one) => one.project === project);
  const versions = mine.flatMap(({ upstream, current }) => current.map((version) => versioned(upstream, version)));
  const scans = await factsOf(
    flow.db,
    versions.filter((purl) => !isListed(purl)),
  );
  return unlistedKinds(mine, (purl) => freshIn(scans, purl, SCAN, flow.clock()) !== undefined);
}

function periodOf({ since, until }: ReportRequest, now: Instant): ReportMaterial["period"] | Failure {
  const end = until === undefined ? now : toInstant(until);
  if (end === undefined) return new Failure("misconfigured", `"${until}" is not a date such as 2026-11-01.`);
  const start = since === undefined ? plus(end, -PERIOD) : toInstant(since);
  if (start === undefined) return new Failure("misconfigured", `"${since}" is not a date such as 2026-11-01.`);
  return start <= end ? { from: start, until: end } : new Failure("misconfigured", `${since} is after ${until}.`);
}

function unknownProject(flow: FlowContext, name: string | undefined): Failure {
  const known = flow.projects.map(({ id }) => id).join(", ");
  return new Failure("not-found", `No project ${name} is watched; there are ${known}.`);
}

/** What the store knows of all components' upstreams, read at once. */
type Known = {
  readonly facts: KnownFacts;
  readonly scores: ReadonlyMap<string, TrustScore>;
  readonly releases: ReadonlyMap<string, readonly StoredRelease[]>;
  readonly advisories: ReadonlyMap<string, readonly KnownAdvisory[]>;
};

async function readKnown(flow: FlowContext, components: readonly Component[]): Promise<Known> {
  const purls = [...new Set(components.map(({ upstream }) => upstream))];
  const names = new Map<string, string[]>();
  for (const { upstream, pins } of components)
    names.set(upstream, [...(names.get(upstream) ?? []), ...pins.flatMap(({ version, text }) => [version, text])]);
  const facts = await factsOf(flow.db, purls);
  return {
    facts,
    scores: await knownScores(flow, purls, facts),
    releases: Map.groupBy(await namedReleases(flow.db, names), ({ upstream }) => upstream),
    advisories: Map.groupBy(await advisoriesOf(flow.db, purls), ({ purl }) => purl),
  };
}

function toProject(
  flow: FlowContext,
  { id, source, branch }: Project,
  { digest, known, until }: { readonly digest: DigestMaterial; readonly known: Known; readonly until: Instant },
): Omit<ReportedProject, "standings" | "unlisted"> {
  const mine = digest.components.filter(({ project }) => project === id);
  const entries = digest.entries.filter(({ project }) => project === id);
  const upstreams = new Set(mine.map(({ upstream }) => upstream));
  const about = ({ project, upstream }: { project?: string; upstream?: string }) =>
    project === id || (project === undefined && (upstream === undefined || upstreams.has(upstream)));
  return {
    id,
    ...(source.kind !== "path" && { repository: pageOf(flow, source) }),
    ...(branch !== undefined && { branch }),
    components: mine.map((component) => toComponent(component, entries, known)),
    advisories: mine.flatMap((component) => advisoriesAbout(flow, component, entries, known)),
    alerts: digest.alerts.filter((alert) => alert.project === id),
    ending: digest.ending.filter((entry) => entry.project === id),
    updates: digest.merged.filter((one) => one.project === id && one.mergedAt <= until).map(toUpdate),
    notChecked: digest.unchecked.filter(about),
  };
}

function toComponent(component: Component, entries: readonly DigestEntry[], known: Known): ReportedComponent {
  const { upstream, key } = component;
  const plain = toReportedComponent(component);
  const releases = known.releases.get(upstream) ?? [];
  const mine = entries.filter(({ candidate }) => candidate.component.key === key);
  const score = mine[0]?.card.score ?? known.scores.get(upstream); // what people were shown beside the decision
  const licence = licenceIn(lastIn(known.facts, upstream, "security-hygiene"));
  const next = foremostMove(mine);
  return {
    ...plain,
    versions: plain.versions.map((version) => withRelease(version, component, releases)),
    ...(licence !== undefined && { licence }),
    ...(score !== undefined && { trust: toReportedTrust(score) }),
    ...(next !== undefined && { next }),
  };
}

function withRelease(
  version: ReportedVersion,
  { pins }: Component,
  releases: readonly StoredRelease[],
): ReportedVersion {
  const found = releases.find((release) => release.tag === version.text || release.version === version.version);
  if (found === undefined || version.version === "") return version;
  const { publishedAt, notesUrl, assets, evidence } = found;
  const wanted = pins.flatMap(({ files = [] }) => files).map((file) => file.replaceAll("{version}", version.version));
  const files = wanted.length === 0 ? assets : assets.filter(({ name }) => wanted.includes(name));
  const proofs = evidence?.proofs ?? [];
  const proof = proofs.some(({ level }) => level === "invalid") ? "invalid" : strongest(proofs)?.level;
  return {
    ...version,
    release: {
      ...(publishedAt !== undefined && { publishedAt }),
      ...(notesUrl !== undefined && { notesUrl }),
      files: files.map(({ name, url, digest }) => ({
        name,
        ...(url !== undefined && { url }),
        ...(digest !== undefined && { digest }),
      })),
      ...(proof !== undefined && { proof }),
    },
  };
}

function advisoriesAbout(
  flow: FlowContext,
  component: Component,
  entries: readonly DigestEntry[],
  known: Known,
): ReportedAdvisory[] {
  const { key, upstream } = component;
  const installed = installedVersions(component);
  const about = (known.advisories.get(upstream) ?? []).filter(({ version }) => installed.includes(version));
  // A scanner and OSV may both report one.
  const once = new Map(about.map((one) => [`${one.version} ${one.advisory.id}`, one]));
  return [...once.values()].map(({ version, advisory }) => {
    const due = dueAt(flow.policy, advisory);
    const fix = foremostMove(
      entries.filter(
        ({ candidate }) => candidate.component.key === key && candidate.fixes.some((fixed) => fixed.id === advisory.id),
      ),
    );
    return {
      ...{ component: key, upstream, version, advisory },
      since: advisory.firstSeenAt ?? flow.clock(),
      overdue: due !== undefined && due <= flow.clock(),
      ...(due !== undefined && { dueAt: due }),
      ...(fix !== undefined && { fix }),
    };
  });
}

const FURTHEST: readonly Verdict[] = ["propose", "wait", "hold", "block", "skip"];

/** Of several candidates the one that is furthest on its way. */
function foremostMove(entries: readonly DigestEntry[]): ReportedMove | undefined {
  const rank = ({ decision }: DigestEntry) => FURTHEST.indexOf(decision.verdict);
  const [first] = entries.toSorted((a, b) => rank(a) - rank(b));
  if (first === undefined) return undefined;
  const { candidate, decision, url } = first;
  const { verdict, until } = decision;
  return {
    candidate: candidate.id,
    version: candidate.to.version,
    verdict,
    ...(until !== undefined && { until }),
    ...(url !== undefined && { url }),
  };
}

function toUpdate({ candidate, mergedAt, url }: DigestMaterial["merged"][number]): VersionUpdate {
  const { component, from, to } = candidate;
  const { version, tag, notesUrl } = to;
  return {
    ...{ upstream: component.upstream, from, to: version, tag, at: mergedAt },
    ...(notesUrl !== undefined && { notesUrl }),
    ...(url !== undefined && { pullRequest: url }),
  };
}

function pageOf({ forges }: FlowContext, source: Exclude<ProjectSource, { readonly kind: "path" }>): string {
  const forge = forges[source.kind];
  return forge.pageOf(forge.web, source);
}
