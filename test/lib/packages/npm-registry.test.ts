import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { npmEnvironment, npmRegistry } from "../../../src/lib/packages/npm-registry.ts";
import { aFolder } from "../../support/folder.ts";

describe("the npm registry", () => {
  it("is the one of the user's npm configuration", async () => {
    const asked = execFileSync("npm", ["config", "get", "registry"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(`${await npmRegistry(npmEnvironment(process.env))}/`).toBe(`${asked.trim().replace(/\/+$/, "")}/`);
  });

  it("is the one that a variable or the user's own file names", async () => {
    const { PATH } = process.env;
    const userconfig = join(aFolder({ npmrc: "registry=https://file.example.org/npm/\n" }), "npmrc");
    const byFile = npmEnvironment({ PATH, NPM_CONFIG_USERCONFIG: userconfig });
    expect(await npmRegistry(byFile)).toBe("https://file.example.org/npm");
    expect(await npmRegistry({ ...byFile, npm_config_registry: "https://variable.example.org" })).toBe(
      "https://variable.example.org",
    );
  });

  it("is read from where npm would read it when there is no npm, and unknown when nothing names one", async () => {
    const PATH = aFolder({});
    const folder = aFolder({ ".npmrc": "//x/:_authToken=y\nregistry = https://file.example.org/npm/\n" });
    expect(await npmRegistry({ PATH })).toBe("");
    expect(await npmRegistry({ PATH, HOME: aFolder({}) })).toBe("");
    expect(await npmRegistry({ PATH, HOME: folder })).toBe("https://file.example.org/npm");
    expect(await npmRegistry({ PATH, NPM_CONFIG_USERCONFIG: join(folder, ".npmrc") })).toBe(
      "https://file.example.org/npm",
    );
    expect(await npmRegistry({ PATH, HOME: folder, NPM_CONFIG_REGISTRY: "https://variable.example.org/" })).toBe(
      "https://variable.example.org",
    );
    expect(await npmRegistry({ PATH, NPM_CONFIG_REGISTRY: "not an address" })).toBe("");
  });

  it("is unknown where npm fails, and where its address is made of a variable that npm is not told", async () => {
    const broken = aFolder({ npm: "#!/bin/sh\nexit 1\n" });
    chmodSync(join(broken, "npm"), 0o755);
    expect(await npmRegistry({ PATH: `${broken}:/bin` })).toBe("");
    const userconfig = join(aFolder({ npmrc: "registry=https://${NPM_HOST}/npm\n" }), "npmrc");
    expect(
      await npmRegistry(npmEnvironment({ PATH: process.env.PATH, NPM_CONFIG_USERCONFIG: userconfig, NPM_HOST: "x" })),
    ).toBe("");
  });
});

describe("the environment of npm", () => {
  const canary = "canary-0f6d1c";
  const secrets = [
    "GITHUB_TOKEN",
    "GITHUB_APP_PRIVATE_KEY",
    "SMTP_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "HEADGATE_HTTP_TOKEN",
    "WEBHOOK_SECRET_CHAT",
    "WEBHOOK_URL_CHAT",
    "NPM_TOKEN",
    "NODE_AUTH_TOKEN",
    "HTTPS_PROXY",
    "AWS_SECRET_ACCESS_KEY",
    "npm_config__auth",
    "npm_config__authToken",
    "npm_config__password",
    "npm_config_key",
    "npm_config_otp",
    "npm_config_https_proxy",
    "npm_config_//registry.example.org/:_authToken",
    "NPM_CONFIG__AUTH",
  ];

  it("holds where npm and its configuration are, and no secret", async () => {
    const { PATH = "" } = process.env;
    const heard = join(aFolder({}), "heard");
    const bin = aFolder({ npm: `#!/bin/sh\n/usr/bin/env > ${heard}\necho https://registry.example.org/\n` });
    chmodSync(join(bin, "npm"), 0o755);
    writeFileSync(heard, "");
    const environment = {
      PATH: `${bin}:${PATH}`,
      HOME: "/home/ada",
      npm_config_userconfig: "/home/ada/.npmrc",
      npm_config_registry: `https://ada:${canary}@registry.example.org/`,
      ...Object.fromEntries(secrets.map((name) => [name, canary])),
    };
    expect(await npmRegistry(npmEnvironment(environment))).toBe("https://registry.example.org");
    const told = readFileSync(heard, "utf8");
    expect(told).toContain("HOME=/home/ada\n");
    expect(told).toContain("npm_config_userconfig=/home/ada/.npmrc\n");
    expect(told).toContain("npm_config_registry=https://registry.example.org/\n");
    expect(told).not.toContain(canary);
  });
});
