import { join } from "node:path";
import { expect, it } from "vitest";
import { headgate } from "../../support/command.ts";
import { aFolder } from "../../support/folder.ts";

it("a checkout is planned without any configuration, and is called by its path", async () => {
  const folder = aFolder({ "suite/README.md": "Nothing is pinned here.\n" });
  const { code, out, err } = await headgate(["plan", "suite", "--json"], { cwd: folder });
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ project: join(folder, "suite"), components: [], candidates: [] });
});
