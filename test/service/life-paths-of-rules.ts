import { expect } from "vitest";
import { candidatesOf } from "../../src/db/decisions/candidates.ts";
import { DAY, plus } from "../../src/domain/instant.ts";
import { FORGE_IDS } from "../../src/domain/project.ts";
import type { DemoWorld } from "../demo/world.ts";
import { addLabel, closePullRequest, mergePullRequest } from "../upstreams/github/builders.ts";
import { digestOf } from "../upstreams/oci/manifests.ts";
import { type OciTag, pushImage } from "../upstreams/oci/world.ts";
import { yankFromPypi } from "../upstreams/pypi.ts";
import { MILESTONE } from "./life-lab.ts";
import { fileOf, ourBranches, type Paths, type Place, repositoryAt } from "./life-path.ts";

const WORKFLOW = ".github/workflows/ci.yml";

/** What becomes of a pull request by rules of the configuration, and by what the credential may do. */
export const PATHS_OF_RULES: Paths = {
  "waits-for-a-place": {
    rule: "open-limit: 1",
    packages: 2,
    files: () => ({ "requirements.txt": "waits-for-a-place==1.0.0\nwaits-for-a-place-two==1.0.0\n" }),
    act: ({ world, repository, pull }) => void mergePullRequest(world.github, repository, pull().number),
    expected: ({ ours, text, digests }) => {
      const waits = /waits for a place: 1 of the 1 pull requests that rule \d+ allows are open already/;
      expect(digests.early).toMatch(waits);
      expect(ours().map(({ state }) => state)).toEqual(["MERGED", "OPEN"]);
      const [, second] = ours();
      expect(second === undefined ? "" : text(second)).toBe("waits-for-a-place==1.1.0\nwaits-for-a-place-two==1.1.0\n");
      expect(digests.late).not.toMatch(waits);
    },
  },
  "opened-in-its-hours": {
    rule: `window: "Sun 12:00-14:00"`, // the first versions are wanted on a Sunday at 11:00, the next look is at 13:00
    newer: true,
    expected: async ({ pull, text, said, digests, name }) => {
      expect(digests.early).toContain("waits for its hours: Sun 12:00-14:00 (UTC)");
      expect(pull()).toMatchObject({ state: "OPEN", createdAt: "2026-03-22T13:00:00.000Z" });
      expect(text(pull())).toBe(`${name}==1.1.0\n`);
      expect(await said("1.2.0")).toMatch(/^waits for its hours: .*; its pull request stays as it is$/);
    },
  },
  "stays-open-outside-its-hours": {
    rule: `window: "Sun 12:00-14:00"`,
    expected: async ({ pull, said }) => {
      expect(pull().state).toBe("OPEN"); // the last look is on a Saturday
      expect(await said("1.1.0")).toBeUndefined();
    },
  },
  pinned: {
    rule: "pin: true",
    packages: 0,
    files: () => ({
      "action.yml": "runs:\n  using: composite\n  steps:\n    - uses: life/steps@v1\n",
      Dockerfile: "FROM life/base:1\n",
    }),
    expected: ({ pull, text, world }) => {
      expect(pull()).toMatchObject({ state: "OPEN", headRefName: expect.stringContaining("group-pins-") });
      const commit = repositoryAt(world, "steps").refs.get("refs/tags/v1");
      expect(text(pull(), "action.yml")).toContain(`- uses: life/steps@${commit} # v1\n`);
      expect(text(pull(), "Dockerfile")).toMatch(/^FROM life\/base:1@sha256:[0-9a-f]{64}\n$/);
    },
  },
  rebuilt: {
    packages: 0,
    files: (world) => pinnedImages(world, ["rebuilt-base", "rebuilt-tool", "rebuilt-proxy"]),
    before: ({ world }) => rebuild(world, ["rebuilt-base", "rebuilt-tool", "rebuilt-proxy"]),
    expected: ({ pull, text }) => {
      const title = "Refresh 3 rebuilt images: same versions, new content";
      expect(pull()).toMatchObject({ state: "OPEN", title, headRefName: expect.stringContaining("rebuilt-images-") });
      expect(pull().body).toContain("first seen with new content on 2 Mar 2026");
      for (const name of ["rebuilt-base", "rebuilt-tool", "rebuilt-proxy"])
        expect(text(pull(), `${name}/Dockerfile`)).toBe(`FROM life/${name}:1@${digestOf(rebuiltOf(name))}\n`);
    },
  },
  "rebuilt-by-itself": {
    packages: 0,
    rule: "group: false",
    files: (world) => pinnedImages(world, ["own-base", "own-tool"]),
    before: ({ world }) => rebuild(world, ["own-base", "own-tool"]),
    expected: ({ ours }) => {
      const titles = ours().map(({ state, title }) => `${state}: ${title}`);
      expect(titles.sort()).toEqual([
        "OPEN: Refresh life/own-base 1: same version, new content",
        "OPEN: Refresh life/own-tool 1: same version, new content",
      ]);
    },
  },
  "rebuilt-beside-a-new-major": {
    packages: 0,
    files: (world) => pinnedImages(world, ["old-base"]),
    before: ({ world }) => {
      rebuild(world, ["old-base"]);
      pushImage(world.hub, "life/old-base", "2", { content: "the next one", pushedAt: world.github.clock() });
    },
    act: ({ world, repository, ours }) => {
      const refresh = ours().find(({ title }) => title.startsWith("Refresh"));
      mergePullRequest(world.github, repository, refresh?.number ?? 0);
    },
    expected: ({ ours, text }) => {
      const titles = ours().map(({ state, title }) => `${state}: ${title}`);
      expect(titles.sort()).toEqual([
        "MERGED: Refresh life/old-base 1: same version, new content",
        "OPEN: Bump life/old-base from 1 to 2",
      ]);
      const bump = ours().find(({ state }) => state === "OPEN");
      const digest = digestOf({ content: "the next one" });
      expect(bump === undefined ? "" : text(bump, "old-base/Dockerfile")).toBe(`FROM life/old-base:2@${digest}\n`);
    },
  },
  "rebuilt-again-after-a-close": {
    packages: 0,
    files: (world) => pinnedImages(world, ["one-base"]),
    before: ({ world }) => rebuild(world, ["one-base"]),
    act: ({ world, repository, pull }) => closePullRequest(world.github, repository, pull().number),
    later: ({ world }) => rebuild(world, ["one-base"], "and again"),
    expected: async ({ ours, text, flow, name }) => {
      const title = "Refresh life/one-base 1: same version, new content";
      const branch = expect.stringContaining("rebuilt-images-");
      expect(ours()).toMatchObject([
        { state: "CLOSED", title, headRefName: branch },
        { state: "OPEN", title, headRefName: branch },
      ]);
      const [, next] = ours();
      const digest = digestOf(rebuiltOf("one-base", "and again"));
      expect(next === undefined ? "" : text(next, "one-base/Dockerfile")).toBe(`FROM life/one-base:1@${digest}\n`);
      const states = (await candidatesOf(flow.db, name)).map(({ state }) => state);
      expect(states.sort()).toEqual(["closed", "proposed"]);
    },
  },
  "group-without-a-member": {
    rule: "group: libraries",
    packages: 2,
    files: () => ({ "requirements.txt": "group-without-a-member==1.0.0\ngroup-without-a-member-two==1.0.0\n" }),
    act: ({ world, name }) => yankFromPypi(world.pypi, `${name}-two`, "1.1.0", "breaks sessions"),
    expected: async ({ pull, text, name, flow }) => {
      expect(pull()).toMatchObject({ state: "OPEN", title: "Update libraries: 1 upstream" });
      expect(text(pull())).toBe("group-without-a-member==1.1.0\ngroup-without-a-member-two==1.0.0\n");
      const stored = (await candidatesOf(flow.db, name)).filter(({ to }) => to === "1.1.0");
      expect(Object.fromEntries(stored.map(({ upstream, state }) => [upstream, state]))).toEqual({
        "pkg:pypi/group-without-a-member": "proposed",
        "pkg:pypi/group-without-a-member-two": "withdrawn",
      });
    },
  },
  "merged-by-itself": {
    rule: "auto-merge: squash",
    repository: { autoMergeAllowed: true, protectedBranches: ["main"] },
    scored: true,
    expected: async ({ pull, said }) => {
      expect(pull()).toMatchObject({ state: "OPEN", autoMerge: "SQUASH" });
      expect(await said("1.1.0")).toBeUndefined();
    },
  },
  "merged-by-people-since-it-warns": {
    rule: "auto-merge: squash",
    repository: { autoMergeAllowed: true, protectedBranches: ["main"] },
    expected: ({ pull }) => {
      expect(pull().state).toBe("OPEN");
      expect(pull().body).toContain("Too little is known of the project to score it");
      expect(pull().autoMerge).toBeUndefined();
    },
  },
  "merged-by-people-since-nothing-is-required": {
    rule: "auto-merge: squash",
    scored: true,
    expected: async ({ pull, said }) => {
      expect(pull().state).toBe("OPEN");
      expect(pull().autoMerge).toBeUndefined();
      expect(await said("1.1.0")).toMatch(/^not everything was given to it: auto-merge: /);
    },
  },
  dressed: {
    rule: "labels: [upstream], reviewers: [maintainer], assignees: [maintainer], draft: true",
    before: ({ world, repository }) => void addLabel(world.github, repository, "upstream"),
    newer: true,
    expected: ({ pull, name, forge }) => {
      const draft = { github: "", forgejo: "WIP: ", gitlab: "Draft: " }[forge];
      const title = `${draft}Bump ${name} from 1.0.0 to 1.2.0`;
      expect(pull()).toMatchObject({ state: "OPEN", draft: true, title, labels: ["upstream"], milestone: MILESTONE });
      expect([pull().reviewers, pull().assignees]).toEqual([["maintainer"], ["maintainer"]]);
    },
  },
  "not-quite-dressed": {
    rule: "labels: [none-such], assignees: [maintainer]",
    expected: async ({ pull, said }) => {
      expect(pull()).toMatchObject({ state: "OPEN", labels: [], assignees: ["maintainer"] });
      const lacking = "labels that this repository does not have: none-such";
      expect(await said("1.1.0")).toBe(`not everything was given to it: ${lacking}`);
    },
  },
  "not-quite-dressed-after-a-newer-version": {
    rule: "labels: [none-such, made-later], assignees: [maintainer]",
    newer: true,
    act: ({ world, repository }) => void addLabel(world.github, repository, "made-later"),
    expected: async ({ pull, said, name }) => {
      const title = `Bump ${name} from 1.0.0 to 1.2.0`;
      expect(pull()).toMatchObject({ state: "OPEN", title, labels: ["made-later"], assignees: ["maintainer"] });
      const lacking = "labels that this repository does not have: none-such";
      expect(await said("1.2.0")).toBe(`not everything was given to it: ${lacking}`);
    },
  },
  "workflow-without-leave": {
    files: () => ({ [WORKFLOW]: "jobs:\n  a:\n    steps:\n      - run: pip install workflow-without-leave==1.0.0\n" }),
    expected: (here) =>
      becomesAPatch(
        here,
        /may not change files under \.github\/workflows: give it the workflows permission, or apply it/,
      ),
    elsewhere: {
      on: FORGE_IDS.filter((id) => id !== "github"),
      since: "a workflow is a file like any other there",
      expected: ({ pull, text, name }) => {
        expect(pull().state).toBe("OPEN");
        expect(text(pull(), WORKFLOW)).toContain(`pip install ${name}==1.1.0\n`);
      },
    },
  },
  "nothing-may-be-written": {
    readOnly: true,
    expected: (here) => becomesAPatch(here, /(?:give it|make it a Developer).*, or apply it/),
  },
  executable: {
    files: () => ({ "build.sh": { mode: "100755", text: "#!/bin/sh\npip install executable==1.0.0\n" } }),
    expected: (here) => becomesAPatch(here, /^build\.sh is executable, .*: use a GitHub App, or apply it/),
    elsewhere: {
      on: FORGE_IDS.filter((id) => id !== "github"),
      since: "a commit of a token keeps the modes of its files there",
      expected: ({ pull, text, repository }) => {
        expect(text(pull(), "build.sh")).toBe("#!/bin/sh\npip install executable==1.1.0\n");
        expect(fileOf(repository, pull(), "build.sh")?.mode).toBe("100755");
      },
    },
  },
};

