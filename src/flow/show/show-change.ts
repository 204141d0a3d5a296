import type { ChangeView, DiffFile, DiffLine } from "../../domain/pages/candidate-page.ts";
import { isFailure } from "../../lib/failure.ts";
import { unifiedDiff } from "../../lib/unified-diff.ts";
import type { FlowContext } from "../context.ts";
import { buildChange } from "../deliver/apply-candidate.ts";
import type { createProjectFiles } from "../discover/project-files.ts";

/**
 * Builds the change of a candidate from the project's files as they are now, as its pull request would have it, also
 * while it waits or is held: who judges it wants to see it. Nothing is written outside.
 */
export async function showChange(
  flow: FlowContext,
  candidate: string,
  filesOf: ReturnType<typeof createProjectFiles>,
): Promise<ChangeView> {
  const built = await buildChange(flow, { candidate, force: true }, filesOf);
  if (isFailure(built)) return { kind: "refused", why: built.message };
  const files = built.files.map(({ path, mode, was, text }): DiffFile => {
    const patch = unifiedDiff([{ path, mode, before: { text: was, id: "" }, after: { text, id: "" } }]);
    return { path, mode, lines: linesOf(patch) };
  });
  return { kind: "built", files, byHand: built.byHand };
}

const KINDS: Readonly<Record<string, DiffLine["kind"]>> = { "@": "place", "+": "added", "-": "removed", "\\": "place" };

/** The lines of a patch of one file, from its first part on. */
function linesOf(patch: string): DiffLine[] {
  const start = patch.indexOf("\n@@");
  if (start < 0) return [];
  const lines = patch.slice(start + 1).split("\n");
  return lines.slice(0, -1).map((text) => ({ kind: KINDS[text[0] ?? ""] ?? "same", text }));
}
