import type { Database } from "../../db/database.ts";
import { budgetsAt, pausesAt, type StoredBudget } from "../../db/service/budgets.ts";
import { overdueDuties } from "../../db/service/duties.ts";
import { type JobTimes, jobTimes } from "../../db/service/job-times.ts";
import {
  alertsByClass,
  type Counted,
  candidatesByState,
  deliveriesByState,
  failuresByCode,
  overdue,
} from "../../db/service/measure.ts";
import { freshnessBySource } from "../../db/upstreams/freshness.ts";
import type { SourceFreshness } from "../../domain/freshness.ts";
import { between, type Instant } from "../../domain/instant.ts";
import type { Metric, Sample } from "../../lib/prometheus.ts";
import type { FlowContext } from "../context.ts";

/** What the store knows, in numbers. */
export async function measure({ db, freshness, clock }: FlowContext): Promise<Metric[]> {
  const now = clock();
  return [
    ...ofSources(await freshnessBySource(db, freshness, now), now),
    ...ofBudgets(await budgetsAt(db, now)),
    ...ofPauses(await pausesAt(db, now)),
    ...(await ofStates(db, now)),
    ...ofDueRows([...(await overdue(db, now)), await overdueDuties(db, now)]),
    ...ofJobs(await jobTimes(db)),
  ];
}

function ofSources(sources: readonly SourceFreshness[], now: Instant): Metric[] {
  const each = (read: (source: SourceFreshness) => number): Sample[] =>
    sources.map((source) => ({ labels: { source: source.source }, value: read(source) }));
  const ageOf = ({ oldest }: SourceFreshness) => (oldest === undefined ? 0 : between(oldest, now) / 1_000);
  const targets = each(({ target }) => target / 1_000);
  const [total, stale] = [each(({ upstreams }) => upstreams), each((source) => source.stale)];
  return [
    gauge("headgate_upstreams", "Upstreams that something is taken from, by source.", total),
    gauge("headgate_upstreams_stale", "Those without a good answer within their target.", stale),
    gauge("headgate_freshness_oldest_seconds", "Age of the oldest last good answer, by source.", each(ageOf)),
    gauge("headgate_freshness_target_seconds", "How old it may be.", targets),
  ];
}

function ofBudgets(budgets: readonly StoredBudget[]): Metric[] {
  const each = (key: "limit" | "remaining"): Sample[] =>
    budgets.map((budget) => ({ labels: { budget: budget.name }, value: budget[key] }));
  return [
    gauge("headgate_budget_remaining", "Requests that a service still allows in its window.", each("remaining")),
    gauge("headgate_budget_limit", "Requests that it allows in a whole window.", each("limit")),
  ];
}

function ofPauses(pauses: readonly { readonly name: string }[]): Metric[] {
  const samples = pauses.map(({ name }) => ({ labels: { host: name }, value: 1 }));
  return [gauge("headgate_host_paused", "Hosts that are left alone.", samples)];
}

async function ofStates(db: Database, now: Instant): Promise<Metric[]> {
  const failures = "Upstreams and projects that could not be looked at, by code.";
  return [
    counts("headgate_candidates", "Candidates by state.", await candidatesByState(db)),
    counts("headgate_deliveries", "Deliveries by channel and state.", await deliveriesByState(db, now)),
    counts("headgate_failures", failures, await failuresByCode(db)),
    counts("headgate_alerts", "Alerts that nobody has resolved.", await alertsByClass(db)),
  ];
}

function ofDueRows(
  due: readonly { readonly of: string; readonly count: number; readonly seconds: number }[],
): Metric[] {
  const rows = due.map(({ of, count }) => ({ labels: { of }, value: count }));
  const ages = due.map(({ of, seconds }) => ({ labels: { of }, value: Math.max(0, seconds) }));
  return [
    gauge("headgate_due_rows", "Rows that are due and nobody has taken.", rows),
    gauge("headgate_due_oldest_seconds", "How long the first of them has been due.", ages),
  ];
}

function ofJobs(times: readonly JobTimes[]): Metric[] {
  return [
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
