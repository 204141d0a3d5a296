import type { Instant } from "./instant.ts";

/** Whether everything that the pins need of a release is there. What is not known is told, and holds nothing up. */
export type Readiness = {
  /** What is not there yet, in words: `the file tool_1.3.0_linux_arm64.tar.gz`. */
  readonly missing: readonly string[];
  /** When it was looked for last. */
  readonly askedAt: Instant;
  /** What could not be looked at, in words that follow "not checked:". */
  readonly notChecked: readonly string[];
};
