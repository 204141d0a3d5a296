import { standingAlerts } from "../../db/deliveries/alerts.ts";
import { candidateLines, countCandidates } from "../../db/pages/candidate-lines.ts";
import { lagGroups } from "../../db/pages/lag.ts";
import { projectLines } from "../../db/projects/projects.ts";
import { standingsBetween } from "../../db/projects/standings.ts";
import { budgetsAt, pausesAt } from "../../db/service/budgets.ts";
import { freshnessBySource } from "../../db/upstreams/freshness.ts";
import { byGravity } from "../../domain/bump.ts";
import { DAY, latest, plus } from "../../domain/instant.ts";
import { spreadOf } from "../../domain/pages/lag.ts";
import type { Overview, Some } from "../../domain/pages/overview.ts";
import type { FlowContext } from "../context.ts";

/** How much of each list the first page shows. */
const FIRST = 8;

/** How long back lag and freshness are drawn. */
const COURSE = 90 * DAY;

/** Everything the first page says, from the store: nothing is asked outside. */
export async function showOverview(flow: FlowContext): Promise<Overview> {
  const { db } = flow;
  const now = flow.clock();
  const [states, alerts, held, proposed, projects, groups, freshness, budgets, pauses, standings] = await Promise.all([
    countCandidates(db),
    standingAlerts(db),
    candidateLines(db, ["held"], FIRST),
    candidateLines(db, ["proposed"], FIRST),
    projectLines(db),
    lagGroups(db, now),
    freshnessBySource(db, flow.freshness, now),
    budgetsAt(db, now),
    pausesAt(db, now),
    standingsBetween(db, { from: plus(now, -COURSE), until: now }),
  ]);
  const gravest = alerts.sort(byGravity);
  return {
    projects,
    alarms: some(gravest.filter((alert) => alert.class !== "advisory")),
    overdue: some(gravest.filter((alert) => alert.class === "advisory")),
    held: { total: states.held ?? 0, first: held },
    proposed: { total: states.proposed ?? 0, first: proposed },
    states,
    lag: spreadOf(groups),
    standings,
    freshness,
    budgets: budgets.map(({ name, limit, remaining, resetAt }) => ({ name, limit, remaining, resetAt })),
    pauses: pauses.map(({ name, limitedUntil, closedUntil, trouble }) => {
      const until = latest(limitedUntil, closedUntil);
      return { host: name, trouble, ...(until !== undefined && { until }) };
    }),
  };
}

function some<Item>(all: readonly Item[]): Some<Item> {
  return { total: all.length, first: all.slice(0, FIRST) };
}
