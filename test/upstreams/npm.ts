import { createHash } from "node:crypto";
import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

type NpmVersion = {
  publishedAt: string;
  deprecated?: string | boolean;
  dist?: object;
  by?: { name: string; trustedPublisher?: object };
};

type NpmPackage = {
  versions: Record<string, NpmVersion>;
  /** Versions that were taken back: the registry keeps when they were published. */
  unpublished?: Record<string, string>;
  /** All of it was taken back, at that time. */
  gone?: string;
  tags?: Record<string, string>;
  repository?: string | object;
};

/** What the registry holds, by name. Tests publish, deprecate and unpublish by changing it. */
export type NpmWorld = { readonly packages: Record<string, NpmPackage> };

/** Publishes a version. */
export function publishToNpm(world: NpmWorld, name: string, version: string, publishedAt: string): NpmVersion {
  world.packages[name] ??= { versions: {} };
  const published: NpmVersion = { publishedAt };
  world.packages[name].versions[version] = published;
  return published;
}

/** The SHA-512 of a version's archive, in hex: it follows from name and version. */
export function sha512Of(name: string, version: string): string {
  return createHash("sha512").update(`${name}@${version}`).digest("hex");
}

/** A stand-in of the npm registry: full documents with ETag and 304, and the manifest of the newest version. */
export function startNpm(world: NpmWorld): Promise<StandIn> {
  return startStandIn((request) => answerNpm(world, request));
}

function answerNpm(world: NpmWorld, request: Received): Answer {
  const [, name = "", latest] = /^\/((?:@[^/]+%2F)?[^/%]+)(\/latest)?$/i.exec(request.path) ?? [];
  const decoded = decodeURIComponent(name);
  const known = world.packages[decoded];
  if (known === undefined) return { status: 404, body: { error: "Not found" } };
  if (latest !== undefined) return { body: { name: decoded, repository: known.repository } };
  const body = JSON.stringify(documentOf(decoded, known));
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const headers = { etag, "content-type": "application/json", vary: "accept-encoding, accept" };
  return request.headers["if-none-match"] === etag ? { status: 304, headers } : { headers, body };
}

function documentOf(name: string, { versions, unpublished = {}, gone, tags, repository }: NpmPackage): object {
  const times = Object.entries(versions).map(([version, { publishedAt }]) => [version, publishedAt]);
  const time = { created: "2020-01-01T00:00:00.000Z", modified: "2026-11-01T00:00:00.000Z" };
  if (gone !== undefined) return { _id: name, name, time: { ...time, unpublished: { name, time: gone } } };
  return {
    _id: name,
    name,
    "dist-tags": tags ?? { latest: Object.keys(versions).at(-1) },
    versions: Object.fromEntries(
      Object.entries(versions).map(([version, { deprecated, dist, by }]) => [
        version,
        {
          name,
          version,
          dist: dist ?? distOf(name, version),
          ...(deprecated !== undefined && { deprecated }),
          ...(by !== undefined && { _npmUser: { email: "x@example.org", ...by } }),
        },
      ]),
    ),
    time: { ...time, ...Object.fromEntries(times), ...unpublished },
    ...(repository !== undefined && { repository }),
  };
}

function distOf(name: string, version: string): object {
  const file = `${name.replace(/^@[^/]+\//, "")}-${version}.tgz`;
  return {
    tarball: `https://npm.example/${name}/-/${file}`,
    shasum: createHash("sha1").update(`${name}@${version}`).digest("hex"),
    integrity: `sha512-${Buffer.from(sha512Of(name, version), "hex").toString("base64")}`,
    fileCount: 3,
    unpackedSize: 1337,
  };
}
