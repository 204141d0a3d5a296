import type { Alert } from "../domain/bump.ts";
import type { Place } from "../domain/pin.ts";
import { isOpen, type ReportedComponent, type ReportedProject, type ReportedVersion } from "../domain/report.ts";
import { supportSentence } from "../domain/support.ts";
import { upstreamLabel } from "../domain/upstream.ts";
import { type SarifRuleId, vulnerableRule } from "./sarif-rules.ts";
import { shortVersion } from "./words.ts";

/**
 * One thing to show at a place. `detail` tells it from others of the same rule, upstream and place; nothing in it changes
 * when lines move, so that code scanning knows the finding again.
 */
export type SarifFinding = {
  readonly rule: SarifRuleId;
  readonly level?: "error" | "warning" | "note";
  readonly upstream: string;
  readonly places: readonly (Place & { readonly name?: string })[];
  readonly detail: string;
  readonly message: string;
};

/** Everything that is to be shown of a project. */
export function sarifFindings(project: ReportedProject): SarifFinding[] {
  const { components, alerts, ending } = project;
  return [
    ...components.flatMap((component) => component.versions.flatMap((version) => ofVersion(component, version))),
    ...components.flatMap(drifting),
    ...vulnerable(project),
    ...ending.map((entry): SarifFinding => {
      const { upstream, subject, places, ended } = entry;
      const level = ended ? "warning" : "note";
      return { rule: "end-of-life", level, upstream, places, detail: subject, message: supportSentence(entry) };
    }),
    ...alerts.flatMap((alert) => ofAlert(alert, components)),
  ];
}

function ofVersion(component: ReportedComponent, version: ReportedVersion): SarifFinding[] {
  const { upstream } = component;
  const label = upstreamLabel(upstream);
  const { text, precision } = version;
  const at = (rule: SarifRuleId, detail: string, message: string) =>
    version.places.map((place) => ({ rule, upstream, places: [place], detail, message }));
  if (isOpen(version)) {
    const what =
      text === "" ? "no version is written" : `${text} is a ${precision === "branch" ? "branch" : "name that moves"}`;
    return at("unpinned", text, `${label} is not pinned: ${what}.`);
  }
  const proof = version.release?.proof;
  const name = `${label} ${shortVersion(text)}`;
  return [
    ...(isMutable(upstream, version)
      ? at("mutable", "", `${name} is taken by its tag, which its owner can move. Pin its content beside it.`)
      : []),
    ...(proof === "none" ? at("unsigned", "", `${name} is not signed, and nothing attests how it was built.`) : []),
    ...(proof === "invalid"
      ? at("unsigned", "invalid", `A proof of ${name} does not hold.`).map((one) => ({
          ...one,
          level: "error" as const,
        }))
      : []),
  ];
}

/** Images can be pinned by digest, actions by commit; a lock file or a registry that never replaces files does it elsewhere. */
function isMutable(upstream: string, { precision, digest, lockedBy }: ReportedVersion): boolean {
  const canBePinned = /^pkg:(?:docker|githubactions)\//.test(upstream);
  return canBePinned && precision === "exact" && digest === undefined && lockedBy === undefined;
}

/** One finding for all places: the versions are only strange side by side. */
function drifting({ upstream, current, versions }: ReportedComponent): SarifFinding[] {
  if (current.length < 2) return [];
  const pinned = versions.filter(({ version }) => current.includes(version));
  const where = pinned.map(({ text, places }) => `${shortVersion(text)} in ${places[0]?.path}`);
  const message = `${upstreamLabel(upstream)} is taken in ${current.length} versions: ${where.slice(0, 5).join(", ")}.`;
  return [{ rule: "drifting", upstream, places: pinned.flatMap(({ places }) => places), detail: "", message }];
}

function vulnerable({ advisories, components }: ReportedProject): SarifFinding[] {
  return advisories.flatMap(({ component: key, upstream, version, advisory, dueAt, overdue, fix }): SarifFinding[] => {
    const versions = components.find((one) => one.key === key)?.versions ?? [];
    const places = versions.filter((one) => one.version === version).flatMap((one) => one.places);
    if (places.length === 0) return [];
    const due = dueAt === undefined ? "" : ` Its answer ${overdue ? "was due" : "is due"} on ${dueAt.slice(0, 10)}.`;
    const remedy =
      fix !== undefined
        ? ` ${fix.version} fixes it: ${fix.verdict}.`
        : advisory.fixedIn.length > 0
          ? ` Fixed in ${advisory.fixedIn.slice(0, 3).join(", ")}.`
          : " No version that fixes it is known.";
    const message = `${upstreamLabel(upstream)} ${version}: ${advisory.id}, ${advisory.summary}${remedy}${due}`;
    return [{ rule: vulnerableRule(advisory.severity), upstream, places, detail: advisory.id, message }];
  });
}

const OF_CLASS: Readonly<Partial<Record<Alert["class"], SarifRuleId>>> = {
  "tag-moved": "moved",
  "mass-move": "moved",
  "asset-replaced": "moved",
  "asset-removed": "withdrawn",
  "checksum-mismatch": "moved",
  renamed: "moved",
  transferred: "moved",
  recreated: "moved",
  deleted: "withdrawn",
  yanked: "withdrawn",
  quarantined: "withdrawn",
  malware: "withdrawn",
};

/** Overdue advisories stand under their own rules; a source that is silent is no finding about a file. */
function ofAlert(
  { class: kind, upstream, subject, summary, next, places }: Alert,
  components: readonly ReportedComponent[],
) {
  const rule = OF_CLASS[kind];
  const ofUpstream = components.filter((one) => one.upstream === upstream).flatMap(({ versions }) => versions);
  const where = places.length > 0 ? places : ofUpstream.flatMap((version) => version.places);
  if (rule === undefined || where.length === 0) return [];
  return [{ rule, upstream, places: where, detail: `${kind} ${subject}`, message: `${summary} ${next}` }];
}
