import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { ALERTS } from "../../domain/alert-words.ts";
import type { Alert } from "../../domain/bump.ts";
import type { DigestEntry, DueAdvisory, Notice } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import { wasAndIs } from "../../domain/integrity/pin-integrity.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { dueAdvisories } from "../advisories/due-advisories.ts";
import type { FlowContext } from "../context.ts";
import { entriesOf } from "./digest-material.ts";

/** Trouble that cannot wait for a digest, as it is now. `id` and `since` tell it from others and from earlier trouble of its kind. */
export type Situation = Pick<
  Notice,
  "project" | "upstream" | "severity" | "part" | "title" | "summary" | "facts" | "fingerprint"
> & {
  readonly id: string;
  readonly since: Instant;
  readonly next?: string;
  readonly url?: string;
  /** Somebody has seen it: nobody is told of it who was not told before. */
  readonly seen: boolean;
};

/** Everything that stands now and that people are told at once: alarms, blocks, critical advisories past their date. */
export async function readSituations(flow: FlowContext): Promise<Situation[]> {
  const alerts = await standingAlerts(flow.db);
  const entries = (await Promise.all(flow.projects.map((project) => entriesOf(flow, project.id)))).flat();
  const situations = situationsOf({ alerts, entries, responseTimes: flow.policy.responseTimes, now: flow.clock() });
  return situations.map((one) => withPage(one, flow.publicUrl));
}

/** A letter leads to where its reader can act, unless it leads to a pull request or an advisory already. */
function withPage({ page, ...one }: Situation & { readonly page?: string }, pages: string | undefined): Situation {
  return one.url !== undefined || page === undefined || pages === undefined ? one : { ...one, url: pages + page };
}

/** The same from what was read, each with its page below the installation's address. Pure. */
function situationsOf(given: {
  readonly alerts: readonly Alert[];
  readonly entries: readonly DigestEntry[];
  readonly responseTimes: FlowContext["policy"]["responseTimes"];
  readonly now: Instant;
}): (Situation & { readonly page?: string })[] {
  const { alerts, entries, responseTimes, now } = given;
  const overdue = dueAdvisories(entries, responseTimes, now).filter(
    (entry) => entry.overdue && entry.advisory.severity === "critical" && !alerts.some((alert) => isSame(alert, entry)),
  );
  return [
    ...alerts.filter(isAlarm).map((alert) => ({ ...ofAlert(alert), page: "/integrity" })),
    ...entries
      .filter(({ decision }) => decision.verdict === "block")
      .map((entry) => atPage(entry, ofBlock(entry, now))),
    ...entries.filter(isHeldFix).map((entry) => atPage(entry, ofHeldFix(entry, now))),
    ...overdue.map(ofOverdue),
  ];
}

function atPage({ candidate }: DigestEntry, one: Situation): Situation & { readonly page: string } {
  return { ...one, page: `/candidates/${encodeURIComponent(candidate.id)}` };
}

/** A critical hole whose fix waits for a person: nobody should find that out in the morning. */
function isHeldFix({ decision, candidate }: DigestEntry): boolean {
  return decision.verdict === "hold" && candidate.fixes.some((advisory) => advisory.severity === "critical");
}

/** What changed under a name that is pinned, or a critical advisory; that a source is stale or renamed can wait for the morning. */
function isAlarm(alert: Alert): boolean {
  if (alert.class === "source-stale" || alert.class === "renamed") return false;
  return alert.class !== "advisory" || alert.severity === "critical";
}

function isSame(alert: Alert, { project, upstream, advisory }: DueAdvisory): boolean {
  const names = [advisory.id, ...advisory.aliases];
  return alert.project === project && alert.upstream === upstream && names.includes(alert.subject);
}