/** No pull request, no branch that was left, and the command that writes the change, with why, in the digest. */
async function becomesAPatch({ name, ours, repository, flow, said, digests }: Place, why: RegExp): Promise<void> {
  expect([ours(), ourBranches(repository)]).toEqual([[], []]);
  expect(await said("1.1.0")).toMatch(why);
  const id = (await candidatesOf(flow.db, name)).find(({ to }) => to === "1.1.0")?.id;
  for (const digest of [digests.early, digests.late])
    expect(digest).toContain(`headgate apply ${id} --patch | git apply`);
}

/** A Dockerfile for each of these images, pinned to the content that it has had for long. */
function pinnedImages(world: DemoWorld, names: readonly string[]): Record<string, string> {
  const image = (name: string): OciTag => ({ content: name, pushedAt: plus(world.github.clock(), -400 * DAY) });
  for (const name of names) pushImage(world.hub, `life/${name}`, "1", image(name));
  return Object.fromEntries(
    names.map((name) => [`${name}/Dockerfile`, `FROM life/${name}:1@${digestOf(image(name))}\n`]),
  );
}

function rebuiltOf(name: string, what = "built again"): OciTag {
  return { content: `${name}, ${what}` };
}

/** Pushes other content under the tags of these images. */
function rebuild(world: DemoWorld, names: readonly string[], what?: string): void {
  const pushedAt = world.github.clock();
  for (const name of names) pushImage(world.hub, `life/${name}`, "1", { ...rebuiltOf(name, what), pushedAt });
}
