import type { Redis } from "ioredis";
import { Failure, isFailure, messageOf } from "../lib/failure.ts";

/** Connections to one Redis server. `producer` gives up soon; a worker's never does. `doubts`: what is not well with the server, as sentences. */
export type RedisConnections = {
  readonly producer: Redis;
  readonly worker: () => Redis;
  readonly doubts: readonly string[];
  readonly close: () => void;
};

const CONNECT_TIMEOUT = 5_000;

/**
 * A server that is gone without a word (a machine without power, an address that moved) is noticed by probes where nothing
 * is under way, and by what is under way else: a worker asks for a job every ten seconds at least.
 */
const SILENCE = { keepAlive: 10_000, socketTimeout: 30_000 };
/** Whoever enqueues has more to do than to wait for a server that stands still. */
const ANSWER_WITHIN = 10_000;

/** After a failover the address leads to another server, and the connection still to the one that became its replica. */
const reconnectOnError = (error: Error) => error.message.includes("READONLY");

/** Connects to Redis, once to see that it answers, and can be written. Failures name the server and never the password. */
export async function connectRedis(url: string): Promise<RedisConnections | Failure> {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    return new Failure(
      "misconfigured",
      "REDIS_URL is not the address of a Redis server: it looks like redis://host:6379.",
    );
  }
  const { Redis } = await import("ioredis");
  const opened: Redis[] = [];
  const connect = (options: {
    lazyConnect?: boolean;
    connectTimeout?: number;
    commandTimeout?: number;
    maxRetriesPerRequest: number | null;
  }) => {
    const connection = new Redis(url, { ...SILENCE, reconnectOnError, ...options });
    connection.on("error", () => undefined); // it reconnects by itself; what was asked meanwhile reports its own failure
    opened.push(connection);
    return connection;
  };
  const close = () => {
    for (const connection of opened) connection.disconnect();
  };
  const producer = connect({
    ...{ lazyConnect: true, maxRetriesPerRequest: 1 },
    ...{ connectTimeout: CONNECT_TIMEOUT, commandTimeout: ANSWER_WITHIN },
  });
  const { host } = new URL(url);
  const failure = await firstAnswer(producer, host);
  const standing = failure ?? (await refusedScript(producer, host)) ?? standingOf(await infoOf(producer), host);
  if (isFailure(standing)) {
    close();
    return standing;
  }
  return { producer, worker: () => connect({ maxRetriesPerRequest: null }), doubts: standing, close };
}

/** Looks once whether a server can be the queue: what is not well with it, or why it cannot. */
export async function probeRedis(url: string): Promise<readonly string[] | Failure> {
  const redis = await connectRedis(url);
  if (isFailure(redis)) return redis;
  redis.close();
  return redis.doubts;
}

/** What the server says of itself (https://redis.io/docs/latest/commands/info/); nothing where a user may not ask that. */
async function infoOf(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const text = await redis.info().catch(() => "");
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** BullMQ refuses what is older than the first, and recommends the second (its `redis-connection`). Valkey says which Redis it stands for. */
const OLDEST = "5.0";
const RECOMMENDED = "6.2";

/** What is not well with a server, or why it cannot be the queue. */
function standingOf(info: ReadonlyMap<string, string>, host: string): readonly string[] | Failure {
  const version = info.get("redis_version") ?? RECOMMENDED;
  if (isOlder(version, OLDEST))
    return new Failure(
      "misconfigured",
      `The server at ${host} is Redis ${version}: Redis ${RECOMMENDED} or later is needed, or Valkey.`,
    );
  if (info.get("role") === "slave" && info.get("slave_read_only") !== "0")
    return new Failure(
      "misconfigured",
      `The Redis server at ${host} is a replica that can only be read: name its primary in REDIS_URL.`,
    );
  const aged = isOlder(version, RECOMMENDED)
    ? [
        `The server at ${host} is Redis ${version}, which is no longer maintained: move to ${RECOMMENDED} or later, or to Valkey.`,
      ]
    : [];
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  const limit = Number(info.get("maxmemory") ?? 0);
  if (policy === "noeviction" || limit === 0) return aged;
  return [
    ...aged,
    `The Redis server at ${host} drops keys when its memory is full (maxmemory-policy ${policy}). Jobs that it drops are done a minute later; set noeviction.`,
  ];
}

/** All that the queue does is a script over keys of its own. Anything but a want of rights may be otherwise by the next command. */
async function refusedScript(redis: Redis, host: string): Promise<Failure | undefined> {
  const refused = await redis
    .eval("return redis.call('EXISTS', KEYS[1]) + redis.call('DEL', KEYS[1])", 1, "bull:headgate:probe")
    .then(
      () => "",
      (error: Error) => error.message,
    );
  if (!refused.includes("NOPERM")) return undefined;
  return new Failure(
    "forbidden",
    `The Redis server at ${host} lets this user do too little (${refused.slice(0, 200)}): ACL SETUSER … ~bull:* +@all -@admin -@dangerous +info.`,
  );
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = than.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

async function firstAnswer(redis: Redis, host: string): Promise<Failure | undefined> {
  const broken = new Promise<Error>((resolve) => redis.once("error", resolve));
  try {
    await redis.connect();
    await redis.ping();
    return undefined;
  } catch (thrown) {
    // What `connect` throws says only that it failed; the event before it says why.
    const cause = await Promise.race([broken, thrown]);
    const detail = messageOf(cause);
    if (/NOAUTH|WRONGPASS/.test(detail)) {
      return new Failure("unauthorized", `The Redis server at ${host} refuses us: check the password in REDIS_URL.`);
    }
    return new Failure(
      "unavailable",
      `The Redis server at ${host} does not answer (${detail}): start it, or correct REDIS_URL.`,
    );
  }
}
