import { resolve4, resolveMx } from "node:dns/promises";
import { Failure } from "../failure.ts";

/** The domain is not there, or takes no mail (RFC 1035 §4.1.1, RFC 7505). */
const NOTHING = ["ENOTFOUND", "ENODATA"];

/** Whether mail can reach a domain: it has a mail exchanger, or an address (RFC 5321 §5.1). */
export async function takesMail(domain: string): Promise<boolean | Failure> {
  for (const resolve of [resolveMx, resolve4]) {
    try {
      if ((await resolve(domain)).length > 0) return true;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      if (!NOTHING.includes(code))
        return new Failure("unavailable", `the domain ${domain} could not be looked up (${code})`);
    }
  }
  return false;
}
