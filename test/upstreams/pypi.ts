import { createHash } from "node:crypto";
import { plainTarball } from "../support/archives.ts";
import { type Answer, type Received, type StandIn, type StandInOptions, startStandIn } from "./stand-in.ts";

/** One uploaded file. `uploadedAt: null` is an index that does not say; `sha256` follows the filename unless given. */
export type PypiFile = {
  readonly filename: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly uploadedAt?: string | null;
  readonly requiresPython?: string | null;
  /** The body of the Integrity API's answer; absent: no provenance. */
  readonly provenance?: object;
};

/** One version. PyPI yanks versions and repeats that on each file; a text is the reason. */
type PypiVersion = { files: PypiFile[]; yanked?: boolean | string };

type PypiProject = {
  versions: Record<string, PypiVersion>;
  status?: "active" | "archived" | "quarantined" | "deprecated";
  /** What the CDN serves: rises with every change of the project, unless a test holds it back. */
  serial?: number;
  /** Fields of `info` of the JSON API: project_urls, classifiers, summary … */
  info?: Record<string, unknown>;
  ownership?: object;
  vulnerabilities?: readonly object[];
};

/** What the index holds, by normalised name. Tests and the demo publish and yank by changing it. */
export type PypiWorld = {
  readonly projects: Record<string, PypiProject>;
  /** A private index of the simpler kind: HTML only, no upload times. */
  htmlOnly?: boolean;
  /** The newest releases of the whole index, newest first, as its feed lists them. */
  updates?: () => readonly PypiUpdate[];
  /** Every change of the whole index, oldest first, as XML-RPC lists it. */
  journal?: () => readonly PypiChange[];
};

/** An entry of the list of changes; what is about a whole project has no version. */
export type PypiChange = Omit<PypiUpdate, "version"> & {
  readonly version: string | null;
  readonly action: string;
  readonly serial: number;
};

/** An entry of the feed of new releases. */
export type PypiUpdate = { readonly name: string; readonly version: string; readonly at: string };

/** Uploads a version: a wheel and a source archive, unless files are given. */
export function publishToPypi(
  world: PypiWorld,
  name: string,
  version: string,
  uploadedAt: string,
  files: readonly PypiFile[] = defaultFiles(name, version),
): void {
  world.projects[name] ??= { versions: {} };
  const project = world.projects[name];
  project.versions[version] = { files: files.map((file) => ({ uploadedAt, ...file })) };
}

/** Yanks a version, with the reason its owner gives. */
export function yankFromPypi(world: PypiWorld, name: string, version: string, reason: string | true = true): void {
  const release = world.projects[name]?.versions[version];
  if (release === undefined) throw new Error(`no such version to yank: ${name} ${version}`);
  release.yanked = reason;
}

/** The hash a file has unless its author gave another: of a source archive its own, of any other file that of its name. */
export function sha256Of(filename: string): string {
  return hashOf(filename.endsWith(".tar.gz") ? sourceArchive(filename) : filename);
}

function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * A stand-in of PyPI: the Simple API as JSON and HTML with ETag and 304, the 301 for other spellings of a name, the
 * JSON API of projects and versions, and provenance. The wire forms are those of docs.pypi.org/api.
 */
export function startPypi(world: PypiWorld, manner: StandInOptions = {}): Promise<StandIn> {
  const serials = createSerials();
  return startStandIn((request) => answerPypi(world, request, serials), manner);
}

function answerPypi(world: PypiWorld, request: Received, serials: Serials): Answer {
  if (request.path === "/rss/updates.xml") return answerUpdates(world.updates?.() ?? [], request);
  if (request.path === "/pypi" && request.method === "POST") return answerRpc(world.journal?.() ?? [], request);
  const simple = /^\/simple\/([^/]+)(\/?)$/.exec(request.path);
  if (simple?.[1] !== undefined) return answerSimple(world, request, [simple[1], simple[2] === "/"], serials);
  const provenance = /^\/integrity\/([^/]+)\/([^/]+)\/([^/]+)\/provenance$/.exec(request.path);
  if (provenance !== null) return answerProvenance(world, provenance.slice(1).map(decodeURIComponent));
  const json = /^\/pypi\/([^/]+)\/(?:([^/]+)\/)?json$/.exec(request.path);
  if (json?.[1] !== undefined) return answerJson(world, json[1], json[2], serials);
  if (/^\/packages\/[^/]+\/[^/]+\.whl$/.test(request.path)) return emptyWheel();
  const archive = /^\/packages\/[^/]+\/([^/]+\.tar\.gz)$/.exec(request.path)?.[1];
  if (archive !== undefined) return { body: sourceArchive(archive) };
  return plain(404, "404 Not Found");
}

