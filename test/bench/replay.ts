import { defaultPolicy } from "../../src/config.ts";
import { type ReplayedCandidate, replayIncident, summarise } from "../../src/flow/replay.ts";
import { readIncidents } from "../../src/flow/replay-file.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { aGitProject, aPackage, randomOf, takeovers } from "../support/histories.ts";
import { recordedIncidents } from "../support/incidents.ts";

/** `npm run bench:replay`: what the default policy stops, and what it costs, in made-up worlds. */
const policy = defaultPolicy();
const seeds = Number(process.argv[2] ?? 10);

function replay(value: unknown): ReplayedCandidate[] {
  const incidents = readIncidents(JSON.stringify(value), "the made-up world");
  if (isFailure(incidents)) throw incidents;
  return incidents.flatMap((incident) => replayIncident(incident, policy));
}

const random = randomOf(1);
const begun = performance.now();
const git = Array.from({ length: 5 * seeds }, (_, index) => replay(aGitProject(random, `g${index}`))).flat();
const packages = Array.from({ length: 5 * seeds }, (_, index) => replay(aPackage(random, `p${index}`))).flat();
const worlds = Array.from({ length: seeds }, () =>
  takeovers(random).map((one) => ({ ...one, replayed: replay(one.incident) })),
);
const seconds = (performance.now() - begun) / 1000;

for (const [name, rows] of [
  ["git", git],
  ["packages", packages],
] as const) {
  const { others } = summarise(rows);
  const rules = Object.entries(
    Object.groupBy(
      rows.filter(({ outcome }) => outcome === "hold"),
      (one) => one.rules.join("+"),
    ),
  );
  const by = rules.map(([rule, held = []]) => `${rule} ${held.length}`).join(", ");
  console.log(
    `${name}: ${others.total} releases, ${(100 * others.holdRate).toFixed(2)}% held (${by}); median delay ${JSON.stringify(others.medianDelayDays)} days`,
  );
}
for (const forgotten of [0.004, 0.01, 0.015, 0.02, 0.04]) {
  const rows = Array.from({ length: 5 * seeds }, (_, index) =>
    replay(aPackage(random, `f${index}`, 40, forgotten)),
  ).flat();
  const rate = (100 * summarise(rows).others.holdRate).toFixed(2);
  console.log(`packages whose careful projects forget ${100 * forgotten}% of their tags: ${rate}% held`);
}
for (const [forgot, words] of [
  [0, "never forgot a tag"],
  [20, "forgot one of their last twelve tags"],
] as const) {
  const rows = recordedIncidents(forgot).map((one) => ({ ...one, outcome: replay(one.incident)[0]?.outcome }));
  const many = (wanted: string, some = rows) => some.filter(({ outcome }) => outcome === wanted).length;
  const evident = rows.filter((one) => one.evident);
  const replaced = rows.filter((one) => one.replaced);
  console.log(
    `recorded takeovers, where projects ${words}: of ${rows.length} ${many("hold")} held or blocked, ${many("wait")} kept back by waiting, ${many("missed")} missed; of ${evident.length} with evidence ${many("hold", evident)} held; of ${replaced.length} replacements ${many("missed", replaced)} missed`,
  );
}
const all = worlds.flat();
const kept = all.filter(({ replayed }) => replayed.every(({ outcome }) => outcome !== "missed")).length;
const identity = all.filter((one) => one.identity);
const held = identity.filter(({ replayed }) => replayed.every(({ outcome }) => outcome === "hold")).length;
console.log(
  `takeovers: of 39 ${(kept / seeds).toFixed(1)} not proposed before they were public; of ${identity.length / seeds} with evidence of who published ${(held / seeds).toFixed(1)} held or blocked`,
);
console.log(`${git.length + packages.length + all.length} candidates in ${seconds.toFixed(1)} s`);
