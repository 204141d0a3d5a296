import { describe, expect, it } from "vitest";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { SOURCES } from "../../src/poll/sources.ts";
import { aFetcher } from "../support/fetcher.ts";
import { aPollContext, aPollRequest } from "../support/poll-context.ts";

/** Names that a stranger may write into a file, and that would lead out of the place that a service keeps for names. */
const NAMES = [
  "..",
  ".",
  "../..",
  "a/..",
  "../a",
  "a/../../b",
  "..%2f..",
  "%2e%2e",
  "%2e%2e/x",
  "a/%2e./b",
  ".%2e",
  "a\\..\\b",
  "a/.\t./b",
];

const TYPES = [
  "github",
  "githubactions",
  "pypi",
  "npm",
  "docker",
  "gem",
  "golang",
  "maven",
  "cargo",
  "gitlab",
  "bitbucket",
  "generic/git.example.org",
];

describe.each(TYPES)("a name of the kind %s", (type) => {
  it.each(NAMES)("such as %s leads nowhere else", async (name) => {
    const upstream = `pkg:${type}/${name}`;
    const source = SOURCES.find(({ matches }) => matches(upstream));
    if (source === undefined) return;
    const real = aFetcher([], { resolve: (_name, _options, done) => done(new Error("nobody is asked"), []) });
    const answers: { url: string; answer: unknown }[] = [];
    const fetcher: Fetcher = {
      ...real,
      fetch: async (request) => {
        const answer = await real.fetch({ ...request, timeout: 1_000 });
        answers.push({ url: request.url, answer });
        return answer;
      },
    };
    const context = aPollContext(fetcher);
    await source.poll(aPollRequest({ upstream, pinnedRefs: ["1.0"] }), context);
    await source.repository?.(upstream, context, "1.0");
    await source.details?.(upstream, ["v1.0"], context);
    await real.close();
    for (const { url, answer } of answers) {
      const [written] = url.replace(/^https?:\/\/[^/]+/, "").split(/[?#]/);
      if (new URL(url).pathname === written) continue;
      expect(answer, url).toMatchObject({ code: "refused", message: expect.stringContaining("lead out of it") });
    }
  });
});
