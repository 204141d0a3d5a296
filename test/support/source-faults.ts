import { gzipSync } from "node:zlib";
import { HOUR, type Instant, plus } from "../../src/domain/instant.ts";
import type { FailureCode } from "../../src/lib/failure.ts";
import type { Misbehaviour } from "../upstreams/stand-in.ts";

/** Something that upstreams do on bad days, and what is to become of it. */
export type Fault = {
  readonly name: string;
  readonly how: (now: Instant) => Misbehaviour;
  /** What a person should read of it. */
  readonly code: FailureCode;
  /** Milliseconds from now to the moment that the upstream asked for, where it did. */
  readonly wait?: number;
};

const JSON_TYPE = { "content-type": "application/json" };
const PAGE = { headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Sign in</title>" };
const BOMB = gzipSync(Buffer.alloc(70_000_000), { level: 1 });
const hourAfter = (now: Instant) => new Date(plus(now, HOUR)).toUTCString();

/** Every one of them, for every source. */
export const FAULTS: readonly Fault[] = [
  { name: "401", how: () => ({ status: 401 }), code: "unauthorized" },
  { name: "403", how: () => ({ status: 403 }), code: "forbidden" },
  { name: "404", how: () => ({ status: 404, body: "404 Not Found" }), code: "not-found" },
  { name: "410", how: () => ({ status: 410 }), code: "gone" },
  { name: "429 alone", how: () => ({ status: 429 }), code: "rate-limited" },
  {
    name: "429 with seconds",
    how: () => ({ status: 429, headers: { "retry-after": "3600" } }),
    code: "rate-limited",
    wait: HOUR,
  },
  {
    name: "429 with a date",
    how: (now) => ({ status: 429, headers: { "retry-after": hourAfter(now) } }),
    code: "rate-limited",
    wait: HOUR,
  },
  { name: "451", how: () => ({ status: 451 }), code: "gone" },
  { name: "500", how: () => ({ ...PAGE, status: 500 }), code: "unavailable" },
  { name: "502", how: () => ({ ...PAGE, status: 502 }), code: "unavailable" },
  { name: "503", how: () => ({ ...PAGE, status: 503 }), code: "unavailable" },
  {
    name: "503 with seconds",
    how: () => ({ status: 503, headers: { "retry-after": "3600" } }),
    code: "unavailable",
    wait: HOUR,
  },
  { name: "a page instead of data", how: () => PAGE, code: "unreadable" },
  { name: "nothing at all", how: () => ({ headers: JSON_TYPE, body: "" }), code: "unreadable" },
  { name: "half of it", how: () => ({ headers: JSON_TYPE, body: '{"results":[{"na' }), code: "unreadable" },
  { name: "other JSON", how: () => ({ headers: JSON_TYPE, body: "[null]" }), code: "unreadable" },
  {
    name: "a broken encoding",
    how: () => ({ headers: { "content-encoding": "gzip" }, body: "plain" }),
    code: "unreadable",
  },
  { name: "a cut connection", how: () => "reset", code: "unavailable" },
  { name: "a connection cut in the middle of the body", how: () => "cut", code: "unavailable" },
  { name: "silence instead of headers", how: () => "hang", code: "timeout" },
  { name: "silence in the middle of the body", how: () => "stall", code: "timeout" },
  {
    name: "a body that says it is huge",
    how: () => ({ headers: { "content-length": "99999999999" }, body: "{" }),
    code: "too-large",
  },
  { name: "a body of 200 MB", how: () => ({ flood: 200_000_000 }), code: "too-large" },
  { name: "a bomb", how: () => ({ headers: { "content-encoding": "gzip" }, body: BOMB }), code: "too-large" },
  {
    name: "a way into the network",
    how: () => ({ status: 302, headers: { location: "http://169.254.169.254/" } }),
    code: "refused",
  },
  { name: "a redirect without end", how: () => ({ status: 302, headers: { location: "/again" } }), code: "refused" },
];
