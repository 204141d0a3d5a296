import type { ReportMaterial } from "../domain/report.ts";

/** A report for other programs or for people: material in, text out. One file, one line in `reports.ts`. Pure. */
export type Report = {
  readonly id: string;
  readonly title: string;
  /** Who reads it, in one sentence. */
  readonly why: string;
  /** The media type under which it is served. */
  readonly mediaType: string;
  /** How a file of it usually ends. */
  readonly fileName: string;
  /** True: it says nothing without a store, so a bare checkout is refused. */
  readonly needsStore: boolean;
  readonly write: (material: ReportMaterial) => string;
};
