import { createHash } from "node:crypto";
import { type Answer, type StandIn, startStandIn } from "./stand-in.ts";

type CrateVersion = { publishedAt?: string; yanked?: boolean };

/** What the index holds: versions by the path of a crate, such as `se/rd/serde`. */
export type CargoWorld = { readonly crates: Record<string, Record<string, CrateVersion>> };

/** The checksum of a crate's file. */
export function crateSha(name: string, version: string): string {
  return createHash("sha256").update(`${name} ${version}`).digest("hex");
}

/** A stand-in of a sparse index: a line per version, with ETag and 304. */
export function startCargo(world: CargoWorld): Promise<StandIn> {
  return startStandIn((request): Answer => {
    const path = request.path.slice(1);
    const versions = world.crates[path];
    if (versions === undefined) return { status: 404, body: "Not Found" };
    const name = path.slice(path.lastIndexOf("/") + 1);
    const body = Object.entries(versions).map((entry) => `${JSON.stringify(lineOf(name, entry))}\n`);
    const etag = `"${createHash("md5").update(body.join("")).digest("hex")}"`;
    const headers = { etag, "content-type": "text/plain" };
    return request.headers["if-none-match"] === etag ? { status: 304, headers } : { headers, body: body.join("") };
  });
}

function lineOf(name: string, [version, { publishedAt, yanked = false }]: [string, CrateVersion]): object {
  const cksum = crateSha(name, version);
  const published = publishedAt === undefined ? {} : { pubtime: publishedAt };
  return { name, vers: version, deps: [], cksum, features: {}, yanked, ...published };
}
