import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { pktLine } from "../../src/lib/git/pkt-line.ts";
import { createGitRemote } from "../../src/lib/git/remote.ts";
import { createRegistry } from "../../src/lib/registry/client.ts";
import { poll } from "../../src/poll/poll.ts";
import type { Source } from "../../src/poll/source.ts";
import { aPollContext, aPollRequest } from "../support/poll-context.ts";

const FLOOD = 200_001;

function answered(reply: (url: URL) => { readonly body: string; readonly headers?: Record<string, string> }): Fetcher {
  return {
    fetch: async ({ url }) => {
      const { body, headers = {} } = reply(new URL(url));
      return { status: 200, url, headers, body: Buffer.from(body) };
    },
    close: async () => undefined,
  };
}

describe("an upstream with more versions than there can be", () => {
  it("is not watched, and says why: it would fill the store of all others", async () => {
    const release = { publishedBy: "registry", state: "released", digests: {}, assets: [] } as const;
    const releases = Array.from({ length: FLOOD }, (_, index) => ({
      ...release,
      version: `1.${index}`,
      tag: `1.${index}`,
    }));
    const source: Source = {
      ...{ id: "flood", title: "A flood", scheme: "loose", matches: () => true },
      poll: async () => ({ state: "changed", releases, refs: [], complete: true, notChecked: [] }),
    };
    const context = aPollContext(answered(() => ({ body: "" })));
    expect(await poll(aPollRequest({ upstream: "pkg:pypi/flood" }), context, [source])).toMatchObject({
      code: "too-large",
      message: "pkg:pypi/flood has 200001 versions: more than 200000 are not watched.",
    });
  });

  it("is no repository whose refs are read", async () => {
    const line = (index: number) => pktLine(`${"a".repeat(40)} refs/tags/${index}\n`);
    const refs = Array.from({ length: FLOOD }, (_, index) => line(index)).join("");
    const git = createGitRemote(
      answered(({ pathname }) => ({
        body: pathname.endsWith("info/refs") ? `${pktLine("version 2\n")}${pktLine("ls-refs\n")}0000` : `${refs}0000`,
      })),
    );
    expect(await git.listRefs("https://git.example.org/a/b.git", "refs/tags/")).toMatchObject({ code: "too-large" });
  });

  it("is an image of which no more pages are asked for than anybody fills", async () => {
    let pages = 0;
    const fetcher = answered(({ searchParams }) => {
      pages += 1;
      const from = Number(searchParams.get("last") ?? 0);
      const tags = Array.from({ length: 1_000 }, (_, index) => `1.${from + index}`);
      return {
        body: JSON.stringify({ tags }),
        headers: { link: `</v2/x/tags/list?last=${from + 1_000}>; rel="next"` },
      };
    });
    const found = await createRegistry(fetcher, {}).tags("registry.example.org", "a/b");
    expect(isFailure(found) || found === "unchanged" ? found : [found.tags.length, found.complete, pages]).toEqual([
      200_000,
      false,
      200,
    ]);
  });
});
