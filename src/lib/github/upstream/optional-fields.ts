import { z } from "zod";
import { isFailure } from "../../failure.ts";
import type { GitHubClient } from "../client.ts";

/** Fields that github.com has and some Enterprise servers do not. Asking for an unknown field fails a whole query. */
export type OptionalFields = { readonly immutable: boolean; readonly assetDigest: boolean };

const INTROSPECTION = `query OptionalFields{
release:__type(name:"Release"){fields{name}}
asset:__type(name:"ReleaseAsset"){fields{name}}}`;

const TYPE = z
  .object({ fields: z.array(z.object({ name: z.string() })) })
  .transform(({ fields }) => fields.map((field) => field.name))
  .catch([]);
const ANSWER = z.object({ release: TYPE, asset: TYPE });

/** Which optional fields the host knows: asked once, and again only after a failed attempt. */
export function createOptionalFields(github: GitHubClient): () => Promise<OptionalFields> {
  let known: Promise<OptionalFields> | undefined;
  const ask = async (): Promise<OptionalFields> => {
    const answer = await github.graphql(INTROSPECTION, {});
    const types = isFailure(answer) ? undefined : ANSWER.safeParse(answer.data).data;
    if (types === undefined) known = undefined;
    return {
      immutable: types?.release.includes("immutable") ?? false,
      assetDigest: types?.asset.includes("digest") ?? false,
    };
  };
  return () => {
    known ??= ask();
    return known;
  };
}
