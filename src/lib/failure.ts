import type { Instant } from "../domain/instant.ts";
import { redactText } from "./secrets/redact.ts";

/** Why something could not be done. `unreadable`: an answer that is not what the protocol says. `refused`: our own guard said no. `cancelled`: this process stops. */
export type FailureCode =
  | "not-found"
  | "gone"
  | "unauthorized"
  | "forbidden"
  | "rate-limited"
  | "unavailable"
  | "timeout"
  | "unreadable"
  | "too-large"
  | "refused"
  | "conflict"
  | "not-checked"
  | "cancelled"
  | "misconfigured";

/**
 * The one error of the project. Returned as a value wherever one upstream, file or recipient may fail without the rest. Its
 * message is stored, shown and sent, so nothing that looks like a secret stays in it.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  /** Not before this moment: what the other side asked for. */
  readonly retryAt: Instant | undefined;

  constructor(code: FailureCode, message: string, options: { cause?: unknown; retryAt?: Instant | undefined } = {}) {
    super(redactText(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.code = code;
    this.retryAt = options.retryAt;
  }
}

/** A failure that was stored: where in our code it is made again says nothing, and to find that out takes most of making it. */
export function storedFailure(code: FailureCode, message: string, retryAt?: Instant): Failure {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new Failure(code, message, { retryAt });
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** True for a value that stands for something that went wrong. */
export function isFailure(value: unknown): value is Failure {
  return value instanceof Failure;
}

/** The failure that an answer is, where nothing else is read of it. */
export function failureOf(answer: unknown): Failure | undefined {
  return isFailure(answer) ? answer : undefined;
}

/** Those results that are not failures, in their order. */
export function succeeded<Value>(results: readonly (Value | Failure)[]): Value[] {
  return results.flatMap((result) => (isFailure(result) ? [] : [result]));
}

/** Wraps anything thrown into a failure, keeping what is one already. */
export function toFailure(thrown: unknown, code: FailureCode, message: string): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure(code, `${message}: ${messageOf(thrown)}`, { cause: thrown });
}

/** What something thrown says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
