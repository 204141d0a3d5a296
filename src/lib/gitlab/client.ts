import { setTimeout } from "node:timers/promises";
import type { ZodType } from "zod";
import { z } from "zod";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import type { RepositoryName } from "../forge/branch.ts";
import type { Actor } from "../forge/pull-request.ts";
import { type Ask, askedOnce, type Change, changeBy, type Paged, refusalOf } from "../forge/rest-client.ts";
import { nextPageQuery } from "../http/next-page.ts";
import { readJson } from "../http/status.ts";
import { words } from "./words.ts";

/** An account, as answers name it. */
export const USER = z.object({ id: z.number(), username: z.string() });
type User = z.output<typeof USER>;

/** The account of the token. Commits that it makes through the API have its commit address. */
const ME = USER.extend({
  name: z.string().catch(""),
  commit_email: z.string().nullish(),
  email: z.string().nullish(),
  bot: z.boolean().catch(false),
});
/** The same, read. */
export type Me = z.output<typeof ME>;

/** Where a GitLab is, and the token it is asked with. */
export type GitLabAddress = { readonly url: string; readonly token: string };

/** A GitLab with a credential, by its REST API (https://docs.gitlab.com/api/rest/). */
export type GitLab = {
  /** The answer to a request that only reads, checked. `path` begins with a slash, below `/api/v4`. */
  readonly read: <Value>(path: string, schema: ZodType<Value>) => Promise<Value | Failure>;
  readonly readBytes: (path: string, most: number) => Promise<Uint8Array | Failure>;
  /** The headers of an answer, without its body. */
  readonly readHead: (path: string) => Promise<FetchResponse["headers"] | Failure>;
  /** Rows of as many pages as there are, `most` at most (https://docs.gitlab.com/api/rest/#pagination). */
  readonly readPages: <Row>(path: string, row: ZodType<Row>, most: number) => Promise<Paged<Row> | Failure>;
  /** A request that changes something, with what it answers. `what`: for people, "open the merge request". */
  readonly change: <Value>(change: Change, schema: ZodType<Value>) => Promise<Value | Failure>;
  /** The account of the token; asked once. */
  readonly me: () => Promise<Me | Failure>;
  /** Who somebody is: answers name accounts without saying whether a program's they are. Each is asked about once. */
  readonly actorOf: (user: User | null | undefined) => Promise<Actor | Failure>;
  /** Passes time where GitLab is still at work; tests have their own. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
};

/** Of a page; GitLab gives no more. */
const ROWS = 100;
const MAX_BYTES = 32 * 1024 * 1024;
/** Accounts that are remembered; whoever comes after them is asked about again. */
const MOST_ACTORS = 1000;
/** Understood, and not carried out. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 406, 422]);

/** No token lives longer than a year there: this is what comes of that. */
const BAD_TOKEN = "the token has ended or was revoked; make another and set GITLAB_TOKEN";

/** The path of a project below the API: groups may lie in groups, and all of it is one segment. */
export function pathOf({ owner, name }: RepositoryName): string {
  return `/projects/${encodeURIComponent(`${owner}/${name}`)}`;
}

/** A client of one server. */
export function createGitLab(fetcher: Fetcher, address: GitLabAddress, pause: GitLab["pause"] = setTimeout): GitLab {
  const ask = asToken(fetcher, address);
  const read: GitLab["read"] = async (path, schema) => {
    const response = await ask({ path }, decodeURIComponent(path));
    return isFailure(response) ? response : readJson(response, schema);
  };
  return {
    read,
    readBytes: async (path, most) => {
      const response = await ask({ path, headers: { accept: "*/*" }, maxBytes: most }, decodeURIComponent(path));
      return isFailure(response) ? response : response.body;
    },
    readHead: async (path) => {
      const response = await ask({ path, method: "HEAD" }, decodeURIComponent(path));
      return isFailure(response) ? response : response.headers;
    },
    readPages: (path, row, most) =>
      readPages((page) => ask({ path: page }, decodeURIComponent(path)), path, { row, most }),
    change: changeBy(ask),
    ...people(read),
    pause,
  };
}

/** Sends requests with the token alone: a login that somebody has for the host's repositories stays out of it. */
function asToken(fetcher: Fetcher, { url, token }: GitLabAddress): Ask {
  return async ({ path, headers, ...rest }, what) => {
    const all = { accept: "application/json", ...headers, "private-token": token };
    const asked = { maxBytes: MAX_BYTES, ...rest, url: `${url}/api/v4${path}`, headers: all, anonymous: true };
    const response = await fetcher.fetch(asked);
    if (isFailure(response) || response.status < 300) return response;
    const said = [response.status === 401 ? BAD_TOKEN : "", words(response)].filter((part) => part !== "").join(": ");
    return refusalOf(response, what, { said, refusals: REFUSALS });
  };
}

function people(read: GitLab["read"]): Pick<GitLab, "me" | "actorOf"> {
  const actors = new Map<number, Promise<Actor | Failure>>();
  return {
    me: askedOnce(() => read("/user", ME)),
    actorOf: async (user) => {
      if (user === null || user === undefined) return { login: "ghost", bot: false };
      if (actors.size >= MOST_ACTORS) actors.clear();
      const known = actors.get(user.id) ?? readActor(read, user);
      actors.set(user.id, known);
      const actor = await known;
      if (isFailure(actor)) actors.delete(user.id);
      return actor;
    },
  };
}

/** Users of project and group tokens and service accounts are bots (https://docs.gitlab.com/api/users/#get-a-single-user). */
async function readActor(read: GitLab["read"], { id, username: login }: User): Promise<Actor | Failure> {
  const user = await read(`/users/${id}`, z.object({ bot: z.boolean().catch(false) }));
  if (isFailure(user)) return user.code === "not-found" ? { login, bot: false } : user;
  return { login, bot: user.bot };
}

async function readPages<Row>(
  ask: (path: string) => Promise<FetchResponse | Failure>,
  path: string,
  { row, most }: { readonly row: ZodType<Row>; readonly most: number },
): Promise<Paged<Row> | Failure> {
  const [place = "", own = ""] = path.split("?");
  const rows: Row[] = [];
  let query: string | undefined = `${own}${own === "" ? "" : "&"}per_page=${ROWS}`;
  for (let page = 0; page < most; page++) {
    const response = await ask(`${place}?${query}`);
    if (isFailure(response)) return response;
    const answer = readJson(response, z.array(row));
    if (isFailure(answer)) return answer;
    rows.push(...answer);
    query = nextPageQuery(response);
    if (query === undefined) return { rows, complete: true };
  }
  return { rows, complete: false };
}
