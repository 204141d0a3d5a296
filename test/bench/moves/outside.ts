import { createHash } from "node:crypto";
import type { FlowContext } from "../../../src/flow/context.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { anyUrls } from "../../support/urls.ts";
import { digestOf } from "./next-releases.ts";

/** What a download holds here: its own address. */
export const hashOf = (url: string, algorithm: string) => createHash(algorithm).update(url).digest("hex");

/** A world in which every address holds its own text, and every image has the digest of its tag. `asked`: the addresses so far. */
export function outside(): { readonly flow: FlowContext; readonly asked: string[] } {
  const asked: string[] = [];
  const fetcher: Fetcher = {
    fetch: async ({ url, receive }) => {
      asked.push(url);
      const body = Buffer.from(url);
      receive?.({ status: 200, headers: {} })?.(body);
      return { status: 200, url, headers: {}, body };
    },
    close: async () => undefined,
  };
  const registry = { digest: async (_host: string, _repository: string, tag: string) => digestOf(tag) };
  return { flow: { urls: anyUrls(), fetcher, registry, largestDownload: 1024 } as unknown as FlowContext, asked };
}
