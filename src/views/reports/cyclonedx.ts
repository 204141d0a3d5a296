import type { ReportedVersion } from "../../domain/report.ts";
import {
  type BomEntry,
  type BomProperty,
  bomEntries,
  bomFrame,
  identityOf,
  projectComponent,
  projectRef,
  subjectRef,
} from "../bom.ts";
import { safeUrl } from "../html.ts";
import type { Report } from "../report.ts";
import { upstreamPage } from "../upstream-page.ts";

/** A bill of materials: CycloneDX 1.6 (ECMA-424), https://cyclonedx.org/docs/1.6/json/. What is taken directly; nothing beneath it. */
export const cyclonedx: Report = {
  id: "cyclonedx",
  title: "CycloneDX bill of materials (JSON, 1.6)",
  why: "What each project takes from upstream, in every version, with places, hashes, licences and trust: for Dependency-Track and its kin.",
  mediaType: "application/vnd.cyclonedx+json",
  fileName: "headgate.cdx.json",
  asksAdvisories: false,
  write: (material) => {
    const { projects } = material;
    const entries = bomEntries(projects);
    const several = projects.length !== 1;
    const root = subjectRef(projects);
    const taken = projects.map((project) => ({
      ref: projectRef(project),
      dependsOn: entries.filter((entry) => entry.project === project).map(({ ref }) => ref),
    }));
    const parts = several ? [{ ref: root, dependsOn: projects.map(projectRef) }] : [];
    return bomFrame(material, {
      components: [...(several ? projects.map(projectComponent) : []), ...entries.map(toComponent)],
      dependencies: [...parts, ...taken, ...entries.map(({ ref }) => ({ ref }))],
      // What components bring with them is not looked at, and the document says so.
      compositions: [{ aggregate: "incomplete", assemblies: [root] }],
    });
  },
};

function toComponent(entry: BomEntry) {
  const { component, version } = entry;
  const { licence } = component;
  const hashes = hashesOf(version.digest);
  const references = referencesOf(entry);
  return {
    ...identityOf(entry),
    ...(hashes.length > 0 && { hashes }),
    ...(licence !== undefined && { licenses: [{ expression: licence.id }] }),
    ...(references.length > 0 && { externalReferences: references }),
    evidence: {
      occurrences: version.places.map(({ path, line, name }) => ({
        location: path,
        line,
        ...(name !== "" && { symbol: name }),
      })),
    },
    properties: propertiesOf(entry),
  };
}

/** At most so many files of a release are named: images and packages with binaries have hundreds. */
const MOST_FILES = 25;

function referencesOf({ component, version }: BomEntry) {
  const { release } = version;
  const page = upstreamPage(component.upstream);
  const notes = safeUrl(release?.notesUrl);
  const files = (release?.files ?? []).flatMap(({ url, digest }) => {
    const safe = safeUrl(url);
    const hashes = hashesOf(digest);
    return safe === undefined ? [] : [{ type: "distribution", url: safe, ...(hashes.length > 0 && { hashes }) }];
  });
  return [
    ...(page === undefined ? [] : [{ type: page.startsWith("https://github.com/") ? "vcs" : "website", url: page }]),
    ...(notes === undefined ? [] : [{ type: "release-notes", url: notes }]),
    ...files.slice(0, MOST_FILES),
  ];
}

const ALGORITHMS: Readonly<Record<string, readonly [string, number]>> = {
  sha1: ["SHA-1", 40],
  sha256: ["SHA-256", 64],
  sha384: ["SHA-384", 96],
  sha512: ["SHA-512", 128],
};

/** `sha256:…` as CycloneDX writes it. A commit names content in another way and is no hash of it. */
function hashesOf(digest: string | undefined): { alg: string; content: string }[] {
  const [algorithm = "", content = ""] = (digest ?? "").split(":");
  const [alg, length] = ALGORITHMS[algorithm] ?? [];
  return alg !== undefined && content.length === length && /^[0-9a-f]+$/i.test(content) ? [{ alg, content }] : [];
}

function propertiesOf({ project, component, version }: BomEntry): BomProperty[] {
  const { trust, next, licence, current } = component;
  return given({
    "headgate:project": project.id,
    "headgate:precision": version.precision,
    "headgate:written": version.text,
    "headgate:commit": commitOf(version),
    "headgate:locked-by": version.lockedBy,
    "headgate:drift": current.length > 1 ? current.join(", ") : undefined,
    "headgate:proof": version.release?.proof,
    "headgate:trust": trust?.band,
    "headgate:trust-value": trust?.value?.toFixed(1),
    "headgate:trust-coverage": trust?.coverage.toFixed(2),
    "headgate:licence-from": licence && `${licence.repository}${licence.claimed ? " (claimed)" : ""}`,
    "headgate:next-version": next?.version,
    "headgate:next-verdict": next?.verdict,
  });
}

function commitOf({ digest }: ReportedVersion): string | undefined {
  return digest !== undefined && /^[0-9a-f]{40}$/.test(digest) ? digest : undefined;
}

function given(values: Readonly<Record<string, string | undefined>>): BomProperty[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [{ name, value }],
  );
}
