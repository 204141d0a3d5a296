import type { LookupAddress } from "node:dns";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";

/** Gives the addresses that a hosts file states for a name; none: it does not name it. Host names in lower case. */
export type ReadHosts = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Reads a hosts file (hosts(5)) again whenever it was written; a file that cannot be read names nobody. */
export function createHostsFile(path = "/etc/hosts"): ReadHosts {
  let read: { readonly written: number; readonly names: ReadonlyMap<string, readonly LookupAddress[]> } | undefined;
  return async (hostname) => {
    const written = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (written === undefined) return [];
    if (read?.written !== written) read = { written, names: parseHosts(await readFile(path, "utf8").catch(() => "")) };
    return read.names.get(hostname.toLowerCase().replace(/\.$/, "")) ?? [];
  };
}

/** Each name with its addresses, in the file's order. Lines that do not start with an address say nothing. */
export function parseHosts(text: string): Map<string, LookupAddress[]> {
  const names = new Map<string, LookupAddress[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...hosts] = line.replace(/#.*/, "").trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const host of hosts) {
      const name = host.toLowerCase();
      names.set(name, [...(names.get(name) ?? []), { address, family }]);
    }
  }
  return names;
}
