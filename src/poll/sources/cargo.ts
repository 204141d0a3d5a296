import { prerelease } from "semver";
import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import type { ObservedRelease, Ref } from "../../domain/release.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { fetchChanged } from "../../lib/http/fetch-changed.ts";
import { cratePath } from "../../lib/packages/crate-path.ts";
import type { PollAnswer, PollContext, PollRequest, Source } from "../source.ts";

/** A line names all dependencies and features of a version; some crates have a thousand long ones. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Rust crates by the sparse index (https://doc.rust-lang.org/cargo/reference/registry-index.html): one conditional
 * request per crate, one line of JSON per version. `pubtime`, where the index has it, is the registry's own clock.
 */
export const cargo: Source = {
  id: "cargo",
  title: "Rust crates",
  scheme: "semver",
  matches: (purl) => parsePurl(purl)?.type === "cargo",
  service: (urls) => urls.cargo.url,
  poll: pollCrate,
};

const lineSchema = z.object({
  vers: z.string(),
  cksum: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .catch(undefined),
  yanked: z.boolean().catch(false),
  pubtime: z.string().optional().catch(undefined),
});

type Line = z.output<typeof lineSchema>;

async function pollCrate(request: PollRequest, context: PollContext): Promise<PollAnswer | Failure> {
  const parts = parsePurl(request.upstream);
  if (parts === undefined) return new Failure("misconfigured", `not a crate: ${request.upstream}`);
  const { name, qualifiers } = parts;
  // a private registry is asked alone: its names can be anybody's on the public one
  const index =
    qualifiers.repository_url?.replace(/^sparse\+/, "").replace(/(?<!\/)\/+$/, "") ?? context.urls.cargo.url;
  const answer = await fetchChanged(context.fetcher, {
    request: { url: `${index}/${cratePath(name)}`, maxBytes: MAX_BYTES },
    what: `the crate ${name}`,
    names: request.pinnedRefs,
    last: request.last?.validator,
  });
  if (isFailure(answer) || answer.state === "unchanged") return answer;
  const written = new TextDecoder()
    .decode(answer.response.body)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const lines = written.flatMap((line) => readLine(line) ?? []);
  if (lines.length === 0) return new Failure("unreadable", `the crate ${name}: the index names none of its versions`);
  const dropped = written.length - lines.length;
  return {
    state: "changed",
    releases: lines.map((line) => releaseOf(name, line)),
    refs: request.pinnedRefs.flatMap((pinned) => refOf(pinned, lines)),
    complete: dropped === 0,
    notChecked: dropped === 0 ? [] : [`${dropped} versions of ${name}: their lines in the index could not be read`],
    validator: answer.validator,
  };
}

function readLine(text: string): Line | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // no JSON: counted as not read
  }
}

function releaseOf(name: string, { vers, cksum, yanked, pubtime }: Line): ObservedRelease {
  const publishedAt = toInstant(pubtime);
  return {
    version: vers,
    tag: vers,
    publishedBy: "registry",
    state: yanked ? "yanked" : prerelease(vers) === null ? "released" : "prerelease",
    digests: {},
    assets: [{ name: `${name}-${vers}.crate`, ...(cksum !== undefined && { digest: `sha256:${cksum}` }) }],
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

function refOf(pinned: string, lines: readonly Line[]): Ref[] {
  const line = lines.find(({ vers }) => vers === pinned.replace(/^[=v\s]+/, ""));
  if (line === undefined) return [];
  return [{ name: pinned, target: line.cksum === undefined ? line.vers : `sha256:${line.cksum}` }];
}
