import type { Candidate, Decision, Delivery } from "../bump.ts";
import type { CandidateState } from "../candidate-state.ts";
import type { TrustCard } from "../digest.ts";
import type { Instant } from "../instant.ts";
import type { HistoryLine } from "./history-line.ts";
import type { PlaceLink } from "./place-link.ts";

/** Everything about one candidate, from the store. */
export type CandidateView = {
  readonly id: string;
  readonly project: string;
  /** The component that it moves. */
  readonly componentKey: string;
  readonly candidate: Candidate;
  readonly card: TrustCard;
  readonly state: CandidateState;
  readonly until?: Instant;
  readonly firstSeenAt: Instant;
  readonly updatedAt: Instant;
  /** Absent: never decided. */
  readonly decision?: Decision;
  /** Why what spoke against it matters, by the rule of its reasons. */
  readonly whys: Readonly<Record<string, string>>;
  readonly places: readonly PlaceLink[];
  /** Its pull request, or the one it was in. */
  readonly url?: string;
  readonly deliveries: readonly Delivery[];
  readonly history: readonly HistoryLine[];
};

/** One line of a difference: the header of a part, unchanged, taken out or put in. */
export type DiffLine = { readonly kind: "place" | "same" | "removed" | "added"; readonly text: string };

/** A file as it will be committed, by what differs. */
export type DiffFile = { readonly path: string; readonly mode: string; readonly lines: readonly DiffLine[] };

/** The change that carries a candidate out. `refused`: why there is none. `pending`: it is still being built. */
export type ChangeView =
  | {
      readonly kind: "built";
      readonly files: readonly DiffFile[];
      readonly byHand: readonly {
        readonly path: string;
        readonly line: number;
        readonly text: string;
        readonly why: string;
      }[];
    }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "pending" };
