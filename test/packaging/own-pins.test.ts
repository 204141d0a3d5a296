import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import type { Pin } from "../../src/domain/pin.ts";
import { readPins } from "../../src/flow/discover/read-pins.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { readLocalTree } from "../../src/lib/trees/local.ts";

const root = join(import.meta.dirname, "../..");

/** What a line takes from upstream, read without Headgate: `name` as far as it stands in the upstream's. */
type Taken = { readonly path: string; readonly line: number; readonly name: string };

/** Lines of a file that match; the first group is what is taken. */
function taken(path: string, pattern: RegExp): Taken[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    const [, name] = pattern.exec(text) ?? [];
    return name === undefined ? [] : [{ path, line: index + 1, name }];
  });
}

const workflows = readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`);

describe("what Headgate is made of is watched by the configuration that ships", () => {
  let pins: readonly Pin[];
  beforeAll(async () => {
    const config = readConfig({ file: join(root, "config/headgate.yaml"), environment: {} });
    if (isFailure(config)) throw config;
    const tree = await readLocalTree(root);
    if (isFailure(tree)) throw tree;
    ({ pins } = await readPins(tree, config.projects[0]?.ignorePaths ?? []));
  });

  it.each([
    ["image of docker-compose.yml", taken("docker-compose.yml", /^ +image: ([^$\s:]+):/), 3],
    ["image of the Dockerfile", taken("Dockerfile", /^(?:FROM |# syntax=)(?:gcr\.io\/)?([^\s:]+):/i), 3],
    ["action of the workflows", workflows.flatMap((path) => taken(path, /\buses: ([^\s@]+)@/)), 15],
  ])("each %s", (_what, all, least) => {
    expect(all.length).toBeGreaterThanOrEqual(least);
    const isWatched = ({ path, line, name }: Taken) =>
      pins.some((pin) => pin.path === path && pin.line === line && pin.upstream.includes(`/${name}`));
    expect(all.filter((one) => !isWatched(one))).toEqual([]);
  });
});
