import { createHash } from "node:crypto";
import { groupUnchecked, type UncheckedEntry } from "../domain/digest.ts";
import type { ReportedComponent, ReportedProject, ReportedVersion, ReportMaterial } from "../domain/report.ts";
import { parsePurl, versioned } from "../domain/upstream.ts";
import { plainLine } from "./plain.ts";

/** A component of a bill of materials in one version, with the reference under which the document knows it. */
export type BomEntry = {
  readonly ref: string;
  readonly project: ReportedProject;
  readonly component: ReportedComponent;
  readonly version: ReportedVersion;
};

/** A name and a value, as CycloneDX keeps what it has no field for. */
export type BomProperty = { readonly name: string; readonly value: string };

/** The reference of a project in a document. */
export function projectRef({ id }: ReportedProject): string {
  return `project:${id}`;
}

/** Every version of every component, in the order of their references, which are unique and the same for the same pins. */
export function bomEntries(projects: readonly ReportedProject[]): BomEntry[] {
  const entries = projects.flatMap((project) =>
    project.components.flatMap((component) =>
      component.versions.map((version) => ({
        ref: `${projectRef(project)} ${versionedPurl(component, version)}`,
        ...{ project, component, version },
      })),
    ),
  );
  const order = (entry: BomEntry) => `${entry.ref}\n${entry.component.key}\n${firstPlace(entry.version)}`;
  const sorted = entries.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  const seen = new Map<string, number>();
  return sorted.map((entry) => {
    const times = (seen.get(entry.ref) ?? 0) + 1;
    seen.set(entry.ref, times);
    return times === 1 ? entry : { ...entry, ref: `${entry.ref} #${times}` };
  });
}

/** The version that is taken, as a document may call it; undefined where none is written: a range is none. */
export function versionName({ upstream }: ReportedComponent, version: ReportedVersion): string | undefined {
  const { text, precision, digest } = version;
  const isImage = upstream.startsWith("pkg:docker/");
  if (precision === "exact") return version.version === "" ? text || digest : version.version;
  if (isImage && text !== "") return text; // a tag that moves is what is pulled all the same
  return digest;
}

/** The purl with the version that is taken, where one is. */
function versionedPurl(component: ReportedComponent, version: ReportedVersion): string {
  const name = versionName(component, version);
  return name === undefined || name === "" ? component.upstream : versioned(component.upstream, name);
}

/** The component as CycloneDX names it (https://cyclonedx.org/docs/1.6/json/#components). */
export function identityOf(entry: BomEntry) {
  const { ref, component, version } = entry;
  const parts = parsePurl(component.upstream);
  const name = versionName(component, version);
  return {
    type: typeOf(parts?.type ?? ""),
    "bom-ref": ref,
    ...(parts !== undefined && parts.namespace !== "" && { group: parts.namespace }),
    name: parts?.name ?? component.upstream,
    ...(name !== undefined && name !== "" && { version: name }),
    purl: versionedPurl(component, version),
  };
}

/** What every document of ours begins with: who made it, when, about what. The same content has the same serial number. */
export function bomFrame(material: ReportMaterial, body: Readonly<Record<string, unknown>>): string {
  const { at, version, origin, projects } = material;
  const metadata = {
    timestamp: at,
    lifecycles: [{ phase: "pre-build" }],
    tools: { components: [{ type: "application", name: "headgate", version }] },
    component: subjectOf(projects),
    properties: [
      { name: "headgate:origin", value: origin },
      ...projects.map(({ id, notChecked }) => ({
        name: `headgate:not-checked:${id}`,
        value: String(notChecked.length),
      })),
      ...projects.flatMap(({ notChecked }) => groupUnchecked(notChecked).slice(0, MOST_UNCHECKED).map(toProperty)),
    ],
  };
  const head = { bomFormat: "CycloneDX", specVersion: "1.6" };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ metadata, body }))}`;
  return `${JSON.stringify({ ...head, serialNumber, version: 1, metadata, ...body }, null, 2)}\n`;
}

/** Reasons, of as many subjects as there are: beyond these a document would be about nothing else. */
const MOST_UNCHECKED = 100;

function toProperty({ subject, reason }: UncheckedEntry): BomProperty {
  return { name: "headgate:not-checked", value: plainLine(`${subject}: ${reason}`, 500) };
}

/** The reference of what the whole document is about. */
export function subjectRef(projects: readonly ReportedProject[]): string {
  const [only] = projects;
  return projects.length === 1 && only !== undefined ? projectRef(only) : "projects";
}

/** A project as a component of a document. */
export function projectComponent(project: ReportedProject) {
  const { id, repository, commit } = project;
  return {
    type: "application",
    "bom-ref": projectRef(project),
    name: id,
    ...(commit !== undefined && { version: commit }),
    ...(repository !== undefined && { externalReferences: [{ type: "vcs", url: repository }] }),
  };
}

/** Several projects are one subject with parts. */
function subjectOf(projects: readonly ReportedProject[]) {
  const [only] = projects;
  if (projects.length === 1 && only !== undefined) return projectComponent(only);
  return { type: "application", "bom-ref": subjectRef(projects), name: "Projects that Headgate watches" };
}

const LIBRARIES = ["pypi", "npm", "gem", "cargo", "golang", "maven", "composer", "conda", "cran", "nuget", "hex"];

function typeOf(kind: string): "container" | "library" | "application" {
  if (kind === "docker" || kind === "oci") return "container";
  return LIBRARIES.includes(kind) ? "library" : "application";
}

function firstPlace({ places }: ReportedVersion): string {
  return `${places[0]?.path} ${String(places[0]?.line).padStart(8, "0")}`;
}

/** A UUID of one's own making from a hash (RFC 9562, section 5.8). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...parts, hex.slice(20, 32)].join("-");
}
