import type { ReportedAdvisory, ReportedProject, ReportMaterial } from "../../domain/report.ts";
import type { Advisory } from "../../domain/trust.ts";
import { type BomEntry, bomEntries, bomFrame, identityOf, projectComponent, subjectRef, versionName } from "../bom.ts";
import { safeUrl } from "../html.ts";
import { plainLine } from "../plain.ts";
import type { Report } from "../report.ts";

/** What is known to be vulnerable of what is installed: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/#vulnerabilities. */
export const vulnerabilities: Report = {
  id: "vulnerabilities",
  title: "CycloneDX vulnerability report (JSON, 1.6)",
  why: "Advisories about what is installed, with what is affected, what fixes it, where that stands and by when it is due.",
  mediaType: "application/vnd.cyclonedx+json",
  fileName: "headgate.vdr.cdx.json",
  asksAdvisories: true,
  write: (material) => {
    const { projects, at, origin } = material;
    const known = projects.flatMap((project) => project.advisories.map((one) => ({ project, ...one })));
    const entries = bomEntries(projects);
    const affected = (one: Known) => entries.filter((entry) => isAbout(one, entry));
    const byId = [...Map.groupBy(known, ({ advisory }) => advisory.id)].sort(([a], [b]) => (a < b ? -1 : 1));
    const named = new Set(known.flatMap(affected).map(({ ref }) => ref));
    const unlisted = projects.flatMap((project) =>
      project.unlisted.map(({ subject, reason }) => ({ name: "headgate:not-listed", value: `${subject}: ${reason}` })),
    );
    const several = projects.length !== 1;
    return bomFrame(material, {
      components: [
        ...(several ? projects.map(projectComponent) : []),
        ...entries.filter(({ ref }) => named.has(ref)).map(identityOf),
      ],
      vulnerabilities: byId.map(([, group]) => toVulnerability(group, affected, at, origin)),
      ...(unlisted.length > 0 && { properties: unlisted }),
      compositions: [{ aggregate: "incomplete", assemblies: [subjectRef(projects)] }],
    });
  },
};

type Known = ReportedAdvisory & { readonly project: ReportedProject };

function isAbout(one: Known, { project, component, version }: BomEntry): boolean {
  return project === one.project && component.key === one.component && version.version === one.version;
}

function toVulnerability(
  group: readonly Known[],
  affected: (one: Known) => readonly BomEntry[],
  now: string,
  origin: ReportMaterial["origin"],
) {
  const [first] = group;
  if (first === undefined) return {};
  const { advisory } = first;
  const { id, aliases, summary, url, publishedAt, fixedIn } = advisory;
  const source = { name: sourceOf(id), ...linked(url) };
  const fixed = fixedIn.length === 0 ? undefined : `Fixed in ${fixedIn.join(", ")}.`;
  const since = group.map((one) => one.since).toSorted()[0] ?? now;
  return {
    "bom-ref": `advisory:${id}`,
    id,
    source,
    ...(aliases.length > 0 && {
      references: aliases.toSorted().map((alias) => ({ id: alias, source: { name: sourceOf(alias) } })),
    }),
    ratings: [{ source, severity: advisory.severity }],
    description: plainLine(summary, 2_000),
    ...(fixed !== undefined && { recommendation: fixed }),
    ...(safeUrl(url) !== undefined && { advisories: [{ title: id, ...linked(url) }] }),
    ...(publishedAt !== undefined && { published: publishedAt }),
    affects: [...new Map(group.flatMap(affected).map((entry) => [entry.ref, entry])).values()].map(toAffected),
    analysis: {
      // Whether it can be exploited here is for people to say: Headgate knows that it is installed.
      state: "in_triage",
      ...(group.some((one) => one.fix !== undefined) && { response: ["update"] }),
      // Files alone do not say by when it is due, nor what is on its way.
      ...(origin === "store" && { detail: group.map(stateOf).join(" ") }),
      firstIssued: since,
      lastUpdated: now,
    },
    properties: propertiesOf(advisory, group),
  };
}

function toAffected({ ref, component, version }: BomEntry) {
  const name = versionName(component, version);
  return { ref, ...(name !== undefined && name !== "" && { versions: [{ version: name, status: "affected" }] }) };
}

/** `suite: due on 2026-12-01. 2.0.1 is proposed.` */
function stateOf(one: Known): string {
  const day = one.dueAt?.slice(0, 10);
  const due = day === undefined ? "no date is promised" : one.overdue ? `was due on ${day}` : `due on ${day}`;
  const next = one.fix === undefined ? "No fix is on its way." : `${one.fix.version}: ${one.fix.verdict}.`;
  return `${one.project.id}: ${due}. ${next}`;
}

function propertiesOf({ exploited, exploitProbability }: Advisory, group: readonly Known[]) {
  return [
    ...group.flatMap(({ project, dueAt, overdue }) =>
      dueAt === undefined
        ? []
        : [
            { name: `headgate:due:${project.id}`, value: dueAt },
            { name: `headgate:overdue:${project.id}`, value: String(overdue) },
          ],
    ),
    ...(exploited === true ? [{ name: "headgate:known-exploited", value: "true" }] : []),
    ...(exploitProbability === undefined ? [] : [{ name: "headgate:epss", value: String(exploitProbability) }]),
  ];
}

function sourceOf(id: string): string {
  if (id.startsWith("CVE-")) return "NVD";
  return id.startsWith("GHSA-") ? "GitHub" : "OSV";
}

function linked(url: string | undefined): { url?: string } {
  const safe = safeUrl(url);
  return safe === undefined ? {} : { url: safe };
}
