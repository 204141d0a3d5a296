import { createHash } from "node:crypto";
import { type Answer, type StandIn, startStandIn } from "./stand-in.ts";

/** What the repository holds, by `group:artefact`: versions, oldest first, with when their POMs were received. */
export type MavenWorld = {
  readonly artefacts: Record<string, { versions: Record<string, string | undefined>; release?: string }>;
};

/** A stand-in of a Maven repository: the metadata with ETag and 304, and the POMs of versions. */
export function startMaven(world: MavenWorld): Promise<StandIn> {
  return startStandIn((request): Answer => {
    const [, group = "", name = "", file = ""] =
      /^\/(.+)\/([^/]+)\/(maven-metadata\.xml)$/.exec(request.path) ??
      /^\/(.+)\/([^/]+)\/([^/]+\/[^/]+\.pom)$/.exec(request.path) ??
      [];
    const artefact = world.artefacts[`${group.replaceAll("/", ".")}:${name}`];
    if (artefact === undefined) return { status: 404, body: "404 Not Found" };
    if (file !== "maven-metadata.xml") return answerPom(artefact.versions, name, file);
    const body = metadata(group.replaceAll("/", "."), name, artefact);
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    const headers = { etag, "content-type": "text/xml" };
    return request.headers["if-none-match"] === etag ? { status: 304, headers } : { headers, body };
  });
}

function answerPom(versions: Readonly<Record<string, string | undefined>>, name: string, file: string): Answer {
  const [version = "", pom] = file.split("/");
  if (!(version in versions) || pom !== `${name}-${version}.pom`) return { status: 404 };
  const received = versions[version];
  return received === undefined ? {} : { headers: { "last-modified": new Date(received).toUTCString() } };
}

function metadata(group: string, name: string, { versions, release }: MavenWorld["artefacts"][string]): string {
  const listed = Object.keys(versions);
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>${group}</groupId>
  <artifactId>${name}</artifactId>
  <versioning>
    <latest>${listed.at(-1)}</latest>
    <release>${release ?? listed.at(-1)}</release>
    <versions>
${listed.map((version) => `      <version>${version}</version>\n`).join("")}    </versions>
    <lastUpdated>20261101000000</lastUpdated>
  </versioning>
</metadata>
`;
}
