import { type Failure, isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { createGitRemote } from "../../src/lib/git/remote.ts";
import type { ServiceUrls } from "../../src/lib/http/urls.ts";
import { createRegistry } from "../../src/lib/registry/client.ts";
import type { PollAnswer, PollContext, PollRequest } from "../../src/poll/source.ts";
import { NOW } from "./build.ts";
import { urlsToNowhere } from "./urls.ts";

/** What a source is handed: real clients over one fetcher, no GitHub credential. */
export function aPollContext(fetcher: Fetcher, given: Partial<ServiceUrls> = {}): PollContext {
  const urls = urlsToNowhere(given);
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
