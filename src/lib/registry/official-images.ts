import { z } from "zod";
import type { Instant } from "../../domain/instant.ts";
import { toInstant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { GitHub } from "../github/client.ts";
import { looseArray } from "../loose-array.ts";

/** What one tag of an official image is built from. */
export type OfficialRecipe = { readonly commit: string; readonly directory: string };

/** A commit of docker-library/official-images that gave a tag another recipe. */
type RecipeChange = { readonly commit: string; readonly title: string; readonly at: Instant };

/** What the library says of a tag: its recipe now (absent: it is not listed), and the newest change of it. */
export type OfficialTag = { readonly recipe?: OfficialRecipe; readonly change?: RecipeChange };

const REPOSITORY = { owner: "docker-library", name: "official-images" } as const;

const QUERY = `query OfficialImage($owner:String!,$name:String!,$path:String!,$blob:String!,$since:GitTimestamp!){
repository(owner:$owner,name:$name){
file:object(expression:$blob){...on Blob{text}}
defaultBranchRef{target{...on Commit{history(first:10,path:$path,since:$since){nodes{...Change}}}}}}}
fragment Change on Commit{oid messageHeadline committedDate file(path:$path){object{...on Blob{text}}}
parents(first:1){nodes{file(path:$path){object{...on Blob{text}}}}}}`;

const FILE = z
  .object({ object: z.object({ text: z.string().nullish() }).nullish() })
  .nullish()
  .transform((file) => file?.object?.text ?? "");
const CHANGE = z.object({
  oid: z.string(),
  messageHeadline: z.string().catch(""),
  committedDate: z.string(),
  file: FILE,
  parents: z.object({ nodes: z.array(z.object({ file: FILE })) }),
});
const ANSWER = z.object({
  repository: z.object({
    file: z.object({ text: z.string().nullish() }).nullish(),
    defaultBranchRef: z.object({ target: z.object({ history: z.object({ nodes: looseArray(CHANGE) }) }) }),
  }),
});

/**
 * Reads the recipe of a tag of an official image, and the newest commit after `since` that changed it, from
 * `library/<image>` of docker-library/official-images (its README describes the format). One GraphQL request.
 */
export async function readOfficialTag(
  github: GitHub,
  image: string,
  tag: string,
  since: Instant,
): Promise<OfficialTag | Failure> {
  const path = `library/${image}`;
  const answer = await github.graphql(QUERY, { ...REPOSITORY, path, blob: `HEAD:${path}`, since });
  if (isFailure(answer)) return answer;
  const read = ANSWER.safeParse(answer.data);
  if (!read.success) return new Failure("not-found", `docker-library/official-images has no readable ${path}`);
  const { file, defaultBranchRef } = read.data.repository;
  const recipe = recipeOf(file?.text ?? "", tag);
  const changed = defaultBranchRef.target.history.nodes.rows.find((commit) => {
    const [parent] = commit.parents.nodes;
    return !isSame(recipeOf(commit.file, tag), recipeOf(parent?.file ?? "", tag));
  });
  const at = toInstant(changed?.committedDate);
  return {
    ...(recipe !== undefined && { recipe }),
    ...(changed !== undefined &&
      at !== undefined && { change: { commit: changed.oid, title: changed.messageHeadline, at } }),
  };
}

/** The stanza of a library file that lists a tag; undefined when none does. Fields of the first stanza count for all. */
export function recipeOf(text: string, tag: string): OfficialRecipe | undefined {
  const stanzas = text.split(/\n\s*\n/).map(fieldsOf);
  const found = stanzas.find((fields) =>
    [fields.get("tags"), fields.get("sharedtags")]
      .flatMap((list) => list?.split(",") ?? [])
      .some((one) => one.trim() === tag),
  );
  if (found === undefined) return undefined;
  const field = (name: string) => found.get(name) ?? stanzas[0]?.get(name) ?? "";
  return { commit: field("gitcommit"), directory: field("directory") };
}

/** `Name: value`, a line that begins with a space goes on; lines with `#` are comments. */
function fieldsOf(stanza: string): Map<string, string> {
  const lines = stanza.split("\n").filter((line) => !line.startsWith("#"));
  const unfolded = lines.join("\n").replace(/\n[ \t]+/g, " ");
  return new Map(
    unfolded.split("\n").flatMap((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const];
    }),
  );
}

function isSame(one: OfficialRecipe | undefined, other: OfficialRecipe | undefined): boolean {
  return one?.commit === other?.commit && one?.directory === other?.directory;
}
