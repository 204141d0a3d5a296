import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { Resolver } from "node:dns/promises";
import { setTimeout as pause } from "node:timers/promises";
import { createHostsFile } from "./hosts-file.ts";

/** Resolves a host name to all of its addresses. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** For one try, doubled for the second: a name that nobody answers for is given up before a connection would be. */
const PATIENCE = { timeout: 1_500, tries: 2 };
/** When one family of addresses is there, the other is waited for so long (RFC 8305, section 3, has 50 ms). */
const OTHER_FAMILY = 250;
/** What a name server says of a name that only this machine may know; the last: there is no name server. */
const UNKNOWN = ["ENOTFOUND", "ENODATA", "ECONNREFUSED"];
const MOST_WAITING = 4;

/**
 * Resolves names without the threads that `dns.lookup` takes: there are two for a whole process, each is held for as long
 * as a name server is silent, and strangers choose names. The machine's hosts file comes first; what neither it nor a name
 * server knows is looked up by the system, one name at a time. `servers`: name servers, `address:port`; absent: the
 * system's, as they are at that moment.
 */
export function createResolve(servers?: readonly string[], hosts = createHostsFile()): ResolveAll {
  const bySystem = oneAtATime();
  const find = async (hostname: string, families: readonly number[]): Promise<LookupAddress[]> => {
    const stated = (await hosts(hostname)).filter(({ family }) => families.includes(family));
    if (stated.length > 0) return stated;
    return ask(hostname, families, servers).catch((error: NodeJS.ErrnoException) =>
      UNKNOWN.includes(error.code ?? "") ? bySystem(hostname, families, error) : Promise.reject(error),
    );
  };
  return (hostname, { family }, callback) => {
    const wanted = family === 4 || family === "IPv4" ? [4] : family === 6 || family === "IPv6" ? [6] : [4, 6];
    find(hostname, wanted).then(
      (addresses) => callback(null, addresses),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

async function ask(
  hostname: string,
  families: readonly number[],
  servers: readonly string[] | undefined,
): Promise<LookupAddress[]> {
  const resolver = new Resolver(PATIENCE); // a new one: the system's name servers may be others by now
  if (servers !== undefined) resolver.setServers(servers);
  const asked = families.map(async (family): Promise<LookupAddress[]> => {
    const found = await (family === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname));
    return found.map((address) => ({ address, family }));
  });
  try {
    await Promise.any(asked);
  } catch {
    return await (asked[0] ?? Promise.resolve([])); // what the first of them says
  }
  const late = pause(OTHER_FAMILY, undefined, { ref: false }).then((): LookupAddress[] => []);
  const answers = await Promise.all(asked.map((one) => Promise.race([one.catch(() => []), late])));
  resolver.cancel();
  return answers.flat();
}

/** The system's own way, for one name after the other: it takes a thread. Too many that wait get the error they came with. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (hostname: string, families: readonly number[], error: Error): Promise<LookupAddress[]> => {
    if (waiting >= MOST_WAITING) throw error;
    waiting += 1;
    const turn = last.then(() => bySystem(hostname, families));
    last = turn.catch(() => undefined);
    return turn.finally(() => (waiting -= 1));
  };
}

function bySystem(hostname: string, families: readonly number[]): Promise<LookupAddress[]> {
  const [only = 0] = families.length === 1 ? families : [];
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, family: only }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}
