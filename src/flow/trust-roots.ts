import { DAY, type Instant, plus } from "../domain/instant.ts";
import type { TrustOrigin } from "../lib/verify/trust-roots.ts";
import type { FlowContext } from "./context.ts";

type TrustContext = Pick<FlowContext, "trust" | "fetcher" | "urls" | "log">;

/** One instance whose certificates are trusted: where its trust root came from, and what a refresh just now said. */
export type TrustRootLine = TrustOrigin & { readonly problem?: string };

/** The trust roots in use, after bringing them up to date where that is asked for. */
export async function trustRoots(
  flow: TrustContext,
  { refresh }: { readonly refresh?: boolean | undefined },
): Promise<TrustRootLine[]> {
  const problems = refresh === true ? await refreshAll(flow) : new Map<string, string>();
  const { loadTrustRoots } = await import("../lib/verify/trust-roots.ts");
  return loadTrustRoots(flow.trust.directory).origins.map((origin) => {
    const problem = problems.get(origin.name);
    return { ...origin, ...(problem !== undefined && { problem }) };
  });
}

/** Once a day, where the configuration wants it. What fails is tried again with the next tick, and said in the log. */
export async function keepTrustRoots(flow: TrustContext, now: Instant): Promise<void> {
  if (!flow.trust.refresh) return;
  const lines = await trustRoots(flow, {});
  if (lines.every(({ at }) => at !== undefined && plus(at, DAY) > now)) return;
  for (const [name, problem] of await refreshAll(flow)) flow.log.warn(`Trust roots of ${name}: ${problem}`);
}

async function refreshAll(flow: TrustContext): Promise<Map<string, string>> {
  const { refreshTrustRoots } = await import("../lib/verify/refresh-trust-roots.ts");
  const refreshed = await refreshTrustRoots(flow.trust.directory, flow.fetcher, flow.urls.trustRoots);
  return new Map(refreshed.flatMap(({ name, failure }) => (failure === undefined ? [] : [[name, failure.message]])));
}
