import { percentDecoded } from "../../domain/percent.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure } from "../failure.ts";

/** One question as OSV takes it: a package, and a version where its purl does not name one. */
export type OsvQuestion = Readonly<Record<string, unknown>>;

/** Kinds whose purls OSV understands as they are (https://google.github.io/osv.dev/api/). */
const BY_PURL = new Set(["pypi", "npm", "gem", "maven", "golang", "cargo", "nuget", "composer", "hex", "pub"]);

/** Whether OSV has records of upstreams of this kind; of images it has none. */
export function isListed(purl: string): boolean {
  const kind = parsePurl(purl)?.type ?? "";
  return BY_PURL.has(kind) || kind === "github" || kind === "githubactions";
}

/** How OSV is asked about an upstream: by purl, or by the repository's name in its own ecosystems. */
export function askAboutVersion(purl: string): OsvQuestion | Failure {
  const { upstream, version } = splitVersion(purl);
  const parts = parsePurl(upstream);
  if (parts === undefined || version === "")
    return new Failure("not-checked", `"${purl}" names no version to ask OSV about.`);
  const path = `${parts.namespace}/${parts.name}`;
  if (BY_PURL.has(parts.type)) return { package: { purl } };
  if (parts.type === "github") {
    return { package: { name: `https://github.com/${path}.git`, ecosystem: "GIT" }, version };
  }
  if (parts.type === "githubactions") {
    return { package: { name: path, ecosystem: "GitHub Actions" }, version: version.replace(/^v(?=\d)/, "") };
  }
  return new Failure("not-checked", `OSV has no records of upstreams of the kind "${parts.type}".`);
}

/** How OSV is asked about a package in all its versions. Of repositories it only knows single versions. */
export function askAboutPackage(purl: string): OsvQuestion | Failure {
  const parts = parsePurl(purl);
  if (parts !== undefined && BY_PURL.has(parts.type)) return { package: { purl } };
  if (parts?.type === "githubactions")
    return { package: { name: `${parts.namespace}/${parts.name}`, ecosystem: "GitHub Actions" } };
  return new Failure("not-checked", `OSV has no list of all advisories about upstreams of the kind "${parts?.type}".`);
}

/** The two parts of a purl: the upstream, with its qualifiers, and the version, decoded; "" where it names none. */
export function splitVersion(purl: string): { upstream: string; version: string } {
  const [main = "", query] = purl.split("?", 2);
  const at = main.lastIndexOf("@");
  if (at < 0) return { upstream: purl, version: "" };
  const upstream = query === undefined ? main.slice(0, at) : `${main.slice(0, at)}?${query}`;
  return { upstream, version: percentDecoded(main.slice(at + 1)) };
}
