import type { ReportedComponent, ReportedPlace, ReportedProject, ReportedVersion } from "../../domain/report.ts";
import { parsePurl, upstreamLabel } from "../../domain/upstream.ts";
import { plain } from "../plain.ts";
import type { Report } from "../report.ts";

/** One row per place, for spreadsheets: RFC 4180, and no cell that a spreadsheet would run. */
export const csv: Report = {
  id: "csv",
  title: "Table (CSV)",
  why: "One row per place, for spreadsheets and audits.",
  mediaType: "text/csv; charset=utf-8; header=present",
  fileName: "headgate.csv",
  asksAdvisories: false,
  write: ({ projects }) => {
    const rows = projects.flatMap((project) =>
      project.components.flatMap((component) =>
        component.versions.flatMap((version) =>
          version.places.map((place) => rowOf(project, component, version, place)),
        ),
      ),
    );
    return [COLUMNS.map(([heading]) => heading), ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  },
};

type Row = {
  readonly project: ReportedProject;
  readonly component: ReportedComponent;
  readonly version: ReportedVersion;
  readonly place: ReportedPlace;
};

const COLUMNS: readonly (readonly [string, (row: Row) => string | number | undefined])[] = [
  ["project", ({ project }) => project.id],
  ["upstream", ({ component }) => component.upstream],
  ["name", ({ component }) => upstreamLabel(component.upstream)],
  ["kind", ({ component }) => parsePurl(component.upstream)?.type],
  ["file", ({ place }) => place.path],
  ["line", ({ place }) => place.line],
  ["known_as", ({ place }) => place.name],
  ["written", ({ version }) => version.text],
  ["version", ({ version }) => version.version],
  ["digest", ({ version }) => version.digest],
  ["precision", ({ version }) => version.precision],
  ["locked_by", ({ version }) => version.lockedBy],
  ["drift", ({ component }) => (component.current.length > 1 ? component.current.join(" ") : "")],
  ["licence", ({ component }) => component.licence?.id],
  ["proof", ({ version }) => version.release?.proof],
  ["trust", ({ component }) => component.trust?.band],
  ["trust_value", ({ component }) => component.trust?.value?.toFixed(1)],
  ["trust_coverage", ({ component }) => component.trust?.coverage.toFixed(2)],
  ["next_version", ({ component }) => component.next?.version],
  ["next_verdict", ({ component }) => component.next?.verdict],
  ["next_until", ({ component }) => component.next?.until],
  ["pull_request", ({ component }) => component.next?.url],
  ["advisories", ({ project, component, version }) => advisoriesOf(project, component, version)],
];

function rowOf(
  project: ReportedProject,
  component: ReportedComponent,
  version: ReportedVersion,
  place: ReportedPlace,
): (string | number | undefined)[] {
  return COLUMNS.map(([, read]) => read({ project, component, version, place }));
}

function advisoriesOf(
  { advisories }: ReportedProject,
  { key }: ReportedComponent,
  { version }: ReportedVersion,
): string {
  const about = advisories.filter((one) => one.component === key && one.version === version);
  return about.map(({ advisory }) => advisory.id).join(" ");
}

/** What spreadsheets take for a formula (https://owasp.org/www-community/attacks/CSV_Injection): such a cell gets an apostrophe before it. */
const FORMULA = /^\s*[=+\-@＝＋－＠\t\r]/;
/** So does what begins a cell where a spreadsheet takes semicolons or tabs for borders, as in half of Europe. */
const INNER_FORMULA = /([;\t\n])((?:"|[^\S\t\n])*)(?=[=+\-@＝＋－＠])/g;

function cell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = plain(value).replace(INNER_FORMULA, "$1'$2");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
