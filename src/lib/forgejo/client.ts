import type { ZodType } from "zod";
import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import type { RepositoryName } from "../forge/branch.ts";
import { type Ask, askedOnce, type Change, changeBy, type Paged, refusalOf } from "../forge/rest-client.ts";
import { readJson } from "../http/status.ts";

/** An account, as answers name it. Those of the server itself, such as `forgejo-actions`, have a negative id. */
export const ACCOUNT = z.object({ id: z.number(), login: z.string() });
/** The same, read. */
export type Account = z.output<typeof ACCOUNT>;

/** Where a Forgejo or Gitea is, and the token it is asked with. */
export type ForgejoAddress = { readonly url: string; readonly token: string };

/** A Forgejo or Gitea with a credential, by its API (https://forgejo.org/docs/latest/user/api-usage/). */
export type Forgejo = {
  /** The answer to a request that only reads, checked. `path` begins with a slash, below `/api/v1`. */
  readonly read: <Value>(path: string, schema: ZodType<Value>) => Promise<Value | Failure>;
  readonly readText: (path: string) => Promise<string | Failure>;
  /** Rows of as many pages as there are, `most` at most. */
  readonly readPages: <Row>(path: string, row: ZodType<Row>, most: number) => Promise<Paged<Row> | Failure>;
  /** A request that changes something, with what it answers. `what`: for people, "open the pull request". */
  readonly change: <Value>(change: Change, schema: ZodType<Value>) => Promise<Value | Failure>;
  /** The account of the token; asked once. */
  readonly me: () => Promise<Account | Failure>;
};

/** Of a page; servers give no more than fifty unless told otherwise. */
const ROWS = 50;
const MAX_BYTES = 32 * 1024 * 1024;
/** Understood, and not carried out. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 422, 423]);

/** The path of a repository below the API. */
export function pathOf({ owner, name }: RepositoryName): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}

/** A path of a file or branch within an address: its slashes stay. */
export function segments(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** A client of one server. */
export function createForgejo(fetcher: Fetcher, { url, token }: ForgejoAddress): Forgejo {
  const ask: Ask = async ({ path, headers, ...rest }, what) => {
    const all = { accept: "application/json", ...headers, authorization: `token ${token}` };
    const response = await fetcher.fetch({ ...rest, url: `${url}/api/v1${path}`, headers: all, maxBytes: MAX_BYTES });
    if (isFailure(response) || response.status < 300) return response;
    return refusalOf(response, what, { said: saidIn(response), refusals: REFUSALS });
  };
  const read: Forgejo["read"] = async (path, schema) => {
    const response = await ask({ path }, path);
    return isFailure(response) ? response : readJson(response, schema);
  };
  return {
    read,
    readText: async (path) => {
      const response = await ask({ path, headers: { accept: "text/plain" } }, path);
      return isFailure(response) ? response : new TextDecoder().decode(response.body);
    },
    readPages: (path, row, most) => readPages(read, path, row, most),
    change: changeBy(ask),
    me: askedOnce(() => read("/user", ACCOUNT)),
  };
}

async function readPages<Row>(
  read: Forgejo["read"],
  path: string,
  row: ZodType<Row>,
  most: number,
): Promise<Paged<Row> | Failure> {
  const rows: Row[] = [];
  for (let page = 1; page <= most; page++) {
    const more = path.includes("?") ? "&" : "?";
    const answer = await read(`${path}${more}limit=${ROWS}&page=${page}`, z.array(row).nullable());
    if (isFailure(answer)) return answer;
    if (answer === null || answer.length === 0) return { rows, complete: true };
    rows.push(...answer);
  }
  return { rows, complete: false };
}

/** The server's own sentence, which says what it minds; empty: none. */
function saidIn(response: FetchResponse): string {
  const said = readJson(response, z.object({ message: z.string() }));
  return isFailure(said) ? "" : said.message;
}
