import { z } from "zod";
import { deleteMeta, metaStarting, setMeta } from "../../db/service/meta.ts";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { TrustOrigin } from "../../lib/verify/sigstore/trust-roots.ts";
import type { FlowContext } from "../context.ts";

type TrustContext = Pick<FlowContext, "trust" | "fetcher" | "urls" | "log">;

/** One instance whose certificates are trusted: where its trust root came from, and what a refresh just now said. */
export type TrustRootLine = TrustOrigin & { readonly problem?: string };

/** The trust roots in use, after bringing them up to date where that is asked for. */
export async function trustRoots(
  flow: TrustContext,
  { refresh }: { readonly refresh?: boolean | undefined },
): Promise<TrustRootLine[]> {
  const problems = refresh === true ? await refreshAll(flow) : new Map<string, string>();
  const { loadTrustRoots } = await import("../../lib/verify/sigstore/trust-roots.ts");
  return loadTrustRoots(flow.trust.directory).origins.map((origin) => {
    const problem = problems.get(origin.name);
    return { ...origin, ...(problem !== undefined && { problem }) };
  });
}

/** Why trust roots could not be renewed, since when, and when the log was told. */
const TROUBLE = z.object({ message: z.string(), since: z.string(), saidAt: z.string() });
type Trouble = z.output<typeof TROUBLE>;
const PREFIX = "trust-root/";

/**
 * Once a day, where the configuration wants it. What fails is tried again with the next tick. The log hears of it when it
 * begins, changes or ends, and once a day: in a closed network it is nothing new every hour.
 */
export async function keepTrustRoots(flow: TrustContext & Pick<FlowContext, "db">, now: Instant): Promise<void> {
  const isFresh = ({ at }: TrustOrigin) => at !== undefined && plus(at, DAY) > now;
  const isAsked = flow.trust.refresh && !(await trustRoots(flow, {})).every(isFresh);
  const problems = isAsked ? await refreshAll(flow) : new Map<string, string>();
  const known = await trustTroubles(flow.db);
  for (const name of known.keys()) {
    if (problems.has(name)) continue;
    await deleteMeta(flow.db, PREFIX + name);
    if (flow.trust.refresh) flow.log.info(`Trust roots of ${name} are renewed again`);
  }
  for (const [name, message] of problems) {
    const before = known.get(name);
    const isNews = before === undefined || before.message !== message || plus(before.saidAt, DAY) <= now;
    if (isNews) flow.log.warn(`Trust roots of ${name}: ${message}`);
    await setMeta(flow.db, PREFIX + name, {
      message,
      since: before?.since ?? now,
      saidAt: isNews ? now : before.saidAt,
    });
  }
}

/** What stood in the way when trust roots were to be renewed last, by instance. */
export async function trustTroubles(db: FlowContext["db"]): Promise<Map<string, Trouble>> {
  const stored = [...(await metaStarting(db, PREFIX))];
  return new Map(
    stored.flatMap(([key, value]) => {
      const { data } = TROUBLE.safeParse(value);
      return data === undefined ? [] : [[key.slice(PREFIX.length), data] as const];
    }),
  );
}

async function refreshAll(flow: TrustContext): Promise<Map<string, string>> {
  const { refreshTrustRoots } = await import("../../lib/verify/sigstore/refresh-trust-roots.ts");
  const refreshed = await refreshTrustRoots(flow.trust.directory, flow.fetcher, flow.urls.trustRoots);
  return new Map(refreshed.flatMap(({ name, failure }) => (failure === undefined ? [] : [[name, failure.message]])));
}
