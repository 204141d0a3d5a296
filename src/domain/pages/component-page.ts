import type { Alert } from "../bump.ts";
import type { Instant } from "../instant.ts";
import type { Precision } from "../pin.ts";
import type { TrustScore, Vouch } from "../trust.ts";
import type { ComponentRow } from "./component-list.ts";
import type { HistoryLine } from "./history-line.ts";
import type { CandidateLine } from "./overview.ts";
import type { PlaceLink } from "./place-link.ts";
import type { Timeline } from "./timeline.ts";

/** One place that decides a component's version, as it is written there. */
export type PinnedPlace = PlaceLink & {
  readonly name: string;
  readonly text: string;
  readonly precision: Precision;
  readonly digest?: string;
  readonly lockedBy?: string;
};

/** Everything about one component, from the store. */
export type ComponentDetail = {
  readonly row: ComponentRow;
  readonly timeline: Timeline;
  readonly score: TrustScore;
  /** What each signal weighs among those of its heading. */
  readonly weights: Readonly<Record<string, number>>;
  readonly lastPolledAt?: Instant;
  /** What could not be looked at, and why. */
  readonly unknown: readonly string[];
  readonly places: readonly PinnedPlace[];
  readonly candidates: readonly CandidateLine[];
  readonly alerts: readonly Alert[];
  readonly vouches: readonly Vouch[];
  readonly history: readonly HistoryLine[];
};
