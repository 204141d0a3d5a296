import { GraphQLError } from "graphql";
import { accountNumber } from "../github/commits.ts";
import { fullName, type PullRequest, type Repository } from "../github/world.ts";
import type { Answer, Received } from "../stand-in.ts";

/** What is asked for is not there. */
export class Missing extends Error {}

/** A pull request as the API has it. */
export function pullJson(
  { repository, web }: { readonly repository: Repository; readonly web: string },
  pull: PullRequest,
) {
  const isThere = repository.refs.has(`refs/heads/${pull.headRefName}`);
  const own = pull.headRepository === fullName(repository);
  return {
    id: repository.databaseId * 1000 + pull.number,
    number: pull.number,
    html_url: `${web}/${fullName(repository)}/pulls/${pull.number}`,
    state: pull.state === "OPEN" ? "open" : "closed",
    merged: pull.state === "MERGED",
    title: pull.title,
    body: pull.body,
    user: account(pull.author),
    head: {
      label: pull.headRefName,
      ref: isThere ? pull.headRefName : `refs/pull/${pull.number}/head`,
      sha: pull.headRefOid,
      repo_id: own ? repository.databaseId : -1,
    },
    base: { label: pull.baseRefName, ref: pull.baseRefName, repo_id: repository.databaseId },
    closed_at: pull.closedAt ?? null,
    merged_by: pull.mergedBy === undefined ? null : account(pull.mergedBy),
  };
}

/** A comment. */
export function commentJson({ id, author, body, createdAt }: PullRequest["comments"][number]) {
  return { id, user: account(author), body, created_at: createdAt };
}

/** An account; the server's own have negative ids. */
export function account(login: string) {
  return { id: login === "forgejo-actions" ? -2 : accountNumber(login), login };
}

/** A page of rows, with the number of all. */
export function page({ query }: Received, rows: readonly object[]): Answer {
  const size = Math.min(50, Number(query.get("limit") ?? 30));
  const start = (Number(query.get("page") ?? 1) - 1) * size;
  return { headers: { "x-total-count": `${rows.length}` }, body: rows.slice(start, start + size) };
}

/** A refusal in the words of the API. */
export function said(status: number, message: string): Answer {
  return { status, body: { message, url: "https://forgejo.example/api/swagger" } };
}

/** The refusal that an error of the world is. */
export function refused(error: unknown): Answer {
  if (error instanceof Missing) return said(404, "The target couldn't be found.");
  if (!(error instanceof GraphQLError)) throw error;
  const { status, rest } = error.extensions as { status: number; rest: { message?: string } };
  const message = rest.message ?? error.message;
  return said(/already exists/.test(message) ? 409 : status, message);
}
