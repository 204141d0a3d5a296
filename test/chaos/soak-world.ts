import type { Instant } from "../../src/domain/instant.ts";
import { startStandIns } from "../demo/stand-ins.ts";
import { demoWorld, releaseDay } from "../demo/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";

/** What the soak tells the world: the time, and what is released at it. */
export type Turn = { readonly now: Instant; readonly releaseDay?: boolean; readonly publish?: string };

/** What the world tells the soak when it stands: where each service is, and the token that GitHub knows. */
export type Standing = { readonly urls: Readonly<Record<string, string>>; readonly token: string };

// The world grows with every release and pull request, so it lives in a process of its own: what the soak measures is Headgate's.
const clock: { now: Instant } = { now: process.argv[2] ?? "" };
const world = demoWorld(() => clock.now);
const standIns = await startStandIns(world);
const services = Object.entries(standIns).filter(([, one]) => typeof one === "object");
process.on("message", ({ now, releaseDay: isReleaseDay, publish }: Turn) => {
  clock.now = now;
  if (isReleaseDay === true) releaseDay(world, now);
  if (publish !== undefined) publishToPypi(world.pypi, "requests", publish, now);
  for (const [, one] of services) if ("requests" in one) one.requests.length = 0;
  process.send?.("done");
});
const urls = Object.fromEntries(services.flatMap(([name, one]) => ("url" in one ? [[name, one.url]] : [])));
process.send?.({ urls, token: world.token } satisfies Standing);
