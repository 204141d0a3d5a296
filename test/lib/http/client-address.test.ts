import { describe, expect, it } from "vitest";
import { clientAddress, isAddressBlock, visitorOf } from "../../../src/lib/http/client-address.ts";

describe("who asks", () => {
  it.each([
    ["without a proxy", "203.0.113.5", "", [], "203.0.113.5"],
    ["by a header that nobody trusted wrote", "203.0.113.5", "198.51.100.1", [], "203.0.113.5"],
    [
      "by a header that only another machine is trusted for",
      "203.0.113.5",
      "198.51.100.1",
      ["10.0.0.2"],
      "203.0.113.5",
    ],
    ["behind a proxy", "10.0.0.2", "198.51.100.1", ["10.0.0.2"], "198.51.100.1"],
    [
      "behind a proxy, of whose header the client wrote the beginning",
      "10.0.0.2",
      "127.0.0.1, 198.51.100.1",
      ["10.0.0.0/8"],
      "198.51.100.1",
    ],
    ["behind two proxies", "10.0.0.2", "198.51.100.1, 10.0.0.3", ["10.0.0.0/8"], "198.51.100.1"],
    ["behind proxies alone", "10.0.0.2", "10.0.0.4, 10.0.0.3", ["10.0.0.0/8"], "10.0.0.4"],
    ["with a port", "10.0.0.2", "198.51.100.1:4711", ["10.0.0.2"], "198.51.100.1"],
    ["by IPv6 with a port", "::1", "[2001:db8::7]:4711", ["::1"], "2001:db8::7"],
    ["by IPv4 written as IPv6", "::ffff:10.0.0.2", "198.51.100.1", ["10.0.0.2"], "198.51.100.1"],
    ["where the header holds no address", "10.0.0.2", "unknown", ["10.0.0.2"], "10.0.0.2"],
    ["without a connection", "unknown", "198.51.100.1", ["0.0.0.0/0"], "unknown"],
  ])("%s", (_how, connected, header, trusted, expected) => {
    expect(clientAddress(connected, header, trusted)).toBe(expected);
  });
});

describe("a visitor", () => {
  it.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s counts as %s", (address, expected) => {
    expect(visitorOf(address)).toBe(expected);
  });
});

describe("a block of addresses", () => {
  it.each([
    ["10.0.0.2", true],
    ["10.0.0.0/8", true],
    ["fd00::/8", true],
    ["::1", true],
    ["10.0.0.0/33", false],
    ["proxy.example.org", false],
    ["", false],
  ])("%s: %s", (text, expected) => {
    expect(isAddressBlock(text)).toBe(expected);
  });
});
