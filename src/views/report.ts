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
  /** True: it is about advisories, so of a bare checkout OSV is asked. */
  readonly asksAdvisories: boolean;
  readonly write: (material: ReportMaterial) => string;
};
