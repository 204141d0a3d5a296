import { budgetsAt, pausesAt } from "../db/budgets.ts";
import { overdueDuties } from "../db/duties.ts";
import { freshnessBySource } from "../db/freshness.ts";
import { type JobTimes, jobTimes } from "../db/job-times.ts";
import {
  alertsByClass,
  type Counted,
  candidatesByState,
  deliveriesByState,
  failuresByCode,
  overdue,
} from "../db/measure.ts";
import { between } from "../domain/instant.ts";
import type { Metric, Sample } from "../lib/prometheus.ts";
import type { FlowContext } from "./context.ts";

/** What the store knows, in numbers. */
export async function measure({ db, freshness, clock }: FlowContext): Promise<Metric[]> {
  const now = clock();
  const sources = await freshnessBySource(db, freshness, now);
  const budgets = await budgetsAt(db, now);
  const due = [...(await overdue(db, now)), await overdueDuties(db, now)];
  const times = await jobTimes(db);
  const ofSources = (read: (source: (typeof sources)[number]) => number): Sample[] =>
    sources.map((source) => ({ labels: { source: source.source }, value: read(source) }));
  return [
    gauge(
      "headgate_upstreams",
      "Upstreams that something is taken from, by source.",
      ofSources((one) => one.upstreams),
    ),
    gauge(
      "headgate_upstreams_stale",
      "Those without a good answer within their target.",
      ofSources((one) => one.stale),
    ),
    gauge(
      "headgate_freshness_oldest_seconds",
      "Age of the oldest last good answer, by source.",
      ofSources(({ oldest }) => (oldest === undefined ? 0 : between(oldest, now) / 1_000)),
    ),
    gauge(
      "headgate_freshness_target_seconds",
      "How old it may be.",
      ofSources(({ target }) => target / 1_000),
    ),
    gauge(
      "headgate_budget_remaining",
      "Requests that a service still allows in its window.",
      budgets.map(({ name, remaining }) => ({ labels: { budget: name }, value: remaining })),
    ),
    gauge(
      "headgate_budget_limit",
      "Requests that it allows in a whole window.",
      budgets.map(({ name, limit }) => ({ labels: { budget: name }, value: limit })),
    ),
    gauge(
      "headgate_host_paused",
      "Hosts that are left alone.",
      (await pausesAt(db, now)).map(({ name }) => ({ labels: { host: name }, value: 1 })),
    ),
    counts("headgate_candidates", "Candidates by state.", await candidatesByState(db)),
    counts("headgate_deliveries", "Deliveries by channel and state.", await deliveriesByState(db)),
    counts(
      "headgate_failures",
      "Upstreams and projects that could not be looked at, by code.",
      await failuresByCode(db),
    ),
    counts("headgate_alerts", "Alerts that nobody has resolved.", await alertsByClass(db)),
    gauge(
      "headgate_due_rows",
      "Rows that are due and nobody has taken.",
      due.map(({ of, count }) => ({ labels: { of }, value: count })),
    ),
    gauge(
      "headgate_due_oldest_seconds",
      "How long the first of them has been due.",
      due.map(({ of, seconds }) => ({ labels: { of }, value: Math.max(0, seconds) })),
    ),
    durations("headgate_job_duration_seconds", "How long jobs took, by name, over all processes.", times),
    {
      name: "headgate_jobs_failed_total",
      help: "Jobs that threw, by name, over all processes; each is tried again.",
      type: "counter",
      samples: times.map(({ job, failed }) => ({ labels: { job }, value: failed })),
    },
  ];
}

function durations(name: string, help: string, times: readonly JobTimes[]): Metric {
  const samples = times.flatMap(({ job, bounds, counts, sum, count }): Sample[] => [
    ...bounds.map((bound, index) => ({
      labels: { job, le: String(bound) },
      value: counts[index] ?? 0,
      suffix: "_bucket" as const,
    })),
    { labels: { job, le: "+Inf" }, value: count, suffix: "_bucket" },
    { labels: { job }, value: sum, suffix: "_sum" },
    { labels: { job }, value: count, suffix: "_count" },
  ]);
  return { name, help, type: "histogram", samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

function counts(name: string, help: string, counted: readonly Counted[]): Metric {
  return gauge(
    name,
    help,
    counted.map(({ labels, count }) => ({ labels, value: count })),
  );
}
