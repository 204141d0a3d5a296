import type { Config } from "./config.ts";
import { WANTS_CONNECTIONS } from "./db/open/connections.ts";
import type { Instant } from "./domain/instant.ts";
import type { FlowContext } from "./flow/context.ts";
import { tickProjects } from "./flow/ticks.ts";
import { type Failure, isFailure, toFailure } from "./lib/failure.ts";
import { type Log, withoutValues } from "./lib/log.ts";
import { enqueueTo } from "./service/enqueue.ts";
import { type Exchangeable, startExchangeable } from "./service/exchangeable.ts";
import { fixedChanges } from "./service/fixed.ts";
import { type Ground, openGround, type Role } from "./service/ground.ts";
import { lackingOf } from "./service/lacking.ts";
import { type BuiltFlow, buildFlow, secretsOf, withNpmRegistry } from "./service/open-flow.ts";
import { startParts } from "./service/parts.ts";
import { watchQueue } from "./service/queue-watch.ts";
import { type Edge, type ServedDashboard, startWeb } from "./service/web.ts";

/** A running process. `lacking`: what it does without, and what that costs, as sentences. */
export type Service = {
  readonly lacking: readonly string[];
  /** Absent where this process serves none. */
  readonly dashboard?: ServedDashboard;
  /** Takes over another configuration; gives the options that only count after a restart. What throws has left the former one working. */
  readonly reload: (config: Config) => Promise<readonly string[]>;
  /** Stops within the five seconds that jobs have to finish and a little: what runs is finished, or given back to its rows. */
  readonly close: () => Promise<void>;
};

/** Starts what a role has, and stops it in reverse order: store and queue, the flow over them, the edge, schedule and workers. */
export async function startService(
  config: Config,
  role: Role,
  given: Log,
  clock: () => Instant = () => new Date().toISOString(),
): Promise<Service | Failure> {
  const log = withoutValues(given, secretsOf(config));
  await using opened = new AsyncDisposableStack(); // whatever fails or throws before the end gives all of it back
  const complete = withNpmRegistry(config); // answered while the store opens
  const ground = await openGround(config, role, { log, clock }, opened);
  if (isFailure(ground)) return ground;
  const built = await buildOver(ground, await complete).catch(storeWentAway);
  if (isFailure(built)) return built;
  const running = { built };
  opened.defer(() => running.built.close());
  let isWorking = () => true; // the edge is there before schedule and workers: when its port is taken, nothing has been started
  const edge = await startEdge(ground, built.flow, config, () => isWorking());
  if (isFailure(edge)) return edge;
  opened.defer(async () => edge?.close());
  const parts = await startExchangeable(
    (flow, current) => startParts(ground, flow, current),
    { flow: built.flow, config },
    log,
  );
  opened.defer(parts.stop);
  isWorking = parts.areRunning;
  opened.defer(watchQueue(ground));
  const all = opened.move();
  return {
    lacking: lackingOf(config),
    ...(edge !== undefined && { dashboard: edge.dashboard }),
    reload: async (changed) => {
      const before = running.built;
      running.built = await takeOver({ ground, edge, parts }, changed);
      await before.close();
      return fixedChanges(config, changed);
    },
    close: () => all.disposeAsync(),
  };
}

function buildOver({ database, log, clock }: Ground, config: Config): Promise<BuiltFlow> {
  return buildFlow(config, database, log, clock);
}

/** It answered a moment ago. A database's error quotes the statement; its cause says what happened. */
function storeWentAway(thrown: unknown): Failure {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const { code } = cause as { code?: unknown };
  const advice = code === WANTS_CONNECTIONS.code ? ` (${WANTS_CONNECTIONS.advice})` : "";
  return toFailure(cause, "unavailable", `The store failed in the middle of the start${advice}`);
}

/** The dashboard and the API, where this process has them. What people decide there is carried out at once. */
async function startEdge(
  { queue, has }: Ground,
  flow: FlowContext,
  config: Config,
  isWorking: () => boolean,
): Promise<Edge | Failure | undefined> {
  if (!has("web")) return undefined;
  return startWeb(flow, config, {
    probes: { depths: queue.depths, isWorking },
    carryOut: (shown) => tickProjects(shown, enqueueTo(queue, shown)),
  });
}

/** What serves, to be put over another configuration. */
type Serving = { readonly ground: Ground; readonly edge: Edge | undefined; readonly parts: Exchangeable };

/** Gives the flow that serves from now on. What throws has left the former one working. */
async function takeOver({ ground, edge, parts }: Serving, config: Config): Promise<BuiltFlow> {
  const next = await buildOver(ground, await withNpmRegistry(config));
  const failure = await parts.exchange({ flow: next.flow, config });
  if (failure !== undefined) {
    await next.close();
    throw failure;
  }
  edge?.show(next.flow, config);
  return next;
}
