import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate, startDaemon } from "../../support/command.ts";
import { copyMigrated } from "../../support/database.ts";
import { aFolder } from "../../support/folder.ts";

describe("headgate dashboard", () => {
  it("gives a link that logs in once into the daemon that runs", async () => {
    const folder = aFolder();
    const config = join(folder, "headgate.yaml");
    await copyMigrated(join(folder, "data"));
    writeFileSync(
      config,
      `watch: [{ path: "${folder}" }]\nstorage: { directory: "${join(folder, "data")}" }\nweb: { port: 0 }\n`,
    );
    const daemon = await startDaemon(config, {});
    const { code, out } = await headgate(["dashboard", "--config", config]);
    const link = out.trim();
    const first = await fetch(link, { redirect: "manual" });
    const second = await fetch(link, { redirect: "manual" });
    const { out: said } = await daemon.stop();
    expect(code).toBe(0);
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login\/[\w-]{32}$/);
    expect([first.status, first.headers.get("set-cookie")]).toEqual([303, expect.stringContaining("HttpOnly")]);
    expect(second.status).toBe(410);
    expect(said).toContain(`Dashboard: ${new URL(link).origin}`);
    expect(said).not.toContain("/login/"); // this output is no terminal
  });

  it("says that no daemon runs", async () => {
    const folder = aFolder({ "headgate.yaml": "watch: [{ path: . }]\n" });
    const { code, err } = await headgate(["dashboard", "--config", "headgate.yaml"], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toContain("No daemon runs with the data in");
    expect(err).toContain("headgate run");
  });
});
