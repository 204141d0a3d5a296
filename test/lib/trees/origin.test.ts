import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { ForgeId } from "../../../src/domain/project.ts";
import { originOf } from "../../../src/lib/trees/origin.ts";
import { aFolder } from "../../support/folder.ts";

function aCheckoutOf(remote: string): string {
  const folder = aFolder();
  for (const args of [
    ["init", "-q"],
    ["remote", "add", "origin", remote],
  ])
    execFileSync("git", ["-C", folder, ...args]);
  return folder;
}

describe("where a checkout came from", () => {
  it.each<[string, ForgeId | undefined, object]>([
    ["git@github.com:acme/suite.git", undefined, { host: "github.com", repository: "acme/suite", forge: "github" }],
    ["https://me:sesame@github.com/acme/suite", undefined, { url: "https://github.com", repository: "acme/suite" }],
    ["ssh://git@codeberg.org/acme/suite.git", undefined, { url: "https://codeberg.org", forge: "forgejo" }],
    ["https://codeberg.org/acme/suite.git", "github", { repository: "acme/suite", forge: "forgejo" }],
    ["https://git.example.org:3000/acme/suite.git", undefined, { url: "https://git.example.org:3000" }],
    ["git@git.example.org:acme/suite.git", "forgejo", { url: "https://git.example.org", forge: "forgejo" }],
    ["https://gitlab.com/acme/apps/suite.git", undefined, { repository: "acme/apps/suite", forge: "gitlab" }],
    ["git@gitlab.example.org:acme/suite.git", undefined, { url: "https://gitlab.example.org", forge: "gitlab" }],
    ["git@gitlab.example.org:acme/suite.git", "forgejo", { repository: "acme/suite", forge: "forgejo" }],
    ["git@git.example.org:acme/apps/suite.git", "gitlab", { repository: "acme/apps/suite", forge: "gitlab" }],
    ["https://gitea.example.org/acme/suite", undefined, { repository: "acme/suite", forge: "forgejo" }],
    ["https://bitbucket.org/acme/suite", undefined, { host: "bitbucket.org", repository: "acme/suite" }],
  ])("is read from %s (said to be: %s)", async (remote, said, expected) => {
    const origin = await originOf(aCheckoutOf(remote), said);
    const { forge, ...rest } = origin ?? {};
    expect({ ...rest, ...(forge !== undefined && { forge: forge.id }) }).toMatchObject(expected);
    expect("forge" in expected || forge === undefined || forge.id === "github").toBe(true);
    expect(JSON.stringify(origin)).not.toContain("sesame");
  });

  it("is not known without a remote on some host", async () => {
    expect(await originOf(aFolder())).toBeUndefined();
    expect(await originOf(aCheckoutOf("../suite"))).toBeUndefined();
  });
});
