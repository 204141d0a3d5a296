import { createHash } from "node:crypto";
import { type Answer, type StandIn, startStandIn } from "./stand-in.ts";

type GemFile = {
  readonly number: string;
  readonly platform: string;
  readonly createdAt: string;
  readonly prerelease: boolean;
};

/** What the server holds, by name: files, newest first, and the addresses that the gem claims. */
export type GemWorld = { readonly gems: Record<string, { files: GemFile[]; claims?: Record<string, string | null> }> };

/** Pushes the file of one platform. */
export function pushGem(
  world: GemWorld,
  name: string,
  { number, createdAt, platform = "ruby" }: { number: string; createdAt: string; platform?: string },
): void {
  world.gems[name] ??= { files: [] };
  world.gems[name].files.unshift({ number, createdAt, platform, prerelease: /[a-z]/i.test(number) });
}

/** The hash of a gem's file. */
export function gemSha(name: string, number: string, platform = "ruby"): string {
  return createHash("sha256").update(`${name} ${number} ${platform}`).digest("hex");
}

/** A stand-in of RubyGems.org: the lists of versions, with ETag and 304, and what gems say of themselves. */
export function startRubygems(world: GemWorld): Promise<StandIn> {
  return startStandIn((request): Answer => {
    const [, kind, name = ""] = /^\/api\/v1\/(versions|gems)\/([^/]+)\.json$/.exec(request.path) ?? [];
    const gem = world.gems[decodeURIComponent(name)];
    if (gem === undefined) return { status: 404, body: "This rubygem could not be found." };
    if (kind === "gems") return { body: { name, ...gem.claims } };
    const body = JSON.stringify(gem.files.map((file) => rowOf(name, file)));
    const etag = `W/"${createHash("md5").update(body).digest("hex")}"`;
    const headers = { etag, "content-type": "application/json; charset=utf-8" };
    return request.headers["if-none-match"] === etag ? { status: 304, headers } : { headers, body };
  });
}

function rowOf(name: string, { number, platform, createdAt, prerelease }: GemFile): object {
  return {
    number,
    platform,
    prerelease,
    created_at: createdAt,
    built_at: "2000-01-01T00:00:00.000Z",
    sha: gemSha(name, number, platform),
    downloads_count: 7,
    licenses: ["MIT"],
  };
}
