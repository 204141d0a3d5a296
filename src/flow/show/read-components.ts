import { pinsOf } from "../../db/projects/pins.ts";
import { type Listed, PAGE_SIZE } from "../../domain/pages/listing.ts";
import { toComponents } from "../../domain/pin.ts";
import { type ReportedVersion, toReportedComponent } from "../../domain/report.ts";
import type { FlowContext } from "../context.ts";

/** A component of a project, as other programs read it. */
export type ReadComponent = {
  readonly project: string;
  readonly key: string;
  readonly upstream: string;
  readonly current: readonly string[];
  readonly versions: readonly Omit<ReportedVersion, "release">[];
};

/** Components of the watched projects, or of one, in the order of their places. */
export async function readComponents(
  flow: FlowContext,
  asked: {
    readonly project?: string | undefined;
    readonly upstream?: string | undefined;
    readonly drifting: boolean;
    readonly page: number;
  },
): Promise<Listed<ReadComponent>> {
  const ids = flow.projects.map(({ id }) => id).filter((id) => asked.project === undefined || id === asked.project);
  const found: ReadComponent[] = [];
  for (const id of ids) {
    for (const component of toComponents(id, await pinsOf(flow.db, id))) {
      if (asked.upstream !== undefined && component.upstream !== asked.upstream) continue;
      if (asked.drifting && component.current.length < 2) continue;
      const { key, upstream, current, versions } = toReportedComponent(component);
      found.push({ project: id, key, upstream, current, versions });
    }
  }
  const start = (asked.page - 1) * PAGE_SIZE;
  return { rows: found.slice(start, start + PAGE_SIZE), total: found.length, page: asked.page, size: PAGE_SIZE };
}
