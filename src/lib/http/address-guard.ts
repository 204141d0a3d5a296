import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { Failure } from "../failure.ts";
import { createResolve, type ResolveAll } from "./resolve.ts";

/**
 * Decides where a connection may go. Host names come from files of watched repositories, so an address counts only
 * after resolution: loopback, private, link-local, metadata and every other address that is not plain unicast is refused.
 */
export type AddressGuard = {
  /** True when `host:port` was allowed by the configuration, whatever it resolves to. */
  readonly isAllowed: (hostname: string, port: number) => boolean;
  /** What is wrong with a URL before anything is resolved: scheme, credentials inside it, a literal private address. */
  readonly refusalOf: (url: URL) => Failure | undefined;
  /** Why a socket must not be used that is connected to this address; undefined: it may. */
  readonly refusalOfAddress: (hostname: string, address: string | undefined) => Failure | undefined;
  /** A `lookup` for `net.connect` that fails when any of the addresses may not be reached. */
  readonly lookup: LookupFunction;
};

/** Builds the guard. `allowPrivate` holds `host:port` as written in URLs, `[::1]:8080` for IPv6. */
export function createAddressGuard(
  allowPrivate: readonly string[],
  resolve: ResolveAll = createResolve(),
): AddressGuard {
  const allowed = new Set(allowPrivate.map((entry) => entry.toLowerCase()));
  const isAllowed = (hostname: string, port: number) => allowed.has(`${hostname.toLowerCase()}:${port}`);
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const refused = addresses
        .map(({ address }) => refusalOfAddress(hostname, address))
        .find((one) => one !== undefined);
      if (refused !== undefined) return callback(refused, "", 0);
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${hostname} has no address`), "", 0);
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
  return { isAllowed, refusalOf: (url) => refusalOfUrl(url, isAllowed), refusalOfAddress, lookup };
}

/** Public by their number, but answered by the machine's own platform: Azure's WireServer (learn.microsoft.com, "What is IP address 168.63.129.16"). */
const PLATFORMS: readonly string[] = ["168.63.129.16"];

/**
 * What no public resolver knows (RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's `internal`), and what networks use all the same:
 * `corp`, `home` and `mail` were withheld from the root for that reason.
 */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|lan|corp|home|mail|home\.arpa|test|invalid|onion|alt)$/i;

/** True for a globally routable unicast address, IPv4 written as IPv6 included; false for every other text. */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text);
  if (address.range() !== "unicast" || PLATFORMS.includes(address.toString())) return false;
  const [first = 0] = address.kind() === "ipv6" ? (address as ipaddr.IPv6).parts : [0x2000];
  return (first & 0xe000) === 0x2000; // of IPv6 only 2000::/3 is handed out (RFC 4291); `::127.0.0.1` lies outside
}

/** True for a name or literal address, as written, that no public network knows. */
export function isPrivateHost(hostname: string): boolean {
  const address = bareHost(hostname);
  return isIP(address) === 0 ? isPrivateName(hostname) : !isPublicAddress(address);
}

/** The port a URL leads to. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
}

/** A URL's host without the brackets of an IPv6 literal. */
export function bareHost(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function refusalOfUrl(url: URL, isAllowed: AddressGuard["isAllowed"]): Failure | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return new Failure("refused", `${url.protocol} addresses are not fetched, only https:`);
  if (url.username !== "" || url.password !== "")
    return new Failure("refused", `the address of ${url.host} carries a user name or password`);
  const hostname = url.hostname;
  if (isAllowed(hostname, portOf(url))) return undefined;
  if (url.protocol === "http:")
    return new Failure("refused", `${url.host} is asked for over http: only https leaves, ${remedy(url)}`);
  const address = bareHost(hostname);
  if (isIP(address) !== 0) return refusalOfAddress(hostname, address);
  return isPrivateName(hostname)
    ? new Failure("refused", `${hostname} is a name of this machine or network, ${remedy(url)}`)
    : undefined;
}

function refusalOfAddress(hostname: string, address: string | undefined): Failure | undefined {
  if (address !== undefined && isPublicAddress(address)) return undefined;
  return new Failure(
    "refused",
    `${hostname} leads to ${address ?? "an unknown address"}, which is not public; network.allow-private can allow it`,
  );
}

/** Names that no public resolver knows. Behind a proxy nothing is resolved here, so the name is all there is to judge. */
function isPrivateName(hostname: string): boolean {
  const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  return !name.includes(".") || name.includes("..") || name.endsWith(".") || PRIVATE_NAME.test(name);
}

function remedy(url: URL): string {
  return `unless network.allow-private lists ${url.hostname}:${portOf(url)}`;
}
