import { isIP } from "node:net";
import { bareHost } from "./address-guard.ts";
import { holdsAddress } from "./client-address.ts";

/** How connections leave. `proxy`: where everything but `noProxy` goes through; PEM texts are trusted besides the system's. */
export type Network = {
  readonly proxy: string | undefined;
  readonly noProxy: readonly string[];
  readonly certificateAuthorities: readonly string[];
};

/** What an entry of `no-proxy` looks like: a name, a suffix, an address or a block of addresses, with or without a port. */
export const NO_PROXY_ENTRY =
  /^(?:\*|\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?|[0-9A-Fa-f:.]+(?:\/\d{1,3})?)$/;

/**
 * True for a host that is reached without the proxy. `example.org` stands for itself and all names below it,
 * `.example.org` for those below it, `10.0.0.0/8` and `fd00::/8` for addresses as they are written (a name is not resolved
 * to find out), `*` for everything; `:port` narrows an entry to one port.
 */
export function bypassesProxy(hostname: string, port: number, noProxy: readonly string[]): boolean {
  const host = bareHost(hostname).toLowerCase().replace(/\.$/, "");
  return noProxy.some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const [, bracketed, name, wanted] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== undefined && Number(wanted) !== port) return false;
  const pattern = bracketed ?? name ?? entry;
  if (isIP(host) !== 0) return holdsAddress(pattern, host);
  return pattern.startsWith(".") ? host.endsWith(pattern) : host === pattern || host.endsWith(`.${pattern}`);
}
