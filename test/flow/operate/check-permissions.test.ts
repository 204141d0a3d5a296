import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { defaultPolicy } from "../../../src/config.ts";
import { OPTIONS } from "../../../src/deliver/pull-request/options.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { checkPermissions } from "../../../src/flow/operate/check-permissions.ts";
import { openForges } from "../../../src/lib/forge/forges.ts";
import { PERMISSION_USES } from "../../../src/lib/github/permissions.ts";
import { gitHubAlone } from "../../support/forge-material.ts";
import { type StartedGitHub, startClientOf } from "../../support/start-github.ts";
import { addInstallation, addRepository, addToken, githubWorld } from "../../upstreams/github/builders.ts";
import { ALL_PERMISSIONS } from "../../upstreams/github/defaults.ts";
import type { Credential } from "../../upstreams/github/world.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const EVERYTHING = { labels: ["dependencies"], "team-reviewers": ["core"] };

let started: StartedGitHub | undefined;
afterEach(async () => {
  await started?.close();
  started = undefined;
});

type Given = {
  readonly token?: Partial<Credential>;
  readonly app?: Credential["permissions"];
  readonly visibility?: "PRIVATE" | "PUBLIC";
  readonly options?: object;
};

async function check({ token, app, visibility = "PRIVATE", options = EVERYTHING }: Given) {
  const world = githubWorld();
  for (const name of ["acme/a", "acme/b"]) addRepository(world, name, { visibility });
  if (app !== undefined) addInstallation(world, { permissions: app });
  const credential =
    app === undefined
      ? ({ kind: "token", token: addToken(world, token) } as const)
      : ({ kind: "app", appId: "1", privateKey } as const);
  started = await startClientOf(world, { credential });
  const source = (name: string) => ({ kind: "github", owner: "acme", name }) as const;
  const flow = {
    forges: openForges(gitHubAlone(started)),
    policy: defaultPolicy(),
    deliver: { "pull-request": OPTIONS.parse(options) },
    projects: ["a", "b"].map((name) => ({ id: name, name, source: source(name), ignorePaths: [] })),
  };
  const lines = await checkPermissions(flow as unknown as FlowContext);
  return {
    lines,
    said: (subject: string) => lines.find((line) => line.subject === `GitHub permission ${subject}`),
    started,
  };
}

/** Certainty and state of every line, in short. */
const short = (lines: Awaited<ReturnType<typeof check>>["lines"]) =>
  Object.fromEntries(
    lines.map(({ subject, state, message }) => [
      subject.replace("GitHub permission ", ""),
      `${message.split(/[: ]/)[0]} ${state}`,
    ]),
  );

const ALL_WELL = {
  "Contents: read": "known ok",
  "Attestations: read": "known ok",
  "Contents: write": "known ok",
  "Pull requests: write": "known ok",
  "Workflows: write": "known ok",
  "Commit statuses: write": "known ok",
  "Issues: write": "known ok",
  "Members (of the organisation): read": "known ok",
};

describe("of a GitHub App", () => {
  it("every permission is known", async () => {
    const { lines } = await check({ app: { ...ALL_PERMISSIONS, attestations: "read", members: "read" } });
    expect(short(lines)).toEqual(ALL_WELL);
  });

  it("what was not granted is known, what would be refused, and where to mend it", async () => {
    const { lines, said, started } = await check({
      app: { metadata: "read", contents: "read", pull_requests: "write" },
    });
    expect(short(lines)).toEqual({
      ...ALL_WELL,
      "Attestations: read": "known lacking",
      "Contents: write": "known broken",
      "Workflows: write": "known lacking",
      "Commit statuses: write": "known lacking",
      "Issues: write": "known lacking",
      "Members (of the organisation): read": "known lacking",
    });
    expect(said("Contents: write")?.message).toBe(
      `known: not given in acme/a, acme/b (the App's installation was granted read); needed for one branch with one commit per component. Without it: GitHub refuses the branch: nothing is proposed by pull request. Mend it at ${started.urls.web}/settings/apps (then accept the change where the App is installed)`,
    );
  });

  it("a repository that it is not installed on is told", async () => {
    const world = githubWorld();
    addRepository(world, "acme/a");
    started = await startClientOf(world, { credential: { kind: "app", appId: "1", privateKey } });
    const project = { id: "a", name: "a", source: { kind: "github", owner: "acme", name: "a" }, ignorePaths: [] };
    const flow = {
      forges: openForges(gitHubAlone(started)),
      policy: defaultPolicy(),
      deliver: {},
      projects: [project],
    };
    expect(await checkPermissions(flow as unknown as FlowContext)).toMatchObject([
      {
        subject: "GitHub permissions in acme/a",
        state: "broken",
        message: expect.stringContaining("not installed on acme/a"),
      },
      { subject: "GitHub permissions not used by this configuration", state: "ok" },
    ]);
  });
});

