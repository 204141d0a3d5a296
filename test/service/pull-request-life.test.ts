import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plus } from "../../src/domain/instant.ts";
import { FORGE_IDS, type ForgeId } from "../../src/domain/project.ts";
import type { DemoWorld } from "../demo/world.ts";
import { limited } from "../support/database.ts";
import { addRepository, addTag, pushCommit } from "../upstreams/github/builders.ts";
import { fullName } from "../upstreams/github/world.ts";
import { pushImage } from "../upstreams/oci/world.ts";
import { publishToPypi } from "../upstreams/pypi.ts";
import { type LifeLab, openLifeLab } from "./life-lab.ts";
import { digestNow, type Path, type Paths, type Place, placeOf, repositoryAt } from "./life-path.ts";
import { PATHS_OF_EVENTS } from "./life-paths-of-events.ts";
import { PATHS_OF_RULES } from "./life-paths-of-rules.ts";

const PATHS: Paths = { ...PATHS_OF_EVENTS, ...PATHS_OF_RULES };
const NAMES = Object.keys(PATHS);

/** Forgejo tells administrators alone who may write. */
const PEOPLE = { maintainer: "write", "headgate-user": "admin" } as const;
const READERS = { maintainer: "write", "headgate-user": "read" } as const;

function fill(world: DemoWorld): void {
  const long = plus(world.github.clock(), -400 * 24 * 3_600_000);
  for (const [name, tag] of [...actions().map((action) => [action, "v1.0.0"] as const), ["steps", "v1"] as const]) {
    const action = addRepository(world.github, `life/${name}`, { createdAt: long });
    addTag(action, tag, { commit: action.refs.get("refs/heads/main") ?? "", at: long });
  }
  pushImage(world.hub, "life/base", "1", { content: "base", pushedAt: long });
  for (const [name, { files, repository, readOnly }] of Object.entries(PATHS)) {
    const own = files?.(world) ?? { "requirements.txt": `${name}==1.0.0\n` };
    const collaborators = readOnly === true ? READERS : PEOPLE;
    addRepository(world.github, `life/${name}`, { ...repository, files: own, createdAt: long, collaborators });
  }
  for (const name of packages()) publishToPypi(world.pypi, name, "1.0.0", long);
  score(world);
  limit(world);
}

/** What is known elsewhere of packages that are to be scored. */
function score(world: DemoWorld): void {
  const scored = NAMES.filter((name) => pathOf(name).scored === true);
  const versions = scored.flatMap((name) => [`PYPI/${name}/1.0.0`, `PYPI/${name}/1.1.0`]);
  Object.assign(world.trust, {
    downloads: Object.fromEntries(scored.map((name) => [`pypi/${name}`, 9_000_000])),
    versions: Object.fromEntries(versions.map((version) => [version, { attested: false }])),
  });
}

/** The token is for all repositories but those that are only read, and may change no workflow. */
function limit(world: DemoWorld): void {
  const token = world.github.tokens.get(world.token);
  if (token === undefined) throw new Error("the token is gone");
  const { workflows: _, ...permissions } = token.permissions;
  const written = NAMES.filter((name) => pathOf(name).readOnly !== true).map((name) => repositoryAt(world, name));
  Object.assign(token, { permissions, repositories: written.map(fullName) });
}

function pathOf(name: string): Path {
  const path = PATHS[name];
  if (path === undefined) throw new Error(`there is no path ${name}`);
  return path;
}

function packages(): string[] {
  return NAMES.flatMap((name) => [name, `${name}-two`].slice(0, pathOf(name).packages ?? 1));
}

function actions(): string[] {
  return NAMES.filter((name) => pathOf(name).action === true).map((name) => `${name}-action`);
}

/** What is expected on a forge, and how the test is called. */
function expectedOn(forge: ForgeId, name: string) {
  const { expected, elsewhere } = pathOf(name);
  return elsewhere?.on.includes(forge) === true
    ? { name, title: `${name}, which is another thing here: ${elsewhere.since}`, expected: elsewhere.expected }
    : { name, title: name, expected };
}

const RULES = NAMES.flatMap((name) => {
  const { rule } = pathOf(name);
  return rule === undefined ? [] : [`  - { match: { project: ${name} }, ${rule} }`];
});

const DAYS = 24;

describe.skipIf(limited()).each(FORGE_IDS)("a pull request on %s, through the queue and its workers", (forge) => {
  let lab: LifeLab;
  const digests = { early: "", late: "" };
  /** What could not be done on a path: its own test fails. */
  const stuck = new Map<string, unknown>();

  const placeAt = (name: string) => placeOf(name, { ...lab, forge, digests });

  function all(act: (path: Path, here: Place) => void): void {
    for (const name of NAMES) {
      try {
        act(pathOf(name), placeAt(name));
      } catch (error) {
        if (!stuck.has(name)) stuck.set(name, error);
      }
    }
  }

  /** Looks are of Monday, 2 March, and of Sunday the 22nd at 11:00, 13:00 and 15:00; the last ones of 11 April. */
  beforeAll(async () => {
    const more = ["rules:", ...RULES, ""].join("\n");
    lab = await openLifeLab(
      NAMES.map((name) => `life/${name}`),
      fill,
      { forge, more },
    );
    const { world, look } = lab;
    await look(1);
    for (const name of packages()) publishToPypi(world.pypi, name, "1.1.0", world.github.clock());
    for (const name of actions()) {
      const action = repositoryAt(world, name);
      addTag(action, "v1.1.0", { commit: pushCommit(world.github, action, { message: "1.1.0" }) });
    }
    all(({ before }, here) => before?.(here));
    await look(1);
    await look(20 * DAYS);
    digests.early = await digestNow(lab.flow);
    all(({ act }, here) => act?.(here));
    await look(2);
    all(({ later, newer }, here) => {
      later?.(here);
      if (newer === true) publishToPypi(world.pypi, here.name, "1.2.0", world.github.clock());
    });
    await look(2);
    await look(20 * DAYS);
    await look(2);
    digests.late = await digestNow(lab.flow);
  }, 600_000);
  afterAll(() => lab?.close());

  it.each(NAMES.map((name) => expectedOn(forge, name)))("$title", async ({ name, expected }) => {
    if (stuck.has(name)) throw stuck.get(name);
    await expected(placeAt(name));
  });

  it("leaves no job undone and no complaint behind", () => {
    const errors = lab.complaints.filter((line) => /"level":"error"/.test(line));
    expect(errors).toEqual([]);
  });
});
