import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate } from "./support/command.ts";
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
});
