import { watchedUpstreams } from "../db/projects/pins.ts";
import { upstreamState } from "../db/upstreams/upstreams.ts";
import { percentDecoded } from "../domain/percent.ts";
import { parsePurl, pathOfPurl, toPurl, upstreamLabel } from "../domain/upstream.ts";
import { Failure } from "../lib/failure.ts";
import type { FlowContext } from "./context.ts";

/** An upstream that a person named, with the version where one was. */
export type NamedUpstream = { readonly purl: string; readonly version?: string };

/**
 * Finds an upstream by its purl (known to the store) or by its short name (watched, and the only one of that name). A
 * version may follow after `@`. A `misconfigured` failure says what to write instead.
 */
export async function findUpstream(flow: FlowContext, given: string): Promise<NamedUpstream | Failure> {
  const text = given.trim();
  return text.startsWith("pkg:") ? byPurl(flow, text) : byLabel(flow, text);
}

async function byPurl(flow: FlowContext, text: string): Promise<NamedUpstream | Failure> {
  const [path = "", ...query] = text.split("?");
  const at = path.lastIndexOf("@"); // written %40 where it belongs to a name
  const version = at < 0 ? undefined : percentDecoded(path.slice(at + 1));
  const purl = normalised([at < 0 ? path : path.slice(0, at), ...query].join("?"));
  if (purl === undefined)
    return new Failure(
      "misconfigured",
      `"${text}" is not a package URL such as pkg:pypi/requests or pkg:github/owner/name.`,
    );
  if ((await upstreamState(flow.db, purl)) === undefined) return unknown(purl);
  return named(purl, version);
}

async function byLabel(flow: FlowContext, text: string): Promise<NamedUpstream | Failure> {
  const purls = (await watchedUpstreams(flow.db)).map(({ purl }) => purl);
  const called = (name: string) => purls.filter((purl) => upstreamLabel(purl).toLowerCase() === name.toLowerCase());
  const at = text.lastIndexOf("@");
  const whole = called(text);
  const found = whole.length > 0 || at < 1 ? whole : called(text.slice(0, at));
  const version = whole.length > 0 || at < 1 ? undefined : text.slice(at + 1);
  const [only, ...others] = found;
  if (only === undefined) return unknown(text);
  if (others.length > 0)
    return new Failure("misconfigured", `"${text}" could be ${found.join(", ")}. Give one of these instead.`);
  return named(only, version);
}

function named(purl: string, version: string | undefined): NamedUpstream {
  return version === undefined || version === "" ? { purl } : { purl, version };
}

function unknown(name: string): Failure {
  return new Failure(
    "misconfigured",
    `No watched project takes anything from "${name}". \`headgate plan\` reads the projects; \`headgate pins PATH --json\` shows the upstreams of a checkout.`,
  );
}

function normalised(purl: string): string | undefined {
  const parts = parsePurl(purl);
  if (parts === undefined) return undefined;
  return toPurl(parts.type, pathOfPurl(parts), parts.qualifiers);
}
