import { Failure } from "../../src/lib/failure.ts";
import type { Registry } from "../../src/lib/registry/client.ts";
import type { EvidenceContext } from "../../src/lib/verify/collect/evidence-context.ts";
import { NO_KEYS } from "../../src/lib/verify/signatures/pinned-keys.ts";
import { NOW } from "./build.ts";
import { fakeFetcher } from "./fetch.ts";
import { anyUrls } from "./urls.ts";

const nobody = async () => new Failure("unavailable", "this test asks no registry");
const noRegistry: Registry = {
  tags: nobody,
  digest: nobody,
  content: nobody,
  attached: nobody,
  announce: () => undefined,
};

/** A context in which nobody answers and nothing is trusted, but for what is given. */
export function anEvidenceContext(given: Partial<EvidenceContext> = {}): EvidenceContext {
  return {
    fetcher: fakeFetcher(() => new Failure("unavailable", "this test has no network")),
    github: undefined,
    registry: noRegistry,
    urls: anyUrls(),
    roots: { roots: [], npmKeys: [], origins: [] },
    keysOf: () => NO_KEYS,
    now: NOW,
    ...given,
  };
}
