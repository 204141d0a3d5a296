import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { dueAt } from "../../decide/policy.ts";
import type { Alert, Trouble } from "../../domain/bump.ts";
import { type Component, installedVersions } from "../../domain/pin.ts";
import type { Advisory, Severity } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { raiseAlert, resolveAlert } from "../alerts/raise-alert.ts";
import type { FlowContext } from "../context.ts";
import type { AdvisoriesOf } from "./advise.ts";

const CLASSES: readonly Alert["class"][] = ["advisory", "malware"];

/**
 * Raises an alert for malware that is installed, at once, and for every advisory about an installed version whose answer
 * is overdue. Ends those whose advisory was withdrawn or no longer is about what is installed. Where nobody could be
 * asked, nothing ends.
 */
export async function alertOnAdvisories(
  flow: FlowContext,
  project: string,
  components: readonly Component[],
  advisories: AdvisoriesOf,
): Promise<void> {
  const troubles = components.flatMap((component) => troublesOf(flow, component, advisories));
  for (const trouble of troubles) await raiseAlert(flow, trouble);
  const asked = new Set(components.filter((one) => isAnswered(one, advisories)).map(({ upstream }) => upstream));
  const stands = new Set(troubles.map((one) => `${one.upstream} ${one.class} ${one.subject}`));
  for (const alert of await standingAlerts(flow.db)) {
    if (alert.project !== project || !CLASSES.includes(alert.class) || !asked.has(alert.upstream)) continue;
    if (stands.has(`${alert.upstream} ${alert.class} ${alert.subject}`)) continue;
    await resolveAlert(flow, alert, "It was withdrawn, or nothing that it is about is installed any more.");
  }
}

function isAnswered(component: Component, advisories: AdvisoriesOf): boolean {
  const { upstream } = component;
  return installedVersions(component).every((version) => !isFailure(advisories.of({ upstream, version })));
}

function troublesOf(flow: FlowContext, component: Component, advisories: AdvisoriesOf): Trouble[] {
  const { upstream } = component;
  return installedVersions(component).flatMap((version) => {
    const answer = advisories.of({ upstream, version });
    return isFailure(answer) ? [] : answer.flatMap((one) => troubleOf(flow, component, version, one) ?? []);
  });
}

function troubleOf(
  flow: FlowContext,
  { project, upstream, pins }: Component,
  version: string,
  advisory: Advisory,
): Trouble | undefined {
  const malware = advisory.id.startsWith("MAL-");
  const due = dueAt(flow.policy, advisory);
  const now = flow.clock();
  if (!malware && (due === undefined || due > now)) return undefined;
  const label = `${upstreamLabel(upstream)} ${version}`;
  const fixed = advisory.fixedIn.length === 0 ? "" : ` Fixed in ${advisory.fixedIn.slice(0, 3).join(", ")}.`;
  const summary = malware
    ? `${label}, which is installed here, is reported as malware: ${advisory.id}.`
    : `${label} is affected by ${advisory.id} (${advisory.severity}); the answer was due on ${due?.slice(0, 10)}.${fixed}`;
  const seen = advisory.firstSeenAt ?? now;
  return {
    project,
    upstream,
    class: malware ? "malware" : "advisory",
    subject: malware ? version : advisory.id,
    severity: malware ? "critical" : severityOf(advisory.severity),
    summary,
    next: malware
      ? "Remove it, and treat what it could reach as known to others."
      : "Take the version that fixes it, or acknowledge this with the reason why not.",
    places: pins.filter((pin) => pin.version === version).map(({ path, line }) => ({ path, line })),
    evidence: [{ kind: "advisory", source: advisory.url ?? upstream, observedAt: seen, observed: advisory.id }],
  };
}

function severityOf(severity: Severity): Trouble["severity"] {
  return severity === "unknown" ? "medium" : severity;
}
