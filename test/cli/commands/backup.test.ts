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

describe("headgate backup, restore and audit", () => {
  it("back up through the daemon that owns the store, refuse to restore under it, and restore elsewhere", async () => {
    const { folder, config } = await aPlace();
    const file = join(folder, "one.jsonl.gz");
    const daemon = await startDaemon(config, {});
    const vouched = await headgate([
      "vouch",
      "pkg:pypi/requests",
      "--by",
      "maintainer",
      "--reason",
      "met",
      "--config",
      config,
    ]);
    expect(vouched.code).toBe(0);
    const written = await headgate(["backup", file, "--config", config]);
    expect(written).toMatchObject({ code: 0, out: expect.stringMatching(/one\.jsonl\.gz: \d+ rows/) });
    const refused = await headgate(["restore", file, "--config", config]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("Stop it, restore into an empty") });
    await daemon.stop();
    const again = await headgate(["backup", file, "--config", config]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("is there already") });
    const full = await headgate(["restore", file, "--config", config]);
    expect(full).toMatchObject({ code: 2, err: expect.stringContaining("not empty") });
    const other = await aPlace();
    const restored = await headgate(["restore", file, "--config", other.config]);
    expect(restored).toMatchObject({ code: 0, out: expect.stringMatching(/Restored \d+ rows as they were at/) });
    const audit = await headgate(["audit", "--json", "--config", other.config]);
    expect(
      audit.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ kind: "vouch", actor: "maintainer" }]);
    const people = await headgate(["audit", "--since", "2020-01-01", "--config", other.config]);
    expect(people.out).toMatch(/vouch by maintainer, pkg:pypi\/requests: met/);
    const wrong = await headgate(["audit", "--since", "yesterday", "--config", other.config]);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('"yesterday" is no date') });
  });

  it("say what is wrong with a file that is not there", async () => {
    const { folder, config } = await aPlace();
    const missing = await headgate(["restore", join(folder, "none.gz"), "--config", config]);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("none.gz cannot be read") });
    const nowhere = await headgate(["backup", "/dev/null/x.gz", "--config", config]);
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining("cannot be written") });
    expect(existsSync(join(folder, "none.gz"))).toBe(false);
  });
});