/** The feed of the newest hundred releases (https://docs.pypi.org/api/feeds/). */
function answerUpdates(updates: readonly PypiUpdate[], request: Received): Answer {
  const items = updates
    .slice(0, 100)
    .map(
      ({ name, version, at }) =>
        `<item><title>${name} ${version}</title><link>https://pypi.org/project/${name}/${version}/</link>` +
        `<description>${name}</description><pubDate>${new Date(at).toUTCString()}</pubDate></item>`,
    );
  const body = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>PyPI recent updates</title>
<link>https://pypi.org/</link><description>Recent updates to the Python Package Index</description>
${items.join("\n")}</channel></rss>`;
  const headers = { etag: etagOf(body), "content-type": "text/xml; charset=UTF-8" };
  return request.headers["if-none-match"] === headers.etag ? { status: 304, headers } : { headers, body };
}

/** The mirroring methods of XML-RPC (https://docs.pypi.org/api/xml-rpc/): at most 50,000 changes an answer. */
function answerRpc(journal: readonly PypiChange[], request: Received): Answer {
  const call = request.body.toString();
  const method = /<methodName>(\w+)<\/methodName>/.exec(call)?.[1];
  const since = Number(/<int>(\d+)<\/int>/.exec(call)?.[1] ?? "0");
  const rows = journal.filter(({ serial }) => serial > since).slice(0, 50_000);
  const value = (scalar: string) => `<value>${scalar}</value>`;
  const array = (values: readonly string[]) => `<array><data>${values.map(value).join("")}</data></array>`;
  const answers: Readonly<Record<string, () => string>> = {
    changelog_last_serial: () => `<int>${journal.at(-1)?.serial ?? 0}</int>`,
    changelog_since_serial: () =>
      array(
        rows.map(({ name, version, at, action, serial }) =>
          array([
            `<string>${name}</string>`,
            version === null ? "<nil/>" : `<string>${version}</string>`,
            `<int>${Math.floor(Date.parse(at) / 1_000)}</int>`,
            `<string>${escapeHtml(action)}</string>`,
            `<int>${serial}</int>`,
          ]),
        ),
      ),
  };
  const answer = answers[method ?? ""]?.();
  const fault = "<fault><value><string>no such method</string></value></fault>";
  const params = answer === undefined ? fault : `<params><param>${value(answer)}</param></params>`;
  return {
    headers: { "content-type": "text/xml" },
    body: `<?xml version='1.0'?>\n<methodResponse>${params}</methodResponse>`,
  };
}

function etagOf(body: string): string {
  return `"${createHash("md5").update(body).digest("base64")}"`;
}

function answerSimple(
  world: PypiWorld,
  request: Received,
  [spelled, slash]: [string, boolean],
  serials: Serials,
): Answer {
  const name = normalise(spelled);
  if (name !== spelled || !slash) return { status: 301, headers: { location: `/simple/${name}/` } };
  const project = world.projects[name];
  if (project === undefined) return plain(404, "404 Not Found");
  const standing = serials(name, project);
  const { serial } = standing;
  const wantsJson = (request.headers.accept ?? "").includes("application/vnd.pypi.simple.v1+json");
  const json = wantsJson && world.htmlOnly !== true;
  const { body, etag } = pageOf(standing, json ? "json" : "html", () =>
    json ? JSON.stringify(simpleJson(name, project, serial)) : simpleHtml(name, project),
  );
  const headers = {
    etag,
    "x-pypi-last-serial": String(serial),
    "cache-control": "max-age=600, public",
    vary: "Accept, Accept-Encoding",
    "content-type": json ? "application/vnd.pypi.simple.v1+json" : "text/html; charset=UTF-8",
  };
  return request.headers["if-none-match"] === etag ? { status: 304, headers } : { headers, body };
}

/** Pages are made once for each state of a project, as PyPI's cache does. */
function pageOf({ pages }: Standing, kind: string, make: () => string): Page {
  const known = pages.get(kind);
  if (known !== undefined) return known;
  const body = make();
  const page = { body, etag: etagOf(body) };
  pages.set(kind, page);
  return page;
}

function simpleJson(name: string, project: PypiProject, serial: number): object {
  const visible = project.status === "quarantined" ? [] : Object.entries(project.versions);
  return {
    meta: { "api-version": "1.4", "_last-serial": serial },
    name,
    "project-status": { status: project.status ?? "active" },
    versions: visible.map(([version]) => version),
    files: visible.flatMap(([version, release]) =>
      release.files.map((file) => ({
        filename: file.filename,
        url: fileUrl(file),
        hashes: { sha256: file.sha256 ?? sha256Of(file.filename) },
        "requires-python": file.requiresPython ?? null,
        size: file.size ?? 1337,
        ...(file.uploadedAt !== null && { "upload-time": file.uploadedAt ?? "2026-09-01T00:00:00.000000Z" }),
        yanked: release.yanked ?? false,
        "core-metadata": false,
        "data-dist-info-metadata": false,
        provenance:
          file.provenance === undefined
            ? null
            : `https://pypi.org/integrity/${name}/${version}/${file.filename}/provenance`,
      })),
    ),
  };
}

