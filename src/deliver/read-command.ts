import type { HumanDecision } from "../domain/bump.ts";

/** What a comment asks for. */
export type CommentCommand = { readonly action: HumanDecision["action"]; readonly reason: string };

const COMMAND = /^\/headgate[ \t]+(approve|hold|skip|reopen)\b[ \t]*(.*)$/im;

/** The first command of a comment: a line of its own, outside quotes and code. Undefined when there is none. */
export function readCommand(body: string): CommentCommand | undefined {
  const own = body.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  const [, action, reason = ""] = COMMAND.exec(own) ?? [];
  if (action === undefined) return undefined;
  return { action: action.toLowerCase() as CommentCommand["action"], reason: reason.trim() };
}
