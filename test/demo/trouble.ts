import { DAY, type Instant, plus } from "../../src/domain/instant.ts";
import { addAsset, addRepository, addTag } from "../upstreams/github/builders.ts";
import { findRepository } from "../upstreams/github/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { type DemoWorld, lastNight } from "./world.ts";

const CAREFUL = "harbourlights/quayside";

/** How a package of the demo was made so far: every version that its registry has is tagged where its source is. */
export function carefulPast({ github, pypi }: DemoWorld, today: Instant): void {
  const repository = addRepository(github, CAREFUL, { stars: 120, createdAt: plus(today, -900 * DAY) });
  const versions = ["1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.9.0", "1.9.1"];
  for (const [index, version] of versions.entries()) {
    const at = plus(today, (index - versions.length) * 60 * DAY);
    addTag(repository, `v${version}`, { at });
    if (pypi.projects.quayside?.versions[version] === undefined) publishToPypi(pypi, "quayside", version, at);
  }
  const { quayside } = pypi.projects;
  if (quayside !== undefined) quayside.info = { project_urls: { Source: `https://github.com/${CAREFUL}` } };
}

/**
 * What goes wrong last night, as it does in life: somebody who has only a publishing token publishes a version that the
 * source knows nothing of, and a file is replaced under a version that is pinned.
 */
export function nightOfTrouble(world: DemoWorld, now: Instant): void {
  lastNight(world, now);
  const { github, pypi } = world;
  publishToPypi(pypi, "quayside", "1.9.3", plus(now, -DAY / 4));
  const release = findRepository(github, "harbourlights", "tide")?.releases.find(({ tag }) => tag === "v0.2.30");
  if (release === undefined) throw new Error("the demo's repositories are gone");
  addAsset(github, release, {
    name: "tide-linux-amd64",
    content: "not what it was",
    uploader: "deckhand",
    updatedAt: plus(now, -DAY / 4),
  });
}
