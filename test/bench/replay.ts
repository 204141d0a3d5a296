import { findScheme } from "../../src/compare/schemes.ts";
import { defaultPolicy } from "../../src/config.ts";
import { recordClone } from "../../src/flow/replay/record-clone.ts";
import { replayIncident } from "../../src/flow/replay/replay.ts";
import { readIncidents } from "../../src/flow/replay/replay-file.ts";
import type { ReplayedCandidate } from "../../src/flow/replay/replay-outcome.ts";
import { summarise } from "../../src/flow/replay/replay-summary.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { aGitProject, aPackage, randomOf, takeovers } from "../support/histories.ts";
import { recordedIncidents } from "../support/incidents.ts";

/**
 * `npm run bench:replay`: what the default policy stops, and what it costs, in made-up worlds. `-- --pypi CLONE…`: what it
 * costs where the tags of real projects are taken for their releases on PyPI.
 */
const policy = defaultPolicy();

function replay(value: unknown): ReplayedCandidate[] {
  const incidents = readIncidents(JSON.stringify(value), "the made-up world");
  if (isFailure(incidents)) throw incidents;
  return incidents.flatMap((incident) => replayIncident(incident, policy));
}

/** The finished versions of a clone since `since`, as PyPI would list them: numbers and times, and what `facts` adds. */
async function asPackage(folder: string, since: string, facts: object): Promise<object[]> {
  const clone = await recordClone(folder);
  const scheme = findScheme("pep440");
  if (isFailure(clone) || isFailure(scheme)) throw clone;
  const releases = clone.releases.flatMap(({ version: tag, publishedAt, state }) => {
    const version = tag.replace(/^\D*/, "").replaceAll("_", ".");
    return scheme.isVersion(version) ? [{ version, publishedAt, state, ...facts }] : [];
  });
  const candidate = releases
    .filter(({ state, publishedAt }) => state === "released" && publishedAt >= since)
    .map(({ version }) => version);
  const name = clone.upstream.replace(/^.*\//, "").toLowerCase();
  return candidate.length === 0 ? [] : [{ upstream: `pkg:pypi/${name}`, candidate, releases }];
}

/** What of a package can be known besides, when nothing is wrong with it: then dates are no longer all there is. */
const KNOWN = { tagExists: true, publisher: { repository: "owner/name", workflow: "release.yml" } };

async function realRhythms(folders: readonly string[]): Promise<void> {
  for (const [words, facts] of [
    ["numbers and times", {}],
    ["also a tag and the same publisher for each", KNOWN],
  ] as const) {
    const rows = (await Promise.all(folders.map((folder) => asPackage(folder, "2019-01-01", facts)))).flat();
    const { total, hold, holdRate, heldBy, medianDelayDays } = summarise(rows.flatMap(replay)).others;
    console.log(
      `${words}: ${rows.length} projects, ${total} releases since 2019, ${hold} held (${(100 * holdRate).toFixed(2)}%: ${JSON.stringify(heldBy)}); median delay ${JSON.stringify(medianDelayDays)} days`,
    );
  }
}

function madeUpWorlds(seeds: number): void {
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
    const { total, holdRate, heldBack } = summarise(rows).others;
    const rate = `${((100 * heldBack) / total).toFixed(2)}% held longer than they wait, ${(100 * holdRate).toFixed(2)}%`;
    console.log(`packages whose careful projects forget ${100 * forgotten}% of their tags: ${rate} to the end`);
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
}

const [first, ...folders] = process.argv.slice(2);
if (first === "--pypi") await realRhythms(folders);
else madeUpWorlds(Number(first ?? 10));
