import type { Alert } from "../bump.ts";
import type { Instant } from "../instant.ts";

/** Something that the watch on pins saw and that nobody has to answer: a harmless retag, a rebuild that was expected. */
export type IntegrityNote = {
  readonly at: Instant;
  readonly project?: string;
  readonly upstream?: string;
  readonly class: string;
  /** The name that changed; empty where it is about the whole upstream. */
  readonly subject: string;
  readonly summary: string;
};

/** What people ask of the list. `standing`: what nobody has resolved. */
export type IntegrityQuestion = {
  readonly state: "standing" | Alert["state"] | "all";
  readonly class?: Alert["class"];
  readonly project?: string;
  readonly page: number;
};
