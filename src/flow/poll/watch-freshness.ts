import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { pinsOf } from "../../db/projects/pins.ts";
import { type StaleUpstream, staleUpstreams } from "../../db/upstreams/freshness.ts";
import type { Trouble } from "../../domain/bump.ts";
import { deadlineOf, targetOf } from "../../domain/freshness.ts";
import { HOUR, type Instant } from "../../domain/instant.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { advisoriesReadAt } from "../advisories/refresh-advisories.ts";
import { raiseAlert, resolveAlert } from "../alerts/raise-alert.ts";
import type { FlowContext } from "../context.ts";

const CLASS = "source-stale";
const ADVISORIES = "advisories";
/** Names and places that an alert shows; it counts all. */
const SHOWN = 5;
const PLACES = 20;

/**
 * Raises one alert per project and source whose upstreams went unanswered for longer than the source's freshness target,
 * and resolves it when all of them have answered again. An alert is about a source, so its `upstream` is the source's id.
 */
export async function watchFreshness(flow: FlowContext): Promise<void> {
  const now = flow.clock();
  const stale = await staleUpstreams(flow.db, flow.freshness, now);
  const groups = Map.groupBy(stale, (one) => keyOf(one.project, one.source));
  for (const group of groups.values()) await raise(flow, group, now);
  for (const alert of await standingAlerts(flow.db)) {
    const isOver = !groups.has(keyOf(alert.project, alert.upstream)) && alert.upstream !== ADVISORIES;
    if (alert.class === CLASS && isOver) await resolveAlert(flow, alert, `${alert.upstream} answers again`);
  }
}

/** The same for advisories, which are asked about together: one alert per project. For processes that ask on a schedule. */
export async function watchAdvisories(flow: FlowContext): Promise<void> {
  const readAt = await advisoriesReadAt(flow);
  const isStale = readAt !== undefined && readAt < deadlineOf(flow.freshness, ADVISORIES, flow.clock());
  const standing = (await standingAlerts(flow.db)).filter((one) => one.class === CLASS && one.upstream === ADVISORIES);
  if (!isStale) for (const alert of standing) await resolveAlert(flow, alert, "OSV answers again");
  else for (const { id } of flow.projects) await raiseAlert(flow, adviseTrouble(id, readAt, flow));
}

function adviseTrouble(project: string, readAt: Instant, { freshness, urls, clock }: FlowContext): Trouble {
  const target = targetOf(freshness, ADVISORIES) / HOUR;
  const expected = `at most ${target} h old`;
  return {
    ...{ project, upstream: ADVISORIES, class: CLASS, subject: "", severity: "medium", places: [] },
    summary: `Known vulnerabilities have not been read completely since ${readAt}: new ones may be missed.`,
    next: "`headgate doctor` says what stands in the way.",
    evidence: [{ kind: "last-answer", source: urls.osv.url, observed: readAt, expected, observedAt: clock() }],
  };
}

async function raise(flow: FlowContext, group: readonly StaleUpstream[], now: Instant): Promise<void> {
  const [oldest] = group;
  if (oldest === undefined) return;
  const { project, source } = oldest;
  const purls = new Set(group.map((one) => one.purl));
  const pins = (await pinsOf(flow.db, project)).filter((pin) => purls.has(pin.upstream));
  const target = targetOf(flow.freshness, source) / HOUR;
  await raiseAlert(flow, {
    project,
    upstream: source,
    class: CLASS,
    subject: "",
    severity: "medium",
    summary: summaryOf([...purls], source, target),
    next: "`headgate doctor` says what stands in the way.",
    places: pins.slice(0, PLACES).map(({ path, line }) => ({ path, line })),
    evidence: [
      {
        kind: "last-answer",
        source: oldest.purl,
        observed: oldest.since,
        expected: `at most ${target} h old`,
        observedAt: now,
      },
    ],
  });
}

function summaryOf(purls: readonly string[], source: string, hours: number): string {
  const named = purls.slice(0, SHOWN).map(upstreamLabel).join(", ");
  const more = purls.length > SHOWN ? ` and ${purls.length - SHOWN} more` : "";
  return `What is known of ${named}${more} (${source}) is older than ${hours} h: news may be missed.`;
}

function keyOf(project: string, source: string): string {
  return `${project}\n${source}`;
}
