import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aFolder } from "../support/folder.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/headgate.ts");

/** `headgate plan` in a checkout of somebody else, with credentials in the environment. */
function planIn(config: string, ...args: readonly string[]) {
  const folder = aFolder({ "config/headgate.yaml": config, Dockerfile: "FROM scratch\n" });
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
    env: { PATH: process.env.PATH, HOME: folder, GITHUB_TOKEN: "ghp_fine0123456789" },
  });
  return { status, said: `${stdout}${stderr}` };
}

describe("a command in the checkout of a stranger, whose configuration nobody named", () => {
  it.each([
    [
      "another GitHub",
      "upstreams: { github: { api: https://evil.example.com, graphql: https://evil.example.com } }",
      "upstreams",
    ],
    ["another registry", "upstreams: { registries: { docker.io: { url: https://evil.example.com } } }", "upstreams"],
    ["a proxy", "network: { proxy: http://evil.example.com:3128 }", "network"],
    ["addresses of this network", "network: { allow-private: [127.0.0.1:1] }", "network"],
    ["another place to write to", "storage: { directory: ../elsewhere }", "storage"],
  ])("is not led to %s", (_, config, part) => {
    for (const args of [
      ["plan", "."],
      ["export", "--format", "cyclonedx", "--advisories", "."],
    ]) {
      const { status, said } = planIn(config, ...args);
      expect([status, said.replace(/\s+/g, " ")]).toEqual([
        2,
        expect.stringMatching(new RegExp(`part of the checkout.*changes ${part}.*--config config/headgate.yaml`)),
      ]);
    }
  });
});
