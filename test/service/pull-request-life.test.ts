import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { candidatesOf } from "../../src/db/candidates.ts";
import { deliveriesOf } from "../../src/db/deliveries.ts";
import { humanDecisionsFor } from "../../src/db/human-decisions.ts";
import { plus } from "../../src/domain/instant.ts";
import { FORGE_IDS, type ForgeId } from "../../src/domain/project.ts";
import { buildChange } from "../../src/flow/deliver/apply-candidate.ts";
import { entriesOf } from "../../src/flow/letters/digest-material.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { DemoWorld } from "../demo/world.ts";
import { limited } from "../support/database.ts";
import {
  addRepository,
  addTag,
  closePullRequest,
  commentOn,
  labelPullRequest,
  mergePullRequest,
  moveTag,
  openPullRequestOf,
  pushCommit,
  reopenPullRequest,
} from "../upstreams/github/builders.ts";
import { getObject } from "../upstreams/github/git-objects.ts";
import { entryAt } from "../upstreams/github/git-trees.ts";
import { findRepository, history, type PullRequest, type Repository } from "../upstreams/github/world.ts";
import { publishToPypi, yankFromPypi } from "../upstreams/pypi.ts";
import { type LifeLab, openLifeLab } from "./life-lab.ts";

/** One repository that is watched, and what happens to its pull request. */
type Path = {
  /** Before anything is proposed. */
  readonly before?: (here: Place) => void;
  /** Once 1.1.0 is proposed. */
  readonly act?: (here: Place) => void;
  /** Two looks later. */
  readonly later?: (here: Place) => void;
  /** Publishes 1.2.0 and lets its wait pass. */
  readonly newer?: boolean;
  readonly files?: (world: DemoWorld) => Record<string, string>;
  readonly expected: (here: Place) => Promise<void> | void;
};

type Place = {
  readonly name: string;
  readonly world: DemoWorld;
  readonly repository: Repository;
  /** Pull requests of Headgate, oldest first. */
  readonly ours: () => PullRequest[];
  /** The only one; every path but those that open another has one. */
  readonly pull: () => PullRequest;
  readonly text: (pull: PullRequest, path?: string) => string;
  readonly stateOf: (version: string) => Promise<string | undefined>;
  /** An account that the forge tells to be a program's. */
  readonly bot: string;
};

const ACTION = "life/action";
const WORKFLOW = ".github/workflows/ci.yml";

