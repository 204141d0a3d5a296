import { Failure } from "../../src/lib/failure.ts";
import type { CheckContext } from "../../src/score/check.ts";
import { NOW } from "./build.ts";
import { type FakeAnswer, fakeFetcher } from "./fetch.ts";
import { anyUrls } from "./urls.ts";

/** What collectors may ask: refs by their names with their commits, digests by image, REST answers by path, other answers by URL. */
export function aCheckContext({
  repository,
  identity,
  refs = {},
  digests = {},
  rest,
  answers = () => ({ status: 404 }),
}: {
  repository?: string;
  identity?: CheckContext["identity"];
  refs?: Readonly<Record<string, string>> | Failure;
  /** By `host/repository:tag`. */
  digests?: Readonly<Record<string, string>>;
  rest?: Readonly<Record<string, unknown>>;
  answers?: (url: string) => FakeAnswer;
} = {}): CheckContext & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    fetcher: fakeFetcher(({ url }) => answers(url)),
    github:
      rest === undefined
        ? undefined
        : {
            rest: async (_method, path) => {
              asked.push(path);
              const data = rest[path];
              return data === undefined ? new Failure("not-found", path) : { status: 200, data, headers: {} };
            },
          },
    git: {
      listRefs: async (_url, prefix) => {
        if (refs instanceof Error) return refs;
        const listed = Object.entries(refs).map(([name, commit]) => ({ name, commit }));
        return listed.filter(({ name }) => name.startsWith(prefix));
      },
    },
    registry: {
      digest: async (host, path, tag) => {
        const name = `${host}/${path}:${tag}`;
        asked.push(name);
        return digests[name] ?? new Failure("not-found", name);
      },
    },
    urls: anyUrls(),
    repository,
    identity,
    now: NOW,
  };
}
