import type { Answer, Received } from "./stand-in.ts";

/** A release on a forge. `publishedAt` is the publisher's date. */
type GivenForgeRelease = {
  readonly tag: string;
  readonly publishedAt?: string;
  readonly notes?: string;
  readonly prerelease?: boolean;
  readonly upcoming?: boolean;
  readonly assets?: readonly { readonly name: string; readonly size?: number }[];
};

/** Releases by the path of their repository, newest first, on a host that runs GitLab or Gitea. */
export type ForgeWorld = {
  readonly kind: "gitlab" | "gitea";
  readonly releases: Record<string, GivenForgeRelease[]>;
  /** Most rows on a page, whatever is asked (default: as asked). */
  pageSize?: number;
};

/** The answer to a request for releases by the API of GitLab (docs.gitlab.com/api/releases) or Gitea; undefined: it is none. */
export function answerForge(world: ForgeWorld, request: Received): Answer | undefined {
  const pattern =
    world.kind === "gitlab"
      ? /^\/api\/v4\/projects\/([^/]+)\/releases(?:\/([^/]+))?$/
      : /^\/api\/v1\/repos\/([^/]+\/[^/]+)\/releases(?:\/tags\/([^/]+))?$/;
  const [, encoded, tag] = pattern.exec(request.path) ?? [];
  if (encoded === undefined) return undefined;
  const path = decodeURIComponent(encoded);
  const releases = world.releases[path];
  if (releases === undefined) return { status: 404, body: { message: "404 Project Not Found" } };
  const row = (release: GivenForgeRelease) => (world.kind === "gitlab" ? gitlabRow : giteaRow)(path, release);
  if (tag === undefined) return page(world, request, releases.map(row));
  const found = releases.find((one) => one.tag === decodeURIComponent(tag));
  return found === undefined ? { status: 404, body: { message: "404 Not found" } } : { body: row(found) };
}

function page(world: ForgeWorld, request: Received, rows: readonly object[]): Answer {
  const asked = Number(request.query.get("per_page") ?? request.query.get("limit") ?? 20);
  const size = Math.min(asked, world.pageSize ?? asked);
  const number = Number(request.query.get("page") ?? 1);
  const query = new URLSearchParams(request.query);
  query.set("page", `${number + 1}`);
  const more = number * size < rows.length;
  const link = `<https://elsewhere.example${request.path}?${query}>; rel="next"`;
  return { headers: more ? { link } : {}, body: rows.slice((number - 1) * size, number * size) };
}

function gitlabRow(path: string, release: GivenForgeRelease): object {
  const assets = (release.assets ?? []).map(({ name }, index) => ({
    id: index,
    name,
    url: `https://files.example/${name}`,
    direct_asset_url: `https://gitlab.example/${path}/-/releases/${release.tag}/downloads/${name}`,
    link_type: "other",
  }));
  return {
    tag_name: release.tag,
    name: release.tag,
    description: release.notes ?? "",
    released_at: release.publishedAt ?? "2026-09-01T00:00:00.000Z",
    upcoming_release: release.upcoming ?? false,
    author: { id: 1, username: "maintainer" },
    assets: { count: assets.length, sources: [], links: assets },
    _links: { self: `https://gitlab.example/${path}/-/releases/${release.tag}` },
  };
}

function giteaRow(path: string, release: GivenForgeRelease): object {
  return {
    id: 1,
    tag_name: release.tag,
    name: release.tag,
    body: release.notes ?? "",
    html_url: `https://gitea.example/${path}/releases/tag/${release.tag}`,
    draft: false,
    prerelease: release.prerelease ?? false,
    published_at: release.publishedAt ?? "2026-09-01T00:00:00Z",
    author: { id: 1, login: "maintainer" },
    assets: (release.assets ?? []).map(({ name, size = 7 }) => ({
      id: 1,
      name,
      size,
      browser_download_url: `https://gitea.example/${path}/releases/download/${release.tag}/${name}`,
    })),
  };
}
