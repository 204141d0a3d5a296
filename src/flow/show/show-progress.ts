import { progressAt } from "../../db/pages/progress.ts";
import type { Progress } from "../../domain/pages/progress.ts";
import type { FlowContext } from "../context.ts";

/** How far the cycle is that runs now. */
export function showProgress(flow: FlowContext): Promise<Progress> {
  return progressAt(flow.db, flow.clock());
}
