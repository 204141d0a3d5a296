import { own } from "../../domain/own.ts";
import { Failure, isFailure, toFailure } from "../failure.ts";

/** The failure that an error of a connection or of a body stream stands for. `name` is what was asked, without secrets. */
export function failureOfError(error: unknown, name: string): Failure {
  const refusal = ownFailure(error);
  if (refusal !== undefined) return refusal;
  const code = (error as { code?: unknown }).code;
  const text = typeof code === "string" ? code : "";
  if (text === "UND_ERR_CONNECT_TIMEOUT") return new Failure("timeout", `${name} could not be connected in time`);
  if (/TIMEOUT$/.test(text) || text === "ETIMEDOUT") return new Failure("timeout", `${name} did not answer in time`);
  if (isNotHttp(error, text)) return toFailure(error, "unreadable", `${name} answered something that is not HTTP`);
  if (/^(?:Z_|ERR_BROTLI|ERR__ERROR_|ERR_PADDING)/.test(text))
    return toFailure(error, "unreadable", `${name} sent a body that cannot be decoded`);
  if (/^ERR_SSL_/.test(text))
    return new Failure("unavailable", `${name} could not be reached: TLS failed there (${text})`, {
      cause: error,
    });
  const words = own(SYSTEM_ERRORS, text);
  if (words !== undefined)
    return new Failure("unavailable", `${name} could not be reached: ${words} (${text})`, { cause: error });
  return toFailure(error, "unavailable", `${name} could not be reached`);
}

/** The parser's errors, which have no code, and what undici itself finds: a wrong length, headers beyond 16 KiB. */
function isNotHttp(error: unknown, code: string): boolean {
  const parsed = error instanceof Error && error.name === "HTTPParserError";
  return parsed || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" || code === "UND_ERR_HEADERS_OVERFLOW";
}

/** What the usual system errors mean (errno(3), getaddrinfo(3)), for people who do not know their names. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name has no address",
  EAI_AGAIN: "no name server answers",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
};

/** The guard's refusal, however deep the connection wrapped it. */
function ownFailure(error: unknown): Failure | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (isFailure(one)) return one;
    if (one instanceof AggregateError) {
      const inner = one.errors.find(isFailure);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
