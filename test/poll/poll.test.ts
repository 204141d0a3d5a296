import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { poll, sourceOf } from "../../src/poll/poll.ts";
import type { PollAnswer, Source } from "../../src/poll/source.ts";
import { anObservedRelease } from "../support/build.ts";
import { aFetcher } from "../support/fetcher.ts";
import { aPollContext, aPollRequest } from "../support/poll-context.ts";

const fetcher = aFetcher([]);
const context = aPollContext(fetcher);
const request = aPollRequest({ upstream: "pkg:fake/tool" });

function fake(answer: () => Promise<PollAnswer>): Source[] {
  return [
    { id: "fake", title: "Fakes", scheme: "loose", matches: (purl) => purl.startsWith("pkg:fake/"), poll: answer },
  ];
}

function found(given: Partial<Extract<PollAnswer, { state: "changed" }>>): PollAnswer {
  return { state: "changed", releases: [], refs: [], complete: true, notChecked: [], ...given };
}

describe("sourceOf", () => {
  it.each([
    ["pkg:github/example/tool", "github"],
    ["pkg:githubactions/actions/checkout", "github"],
    ["pkg:pypi/requests", "pypi"],
    ["pkg:docker/library/debian", "oci"],
    ["pkg:docker/beats/filebeat-oss?repository_url=docker.elastic.co", "oci"],
  ])("finds the source of %s", (purl, id) => {
    const source = sourceOf(purl);
    expect(isFailure(source) ? source : source.id).toBe(id);
  });

  it("names the known sources when there is none", () => {
    const failure = sourceOf("pkg:hex/phoenix");
    expect(failure).toMatchObject({
      code: "misconfigured",
      message: expect.stringMatching(/"hex".*github.*pypi.*oci/),
    });
  });
});

describe("poll", () => {
  it("hands on what the source found", async () => {
    const answer = found({ releases: [anObservedRelease()] });
    expect(
      await poll(
        request,
        context,
        fake(async () => answer),
      ),
    ).toBe(answer);
  });

  it("turns anything thrown into a failure of this upstream", async () => {
    const broken = fake(() => Promise.reject(new TypeError("undefined is not a function")));
    expect(await poll(request, context, broken)).toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("pkg:fake/tool"),
    });
  });

  it("drops versions and refs that cannot be any, and says so", async () => {
    const releases = ["1.0", "", "x".repeat(300), "1.0\u001b[31m"].map((version) => anObservedRelease({ version }));
    const refs = [
      { name: "1.0", target: "sha256:0" },
      { name: "", target: "sha256:0" },
    ];
    const answer = await poll(
      request,
      context,
      fake(async () => found({ releases, refs })),
    );
    expect(answer).toMatchObject({
      releases: [{ version: "1.0" }],
      refs: [{ name: "1.0" }],
      notChecked: [expect.stringMatching(/^3 versions/)],
    });
  });

  it("of an unknown kind is misconfigured", async () => {
    expect(await poll(aPollRequest({ upstream: "pkg:none/x" }), context)).toMatchObject({ code: "misconfigured" });
  });
});
