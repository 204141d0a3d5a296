import type { RuleError } from "../lib/config/checked-yaml.ts";
import { createAddressGuard, portOf } from "../lib/http/address-guard.ts";
import type { Written } from "./shape.ts";

/**
 * Addresses that are written here and lead inside, as their names say, or are not https, and that `network.allow-private`
 * does not list: nothing would ever be asked there. Names that only resolve to inside addresses are told by `headgate doctor`.
 */
export function insideAddresses({ upstreams, deliver, service, network }: Written): RuleError[] {
  const guard = createAddressGuard(network["allow-private"]);
  return addressesIn({ upstreams, deliver, service }, []).flatMap(({ path, url }) => {
    const place = `"${url.hostname}:${portOf(url)}"`;
    const why = `${url.protocol === "http:" ? "is not https" : "is inside your network"}: nothing is asked there unless network.allow-private lists ${place}`;
    return guard.refusalOf(url) === undefined ? [] : [{ path, message: why }];
  });
}

type Address = { readonly path: (string | number)[]; readonly url: URL };

function addressesIn(value: unknown, path: (string | number)[]): Address[] {
  if (typeof value === "string")
    return /^https?:\/\//i.test(value) && URL.canParse(value) ? [{ path, url: new URL(value) }] : [];
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, one]) => addressesIn(one, [...path, isList ? Number(key) : key]));
}
