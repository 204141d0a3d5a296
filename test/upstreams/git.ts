import { createHash } from "node:crypto";
import { answerForge, type ForgeWorld } from "./forge.ts";
import { type Answer, type Received, type StandIn, startStandIn } from "./stand-in.ts";

/** A tag: the commit it stands for, and the tag object in between when it is annotated. */
type GitTag = { commit: string; tagObject?: string };

type GitRepository = {
  tags: Record<string, GitTag>;
  branches?: Record<string, string>;
  /** Whether `.git` must, or must not, stand behind its path. Default: both are right. */
  suffix?: "required" | "refused";
};

/** Repositories by `owner/name`, or a longer path. */
export type GitWorld = {
  readonly repositories: Record<string, GitRepository>;
  /** 0: a server that knows no protocol v2 and lists everything at once. */
  protocol?: 0 | 2;
  /** How a repository that does not exist, or is private, is answered: 401 as github.com does (default), or 404. */
  missing?: 401 | 404;
  /** The forge that runs here, with its releases. */
  forge?: ForgeWorld;
};

const FLUSH = "0000";
const DELIMITER = "0001";

/** A commit id that follows from a text, so that worlds can be written without forty digits. */
export function commitOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** A stand-in of a git host: smart HTTP, protocol v2 `ls-refs` with peeling, or the v0 advertisement, and its forge's API. */
export function startGit(world: GitWorld): Promise<StandIn> {
  return startStandIn((request) => {
    const api = world.forge === undefined ? undefined : answerForge(world.forge, request);
    return api ?? answerGit(world, request) ?? { status: 404, body: "Not Found" };
  });
}

/** The answer to a request of the git protocol; undefined when it is none. */
function answerGit(world: GitWorld, request: Received): Answer | undefined {
  const match = /^\/((?:[^/]+\/)+[^/]+?)(\.git)?\/(info\/refs|git-upload-pack)$/.exec(request.path);
  const [, path, suffix, service] = match ?? [];
  if (path === undefined) return undefined;
  const repository = world.repositories[path];
  if (repository === undefined || repository.suffix === (suffix === undefined ? "required" : "refused"))
    return missing(world);
  const modern = world.protocol !== 0 && request.headers["git-protocol"] === "version=2";
  if (service === "git-upload-pack") return modern ? answerLsRefs(repository, request) : { status: 400 };
  if (request.query.get("service") !== "git-upload-pack") return { status: 403, body: "dumb HTTP is not supported" };
  const body = modern ? capabilities() : advertisement(repository);
  return { headers: { "content-type": "application/x-git-upload-pack-advertisement" }, body };
}

function answerLsRefs(repository: GitRepository, request: Received): Answer {
  const lines = pktLines(request.body.toString());
  if (!lines.includes("command=ls-refs")) return { status: 400, body: pkt("ERR unknown command") };
  const prefixes = lines.filter((line) => line.startsWith("ref-prefix ")).map((line) => line.slice(11));
  const wanted = refsOf(repository).filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const peel = lines.includes("peel");
  const body = wanted.map(({ name, target, peeled }) =>
    pkt(`${target} ${name}${peel && peeled !== undefined ? ` peeled:${peeled}` : ""}\n`),
  );
  return {
    headers: { "content-type": "application/x-git-upload-pack-result" },
    body: `${body.join("")}${FLUSH}`,
  };
}

function capabilities(): string {
  const lines = ["version 2\n", "agent=git/stand-in\n", "ls-refs=unborn\n", "fetch=shallow\n", "object-format=sha1\n"];
  return `${pkt("# service=git-upload-pack\n")}${FLUSH}${lines.map(pkt).join("")}${FLUSH}`;
}

/** Protocol v0: every ref, the capabilities after the first, peeled tags on a line of their own. */
function advertisement(repository: GitRepository): string {
  const lines = refsOf(repository).flatMap(({ name, target, peeled }) => [
    `${target} ${name}`,
    ...(peeled === undefined ? [] : [`${peeled} ${name}^{}`]),
  ]);
  const [first = `${"0".repeat(40)} capabilities^{}`, ...others] = lines;
  const body = [`${first}\0multi_ack side-band-64k agent=git/stand-in\n`, ...others.map((line) => `${line}\n`)];
  return `${pkt("# service=git-upload-pack\n")}${FLUSH}${body.map(pkt).join("")}${FLUSH}`;
}

function refsOf(repository: GitRepository): { name: string; target: string; peeled?: string }[] {
  const branches = Object.entries(repository.branches ?? {}).map(([name, commit]) => ({
    name: `refs/heads/${name}`,
    target: commit,
  }));
  const tags = Object.entries(repository.tags).map(([name, tag]) => ({
    name: `refs/tags/${name}`,
    target: tag.tagObject ?? tag.commit,
    ...(tag.tagObject !== undefined && { peeled: tag.commit }),
  }));
  return [...branches, ...tags].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function missing(world: GitWorld): Answer {
  return world.missing === 404
    ? { status: 404, body: "Not Found" }
    : {
        status: 401,
        headers: { "www-authenticate": 'Basic realm="git"', "content-type": "text/plain" },
        body: "Repository not found.",
      };
}

function pkt(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
}

/** The lines of a request, without the special packets. */
function pktLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number.parseInt(text.slice(at, at + 4), 16);
    if (length >= 4) lines.push(text.slice(at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(length, 4);
  }
  return lines.filter((line) => line !== DELIMITER);
}
