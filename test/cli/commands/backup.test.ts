import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate, startDaemon } from "../../support/command.ts";
import { copyMigrated } from "../../support/database.ts";
import { aFolder } from "../../support/folder.ts";

/** A folder that watches itself, with an empty store. */
async function aPlace(): Promise<{ folder: string; config: string }> {
  const folder = aFolder({ "requirements.txt": "requests==2.31.0\n" });
  const config = join(folder, "headgate.yaml");
  writeFileSync(
    config,
    `watch: [{ path: "${folder}" }]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: 0 }\nupstreams: { pypi: { url: "http://127.0.0.1:1" } }\nnetwork: { allow-private: ["127.0.0.1:1"] }\n`,
  );
  await copyMigrated(join(folder, "data"));
  return { folder, config };
}

const text = (pattern: RegExp | string) =>
  typeof pattern === "string" ? expect.stringContaining(pattern) : expect.stringMatching(pattern);

describe("headgate backup, restore and audit", () => {
  it("back up through the daemon that owns the store, refuse to restore under it, and restore elsewhere", async () => {
    const { folder, config } = await aPlace();
    const file = join(folder, "one.jsonl.gz");
    const daemon = await startDaemon(config, {});
    const asked = (...args: string[]) => headgate([...args, "--config", config]);
    const vouch = () => asked("vouch", "pkg:pypi/requests", "--by", "maintainer", "--reason", "met");
    await expect.poll(vouch).toMatchObject({ code: 0, err: "" }); // what is watched is known once the first look was there
    const written = await headgate(["backup", file, "--config", config]);
    expect(written).toMatchObject({ code: 0, out: text(/one\.jsonl\.gz: \d+ rows/) });
    expect(await asked("backup", file)).toMatchObject({ code: 2, err: text("is there already") });
    expect(await asked("backup", "/dev/null/x.gz")).toMatchObject({ code: 2, err: text("cannot be written") });
    expect(await asked("restore", file)).toMatchObject({ code: 2, err: text("Stop it, restore into an empty") });
    const people = await asked("audit", "--since", "2020-01-01");
    expect(people.out).toMatch(/vouch by maintainer, pkg:pypi\/requests: met/);
    const wrong = await asked("audit", "--since", "yesterday");
    expect(wrong).toMatchObject({ code: 2, err: text('"yesterday" is no date') });
    await daemon.stop();
    const other = await aPlace();
    expect(await asked("restore", file)).toMatchObject({ code: 2, err: text("not empty") });
    const restored = await headgate(["restore", file, "--config", other.config]);
    expect(restored).toMatchObject({ code: 0, out: text(/Restored \d+ rows as they were at/) });
    const audit = await headgate(["audit", "--json", "--config", other.config]);
    const lines = audit.out.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ kind: "vouch", actor: "maintainer" }]);
  });

  it("say that a file is not there before anything is made for it", async () => {
    const folder = aFolder({ "headgate.yaml": "watch: [{ path: . }]\n" });
    const missing = await headgate(["restore", "none.gz", "--config", "headgate.yaml"], { cwd: folder });
    expect(missing).toEqual({ code: 2, out: "", err: "headgate: none.gz does not exist.\n" });
    expect(existsSync(join(folder, "data"))).toBe(false);
  });
});