const PATHS: Readonly<Record<string, Path>> = {
  opened: {
    expected: async ({ pull, text, repository, stateOf, name }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: `Bump ${name} from 1.0.0 to 1.1.0`, baseRefName: "main" });
      expect(text(pull())).toBe(`${name}==1.1.0\n`);
      expect(ownCommits(repository, pull())).toBe(1);
      expect(await stateOf("1.1.0")).toBe("proposed");
      expect(statusesOf(repository, pull())).toEqual(["success"]);
    },
  },
  superseded: {
    newer: true,
    expected: async ({ pull, text, repository, stateOf, name }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: `Bump ${name} from 1.0.0 to 1.2.0` });
      expect(text(pull())).toBe(`${name}==1.2.0\n`);
      expect(ownCommits(repository, pull())).toBe(1);
      expect([await stateOf("1.1.0"), await stateOf("1.2.0")]).toEqual(["superseded", "proposed"]);
    },
  },
  rebased: {
    act: ({ world, repository, name }) => {
      const text = `# kept in step with the image\n${name}==1.0.0  # see docs\n`;
      pushCommit(world.github, repository, { message: "Say why", files: { "requirements.txt": text } });
    },
    expected: ({ pull, text, repository, name }) => {
      expect(pull().state).toBe("OPEN");
      expect(text(pull())).toBe(`# kept in step with the image\n${name}==1.1.0  # see docs\n`);
      expect(ownCommits(repository, pull())).toBe(1);
    },
  },
  frozen: {
    newer: true,
    act: ({ world, repository, pull }) => {
      const branch = pull().headRefName;
      pushCommit(world.github, repository, { branch, message: "Mine", files: { "fix.txt": "a person's work\n" } });
    },
    expected: async ({ pull, text, name }) => {
      expect(pull().state).toBe("OPEN");
      expect(text(pull(), "fix.txt")).toBe("a person's work\n");
      expect(text(pull())).toContain("==1.1.0");
      const [entry] = (await entriesOf(lab.flow, name)).filter(({ candidate }) => candidate.to.version === "1.2.0");
      expect(entry?.byHand).toMatch(/^waits for #1, .*merge or close it/);
    },
  },
  "closed-by-a-person": {
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    expected: async ({ pull, stateOf, name }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.map(({ body }) => body)).toEqual([expect.stringContaining("not proposed again")]);
      expect(await stateOf("1.1.0")).toBe("closed");
      const said = await humanDecisionsFor(lab.flow.db, name, `pkg:pypi/${name}`);
      expect(said).toMatchObject([{ action: "skip", range: "=1.1.0", by: "maintainer" }]);
    },
  },
  "opened-again": {
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    later: ({ world, repository, pull }) => reopenPullRequest(world.github, repository, pull().number),
    newer: true,
    expected: async ({ pull, text, stateOf, name }) => {
      const said = await humanDecisionsFor(lab.flow.db, name, `pkg:pypi/${name}`);
      expect(said.map(({ action, by }) => [action, by])).toEqual([
        ["skip", "maintainer"],
        ["reopen", "maintainer"],
      ]);
      expect(pull()).toMatchObject({ state: "OPEN", title: `Bump ${name} from 1.0.0 to 1.2.0` });
      expect(text(pull())).toBe(`${name}==1.2.0\n`);
      expect([await stateOf("1.1.0"), await stateOf("1.2.0")]).toEqual(["superseded", "proposed"]);
    },
  },
  "closed-by-a-bot": {
    act: ({ world, repository, pull, bot }) => closePullRequest(world.github, repository, pull().number, bot),
    expected: async ({ ours, stateOf, name }) => {
      expect(ours().map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
      expect(await stateOf("1.1.0")).toBe("proposed");
      expect(await humanDecisionsFor(lab.flow.db, name, `pkg:pypi/${name}`)).toEqual([]);
    },
  },
  yanked: {
    act: ({ world, name }) => yankFromPypi(world.pypi, name, "1.1.0", "breaks sessions"),
    expected: async ({ pull, stateOf, repository }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toMatch(/yanked.*breaks sessions/s);
      expect(await stateOf("1.1.0")).toBe("withdrawn");
      expect(repository.refs.has(`refs/heads/${pull().headRefName}`)).toBe(false);
    },
  },
  deleted: {
    act: ({ world, name }) => {
      delete world.pypi.projects[name]?.versions["1.1.0"];
    },
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toContain("1.1.0 is gone from its upstream");
      expect(await stateOf("1.1.0")).toBe("withdrawn");
    },
  },
  moved: {
    files: (world) => {
      const action = findRepository(world.github, "life", "action");
      const commit = action?.refs.get("refs/tags/v1.0.0");
      const step = `jobs:\n  a:\n    steps:\n      - uses: ${ACTION}@${commit} # v1.0.0\n`;
      return { [WORKFLOW]: step };
    },
    act: ({ world }) => {
      const action = findRepository(world.github, "life", "action");
      if (action === undefined) throw new Error("the action is gone");
      moveTag(action, "v1.1.0", pushCommit(world.github, action, { message: "Not what you saw", branch: "aside" }));
    },
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toMatch(/changed|moved|another commit/);
      expect(await stateOf("1.1.0")).toBe("withdrawn");
    },
  },
  malware: {
    act: ({ world, name }) => reportMalware(world, name, "MAL-2026-7"),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toContain("MAL-2026-7");
      expect(await stateOf("1.1.0")).toBe("withdrawn");
    },
  },
  reverted: {
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    later: ({ world, name }) => yankFromPypi(world.pypi, name, "1.1.0", "breaks sessions"),
    expected: ({ ours, text, name }) => {
      expect(ours().map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
      const [, back] = ours();
      expect(back?.title).toBe(`Go back from ${name} 1.1.0 to 1.0.0`);
      expect(back === undefined ? "" : text(back)).toBe(`${name}==1.0.0\n`);
    },
  },
  "malware-after-merge": {
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    later: ({ world, name }) => reportMalware(world, name, "MAL-2026-8"),
    expected: ({ ours, text, name }) => {
      expect(ours().map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
      const [, back] = ours();
      expect(back?.title).toBe(`Go back from ${name} 1.1.0 to 1.0.0`);
      expect(back?.body).toContain("MAL-2026-8");
      expect(back === undefined ? "" : text(back)).toBe(`${name}==1.0.0\n`);
    },
  },
  covered: {
    before: ({ world, repository, name }) => {
      const files = { "requirements.txt": `${name}==1.1.0\n` };
      openPullRequestOf(world.github, repository, "dependabot[bot]", { branch: "dependabot/x", title: "Bump", files });
    },
    expected: async ({ ours, name }) => {
      expect(ours()).toEqual([]);
      const ids = (await candidatesOf(lab.flow.db, name)).map(({ id }) => id);
      const refused = (await deliveriesOf(lab.flow.db, "candidate", ids)).filter(({ state }) => state === "refused");
      expect(refused.map(({ error }) => error)).toContainEqual(expect.stringContaining("covered by #1 of dependabot"));
    },
  },
  locked: {
    files: () => ({
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = [\n  "locked==1.0.0",\n]\n',
      "uv.lock": "version = 1\n",
    }),
    expected: async ({ ours, name }) => {
      expect(ours()).toEqual([]);
      const [entry] = (await entriesOf(lab.flow, name)).filter(({ candidate }) => candidate.to.version === "1.1.0");
      expect(entry?.byHand).toMatch(/^governed by a lock file: pyproject\.toml:5: uv\.lock .*run uv lock/);
    },
  },
  merged: {
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("MERGED");
      expect(await stateOf("1.1.0")).toBe("merged");
    },
  },
  grouped: {
    files: () => ({ "requirements.txt": "grouped==1.0.0\ngrouped-two==1.0.0\n" }),
    expected: async ({ pull, text, repository, stateOf }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: "Update libraries: 2 upstreams" });
      expect(text(pull())).toBe("grouped==1.1.0\ngrouped-two==1.1.0\n");
      expect(ownCommits(repository, pull())).toBe(1);
      expect(await stateOf("1.1.0")).toBe("proposed");
    },
  },
  "in-lock-step": {
    files: () => ({
      Dockerfile: "FROM scratch\nARG STACK=1.0.0\nRUN pip install in-lock-step==${STACK} in-lock-step-two==${STACK}\n",
    }),
    expected: async ({ pull, text, stateOf }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: "Update stack: 2 upstreams" });
      expect(text(pull(), "Dockerfile")).toContain("ARG STACK=1.1.0\n");
      expect(await stateOf("1.1.0")).toBe("proposed");
      for (const { id } of await candidatesOf(lab.flow.db, "in-lock-step", ["proposed"])) {
        const change = await buildChange(lab.flow, { candidate: id });
        expect(isFailure(change) ? change.message : change.files[0]?.text).toContain("ARG STACK=1.1.0\n");
      }
    },
  },
  "held-by-comment": {
    act: ({ world, repository, pull }) =>
      commentOn(world.github, repository, pull().number, "/headgate hold we test it"),
    expected: async ({ pull, repository, stateOf }) => {
      expect(pull().state).toBe("OPEN");
      expect(await stateOf("1.1.0")).toBe("held");
      expect(statusesOf(repository, pull())).toEqual(["success", "pending"]);
    },
  },
  "skipped-by-label": {
    act: ({ world, repository, pull }) =>
      labelPullRequest(world.github, repository, pull().number, { name: "headgate:skip" }),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(await stateOf("1.1.0")).toBe("skipped");
    },
  },
  "bumped-by-hand": {
    act: ({ world, repository, name }) => {
      const files = { "requirements.txt": `${name}==1.1.0\n` };
      pushCommit(world.github, repository, { message: "By hand", files });
    },
    expected: ({ pull }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toContain("already");
    },
  },
};

