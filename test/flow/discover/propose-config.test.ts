import { describe, expect, it } from "vitest";
import { readConfigText } from "../../../src/config.ts";
import { configText, proposeConfig, type Surroundings } from "../../../src/flow/discover/propose-config.ts";
import { isFailure } from "../../../src/lib/failure.ts";
import type { Imported } from "../../../src/lib/import/imported.ts";
import type { Origin } from "../../../src/lib/trees/origin.ts";

const nothing = {
  github: false,
  forgejo: false,
  gitlab: false,
  mail: false,
  database: false,
  redis: false,
  proxy: false,
};
const around = (given: Partial<Surroundings> = {}): Surroundings => ({
  ...{ path: ".", origin: undefined, environment: nothing, timeZone: "UTC", imported: [] },
  ...given,
});
const imported: Imported = {
  rules: [
    { match: { kind: "docker" }, wait: "5d" },
    { match: { upstream: "pkg:**/redis" }, skip: true, reason: 'says "no": # not' },
  ],
  left: [{ what: "extends config:recommended", why: "presets are not read" }],
  ...{
    ignorePaths: ["old/**"],
    timeZone: "Europe/Berlin",
    openLimit: 4,
    labels: ["deps"],
    branches: ["main"],
    wait: "4d",
  },
};
const github: Origin = {
  ...{ host: "github.com", url: "https://github.com", repository: "acme/suite" },
  forge: { id: "github", title: "GitHub", variable: "GITHUB_TOKEN" },
};
const codeberg = {
  ...{ host: "codeberg.org", url: "https://codeberg.org", repository: "acme/suite" },
  forge: { id: "forgejo", title: "Forgejo", variable: "FORGEJO_TOKEN" },
} as const;
const gitlab = {
  ...{ host: "gitlab.com", url: "https://gitlab.com", repository: "acme/apps/suite" },
  forge: { id: "gitlab", title: "GitLab", variable: "GITLAB_TOKEN" },
} as const;
const elsewhere: Origin = { host: "code.example.org", url: "https://code.example.org", repository: "acme/suite" };

describe("the proposed configuration", () => {
  it.each<[string, Partial<Surroundings>, string[]]>([
    ["a folder", {}, ["path: .", "read as it is", "Nothing is sent: no pull request, no mail, no webhook, until"]],
    ["a checkout of GitHub without a token", { origin: github }, ["path: .", '"repository: acme/suite" instead']],
    [
      "a checkout of GitHub with one",
      { origin: github, environment: { ...nothing, github: true } },
      [
        "repository: acme/suite",
        ...["pull-request:", "open-limit: 10", "Headgate sends what is named here and nothing else: pull requests"],
      ],
    ],
    ["another forge's", { origin: { ...elsewhere, host: "bitbucket.org" } }, ["path: ."]],
    [
      "a host that nobody knows",
      { origin: elsewhere },
      ["path: .", "If code.example.org is a Forgejo or Gitea", "is a GitLab, headgate init --forge gitlab"],
    ],
    [
      "a checkout of a group within a group on GitLab",
      { origin: gitlab, environment: { ...nothing, gitlab: true } },
      ["repository: acme/apps/suite", "forge: gitlab", "from gitlab.com/acme/apps/suite", "pull-request:"],
    ],
    [
      "a checkout of Codeberg without a token",
      { origin: codeberg, environment: { ...nothing, github: true } },
      ["path: .", 'FORGEJO_TOKEN set, write "repository: acme/suite" and "forge: forgejo" instead'],
    ],
    [
      "a checkout of Codeberg with one",
      { origin: codeberg, environment: { ...nothing, forgejo: true } },
      ["repository: acme/suite", "forge: forgejo", "from codeberg.org/acme/suite", "pull-request:"],
    ],
    [
      "a checkout of one's own Forgejo",
      { origin: { ...elsewhere, forge: codeberg.forge }, environment: { ...nothing, forgejo: true } },
      ["forge: forgejo", "upstreams: forgejo: url: https://code.example.org"],
    ],
    ["one behind a proxy", { environment: { ...nothing, proxy: true } }, ["proxy: environment"]],
    [
      "one with another tool's rules",
      {
        origin: github,
        environment: { ...nothing, github: true },
        imported: [{ file: "renovate.json", read: imported }],
      },
      ["Europe/Berlin", "open-limit: 4", "default: 4d", "kind: docker", "- extends config:recommended: presets"],
    ],
  ])("for %s is read by our own loader and says why", (_, given, words) => {
    const text = configText(proposeConfig(around(given)), "2026-11-25");
    const read = readConfigText(text, "proposal", {});
    expect(isFailure(read) ? read.message : "").toBe("");
    for (const word of words) expect(text.replace(/\s*\n#?\s*/g, " ")).toContain(word);
    for (const section of text.split("\n\n").slice(1)) expect(section).toMatch(/^# \S/);
  });

  it("carries the rules over as they are meant", () => {
    const text = configText(proposeConfig(around({ imported: [{ file: "x", read: imported }] })), "2026-11-25");
    const read = readConfigText(text, "proposal", {});
    if (isFailure(read)) throw read;
    expect(read.policy.rules).toEqual([
      { match: { kind: "docker" }, wait: 432_000_000 },
      { match: { upstream: "pkg:**/redis" }, skip: { reason: 'says "no": # not' } },
    ]);
    expect(read.projects[0]?.ignorePaths).toEqual(["old/**"]);
  });
});
