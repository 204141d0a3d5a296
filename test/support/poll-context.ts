import { type Failure, isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { createGitRemote } from "../../src/lib/git.ts";
import type { ServiceUrls } from "../../src/lib/http/urls.ts";
import { createRegistry } from "../../src/lib/registry/client.ts";
import type { PollAnswer, PollContext, PollRequest } from "../../src/poll/source.ts";
import { NOW } from "./build.ts";

/** Base URLs that lead nowhere, but for the given ones. */
function serviceUrls(given: Partial<ServiceUrls> = {}): ServiceUrls {
  const nowhere = { url: "https://nowhere.invalid" };
  return {
    github: { api: nowhere.url, graphql: `${nowhere.url}/graphql`, web: nowhere.url },
    forgejo: nowhere,
    pypi: nowhere,
    npm: nowhere,
    rubygems: nowhere,
    golang: nowhere,
    maven: nowhere,
    cargo: nowhere,
    gitHosts: {},
    registries: {},
    osv: nowhere,
    depsDev: nowhere,
    scorecard: nowhere,
    endoflife: nowhere,
    trustRoots: { sigstore: "https://tuf.example/sigstore", github: "https://tuf.example/github" },
    officialImages: nowhere,
    downloads: { pypi: nowhere.url, npm: nowhere.url },
    ...given,
  };
}

/** What a source is handed: real clients over one fetcher, no GitHub credential. */
export function aPollContext(fetcher: Fetcher, given: Partial<ServiceUrls> = {}): PollContext {
  const urls = serviceUrls(given);
  return {
    fetcher,
    github: undefined,
    git: createGitRemote(fetcher),
    registry: createRegistry(fetcher, urls.registries),
    urls,
    now: NOW,
  };
}

/** A first poll of an upstream of which nothing is pinned by name. */
export function aPollRequest(given: Partial<PollRequest> & Pick<PollRequest, "upstream">): PollRequest {
  return { pinnedRefs: [], tagTemplates: [], ...given };
}

/** What a poll said that is new; a failure, or that nothing changed, ends the test. */
export function newsOf(answer: PollAnswer | Failure): Extract<PollAnswer, { state: "changed" }> {
  if (isFailure(answer)) throw answer;
  if (answer.state !== "changed") throw new Error("expected a change");
  return answer;
}