function reportMalware(world: DemoWorld, name: string, id: string): void {
  const [modified, published] = [world.github.clock(), world.github.clock()];
  const affected = [{ package: { ecosystem: "PyPI", name, purl: `pkg:pypi/${name}` }, versions: ["1.1.0"] }];
  world.osv.advisories.push({ id, modified, published, summary: "Sends what it finds elsewhere", affected });
}

let lab: LifeLab;
let forge: ForgeId;
const BOTS: Readonly<Record<ForgeId, string>> = {
  github: "tidy[bot]",
  forgejo: "forgejo-actions",
  gitlab: "project_7_bot_4ffca233d8298ea1",
};

function placeOf(name: string, world: DemoWorld): Place {
  const repository = findRepository(world.github, "life", name);
  if (repository === undefined) throw new Error(`life/${name} is gone`);
  const ours = () => repository.pullRequests.filter((pull) => pull.headRefName.startsWith("headgate/"));
  return {
    name,
    world,
    repository,
    ours,
    pull: () => {
      const [pull, ...more] = ours();
      if (pull === undefined || more.length > 0) throw new Error(`${name} has ${more.length + 1} pull requests`);
      return pull;
    },
    text: (pull, path = "requirements.txt") => {
      const tree = getObject(repository.objects, pull.headRefOid, "commit")?.tree ?? "";
      const blob = getObject(repository.objects, entryAt(repository.objects, tree, path)?.sha, "blob");
      return blob?.bytes.toString() ?? "";
    },
    bot: BOTS[forge],
    stateOf: async (version) => (await candidatesOf(lab.flow.db, name)).find((one) => one.to === version)?.state,
  };
}

