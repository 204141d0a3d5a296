import { createSocket } from "node:dgram";
import { lookup } from "node:dns";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostsFile } from "../../../src/lib/http/hosts-file.ts";
import { createResolve } from "../../../src/lib/http/resolve.ts";
import { aFolder } from "../../support/folder.ts";

/** A name server: `slow.…` is never answered, `half.…` for IPv4 alone, `none.…` is unknown; everything else has two addresses. */
const server = createSocket("udp4");
let servers: string[];

beforeAll(async () => {
  server.on("message", (query, { port, address }) => {
    let end = 12;
    while (query[end]) end += (query[end] ?? 0) + 1;
    const name = query.subarray(13, end).toString("latin1");
    const isV4 = query.readUInt16BE(end + 1) === 1;
    if (name.startsWith("slow") || (name.startsWith("half") && !isV4)) return;
    const data = isV4 ? [192, 0, 2, 1] : [0x20, 1, 0xd, 0xb8, ...Array.from({ length: 12 }, () => 0)];
    const record = [0xc0, 12, 0, isV4 ? 1 : 28, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
    const unknown = name.startsWith("none");
    const answer = Buffer.concat([query.subarray(0, end + 5), Buffer.from(unknown ? [] : record)]);
    answer.set([0x81, unknown ? 0x83 : 0x80, 0, 1, 0, unknown ? 0 : 1, 0, 0, 0, 0], 2);
    server.send(answer, port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  servers = [`127.0.0.1:${server.address().port}`];
});
afterAll(() => void server.close());

const resolving = (resolve = createResolve(servers)) => {
  return (hostname: string, family: 0 | 4 | 6 = 0) =>
    new Promise<string[] | string | undefined>((settle) => {
      resolve(hostname, { all: true, family }, (error, addresses) =>
        settle(error === null ? addresses.map(({ address }) => address) : error.code),
      );
    });
};

describe("a name", () => {
  it("has the addresses of both families, or of the one that is wanted", async () => {
    expect(await resolving()("tool.example")).toEqual(["192.0.2.1", "2001:db8::"]);
    expect(await resolving()("tool.example", 4)).toEqual(["192.0.2.1"]);
    expect(await resolving()("tool.example", 6)).toEqual(["2001:db8::"]);
  });

  it("of which one family is never answered has the other, soon", async () => {
    expect(await resolving()("half.example")).toEqual(["192.0.2.1"]);
  });

  it("that the name server does not know is known when this machine knows it", async () => {
    const unknown = createResolve(["127.0.0.1:1"]); // nothing listens there
    expect(await resolving(unknown)("localhost", 4)).toEqual(["127.0.0.1"]);
    expect(await resolving()("none.invalid")).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  });

  it("that this machine's hosts file states has the address that stands there, whatever the name server says", async () => {
    const hosts = createHostsFile(join(aFolder({ hosts: "192.0.2.9 tool.example\n" }), "hosts"));
    const resolve = resolving(createResolve(servers, hosts));
    expect(await resolve("tool.example")).toEqual(["192.0.2.9"]);
    expect(await resolve("tool.example", 6)).toEqual(["2001:db8::"]);
    expect(await resolve("other.example", 4)).toEqual(["192.0.2.1"]);
  });

  it("for which nobody answers is given up, and holds up no other, neither here nor for the rest of the process", async () => {
    const resolve = resolving();
    const slow = Array.from({ length: 40 }, (_, index) => resolve(`slow-${index}.example`));
    let over = 0;
    for (const one of slow) void one.then(() => (over += 1));
    expect(await resolve("tool.example", 4)).toEqual(["192.0.2.1"]);
    await new Promise((done) => lookup("localhost", done));
    expect(over).toBe(0);
    expect(new Set(await Promise.all(slow))).toEqual(new Set(["ETIMEOUT"]));
  });
});
