import type { Redis } from "ioredis";
import { Failure } from "../lib/failure.ts";

/** Connections to one Redis server. `producer` gives up soon; a worker's never does. */
export type RedisConnections = {
  readonly producer: Redis;
  readonly worker: () => Redis;
  readonly close: () => void;
};

const CONNECT_TIMEOUT = 5_000;

/** Connects to Redis, once to see that it answers. Failures name the server and never the password. */
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
    maxRetriesPerRequest: number | null;
  }) => {
    const connection = new Redis(url, options);
    connection.on("error", () => undefined); // it reconnects by itself; what was asked meanwhile reports its own failure
    opened.push(connection);
    return connection;
  };
  const close = () => {
    for (const connection of opened) connection.disconnect();
  };
  const producer = connect({ lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: CONNECT_TIMEOUT });
  const failure = await firstAnswer(producer, new URL(url).host);
  if (failure !== undefined) {
    close();
    return failure;
  }
  return { producer, worker: () => connect({ maxRetriesPerRequest: null }), close };
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
    const detail = cause instanceof Error ? cause.message : String(cause);
    if (/NOAUTH|WRONGPASS/.test(detail)) {
      return new Failure("unauthorized", `The Redis server at ${host} refuses us: check the password in REDIS_URL.`);
    }
    return new Failure(
      "unavailable",
      `The Redis server at ${host} does not answer (${detail}): start it, or correct REDIS_URL.`,
    );
  }
}
