import { parseArgs } from "node:util";
import { WAYS } from "./cable.ts";
import { loseDay } from "./lost-day.ts";
import { storm } from "./storm.ts";

/**
 * `npm run chaos -- [--seed N] [--kills N] [--upstreams N] [--database postgres|embedded] [--minutes N]`: a real Redis and a
 * real PostgreSQL, a scheduler and four workers; services that fail one request in ten; at random any of them is killed and
 * started again, a worker stands still for longer than its leases in the middle of a request, Redis is emptied, or
 * PostgreSQL's disk is full (where this user may mount one), while every upstream releases. In the end every candidate, pull
 * request and letter that is expected must exist exactly once. `embedded`: one process with the store in it. The same seed
 * kills in the same order.
 *
 * `npm run chaos -- --lost-day refuses|swallows|never-opens|knows-no-names`: instead, a day and a half without the network,
 * on a clock of its own. Nothing may be closed or changed; it is said once, and made up for once.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    kills: { type: "string", default: "300" },
    upstreams: { type: "string", default: "500" },
    database: { type: "string", default: "postgres" },
    minutes: { type: "string", default: "25" },
    "lost-day": { type: "string" },
  },
});
if (!["postgres", "embedded"].includes(values.database)) throw new Error("--database is postgres or embedded");
const way = WAYS.find((one) => one === values["lost-day"]);
if (values["lost-day"] !== undefined && way === undefined) throw new Error(`--lost-day is ${WAYS.join(", ")}`);
if (way !== undefined) process.exit(await playLostDay(way));

const { figures, wrong } = await storm({
  seed: Number(values.seed),
  kills: Number(values.kills),
  upstreams: Number(values.upstreams),
  minutes: Number(values.minutes),
  embedded: values.database === "embedded",
  freezes: true,
});
for (const [name, figure] of Object.entries(figures)) console.log(`${name}: ${figure}`);
// one line for each kind of trouble: five hundred that are late must not hide one that is there twice
const kinds = Map.groupBy(wrong, (sentence) => sentence.replace(/hull-\d+/g, "hull-…").slice(0, 80));
for (const those of kinds.values())
  console.log(`WRONG  ${those.length === 1 ? "" : `${those.length} times, such as: `}${those[0]}`);
console.log(
  wrong.length === 0
    ? `${figures["candidates expected"]} candidates and pull requests and ${figures["letters sent"]} letters exist exactly once after ${figures.kills} kills`
    : `${wrong.length} things are wrong after ${figures.kills} kills (seed ${values.seed})`,
);
process.exit(wrong.length === 0 ? 0 : 1);

async function playLostDay(lost: (typeof WAYS)[number]): Promise<number> {
  const started = performance.now();
  const troubles = await loseDay(lost);
  for (const trouble of troubles) console.log(`WRONG  ${trouble}`);
  const seconds = Math.round((performance.now() - started) / 1_000);
  const result =
    troubles.length === 0 ? "nothing changed, told once, made up for once" : `${troubles.length} things are wrong`;
  console.log(`a day and a half with a network that ${lost.replaceAll("-", " ")}: ${result} (${seconds} s)`);
  return troubles.length === 0 ? 0 : 1;
}
