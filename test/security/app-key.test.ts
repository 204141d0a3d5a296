import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFor, startStandIns } from "../demo/stand-ins.ts";
import { demoWorld } from "../demo/world.ts";
import { headgate } from "../support/command.ts";
import { copyMigrated } from "../support/database.ts";
import { aFolder } from "../support/folder.ts";
import { filesBelow } from "../support/whole-stores.ts";
import { addInstallation } from "../upstreams/github/builders.ts";

describe("the key of an App", () => {
  it("is in nothing that is said, nor are its tokens", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const own = demoWorld(() => new Date().toISOString());
    const services = await startStandIns(own);
    addInstallation(own.github);
    services.github.fail(({ path }) => path === "/graphql", { status: 401, body: { message: "Bad credentials" } }, 1);
    const folder = aFolder();
    writeFileSync(join(folder, "headgate.yaml"), configFor(services, join(folder, "data")));
    await copyMigrated(join(folder, "data"));
    const env = { GITHUB_APP_ID: "1", GITHUB_APP_PRIVATE_KEY: pem };
    const texts: string[] = [];
    for (const command of [["run", "--once"], ["doctor"]]) {
      const { out, err } = await headgate([...command, "--config", join(folder, "headgate.yaml")], { env });
      texts.push(out, err);
    }
    texts.push(...filesBelow(join(folder, "data")).map((path) => readFileSync(path, "latin1")));
    const jwts = services.github.requests
      .flatMap(({ headers }) => /eyJ\S+/.exec(headers.authorization ?? "") ?? [])
      .map(String);
    const tokens = [...own.github.tokens.keys()].filter((token) => token.startsWith("ghs_"));
    expect(jwts).not.toEqual([]);
    expect(tokens).not.toEqual([]);
    const found = [...pem.split("\n").filter((line) => line.length === 64), ...jwts, ...tokens].filter((secret) =>
      texts.some((text) => text.includes(secret)),
    );
    expect(found).toEqual([]);
    await services.close();
  });
});
