import { connection } from "./connection.ts";
import { latestRelease } from "./fields-repository.ts";
import {
  type AssetHandle,
  actor,
  commitHandle,
  type Fields,
  nodeId,
  type ReleaseHandle,
  refHandle,
} from "./handles.ts";
import { fullName, resolveCommit } from "./world.ts";

/** `Release`. A draft has no publication date; a tag that was deleted leaves `tagCommit` null. */
export const RELEASE: Fields<ReleaseHandle> = {
  id: ({ repository, release }) => nodeId("RE", repository, release.databaseId),
  databaseId: ({ release }) => release.databaseId,
  tagName: ({ release }) => release.tag,
  tag: ({ repository, release }) => refHandle(repository, `refs/tags/${release.tag}`),
  tagCommit: ({ repository, release }) =>
    commitHandle(repository, resolveCommit(repository, `refs/tags/${release.tag}`)),
  name: ({ release }) => release.name,
  description: ({ release }) => release.notes,
  isDraft: ({ release }) => release.draft,
  isPrerelease: ({ release }) => release.prerelease,
  isLatest: ({ repository, release }) => latestRelease(repository) === release,
  immutable: ({ release }) => release.immutable,
  author: ({ release }) => actor(release.author),
  createdAt: ({ release }) => release.createdAt,
  publishedAt: ({ release }) => (release.draft ? null : release.publishedAt),
  updatedAt: ({ release }) => release.updatedAt,
  url: ({ repository, release }, _, { web }) => `${web}/${fullName(repository)}/releases/tag/${release.tag}`,
  releaseAssets: ({ repository, release }, given) =>
    connection(
      release.assets.filter(({ name }) => (given.name ?? name) === name),
      given,
      (asset) => ({ __typename: "ReleaseAsset", repository, release, asset }),
    ),
};

/** `ReleaseAsset`, with the digest that the published schema does not have yet. */
export const RELEASE_ASSET: Fields<AssetHandle> = {
  id: ({ repository, asset }) => nodeId("RA", repository, asset.databaseId),
  name: ({ asset }) => asset.name,
  contentType: ({ asset }) => asset.contentType,
  digest: ({ asset }) => asset.digest,
  size: ({ asset }) => asset.size,
  downloadCount: ({ asset }) => asset.downloads,
  uploadedBy: ({ asset }) => actor(asset.uploader),
  createdAt: ({ asset }) => asset.updatedAt,
  updatedAt: ({ asset }) => asset.updatedAt,
  release: ({ repository, release }) => ({ __typename: "Release", repository, release }),
  url: ({ repository, asset }, _, { web }) => `${web}/${fullName(repository)}/releases/assets/${asset.databaseId}`,
  downloadUrl: ({ repository, release, asset }, _, { web }) =>
    `${web}/${fullName(repository)}/releases/download/${release.tag}/${asset.name}`,
};
