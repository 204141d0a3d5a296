import { redactText } from "../lib/secrets/redact.ts";

/** The exit code of a program that ends by an error of its own (sysexits, EX_SOFTWARE). */
const BROKEN = 70;

/**
 * Says what ended the program unforeseen, and gives back its exit code. Only the stack: Node itself would print everything that
 * hangs on an error, and clients hang the command they sent on theirs, the password of AUTH included.
 */
export function sayLast(
  error: unknown,
  write: (text: string) => unknown = (text) => process.stderr.write(text),
): number {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(`headgate: an error that nobody foresaw; please report it, with this:\n${redactText(said)}\n`);
  return BROKEN;
}
