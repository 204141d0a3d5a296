import { Failure } from "../../src/lib/failure.ts";
import type { GitHubReader } from "../../src/lib/github/upstream/reader.ts";

/** A reader that knows the notes of releases by `owner/name tag`, and writes down which it was asked for. */
export function aReleaseReader(notes: Readonly<Record<string, string>>): { reader: GitHubReader; asked: string[] } {
  const asked: string[] = [];
  const unasked = () => Promise.reject(new Error("only releases are asked for here"));
  const reader: GitHubReader = {
    sweep: unasked,
    glance: unasked,
    facts: unasked,
    news: unasked,
    releaseDetail: async (owner, name, tag) => {
      const key = `${owner}/${name} ${tag}`;
      asked.push(key);
      const found = notes[key];
      if (found === undefined) return new Failure("not-found", `no release ${key}`);
      return { tag, notes: found, url: `https://github.com/${owner}/${name}/releases/tag/${tag}`, assets: [] };
    },
  };
  return { reader, asked };
}
