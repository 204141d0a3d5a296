import { z } from "zod";
import { Failure } from "../../failure.ts";
import { type Bind, createAliasedReads } from "../aliases.ts";
import type { GitHub } from "../client.ts";

/** Which files to look for: under any of the tags, in the repository's own folders or those of a package. */
export type NewsRequest = { readonly owner: string; readonly name: string; readonly tags: readonly string[] };

/** A file in which a project tells its news, as it is at a tag. */
export type NewsFile = {
  readonly kind: "changelog" | "news";
  readonly tag: string;
  readonly path: string;
  readonly text: string;
};

const CHANGELOGS = [
  "CHANGELOG.md",
  "CHANGELOG.rst",
  "CHANGELOG",
  "CHANGELOG.txt",
  "Changelog.md",
  "changelog.md",
  "docs/CHANGELOG.md",
  "docs/changelog.md",
];
const NEWS = [
  "NEWS.md",
  "NEWS.rst",
  "NEWS",
  "HISTORY.md",
  "HISTORY.rst",
  "CHANGES.md",
  "CHANGES.rst",
  "CHANGES",
  "CHANGES.txt",
];

/** Changelogs and news files of repositories at tags: one query for each repository and target, coalesced with others. */
export function createNews(github: GitHub) {
  return createAliasedReads<NewsRequest, readonly NewsFile[]>(github, {
    operation: "News",
    first: 5,
    largest: 10,
    fragments: async () => ["fragment News on GitObject{...on Blob{text isTruncated}}"],
    select: selectNews,
    read: readNews,
  });
}

function selectNews(request: NewsRequest, bind: Bind): string {
  return placesOf(request)
    .map(({ tag, path }, index) => `f${index}:object(expression:${bind("String!", `${tag}:${path}`)}){...News}`)
    .join(" ");
}

const FILE = z.object({ text: z.string().nullish() }).nullish().catch(undefined);
const ANSWER = z.record(z.string(), z.unknown());

function readNews(repository: unknown, request: NewsRequest): readonly NewsFile[] | Failure {
  const answer = ANSWER.safeParse(repository).data;
  if (answer === undefined)
    return new Failure(
      "unreadable",
      `GitHub's answer about the news of ${request.owner}/${request.name} was not understood.`,
    );
  return placesOf(request).flatMap((place, index) => {
    const text = FILE.parse(answer[`f${index}`])?.text;
    return typeof text === "string" && text.trim() !== "" ? [{ ...place, text }] : [];
  });
}

/** A package's own changelog comes before that of the repository it shares. */
function placesOf({ tags }: NewsRequest): Omit<NewsFile, "text">[] {
  return tags.flatMap((tag) => [
    ...foldersOf(tag).map((folder) => ({ kind: "changelog", tag, path: `${folder}/CHANGELOG.md` }) as const),
    ...CHANGELOGS.map((path) => ({ kind: "changelog", tag, path }) as const),
    ...NEWS.map((path) => ({ kind: "news", tag, path }) as const),
  ]);
}

/** `tool@1.2.3`, `tool-v1.2.3`, `@scope/tool@1.2.3` and `packages/tool/v1.2.3` name a package of a shared repository. */
function foldersOf(tag: string): string[] {
  const prefix = /^(.+?)[@/_-]v?\d[^/@]*$/.exec(tag)?.[1] ?? "";
  const name = prefix.split("/").at(-1) ?? "";
  if (name === "" || !/^[\w.-]+$/.test(name)) return [];
  const written = /^[\w./-]+$/.test(prefix) && prefix.includes("/") ? [prefix] : [];
  return [...new Set([...written, `packages/${name}`, name])];
}
