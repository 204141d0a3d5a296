import type { PermissionUse } from "../../lib/forge/grants.ts";

/** What a token of a forge needs, as a Markdown table: docs/threat-model.md has GitHub's, the guides of the others theirs. */
export function permissionTable(uses: readonly PermissionUse[]): string {
  const rows = uses.map(({ title, level, scopes, ...use }) => {
    const classic = scopes.map((scope) => `\`${scope}\``).join(", ");
    return `| ${title}: ${level} | ${use.for} | ${use.without} | ${classic} |`;
  });
  return ["| permission | for | without it | scope of a token |", "|---|---|---|---|", ...rows].join("\n");
}
