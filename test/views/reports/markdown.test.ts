import { describe, expect, it } from "vitest";
import { markdown } from "../../../src/views/reports/markdown.ts";
import { aMaterial, aReportedProject } from "../../support/report.ts";

const write = (...updates: Parameters<typeof aReportedProject>[0][]) =>
  markdown.write(aMaterial({ projects: updates.map(aReportedProject) }));
const move = { upstream: "pkg:github/example/tool", from: ["1.0.0"], to: "1.1.0", tag: "v1.1.0" };

describe("component version updates", () => {
  it("name what moved, with links to it and to its version", () => {
    expect(write({ updates: [move, { upstream: "pkg:pypi/requests", from: [], to: "2.33.0" }] })).toBe(
      `## Component version updates

<!-- 21 Oct 2026 to 20 Nov 2026 -->

- [example/tool](<https://github.com/example/tool>) to [1.1.0](<https://github.com/example/tool/releases/tag/v1.1.0>) (from 1.0.0)
- [requests](<https://pypi.org/project/requests/>) to [2.33.0](<https://pypi.org/project/requests/2.33.0/>) (new)
`,
    );
  });

  it("say so when nothing moved, and give each of several projects its own heading", () => {
    expect(write({})).toContain("Nothing moved.");
    expect(write({ updates: [move] }, { id: "other" })).toContain("### other\n\nNothing moved.");
  });

  it("tell how far behind the project was on the first and the last day that are known", () => {
    const first = {
      day: "2026-10-21",
      components: 9,
      known: 8,
      behind: 4,
      releases: 30,
      days: 80,
      upstreams: 9,
      stale: 1,
    };
    const last = { ...first, day: "2026-11-20", behind: 1, releases: 2, days: 3, stale: 0 };
    expect(write({ standings: [first, { ...first, day: "2026-11-01" }, last] })).toContain(`
### Behind upstream

| | 21 Oct 2026 | 20 Nov 2026 |
|---|---|---|
| components behind, of those that can be compared | 4 of 8 | 1 of 8 |
| releases behind, in all | 30 | 2 |
| days behind, on average | 10 | 0 |
| upstreams heard in time | 88 % | 100 % |
`);
    expect(write({ standings: [first] })).not.toContain("Behind upstream");
  });

  it("let nothing of a version be Markdown, HTML or a mention", () => {
    const text = write({ updates: [{ ...move, to: "1](x) <img> @team", tag: "x> y" }] });
    expect(text).toContain("[1\\](x) &lt;img> @\u200bteam](<https://github.com/example/tool/releases/tag/x%3E%20y>)");
  });
});
