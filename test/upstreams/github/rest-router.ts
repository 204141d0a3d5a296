import { createHash } from "node:crypto";
import { GraphQLError } from "graphql";
import type { Answer, Received } from "../stand-in.ts";
import { restError } from "./answers.ts";
import type { Asker } from "./change-refs.ts";
import { canSee } from "./credentials.ts";
import { refusal } from "./refusal.ts";
import { findRepository, fullName, type Repository } from "./world.ts";

/** What a handler is told about a request. */
export type Call = Asker & {
  readonly request: Received;
  /** Asked with an App's own JSON web token. */
  readonly byApp: boolean;
  /** Parts of the path that the route names. */
  readonly part: (name: string) => string;
  /** A field of the JSON body, or undefined. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly url: string;
};

/** One operation: a method and a path with `:names`; `:name*` takes the rest, slashes included. */
export type Route = readonly [method: string, path: string, handle: (call: Call) => Answer];

/** The same for an operation on one repository, which must be visible under its present name. */
export function onRepository(
  method: string,
  path: string,
  handle: (call: Call, repository: Repository) => Answer,
): Route {
  return [
    method,
    `/repos/:owner/:repo${path}`,
    (call) => {
      const [owner, name] = [call.part("owner"), call.part("repo")];
      const repository = findRepository(call.world, owner, name);
      const seen = repository !== undefined && (call.byApp || canSee(call.credential, repository)); // an App asks where it is
      if (!seen) throw refusal("NOT_FOUND", "Not Found");
      if (repository.blocked) throw refusal("FORBIDDEN", "Repository access blocked");
      if (fullName(repository).toLowerCase() === `${owner}/${name}`.toLowerCase()) return handle(call, repository);
      const rest = call.request.path
        .split("/")
        .slice(4)
        .map((part) => `/${part}`)
        .join("");
      const location = `${call.url}/repositories/${repository.databaseId}${rest}`;
      return { ...restError(301, "Moved Permanently", { url: location }), headers: { location } };
    },
  ];
}

/** The values of a route's names in a path; undefined when the path is another one. */
export function matchPath(route: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = route.split("/");
  const given = path.split("/");
  const parts: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const value = name.endsWith("*") ? given.slice(index).join("/") : given[index];
    if (value === undefined || value === "" ? name !== "" : !name.startsWith(":") && name !== value) return undefined;
    if (name.startsWith(":")) parts[name.slice(1).replace("*", "")] = decodeURIComponent(value ?? "");
  }
  return given.length === wanted.length || route.endsWith("*") ? parts : undefined;
}

/** A refusal as REST words it. */
export function refused(error: unknown): Answer {
  if (!(error instanceof GraphQLError)) throw error;
  const { status, rest } = error.extensions as {
    status: number;
    rest: { resource?: string; message?: string; accepted?: string };
  };
  const message = rest.message ?? error.message;
  if (rest.resource !== undefined) {
    return restError(status, "Validation Failed", { errors: [{ resource: rest.resource, code: "custom", message }] });
  }
  const headers = rest.accepted === undefined ? {} : { "x-accepted-github-permissions": rest.accepted };
  return { ...restError(status, message), headers };
}

/** One page of a list, with links to the others. */
export function page(call: Call, items: readonly object[]): Answer {
  const { query, path } = call.request;
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const number = Number(query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string) => {
    const params = new URLSearchParams(query);
    params.set("page", String(to));
    return `<${call.url}${path}?${params}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, "next"), link(last, "last")] : [];
  const headers: Record<string, string> = links.length === 0 ? {} : { link: links.join(", ") };
  return { body: items.slice((number - 1) * size, number * size), headers };
}

/** The entity tag of an answer. It changes with the credential, as GitHub's does. */
export function entityTag(answer: Answer, authorization: string | undefined): string {
  const text = JSON.stringify([authorization ?? "", answer.body]);
  return `W/"${createHash("sha256").update(text).digest("hex")}"`;
}
