import type { Asker } from "../github/change-refs.ts";
import { accountNumber } from "../github/commits.ts";
import type { GithubWorld, Repository } from "../github/world.ts";
import type { Answer, Received } from "../stand-in.ts";

/** How servers and projects differ. */
export type GitLabOptions = {
  /** The server signs what its API commits. */
  readonly signs?: boolean;
  /** A plan without more than one reviewer and assignee. */
  readonly plan?: "free" | "premium";
  /** How often a commit, or a merge request, is looked at before its pipeline is there; default: at once. */
  readonly looksBeforePipeline?: number;
  /** The pipelines of the server: those of statuses alone are `external`. */
  readonly source?: "push" | "external";
  /** A push rule: what messages of commits must match. */
  readonly commitMessages?: RegExp;
  readonly mergeRequests?: "enabled" | "disabled";
  /** The filter of notes is of 2022; older servers give all of them. */
  readonly filtersNotes?: boolean;
};

/** A request on the server as it is asked. */
export type Call = Asker & {
  readonly request: Received;
  readonly web: string;
  readonly options: GitLabOptions;
  /** How often something was looked at, by what it is. */
  readonly looks: Map<string, number>;
};

/** A request on a project. */
export type OnProject = Call & {
  readonly repository: Repository;
  readonly part: (name: string) => string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** An error as GitLab words it: a sentence, a list of them, or lists by field. */
export function said(status: number, message: string | readonly string[] | object): Answer {
  return { status, body: { message } };
}

/** A request that is given up in the middle of its handling. */
export class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super("refused");
    this.answer = answer;
  }
}

/** An account in the form that most answers have, which does not say whether it is a program's. */
export function user({ web }: Call, login: string) {
  const about = { name: login, state: "active", locked: false, avatar_url: null, web_url: `${web}/${login}` };
  return { id: accountNumber(login), username: login, ...about };
}

/** Users of tokens of projects and groups. */
export function isBot(login: string): boolean {
  return /^(?:project|group)_\d+_bot_/.test(login);
}

/** Everybody who has done something anywhere, or may. */
export function logins({ tokens, repositories }: GithubWorld): string[] {
  const seen = [...repositories.values()].flatMap(({ collaborators, pullRequests }) => [
    ...Object.keys(collaborators),
    ...pullRequests.flatMap((pull) => [
      ...[pull.author, pull.closedBy ?? "", pull.mergedBy ?? ""],
      ...pull.comments.map(({ author }) => author),
      ...pull.labelEvents.map(({ by }) => by),
    ]),
  ]);
  const known = [...tokens.values()].map(({ login }) => login);
  return [...new Set([...known, ...seen])].filter((login) => login !== "");
}

/** Access levels (https://docs.gitlab.com/api/access_requests/#valid-access-levels); 0: no member. */
export function levelOf({ collaborators }: Repository, login: string | undefined): number {
  const role = collaborators[login ?? ""];
  return role === undefined ? 0 : { admin: 40, write: 30, read: 20 }[role];
}

/** One page by its number, with where the next one is (https://docs.gitlab.com/api/rest/#offset-based-pagination). */
export function page({ request, web }: Call, rows: readonly object[]): Answer {
  const { query, path } = request;
  const size = Math.min(100, Number(query.get("per_page") ?? 20));
  const number = Number(query.get("page") ?? 1);
  const next = number * size < rows.length ? String(number + 1) : "";
  const params = new URLSearchParams(query);
  params.set("page", next);
  const link = next === "" ? {} : { link: `<${web}${path}?${params}>; rel="next"` };
  const headers = {
    "x-page": `${number}`,
    "x-per-page": `${size}`,
    "x-next-page": next,
    "x-total": `${rows.length}`,
    ...link,
  };
  return { headers, body: rows.slice((number - 1) * size, number * size) };
}

/** One page by a key, which only a link names (https://docs.gitlab.com/api/rest/#keyset-based-pagination). */
export function keyset({ request, web }: Call, rows: readonly { readonly path: string }[]): Answer {
  const { query, path } = request;
  const size = Math.min(100, Number(query.get("per_page") ?? 20));
  const token = query.get("page_token");
  const start = token === null ? 0 : rows.findIndex((row) => row.path === token) + 1;
  const shown = rows.slice(start, start + size);
  const params = new URLSearchParams(query);
  params.set("page_token", shown.at(-1)?.path ?? "");
  const link = start + size < rows.length ? { link: `<${web}${path}?${params}>; rel="next"` } : {};
  return { headers: link, body: shown };
}
