import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Failure, isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { hashDownload } from "../../../src/lib/http/hash-download.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type Answer, type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

const file = randomBytes(3 * 1024 * 1024);
const hex = createHash("sha512").update(file).digest("hex");
const MIB = 1024 * 1024;

let answers: Answer[];
let host: StandIn;
let fetcher: Fetcher;
beforeEach(async () => {
  answers = [];
  host = await startStandIn(() => answers.shift() ?? { body: file });
  fetcher = aFetcher([host]);
});
afterEach(async () => {
  await fetcher.close();
  await host.close();
});

const hash = (most = 4 * MIB) => hashDownload(fetcher, `${host.url}/tool.tar.gz`, "sha512", most);
const codeOf = (outcome: string | Failure) => (isFailure(outcome) ? outcome.code : outcome);

describe("the hash of a file", () => {
  it("is of what its host stores, asked for without any encoding", async () => {
    expect(await hash()).toBe(hex);
    expect(host.requests.at(-1)?.headers["accept-encoding"]).toBe("identity");
  });

  it("is of the last answer alone, where a host failed first or led elsewhere", async () => {
    answers = [
      { status: 502, body: "bad gateway" },
      { status: 302, headers: { location: "/elsewhere" }, body: "moved" },
    ];
    expect(await hash()).toBe(hex);
  });

  it("is not known of a file that is too large, which says what lets it through, or that is not there", async () => {
    const large = await hash(2 * MIB);
    expect(codeOf(large)).toBe("too-large");
    expect(isFailure(large) && large.message).toContain("2 MiB (network.largest-download)");
    answers = [{ status: 404 }];
    expect(codeOf(await hash())).toBe("not-found");
  });
});
