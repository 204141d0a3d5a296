import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFor, startStandIns } from "./demo/stand-ins.ts";
import { demoWorld } from "./demo/world.ts";
import { headgate, startDaemon } from "./support/command.ts";
import { copyEmpty } from "./support/database.ts";
import { aFolder } from "./support/folder.ts";

describe("the daemon", () => {
  it("says which port is taken, what to do, and starts nothing", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = aFolder({ "headgate.yaml": `watch: [{ path: . }]\nweb: { port: ${port} }\n` });
    await copyEmpty(join(folder, "data"));
    const { code, err, out } = await headgate(["run", "--config", "headgate.yaml"], { cwd: folder });
    other.close();
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} cannot be listened on .*set web\\.port`));
    expect(out).not.toContain("is watching");
  });

  it("stops in the middle of polls that never answer, without a word of error", async () => {
    const world = demoWorld(() => new Date().toISOString());
    const standIns = await startStandIns(world);
    for (const one of [standIns.pypi, standIns.hub]) one.fail(() => true, "hang");
    const folder = aFolder();
    await copyEmpty(join(folder, "data"));
    writeFileSync(join(folder, "headgate.yaml"), configFor(standIns, join(folder, "data")));
    const daemon = await startDaemon(join(folder, "headgate.yaml"), { GITHUB_TOKEN: world.token });
    await expect.poll(() => standIns.github.requests.length, { timeout: 20_000 }).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // polls are under way now, and hang
    const { code, err } = await daemon.stop();
    await standIns.close();
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line !== "" && !line.includes('"level":"info"'))).toEqual([]);
  });
});
