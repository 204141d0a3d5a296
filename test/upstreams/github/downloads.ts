import type { Answer, Received } from "../stand-in.ts";
import { canSee } from "./credentials.ts";
import { findRepository, type GithubWorld } from "./world.ts";

/** `/<owner>/<repo>/releases/download/<tag>/<name>`: an asset's bytes, without a token. */
export function downloads(world: GithubWorld, request: Received): Answer | undefined {
  const match = /^\/([^/]+)\/([^/]+)\/releases\/download\/(.+)\/([^/]+)$/.exec(request.path);
  if (match === null) return undefined;
  const [owner = "", repo = "", tag, name] = match.slice(1).map(decodeURIComponent);
  const repository = findRepository(world, owner, repo);
  const release =
    repository !== undefined && canSee(undefined, repository)
      ? repository.releases.find((one) => one.tag === tag && !one.draft)
      : undefined;
  const asset = release?.assets.find((one) => one.name === name && one.state === "uploaded");
  if (asset === undefined) return { status: 404, headers: { "content-type": "text/plain" }, body: "Not Found" };
  asset.downloads++;
  return { headers: { "content-type": asset.contentType }, body: asset.content };
}
