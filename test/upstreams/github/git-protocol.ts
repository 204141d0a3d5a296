import { gunzipSync } from "node:zlib";
import type { Answer, Received } from "../stand-in.ts";
import { canSee } from "./credentials.ts";
import { peel } from "./git-objects.ts";
import { findRepository, fullName, type GithubWorld, type Repository } from "./world.ts";

const FLUSH = "0000";
const CAPABILITIES = ["version 2", "agent=git/github-stand-in", "ls-refs=unborn", "object-format=sha1"];

/** Git over HTTP as far as `git ls-remote` goes: protocol v2 `ls-refs`, and the v0 advertisement for old clients. */
export function gitProtocol(world: GithubWorld, request: Received): Answer | undefined {
  const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack)$/.exec(request.path);
  if (match === null) return undefined;
  const [, owner = "", name = "", service = ""] = match;
  const repository = findRepository(world, owner, name);
  // github.com asks for a password whether a repository is private or does not exist.
  if (repository === undefined || !canSee(undefined, repository)) {
    return { status: 401, headers: { "www-authenticate": 'Basic realm="GitHub"' }, body: "Repository not found." };
  }
  if (fullName(repository).toLowerCase() !== `${owner}/${name}`.toLowerCase()) {
    const query = request.query.size === 0 ? "" : `?${request.query}`;
    return { status: 301, headers: { location: `/${fullName(repository)}.git/${service}${query}` } };
  }
  if (service === "info/refs") return advertisement(repository, request);
  return { headers: type("result"), body: lsRefs(repository, readPackets(request)) };
}

function advertisement(repository: Repository, request: Received): Answer {
  if (request.query.get("service") !== "git-upload-pack")
    return { status: 403, body: "Please upgrade your git client." };
  const second = request.headers["git-protocol"]?.includes("version=2") === true;
  const lines = second ? CAPABILITIES : advertisedRefs(repository);
  const body = `${packet("# service=git-upload-pack")}${FLUSH}${lines.map(packet).join("")}${FLUSH}`;
  return { headers: { ...type("advertisement"), "cache-control": "no-cache" }, body };
}

/** Version 0: every ref with its peeled tag, capabilities behind the first. */
function advertisedRefs(repository: Repository): string[] {
  const lines = allRefs(repository).flatMap(({ name, sha, commit }) =>
    sha === commit ? [`${sha} ${name}`] : [`${sha} ${name}`, `${commit} ${name}^{}`],
  );
  const [first = `${"0".repeat(40)} capabilities^{}`, ...rest] = lines;
  return [`${first}\0symref=HEAD:refs/heads/${repository.defaultBranch} object-format=sha1`, ...rest];
}

function lsRefs(repository: Repository, packets: readonly string[]): string {
  if (packets[0] !== "command=ls-refs") return packet("ERR unknown command");
  const prefixes = packets.flatMap((line) => (line.startsWith("ref-prefix ") ? [line.slice(11)] : []));
  const wanted = allRefs(repository).filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const lines = wanted.map(({ name, sha, commit }) => {
    const symref =
      name === "HEAD" && packets.includes("symrefs") ? ` symref-target:refs/heads/${repository.defaultBranch}` : "";
    const peeled = sha !== commit && packets.includes("peel") ? ` peeled:${commit}` : "";
    return packet(`${sha} ${name}${symref}${peeled}`);
  });
  return lines.join("") + FLUSH;
}

function allRefs(repository: Repository): { name: string; sha: string; commit: string }[] {
  const head = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  const refs = [...repository.refs].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = head === undefined ? refs : [["HEAD", head] as const, ...refs];
  return named.map(([name, sha]) => ({ name, sha, commit: peel(repository.objects, sha) }));
}

/** Lines of a request, without their ends; delimiter and flush packets are left out. */
function readPackets({ body, headers }: Received): string[] {
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
  const lines: string[] = [];
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number.parseInt(text.slice(at, at + 4), 16);
    if (length >= 4) lines.push(text.slice(at + 4, at + length).trimEnd());
    at += Math.max(length, 4);
  }
  return lines;
}

function packet(line: string): string {
  return `${(Buffer.byteLength(line) + 5).toString(16).padStart(4, "0")}${line}\n`;
}

function type(part: "advertisement" | "result") {
  return { "content-type": `application/x-git-upload-pack-${part}` };
}
