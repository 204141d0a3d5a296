import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { bareHost } from "./address-guard.ts";

/** Whether a text is an address, or a block of addresses such as `10.0.0.0/8`. */
export function isAddressBlock(text: string): boolean {
  return isIP(text) !== 0 || ipaddr.isValidCIDR(text);
}

/** Whether an address lies in a block, or is that very address. IPv4 in IPv6 is IPv4. */
export function holdsAddress(block: string, text: string): boolean {
  const address = ipaddr.process(text);
  if (isIP(block) !== 0) return ipaddr.process(block).toString() === address.toString();
  if (!ipaddr.isValidCIDR(block)) return false;
  const [first, bits] = ipaddr.parseCIDR(block);
  return first.kind() === address.kind() && address.match(first, bits);
}

/**
 * Who asks: the address that the connection comes from; where that is a trusted proxy's, what the proxy says of the one
 * before it. `X-Forwarded-For` is read from its end, as far as trusted proxies wrote it: what stands further left is the
 * client's own word.
 */
export function clientAddress(connected: string, forwardedFor: string, trusted: readonly string[]): string {
  let address = connected;
  for (const entry of forwardedFor.split(",").reverse()) {
    if (isIP(address) === 0 || !trusted.some((block) => holdsAddress(block, address))) return address;
    const before = bareHost(entry.trim().replace(/^(\[[^\]]+\]|[^:]+):\d+$/, "$1"));
    if (isIP(before) === 0) return address;
    address = before;
  }
  return address;
}

/** What counts as one visitor: an IPv4 address, or the /64 that every IPv6 host has to itself (RFC 6177, section 2). */
export function visitorOf(address: string): string {
  if (isIP(address) === 0) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