function ofAlert(alert: Alert): Situation {
  const { id, project, upstream, severity, summary, next, openedAt, evidence, places } = alert;
  const seen = evidence.flatMap((one) => {
    const text = wasAndIs(one);
    return text === undefined ? [] : [{ mark: "changed", text }];
  });
  const advisory = alert.class === "advisory" || alert.class === "malware";
  return {
    id: `alert/${id}`,
    since: openedAt,
    project,
    upstream,
    severity,
    part: advisory ? "advisories" : "alerts",
    title: `${ALERTS[alert.class]}: ${upstreamLabel(upstream)}`,
    summary,
    facts: [
      ...seen.slice(0, 3),
      ...placesFact(places),
      { mark: "seen it", text: `headgate acknowledge ${id} --reason "why"` },
    ],
    fingerprint: JSON.stringify([summary, evidence.map(({ kind, observed = "" }) => [kind, observed]).sort()]),
    next,
    seen: alert.state !== "open",
  };
}

function ofBlock({ project, candidate, decision, decidedAt, url }: DigestEntry, now: Instant): Situation {
  const reasons = decision.reasons.filter((reason) => reason.level === "block").map((reason) => reason.summary);
  const { component, to, id, from } = candidate;
  const name = upstreamLabel(component.upstream);
  return {
    id: `block/${id}`,
    since: decidedAt ?? now,
    project,
    upstream: component.upstream,
    severity: "critical",
    part: "blocked",
    title: `Blocked: ${name} ${to.version}`,
    summary: reasons[0] ?? `${name} ${to.version} is blocked.`,
    facts: [
      ...reasons.slice(1, 4).map((text) => ({ mark: "also", text })),
      { mark: "pinned now", text: from.join(", ") },
      ...placesFact(component.pins),
    ],
    fingerprint: JSON.stringify(reasons.toSorted()),
    next: `Do not take this version by hand. headgate explain ${name}@${to.version} shows what was seen.`,
    seen: false,
    ...(url !== undefined && { url }),
  };
}

function ofHeldFix({ project, candidate, decision, decidedAt }: DigestEntry, now: Instant): Situation {
  const reasons = decision.reasons.filter((reason) => reason.level === "hold").map((reason) => reason.summary);
  const ids = candidate.fixes.filter(({ severity }) => severity === "critical").map((advisory) => advisory.id);
  const { component, to, id, from } = candidate;
  const name = upstreamLabel(component.upstream);
  return {
    id: `held-fix/${id}`,
    since: decidedAt ?? now,
    project,
    upstream: component.upstream,
    severity: "critical",
    part: "held",
    title: `Held: ${name} ${to.version} fixes ${ids.join(", ")}`,
    summary: `${name} ${to.version} fixes ${ids.join(", ")} (critical) and is held: ${reasons[0] ?? ""}`,
    facts: [
      ...reasons.slice(1, 4).map((text) => ({ mark: "also", text })),
      { mark: "pinned now", text: from.join(", ") },
      ...placesFact(component.pins),
    ],
    fingerprint: JSON.stringify([ids, reasons.toSorted()]),
    next: `Read why, then headgate approve ${id} --reason "why", or hold it with a reason of your own.`,
    seen: decision.by !== "policy",
  };
}

function ofOverdue({ project, upstream, advisory, dueAt, fix, places }: DueAdvisory): Situation {
  const remedy = fix === undefined ? "no fix is known here" : `${fix.version} fixes it: ${fix.url ?? fix.verdict}`;
  return {
    id: `overdue/${project}/${upstream}/${advisory.id}`,
    since: dueAt ?? "",
    project,
    upstream,
    severity: "critical",
    part: "advisories",
    title: `Overdue: ${advisory.id} in ${upstreamLabel(upstream)}`,
    summary: `${advisory.id} (critical) in ${upstreamLabel(upstream)} was to be answered by ${(dueAt ?? "").slice(0, 16).replace("T", " ")} UTC. ${advisory.summary}`,
    facts: [{ mark: "fix", text: remedy }, ...placesFact(places)],
    fingerprint: remedy,
    next: fix === undefined ? "Look for a version without it, or take the component out." : `Take ${fix.version}.`,
    seen: false,
    ...(advisory.url !== undefined && { url: advisory.url }),
  };
}

function placesFact(places: readonly { readonly path: string; readonly line: number }[]) {
  const shown = places.slice(0, 5).map(({ path, line }) => `${path}:${line}`);
  const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : "";
  return places.length === 0 ? [] : [{ mark: "in", text: `${shown.join(", ")}${more}` }];
}