describe("of a classic token", () => {
  it("every permission is known by its scopes", async () => {
    const { lines, said } = await check({ token: { scopes: "repo, workflow, read:org" } });
    expect(short(lines)).toEqual(ALL_WELL);
    expect(said("Workflows: write")?.message).toContain("(the token has the scope workflow)");
  });

  it.each([
    ["public_repo", "PUBLIC", { "Contents: write": "known ok", "Workflows: write": "known lacking" }],
    ["public_repo", "PRIVATE", { "Contents: write": "known broken", "Contents: read": "known broken" }],
    [
      "",
      "PUBLIC",
      { "Contents: read": "known ok", "Contents: write": "known broken", "Pull requests: write": "known broken" },
    ],
    ["repo:status", "PUBLIC", { "Commit statuses: write": "known ok", "Contents: write": "known broken" }],
    [
      "repo",
      "PRIVATE",
      { "Workflows: write": "known lacking", "Members (of the organisation): read": "known lacking" },
    ],
  ] as const)("%j in a %s repository", async (scopes, visibility, expected) => {
    const { lines } = await check({ token: { scopes }, visibility });
    expect(short(lines)).toMatchObject(expected);
  });

  it("an account that may only read is told apart from a scope that is missing", async () => {
    const { said, started } = await check({ token: { scopes: "repo", role: "read" } });
    expect(said("Contents: write")).toMatchObject({
      state: "broken",
      message: expect.stringContaining("scope repo, but may not push here"),
    });
    expect(said("Contents: write")?.message).toContain(`${started.urls.web}/settings/tokens`);
  });
});

describe("of a fine-grained token", () => {
  it("what it may write in a public repository cannot be known, and nothing is called well", async () => {
    const { lines, said, started } = await check({ visibility: "PUBLIC" });
    expect(short(lines)).toEqual({
      "Contents: read": "known ok",
      "Attestations: read": "known ok",
      "Contents: write": "cannot unknown",
      "Pull requests: write": "cannot unknown",
      "Workflows: write": "cannot unknown",
      "Commit statuses: write": "cannot unknown",
      "Issues: write": "cannot unknown",
      "Members (of the organisation): read": "inferred lacking",
    });
    expect(said("Contents: write")?.message).toBe(
      `cannot know in acme/a, acme/b (GitHub tells nobody what such a token may do); needed for one branch with one commit per component. Without it: GitHub refuses the branch: nothing is proposed by pull request. Mend it at ${started.urls.web}/settings/personal-access-tokens`,
    );
  });

  it("what it is refused to read in a private repository is inferred", async () => {
    const { lines } = await check({ token: { permissions: { metadata: "read", contents: "read", members: "read" } } });
    expect(short(lines)).toEqual({
      "Contents: read": "inferred ok",
      "Attestations: read": "cannot unknown",
      "Contents: write": "cannot unknown",
      "Pull requests: write": "inferred broken",
      "Workflows: write": "cannot unknown",
      "Commit statuses: write": "inferred lacking",
      "Issues: write": "inferred lacking",
      "Members (of the organisation): read": "inferred ok",
    });
  });

  it("an account that may only read writes nothing, which is inferred", async () => {
    const { lines } = await check({ token: { role: "read" } });
    expect(short(lines)).toMatchObject({
      "Contents: write": "inferred broken",
      "Workflows: write": "inferred lacking",
    });
  });

  it("a repository that it does not see is told", async () => {
    const { lines } = await check({ token: { repositories: ["acme/a"] } });
    expect(lines[0]).toMatchObject({ subject: "GitHub permissions in acme/b", state: "broken" });
  });

  it("is only asked what changes nothing", async () => {
    const { started } = await check({});
    expect(new Set(started.standIn.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });
});

describe("the lines", () => {
  it("use the words of the threat model", async () => {
    const { lines, said } = await check({ app: {} });
    for (const { title, level, without, ...use } of PERMISSION_USES) {
      const message = said(`${title}: ${level}`)?.message ?? "";
      expect(message, title).toContain(`needed for ${use.for}. Without it: ${without}.`);
    }
    expect(lines).toHaveLength(PERMISSION_USES.length);
  });

  it("leave out what the configuration does not use, and name it", async () => {
    const { lines } = await check({ app: ALL_PERMISSIONS, options: { status: false } });
    expect(lines.at(-1)).toEqual({
      subject: "GitHub permissions not used by this configuration",
      state: "ok",
      message: "Commit statuses: write, Issues: write, Members (of the organisation): read",
    });
    expect(lines).toHaveLength(PERMISSION_USES.length - 3 + 1);
  });
});
