import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { partsOf } from "../../../src/lib/inspect/file-parts.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

const MIB = 1024 * 1024;
const FILE = Buffer.from(Array.from({ length: 10 * MIB }, (_, index) => (index * 7 + (index >> 12)) % 251));

/** How hosts answer who asks for a part. */
const whole = (): Answer => ({ body: FILE });
const inParts =
  (total: (length: number) => string) =>
  ({ headers }: Received): Answer => {
    const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    const bytes = FILE.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${total(FILE.length)}`;
    return { status: 206, headers: { "content-range": range }, body: bytes };
  };

let server: StandIn;
let fetcher: Fetcher;
let answer: (request: Received) => Answer;
beforeEach(async () => {
  server = await startStandIn((request) => answer(request));
  fetcher = aFetcher([server]);
});
afterEach(async () => {
  await fetcher.close();
  await server.close();
});

const parts = (most = 32 * MIB) => partsOf(fetcher, `${server.url}/file`, most, "the file");
const all = async (pieces: AsyncIterable<Buffer>) => {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return read;
};
const failureOf = (most?: number) =>
  all(parts(most)).then(
    () => "read",
    (thrown: unknown) => (isFailure(thrown) ? thrown.code : thrown),
  );

describe("a file in parts", () => {
  it.each([
    ["from a host that knows parts", inParts(String), 3],
    ["from a host that knows no parts and sends all of it", whole, 1],
  ])("is read whole, in small pieces, %s", async (_, how, requests) => {
    answer = how;
    const pieces = await all(parts());
    expect(Buffer.concat(pieces).equals(FILE)).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(MIB);
    expect(server.requests).toHaveLength(requests);
  });

  it("is not taken faster than it is read", async () => {
    const piece = 64 * 1024;
    let sent = 0;
    const host: Fetcher = {
      fetch: async ({ url, receive }) => {
        const head = { status: 200, headers: {} };
        const take = receive?.(head);
        for (; sent < FILE.length; sent += piece) await take?.(FILE.subarray(sent, sent + piece));
        return { ...head, url, body: new Uint8Array() };
      },
      close: async () => undefined,
    };
    let read = 0;
    let most = 0;
    for await (const one of partsOf(host, "https://host.example/file", 32 * MIB, "the file")) {
      await new Promise(setImmediate);
      most = Math.max(most, sent - read);
      read += one.length;
    }
    expect(read).toBe(FILE.length);
    expect(most).toBeLessThan(MIB);
  });

  it("goes on where a try ended, though the next one begins anew", async () => {
    const host: Fetcher = {
      fetch: async ({ url, receive }) => {
        const head = { status: 200, headers: {} };
        for (const most of [3 * MIB, FILE.length]) {
          const take = receive?.(head);
          for (let at = 0; at < most; at += 64 * 1024) await take?.(FILE.subarray(at, at + 64 * 1024));
        }
        return { ...head, url, body: new Uint8Array() };
      },
      close: async () => undefined,
    };
    expect(
      Buffer.concat(await all(partsOf(host, "https://host.example/file", 32 * MIB, "the file"))).equals(FILE),
    ).toBe(true);
  });

  it.each([
    ["says that it is too long", inParts(String)],
    ["does not say it beforehand", whole],
  ])("is given up as soon as it is too long, where the host %s", async (_, how) => {
    answer = how;
    expect(await failureOf(3 * MIB)).toBe("too-large");
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["of another part", { status: 206, headers: { "content-range": "bytes 7-9/10" }, body: "789" }, "unreadable"],
    ["that does not say which part it is", { status: 206, body: "789" }, "unreadable"],
    ["that there is none", { status: 404, body: "nothing here" }, "not-found"],
    ["that nobody may", { status: 403, body: "no" }, "forbidden"],
  ])("is a failure after an answer %s", async (_, given, code) => {
    answer = () => given;
    expect(await failureOf()).toBe(code);
  });

  it("is let go when nobody reads on", async () => {
    answer = whole;
    for await (const piece of parts()) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    answer = () => ({ body: "short" });
    expect(Buffer.concat(await all(parts())).toString()).toBe("short");
  });
});