function simpleHtml(name: string, project: PypiProject): string {
  const anchors = Object.values(project.versions).flatMap((release) =>
    release.files.map((file) => {
      const python = file.requiresPython ? ` data-requires-python="${escapeHtml(file.requiresPython)}"` : "";
      const reason = typeof release.yanked === "string" ? release.yanked : "";
      const yanked = release.yanked ? ` data-yanked="${escapeHtml(reason)}"` : "";
      const href = `${fileUrl(file)}#sha256=${file.sha256 ?? sha256Of(file.filename)}`;
      return `    <a href="${escapeHtml(href)}"${python}${yanked}>${escapeHtml(file.filename)}</a><br/>`;
    }),
  );
  return `<!DOCTYPE html>\n<html>\n  <body>\n    <h1>Links for ${name}</h1>\n${anchors.join("\n")}\n  </body>\n</html>\n`;
}

function answerJson(world: PypiWorld, spelled: string, version: string | undefined, serials: Serials): Answer {
  const name = normalise(spelled);
  if (name !== spelled) {
    return { status: 301, headers: { location: `/pypi/${name}/${version === undefined ? "" : `${version}/`}json` } };
  }
  const project = world.projects[name];
  const shown = version ?? Object.keys(project?.versions ?? {}).at(-1);
  const release = project?.versions[shown ?? ""];
  if (project === undefined || release === undefined || project.status === "quarantined")
    return { status: 404, body: { message: "Not Found" } };
  const reason = typeof release.yanked === "string" ? release.yanked : null;
  const yanked = release.yanked !== undefined && release.yanked !== false;
  return {
    headers: { "cache-control": "max-age=900, public" },
    body: {
      info: { name, version: shown, summary: "", project_urls: null, yanked, yanked_reason: reason, ...project.info },
      last_serial: serials(name, project).serial,
      urls: release.files.map((file) => ({
        filename: file.filename,
        packagetype: file.filename.endsWith(".whl") ? "bdist_wheel" : "sdist",
        digests: { sha256: file.sha256 ?? sha256Of(file.filename) },
        size: file.size ?? 1337,
        upload_time_iso_8601: file.uploadedAt ?? "2026-09-01T00:00:00.000000Z",
        url: fileUrl(file),
        yanked,
        yanked_reason: reason,
      })),
      vulnerabilities: project.vulnerabilities ?? [],
      ownership: project.ownership ?? { roles: [], organization: null },
    },
  };
}

function answerProvenance(world: PypiWorld, [spelled = "", version = "", filename = ""]: string[]): Answer {
  const release = world.projects[normalise(spelled)]?.versions[version];
  const provenance = release?.files.find((file) => file.filename === filename)?.provenance;
  if (provenance === undefined) return { status: 404, body: { message: `No provenance available for ${filename}` } };
  return {
    headers: { "content-type": "application/vnd.pypi.integrity.v1+json" },
    body: JSON.stringify(provenance),
  };
}

type Page = { readonly body: string; readonly etag: string };
type Standing = { readonly content: string; readonly serial: number; readonly pages: Map<string, Page> };
type Serials = (name: string, project: PypiProject) => Standing;

/** A serial per project that rises when its content has changed since it was last served, as PyPI's rises with each change. */
function createSerials(): Serials {
  const known = new Map<string, Standing>();
  let newest = 22_000_000;
  return (name, project) => {
    const content = JSON.stringify(project);
    const last = known.get(name);
    if (last?.content === content) return last;
    const standing = { content, serial: project.serial ?? ++newest, pages: new Map() };
    known.set(name, standing);
    return standing;
  };
}

function defaultFiles(name: string, version: string): PypiFile[] {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  return [{ filename: `${stem}.tar.gz` }, { filename: `${stem}-py3-none-any.whl` }];
}

/** Below this very stand-in: nothing that a test does may reach the real host of files. */
function fileUrl(file: PypiFile): string {
  return `/packages/${hashOf(file.filename).slice(0, 8)}/${file.filename}`;
}

/** An empty zip archive: what a wheel without files is. */
function emptyWheel(): Answer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  return { headers: { "content-type": "application/octet-stream" }, body: end };
}

function normalise(name: string): string {
  return decodeURIComponent(name)
    .toLowerCase()
    .replace(/[-_.]+/g, "-");
}

function plain(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/plain; charset=UTF-8" }, body };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A source archive that is built without any code of its own. */
function sourceArchive(filename: string): Buffer {
  const stem = filename.slice(0, -".tar.gz".length);
  return plainTarball({
    [`${stem}/PKG-INFO`]: "Metadata-Version: 2.4\n",
    [`${stem}/pyproject.toml`]: '[build-system]\nbuild-backend = "hatchling.build"\n',
  });
}
