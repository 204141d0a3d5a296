import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TOKEN_FORGE_IDS } from "../../../src/domain/project.ts";
import { permissionTable } from "../../../src/flow/operate/describe-permissions.ts";
import { PROFILES } from "../../../src/lib/forge/profiles.ts";
import { PERMISSION_USES } from "../../../src/lib/github/permissions.ts";

const page = (path: string) => readFileSync(join(import.meta.dirname, "../../../docs", path), "utf8");

describe("the list of permissions", () => {
  it("is the table of the threat model, word for word", () => {
    expect(page("threat-model.md")).toContain(`\n${permissionTable(PERMISSION_USES)}\n`);
    expect(permissionTable(PERMISSION_USES).split("\n")).toHaveLength(PERMISSION_USES.length + 2);
  });

  it.each(TOKEN_FORGE_IDS)("is the table of the guide, of %s", (id) => {
    const { permissions, without } = PROFILES[id];
    expect(page(`guides/${id}.md`)).toContain(`\n${permissionTable(permissions)}\n`);
    const needed = permissions.filter(({ level, essential }) => level === "write" && essential);
    for (const { scopes } of needed) for (const scope of scopes) expect(without.advice).toContain(scope);
  });

  it("is what the guide has people grant to an App", () => {
    const guide = page("guides/github-app.md").replace(/\s+/g, " ");
    for (const { title, level } of PERMISSION_USES) {
      const name = title.replace(/ \(.*/, "");
      expect(guide, name).toMatch(new RegExp(`\\*${name}\\*[^*]*\\b${level === "write" ? "write" : "read"}\\b`));
    }
  });
});