/** Commits on a branch that are not on the base. */
function ownCommits(repository: Repository, pull: PullRequest): number {
  const base = new Set(history(repository, repository.refs.get("refs/heads/main") ?? "").map(({ oid }) => oid));
  return history(repository, pull.headRefOid).filter(({ oid }) => !base.has(oid)).length;
}

function statusesOf({ statuses }: Repository, pull: PullRequest): string[] {
  return statuses.filter(({ sha }) => sha === pull.headRefOid).map(({ state }) => state);
}

/** Forgejo tells administrators alone who may write. */
const PEOPLE = { maintainer: "write", "headgate-user": "admin" } as const;

function fill(world: DemoWorld): void {
  const long = plus(world.github.clock(), -400 * 24 * 3_600_000);
  const action = addRepository(world.github, ACTION, { createdAt: long });
  addTag(action, "v1.0.0", { commit: action.refs.get("refs/heads/main") ?? "", at: long });
  for (const [name, { files }] of Object.entries(PATHS)) {
    const own = files?.(world) ?? { "requirements.txt": `${name}==1.0.0\n` };
    addRepository(world.github, `life/${name}`, { files: own, createdAt: long, collaborators: PEOPLE });
  }
  for (const name of packages()) publishToPypi(world.pypi, name, "1.0.0", long);
}

function packages(): string[] {
  return [...Object.keys(PATHS).filter((name) => name !== "moved"), "grouped-two", "in-lock-step-two"];
}

const all = (act: (path: Path, here: Place) => void) => {
  for (const [name, path] of Object.entries(PATHS)) act(path, placeOf(name, lab.world));
};

const DAYS = 24;

describe.skipIf(limited()).each(FORGE_IDS)("a pull request on %s, through the queue and its workers", (id) => {
  beforeAll(async () => {
    forge = id;
    const rules = `rules:\n  - match: { project: grouped }\n    group: libraries\n`;
    lab = await openLifeLab(
      Object.keys(PATHS).map((name) => `life/${name}`),
      fill,
      { forge, more: rules },
    );
    await lab.look(1);
    await lab.look(1);
    for (const name of packages()) publishToPypi(lab.world.pypi, name, "1.1.0", lab.world.github.clock());
    const action = findRepository(lab.world.github, "life", "action");
    if (action === undefined) throw new Error("the action is gone");
    addTag(action, "v1.1.0", { commit: pushCommit(lab.world.github, action, { message: "1.1.0" }) });
    all(({ before }, here) => before?.(here));
    await lab.look(1);
    await lab.look(20 * DAYS);
    all(({ act }, here) => act?.(here));
    await lab.look(2);
    await lab.look(2);
    all(({ later, newer }, here) => {
      later?.(here);
      if (newer === true) publishToPypi(lab.world.pypi, here.name, "1.2.0", lab.world.github.clock());
    });
    await lab.look(2);
    await lab.look(20 * DAYS);
    await lab.look(2);
  }, 600_000);
  afterAll(() => lab?.close());

  it.each(Object.keys(PATHS))("%s", async (name) => {
    await PATHS[name]?.expected(placeOf(name, lab.world));
  });

  it("leaves no job undone and no complaint behind", () => {
    const errors = lab.complaints.filter((line) => /"level":"error"/.test(line));
    expect(errors).toEqual([]);
  });
});
