import type { Alert, Decision, Step } from "../../domain/bump.ts";
import type { DigestEntry, UncheckedEntry } from "../../domain/digest.ts";
import { type Component, isFloating } from "../../domain/pin.ts";
import { type SupportEntry, supportSentence } from "../../domain/support.ts";
import { type CheckResult, INSUFFICIENT_COVERAGE, trustBand } from "../../domain/trust.ts";
import { type FirstLook, firstLookOf } from "../poll/first-look.ts";

/** What `headgate plan --json` prints of one project. Stable: fields are added, never renamed. */
export type PlanReport = {
  readonly project: string;
  readonly components: readonly {
    readonly upstream: string;
    readonly current: readonly string[];
    readonly floating: boolean;
    readonly places: readonly ReportPlace[];
  }[];
  readonly candidates: readonly ReportCandidate[];
  /** What is pinned and gets no fixes any more, or soon. */
  readonly support: readonly ReportSupport[];
  /** Trouble with what is already pinned, until it is resolved. */
  readonly alerts: readonly Alert[];
  /** While versions wait because their upstreams were first looked at only recently. */
  readonly firstLook?: FirstLook;
  readonly problems: readonly {
    readonly subject: string;
    readonly reason: string;
    readonly since?: string;
    readonly retryAt?: string;
  }[];
};

/** `endsAt` is absent where no day is named. */
type ReportSupport = {
  readonly upstream: string;
  readonly subject: string;
  readonly ended: boolean;
  readonly endsAt?: string;
  readonly summary: string;
  readonly url: string;
  readonly places: readonly ReportPlace[];
};

type ReportPlace = { readonly file: string; readonly line: number };

/** A candidate as `plan --json` and the API give it out. */
export type ReportCandidate = {
  readonly id: string;
  readonly upstream: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly step: Step;
  readonly decision: Decision;
  /** `value` is absent below half coverage: then there is not enough data for a number. */
  readonly score: { readonly value?: number; readonly coverage: number; readonly band: string };
  readonly checks: readonly CheckResult[];
  readonly notes: readonly { readonly version: string; readonly url?: string; readonly text?: string }[];
  readonly places: readonly ReportPlace[];
  readonly url?: string;
  readonly byHand?: string;
};

/** Puts what was planned for one project into the shape that people's scripts read. */
export function toPlanReport(
  project: string,
  components: readonly Component[],
  entries: readonly DigestEntry[],
  {
    unchecked,
    ending,
    alerts,
  }: {
    readonly unchecked: readonly UncheckedEntry[];
    readonly ending: readonly SupportEntry[];
    readonly alerts: readonly Alert[];
  },
): PlanReport {
  const firstLook = firstLookOf(entries);
  return {
    project,
    components: components.map((component) => ({
      upstream: component.upstream,
      current: component.current,
      floating: component.pins.every(isFloating),
      places: placesOf(component),
    })),
    candidates: entries.map(toReportCandidate),
    support: ending.map(toReportSupport),
    alerts,
    ...(firstLook !== undefined && { firstLook }),
    problems: unchecked,
  };
}

function toReportSupport(entry: SupportEntry): ReportSupport {
  const { upstream, subject, ended, endsAt, url, places } = entry;
  return {
    ...{ upstream, subject, ended, summary: supportSentence(entry), url },
    ...(endsAt !== undefined && { endsAt }),
    places: places.map(({ path, line }) => ({ file: path, line })),
  };
}

/** One candidate in the shape that people's scripts read. */
export function toReportCandidate(entry: DigestEntry): ReportCandidate {
  const { candidate, decision, card } = entry;
  const coverage = card.score?.coverage ?? 0;
  return {
    id: candidate.id,
    upstream: candidate.component.upstream,
    from: candidate.from,
    to: candidate.to.version,
    step: candidate.step,
    decision,
    score: {
      ...(card.score !== undefined && coverage >= INSUFFICIENT_COVERAGE && { value: card.score.value }),
      coverage,
      band: trustBand(card.score),
    },
    checks: card.checks,
    notes: candidate.between.map((release) => ({
      version: release.version,
      ...(release.notesUrl !== undefined && { url: release.notesUrl }),
      ...(release.notes !== undefined && { text: release.notes }),
    })),
    places: placesOf(candidate.component),
    ...(entry.url !== undefined && { url: entry.url }),
    ...(entry.byHand !== undefined && { byHand: entry.byHand }),
  };
}

function placesOf(component: Component): ReportPlace[] {
  return component.pins.map((pin) => ({ file: pin.path, line: pin.line }));
}
