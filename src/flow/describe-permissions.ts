import { PERMISSION_USES } from "../lib/github/permissions.ts";

/** What a GitHub token needs, as a Markdown table of docs/threat-model.md. */
export function permissionTable(): string {
  const rows = PERMISSION_USES.map(({ title, level, scopes, ...use }) => {
    const classic = scopes.map((scope) => `\`${scope}\``).join(", ");
    return `| ${title}: ${level} | ${use.for} | ${use.without} | ${classic} |`;
  });
  return ["| permission | for | without it | scope of a classic token |", "|---|---|---|---|", ...rows].join("\n");
}
