import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { failureOfStatus } from "../http/status.ts";
import { DELIMITER, FLUSH, pktLine, readPktLines } from "./pkt-line.ts";

/** A ref with the commit it stands for. `tagObject` is the annotated tag in between. */
type RemoteRef = { readonly name: string; readonly commit: string; readonly tagObject?: string };

/** Reads refs of any git host by protocol v2 over HTTPS, without a clone and without a credential. */
export type GitRemote = {
  /** Refs below `prefix` (for example `refs/tags/`), with the commit they stand for (annotated tags peeled). */
  readonly listRefs: (url: string, prefix: string) => Promise<readonly RemoteRef[] | Failure>;
};

/** Large repositories have some hundred thousand refs of about 100 bytes; a server without v2 lists all of them. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Tags or branches of one repository, far beyond what people make. */
const MOST_REFS = 200_000;
const PROTOCOL = { "git-protocol": "version=2" };

/** Creates the reader. Two requests per repository; one where the server knows only protocol v0. */
export function createGitRemote(fetcher: Fetcher): GitRemote {
  return {
    listRefs: async (url, prefix) => {
      const base = url.replace(/(?<!\/)\/+$/, "");
      const advertised = await ask(fetcher, `${base}/info/refs?service=git-upload-pack`, base);
      if (isFailure(advertised)) return advertised;
      const lines = advertised.filter((line) => line !== "" && !line.startsWith("# service="));
      if (lines[0] !== "version 2") return refsBelow(prefix, readAdvertisement(lines), base);
      const listed = await ask(fetcher, `${base}/git-upload-pack`, base, lsRefs(lines, prefix));
      return isFailure(listed) ? listed : refsBelow(prefix, listed.map(readRef), base);
    },
  };
}

async function ask(fetcher: Fetcher, url: string, repository: string, body?: string): Promise<string[] | Failure> {
  const response = await fetcher.fetch({
    url,
    maxBytes: MAX_BYTES,
    ...(body === undefined
      ? { headers: PROTOCOL }
      : {
          method: "POST" as const,
          body,
          repeatable: true,
          headers: { ...PROTOCOL, "content-type": "application/x-git-upload-pack-request" },
        }),
  });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfGit(response, repository);
  const lines = readPktLines(response.body);
  const said = lines?.find((line) => line.startsWith("ERR "));
  if (said !== undefined) return new Failure("unavailable", `${repository}: git said "${said.slice(4, 200)}"`);
  if (lines === undefined) return new Failure("unreadable", `${repository} answers, but not in the git protocol`);
  return lines.at(-1) === "" ? lines : new Failure("unreadable", `${repository}: the list of refs ends too early`);
}

/** Forges ask for a password where nothing is, so that nobody learns which private repositories exist. */
function failureOfGit(response: FetchResponse, repository: string): Failure {
  if (response.status !== 401) return failureOfStatus(response, repository);
  return new Failure("not-found", `${repository} does not exist, or is not public`);
}

function lsRefs(capabilities: readonly string[], prefix: string): string {
  const format = capabilities.find((line) => line.startsWith("object-format="));
  const head = ["command=ls-refs\n", ...(format === undefined ? [] : [`${format}\n`])].map(pktLine).join("");
  return `${head}${DELIMITER}${pktLine("peel\n")}${pktLine(`ref-prefix ${prefix}\n`)}${FLUSH}`;
}

/** `<oid> <ref>[ symref-target:<ref>][ peeled:<oid>]` */
function readRef(line: string): RemoteRef | undefined {
  const [object = "", name = "", ...attributes] = line.split(" ");
  if (!isObjectId(object) || name === "") return undefined;
  const peeled = attributes.find((attribute) => attribute.startsWith("peeled:"))?.slice("peeled:".length);
  return peeled !== undefined && isObjectId(peeled)
    ? { name, commit: peeled, tagObject: object }
    : { name, commit: object };
}

/** Protocol v0: `<oid> <ref>`, capabilities behind a NUL on the first line, `<oid> <ref>^{}` after an annotated tag. */
function readAdvertisement(lines: readonly string[]): (RemoteRef | undefined)[] {
  const refs = new Map<string, RemoteRef>();
  for (const line of lines) {
    const ref = readRef(line.split("\0")[0] ?? "");
    if (ref === undefined) continue;
    const name = ref.name.endsWith("^{}") ? ref.name.slice(0, -3) : undefined;
    if (name === undefined) refs.set(ref.name, ref);
    else refs.set(name, { name, commit: ref.commit, tagObject: refs.get(name)?.commit ?? ref.commit });
  }
  return [...refs.values()];
}

/** A server may answer refs outside the prefix (gitprotocol-v2, ls-refs). */
function refsBelow(
  prefix: string,
  refs: readonly (RemoteRef | undefined)[],
  repository: string,
): RemoteRef[] | Failure {
  const below = refs.filter((ref) => ref !== undefined).filter((ref) => ref.name.startsWith(prefix));
  if (below.length <= MOST_REFS) return below;
  return new Failure(
    "too-large",
    `${repository} has ${below.length} refs below ${prefix}: ${MOST_REFS} are read at most`,
  );
}

function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
