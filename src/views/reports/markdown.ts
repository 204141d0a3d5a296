import type { ReportedProject, VersionUpdate } from "../../domain/report.ts";
import { freshShare, meanDays, type Standing } from "../../domain/standing.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { safeUrl } from "../html.ts";
import { plainLine } from "../plain.ts";
import type { Report } from "../report.ts";
import { day } from "../time.ts";
import { upstreamPage, versionPage } from "../upstream-page.ts";
import { shortVersion } from "../words.ts";

/** The section that release notes of assembled software have: what was moved, to which version. */
export const markdown: Report = {
  id: "markdown",
  title: "Component version updates (Markdown)",
  why: "What moved between two dates, for release notes; add --since and --until.",
  mediaType: "text/markdown; charset=utf-8",
  fileName: "component-version-updates.md",
  asksAdvisories: false,
  write: ({ projects, period }) => {
    const several = projects.length > 1;
    const sections = projects.map((project) => sectionOf(project, several));
    const dates = `${day(period.from)} to ${day(period.until)}`;
    return `## Component version updates\n\n<!-- ${dates} -->\n\n${sections.join("\n")}`;
  },
};

function sectionOf({ id, updates, standings }: ReportedProject, several: boolean): string {
  const lines = updates.length === 0 ? ["Nothing moved."] : updates.map(lineOf).toSorted(byName);
  return `${several ? `### ${text(id)}\n\n` : ""}${lines.join("\n")}\n${courseOf(standings, several ? "####" : "###")}`;
}

/** How far behind it was on the first and the last day that are known. Nothing where those are one. */
function courseOf(standings: readonly Standing[], heading: string): string {
  const [first, last] = [standings[0], standings.at(-1)];
  if (first === undefined || last === undefined || first === last) return "";
  const row = (name: string, tell: (standing: Standing) => string) => `| ${name} | ${tell(first)} | ${tell(last)} |`;
  const days = (one: Standing) => meanDays(one)?.toFixed(0) ?? "not known";
  return [
    `\n${heading} Behind upstream\n`,
    `| | ${day(first.day)} | ${day(last.day)} |`,
    "|---|---|---|",
    row("components behind, of those that can be compared", ({ behind, known }) => `${behind} of ${known}`),
    row("releases behind, in all", ({ releases }) => String(releases)),
    row("days behind, on average", days),
    row("upstreams heard in time", (one) => freshWords(freshShare(one))),
    "",
  ].join("\n");
}

function freshWords(share: number | undefined): string {
  return share === undefined ? "not known" : `${Math.floor(share * 100)} %`;
}

/** `- [arkime/arkime](…) to [5.8.3](…) (from 5.8.2)`. */
function lineOf(update: VersionUpdate): string {
  const { upstream, from, to, tag, notesUrl } = update;
  const name = link(upstreamLabel(upstream), upstreamPage(upstream));
  const version = link(shortVersion(to), safeUrl(notesUrl) ?? versionPage(upstream, tag ?? to));
  const before = from.length === 0 ? " (new)" : ` (from ${from.map(shortVersion).map(text).join(", ")})`;
  return `- ${name} to ${version}${before}`;
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

function link(name: string, url: string | undefined): string {
  return url === undefined ? text(name) : `[${text(name)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}

/** Text as itself: nothing in it is Markdown, HTML or a mention. */
function text(given: string): string {
  return plainLine(given, 200)
    .replace(/[\\`*_[\]#|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/@(?=\w)/g, "@\u200b");
}
