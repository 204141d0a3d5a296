import { describe, expect, it } from "vitest";
import { createAddressGuard, isPublicAddress } from "../../../src/lib/http/address-guard.ts";

describe("isPublicAddress", () => {
  it.each(["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])("holds for %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.254"],
    ["loopback", "::1"],
    ["private", "10.0.0.1"],
    ["private", "172.16.0.1"],
    ["private", "192.168.1.1"],
    ["shared", "100.64.0.1"],
    ["link-local", "169.254.169.254"],
    ["link-local", "fe80::1"],
    ["unique local", "fd12::1"],
    ["site-local", "fec0::1"],
    ["IPv4 in IPv6", "::ffff:10.0.0.1"],
    ["IPv4 in IPv6", "::127.0.0.1"],
    ["translated", "64:ff9b::a00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001::1"],
    ["documentation", "192.0.2.1"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "0.0.0.0"],
    ["unspecified", "::"],
    ["nothing at all", ""],
    ["a name", "example.org"],
  ])("does not hold for %s: %s", (_kind, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("a guard", () => {
  const guard = createAddressGuard(["mirror.internal:8443", "[::1]:8080"]);

  it.each(["https://mirror.internal:8443/", "http://MIRROR.internal:8443/", "http://[::1]:8080/"])(
    "lets the allowed %s pass",
    (url) => {
      expect(guard.refusalOf(new URL(url))).toBeUndefined();
    },
  );

  it.each(["https://mirror.internal/", "https://mirror.internal:8444/", "https://evil.mirror.internal:8443/"])(
    "refuses %s, which is not on the list, and says how to allow it",
    (url) => {
      expect(guard.refusalOf(new URL(url))?.message).toContain("network.allow-private");
    },
  );

  it("lets public names pass until they are resolved", () => {
    expect(guard.refusalOf(new URL("https://pypi.org/simple/"))).toBeUndefined();
  });
});
