import { z } from "zod";
import type { LabelEvent } from "../../lib/forge/pull-request.ts";
import type { CommentCommand } from "../read-command.ts";

/** What labels that decide begin with, as the options of the pull request channel have it. */
export const DECISION_LABELS = z
  .string()
  .min(1)
  .max(30)
  .default("headgate:")
  .describe("what labels begin with that people decide by: headgate:hold, headgate:skip, headgate:approve");

const OPTIONS = z.object({ "decision-labels": DECISION_LABELS });
const ACTIONS = ["approve", "hold", "skip", "reopen"] as const;

/** What a label asks for that was put on a pull request; taking one off takes the word back. `options`: the channel's. */
export function readLabel(
  { name, added }: Pick<LabelEvent, "name" | "added">,
  options: unknown,
): CommentCommand | undefined {
  const prefix = OPTIONS.safeParse(options ?? {}).data?.["decision-labels"].toLowerCase();
  const label = name.toLowerCase();
  if (prefix === undefined || !label.startsWith(prefix)) return undefined;
  const action = ACTIONS.find((one) => one === label.slice(prefix.length));
  if (action === undefined) return undefined;
  if (added) return { action, reason: `put the label ${name} on the pull request` };
  return action === "reopen" ? undefined : { action: "reopen", reason: `took the label ${name} off the pull request` };
}
