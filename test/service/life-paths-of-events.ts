import { expect } from "vitest";
import { candidatesOf } from "../../src/db/decisions/candidates.ts";
import { humanDecisionsFor } from "../../src/db/decisions/human-decisions.ts";
import { deliveriesOf } from "../../src/db/deliveries/deliveries.ts";
import { buildChange } from "../../src/flow/deliver/apply-candidate.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { DemoWorld } from "../demo/world.ts";
import {
  closePullRequest,
  commentOn,
  labelPullRequest,
  mergePullRequest,
  moveTag,
  openPullRequestOf,
  pushCommit,
  reopenPullRequest,
} from "../upstreams/github/builders.ts";
import { history } from "../upstreams/github/world.ts";
import { yankFromPypi } from "../upstreams/pypi.ts";
import { actionFile, ownCommits, type Paths, repositoryAt, statusesOf } from "./life-path.ts";

/** What becomes of a pull request by what people, bots and upstreams do. */
export const PATHS_OF_EVENTS: Paths = {
  opened: {
    expected: async ({ pull, text, repository, stateOf, name }) => {
      const title = `Bump ${name} from 1.0.0 to 1.1.0`;
      expect(pull()).toMatchObject({ state: "OPEN", title, baseRefName: "main", draft: false });
      expect([pull().labels, pull().reviewers, pull().assignees, pull().autoMerge]).toEqual([[], [], [], undefined]);
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
  "not-rebased-for-nothing": {
    act: ({ world, repository }) => {
      pushCommit(world.github, repository, { message: "Elsewhere", files: { "README.md": "# About us\n" } });
    },
    expected: ({ pull, repository }) => {
      expect(pull().state).toBe("OPEN");
      const [, parent] = history(repository, pull().headRefOid); // what people reviewed is what is there
      expect(parent?.commit.message).toBe("First commit\n");
    },
  },
  "frozen-by-a-bot": {
    newer: true,
    act: ({ world, repository, pull, bot }) => {
      const given = { branch: pull().headRefName, message: "Format", files: { "fix.txt": "a program's work\n" } };
      pushCommit(world.github, repository, { ...given, author: bot });
    },
    expected: async ({ pull, text, said }) => {
      expect(pull().state).toBe("OPEN");
      expect(text(pull(), "fix.txt")).toBe("a program's work\n"); // no two programs write over each other for ever
      expect(text(pull())).toContain("==1.1.0");
      expect(await said("1.2.0")).toMatch(/^waits for #1, .*merge or close it/);
    },
  },
  frozen: {
    newer: true,
    act: ({ world, repository, pull }) => {
      const branch = pull().headRefName;
      pushCommit(world.github, repository, { branch, message: "Mine", files: { "fix.txt": "a person's work\n" } });
    },
    expected: async ({ pull, text, said }) => {
      expect(pull().state).toBe("OPEN");
      expect(text(pull(), "fix.txt")).toBe("a person's work\n");
      expect(text(pull())).toContain("==1.1.0");
      expect(await said("1.2.0")).toMatch(/^waits for #1, .*merge or close it/);
    },
  },
  "closed-by-a-person": {
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    expected: async ({ pull, stateOf, name, flow }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.map(({ body }) => body)).toEqual([expect.stringContaining("not proposed again")]);
      expect(await stateOf("1.1.0")).toBe("closed");
      const said = await humanDecisionsFor(flow.db, name, `pkg:pypi/${name}`);
      expect(said).toMatchObject([{ action: "skip", range: "=1.1.0", by: "maintainer" }]);
    },
  },
  "opened-again": {
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    later: ({ world, repository, pull }) => reopenPullRequest(world.github, repository, pull().number),
    newer: true,
    expected: async ({ pull, text, stateOf, name, flow }) => {
      const said = await humanDecisionsFor(flow.db, name, `pkg:pypi/${name}`);
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
    expected: async ({ ours, stateOf, name, flow }) => {
      expect(ours().map(({ state }) => state)).toEqual(["CLOSED", "OPEN"]);
      expect(await stateOf("1.1.0")).toBe("proposed");
      expect(await humanDecisionsFor(flow.db, name, `pkg:pypi/${name}`)).toEqual([]);
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
    packages: 0,
    action: true,
    files: (world) => ({ "action.yml": actionFile(world, "moved") }),
    act: ({ world, name }) => moveFirstTag(world, name),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toMatch(/changed|moved|another commit/);
      expect(await stateOf("1.1.0")).toBe("withdrawn");
    },
  },
  "moved-after-merge": {
    packages: 0,
    action: true,
    files: (world) => ({ "action.yml": actionFile(world, "moved-after-merge") }),
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    later: ({ world, name }) => moveFirstTag(world, name),
    expected: ({ ours, text, world, name }) => {
      expect(ours().map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
      const [, back] = ours();
      expect(back?.title).toMatch(/^Go back from .*moved-after-merge-action 1\.1\.0 to 1\.0\.0$/);
      expect(back?.body).toContain("other content");
      expect(back === undefined ? "" : text(back, "action.yml")).toBe(actionFile(world, name));
    },
  },
  malware: {
    act: ({ world, name }) => report(world, name, "MAL-2026-7"),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("CLOSED");
      expect(pull().comments.at(-1)?.body).toContain("MAL-2026-7");
      expect(await stateOf("1.1.0")).toBe("withdrawn");
    },
  },
  "hit-by-a-flaw": {
    act: ({ world, name }) => report(world, name, "GHSA-life-0001-flaw"),
    expected: async ({ pull, repository, stateOf }) => {
      expect(pull().state).toBe("OPEN");
      expect(await stateOf("1.1.0")).toBe("held");
      expect(statusesOf(repository, pull())).toEqual(["success", "pending"]);
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
    later: ({ world, name }) => report(world, name, "MAL-2026-8"),
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
    expected: async ({ ours, name, flow }) => {
      expect(ours()).toEqual([]);
      const ids = (await candidatesOf(flow.db, name)).map(({ id }) => id);
      const refused = (await deliveriesOf(flow.db, "candidate", ids)).filter(({ state }) => state === "refused");
      expect(refused.map(({ error }) => error)).toContainEqual(expect.stringContaining("covered by #1 of dependabot"));
    },
  },
  locked: {
    files: () => ({
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = [\n  "locked==1.0.0",\n]\n',
      "uv.lock": "version = 1\n",
    }),
    expected: async ({ ours, said }) => {
      expect(ours()).toEqual([]);
      expect(await said("1.1.0")).toMatch(/^governed by a lock file: pyproject\.toml:5: uv\.lock .*run uv lock/);
    },
  },
  merged: {
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    expected: async ({ pull, stateOf }) => {
      expect(pull().state).toBe("MERGED");
      expect(await stateOf("1.1.0")).toBe("merged");
    },
  },
  "taken-back": {
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    later: ({ world, repository, name }) => {
      const files = { "requirements.txt": `${name}==1.0.0\n` };
      pushCommit(world.github, repository, { message: "It breaks sessions", files });
    },
    expected: async ({ pull, stateOf, name, flow }) => {
      expect(pull().state).toBe("MERGED");
      expect(await stateOf("1.1.0")).toBe("skipped");
      const said = await humanDecisionsFor(flow.db, name, `pkg:pypi/${name}`);
      expect(said).toMatchObject([
        {
          ...{ action: "skip", range: "=1.1.0", by: "a commit on the base branch" },
          reason: "merged on 2026-03-22, and the base branch has 1.0.0 again",
        },
      ]);
    },
  },
  "taken-back-and-newer": {
    newer: true,
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    later: ({ world, repository, name }) => {
      const files = { "requirements.txt": `${name}==1.0.0\n` };
      pushCommit(world.github, repository, { message: "It breaks sessions", files });
    },
    expected: async ({ ours, text, stateOf, name }) => {
      expect(ours().map(({ state, title }) => [state, title])).toEqual([
        ["MERGED", `Bump ${name} from 1.0.0 to 1.1.0`],
        ["OPEN", `Bump ${name} from 1.0.0 to 1.2.0`],
      ]);
      const [, next] = ours();
      expect(next === undefined ? "" : text(next)).toBe(`${name}==1.2.0\n`);
      expect([await stateOf("1.1.0"), await stateOf("1.2.0")]).toEqual(["skipped", "proposed"]);
    },
  },
  grouped: {
    rule: "group: libraries",
    packages: 2,
    files: () => ({ "requirements.txt": "grouped==1.0.0\ngrouped-two==1.0.0\n" }),
    expected: async ({ pull, text, repository, stateOf }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: "Update libraries: 2 upstreams" });
      expect(text(pull())).toBe("grouped==1.1.0\ngrouped-two==1.1.0\n");
      expect(ownCommits(repository, pull())).toBe(1);
      expect(await stateOf("1.1.0")).toBe("proposed");
    },
  },
  "group-closed": {
    rule: "group: libraries",
    packages: 2,
    newer: true,
    files: () => ({ "requirements.txt": "group-closed==1.0.0\ngroup-closed-two==1.0.0\n" }),
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    expected: async ({ ours, text, flow, name }) => {
      expect(ours().map(({ state, title }) => [state, title])).toEqual([
        ["CLOSED", "Update libraries: 2 upstreams"],
        ["OPEN", "Update libraries: 1 upstream"],
      ]);
      const [, next] = ours();
      expect(next === undefined ? "" : text(next)).toBe("group-closed==1.2.0\ngroup-closed-two==1.0.0\n");
      const closed = (await candidatesOf(flow.db, name, ["closed"])).map(({ upstream, to }) => `${upstream} ${to}`);
      expect(closed.sort()).toEqual(["pkg:pypi/group-closed 1.1.0", "pkg:pypi/group-closed-two 1.1.0"]);
    },
  },
  "in-lock-step": {
    packages: 2,
    files: () => ({
      Dockerfile: "FROM scratch\nARG STACK=1.0.0\nRUN pip install in-lock-step==${STACK} in-lock-step-two==${STACK}\n",
    }),
    expected: async ({ pull, text, stateOf, flow }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: "Update stack: 2 upstreams" });
      expect(text(pull(), "Dockerfile")).toContain("ARG STACK=1.1.0\n");
      expect(await stateOf("1.1.0")).toBe("proposed");
      for (const { id } of await candidatesOf(flow.db, "in-lock-step", ["proposed"])) {
        const change = await buildChange(flow, { candidate: id });
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

/** The tag of the action's 1.1.0 leads to other files from now on. */
function moveFirstTag(world: DemoWorld, name: string): void {
  const action = repositoryAt(world, `${name}-action`);
  const given = { message: "Not what you saw", branch: "aside", files: { "run.sh": "echo other\n" } };
  moveTag(action, "v1.1.0", pushCommit(world.github, action, given));
}

/** OSV has an advisory of 1.1.0 from now on. */
function report(world: DemoWorld, name: string, id: string): void {
  const [modified, published] = [world.github.clock(), world.github.clock()];
  const affected = [{ package: { ecosystem: "PyPI", name, purl: `pkg:pypi/${name}` }, versions: ["1.1.0"] }];
  const told = { summary: "Sends what it finds elsewhere", database_specific: { severity: "HIGH" } };
  world.osv.advisories.push({ id, modified, published, affected, ...told });
}
