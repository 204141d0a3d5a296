import { z } from "zod";
import { between, type Instant, MINUTE, plus } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import { type Permissions, withinGranted, writes } from "./permissions.ts";

/** A repository by its name on GitHub. */
export type RepositoryName = { readonly owner: string; readonly name: string };

/** What a request is about, and the least that it takes. */
export type Subject = { readonly repository: RepositoryName | undefined; readonly needs: Permissions };

/** Hands out the token that requests about a repository use; `forget` is called with one that GitHub refused. */
export type Tokens = {
  readonly tokenFor: (subject: Subject) => Promise<string | Failure>;
  readonly forget: (token: string) => Promise<void>;
  /** What was granted for a repository, asked for now; absent where no token says it. */
  readonly granted?: (repository: RepositoryName) => Promise<Permissions | Failure>;
};

/** Sends one request as the App itself (a JWT), and returns the parsed body. */
export type AsApp = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

const INSTALLATION = z.object({
  id: z.number(),
  permissions: z
    .record(z.string(), z.enum(["read", "write"]).catch("write"))
    .optional()
    .catch(undefined),
});
const ACCESS_TOKEN = z.object({ token: z.string().min(1), expires_at: z.string() });

/** A token is renewed this long before it ends. */
const MARGIN = 5 * MINUTE;

/** How long it is taken for granted that the App is not installed on a repository, and what it was granted where it is. */
const ABSENCE = 5 * MINUTE;
const GRANTS = 10 * MINUTE;

type Installation = z.output<typeof INSTALLATION> & { readonly at: Instant };
type Token = { readonly token: string; readonly expiresAt: Instant };

/** What an App is asked through, and what it said: by repository, and tokens by installation and scope. */
type State = {
  readonly asApp: AsApp;
  readonly clock: () => Instant;
  readonly home: RepositoryName | undefined;
  readonly installations: Map<string, Promise<Installation | Failure>>;
  readonly absent: Map<string, { readonly failure: Failure; readonly until: Instant }>;
  readonly tokens: Map<string, Promise<Token | Failure>>;
};

/**
 * Installation tokens of a GitHub App, each for one repository and for the permissions of one kind of request alone, asked
 * for once however many requests want it (https://docs.github.com/en/rest/apps/apps). Whoever gets hold of one can do one
 * thing in one repository for an hour. `home`: whose installation reads what the App is not installed on; absent: the
 * App's first, whose token then only reads, but in all of its repositories: an upstream may be one of them.
 */
export function createInstallationTokens(asApp: AsApp, clock: () => Instant, home?: RepositoryName): Tokens {
  const state: State = { asApp, clock, home, installations: new Map(), absent: new Map(), tokens: new Map() };
  return {
    tokenFor: (subject) => tokenFor(state, subject),
    forget: (token) => forget(state, token),
    granted: (repository) => granted(state, repository),
  };
}

async function tokenFor(state: State, subject: Subject): Promise<string | Failure> {
  const token = await tokenOf(state, subject);
  if (!isFailure(token) || token.code !== "conflict") return isFailure(token) ? token : token.token;
  state.installations.clear(); // less is granted than was: GitHub gives no token for more
  const again = await tokenOf(state, subject);
  return isFailure(again) ? again : again.token;
}

async function tokenOf(state: State, { repository, needs }: Subject): Promise<Token | Failure> {
  const own = repository === undefined ? undefined : await installationOn(state, repository);
  const useAny = own === undefined || (!writes(needs) && isFailure(own) && own.code === "forbidden");
  const installation = useAny ? await anyInstallation(state) : own;
  if (isFailure(installation)) return installation;
  return kept(state, installation, scopeOf(installation, useAny ? state.home : repository, needs));
}

function anyInstallation(state: State): Promise<Installation | Failure> {
  const { home } = state;
  return home === undefined ? fresh(state, "", () => firstInstallation(state)) : installationOn(state, home);
}

async function installationOn(state: State, repository: RepositoryName): Promise<Installation | Failure> {
  const { absent, clock } = state;
  const key = `${repository.owner}/${repository.name}`.toLowerCase();
  const known = absent.get(key);
  if (known !== undefined && clock() < known.until) return known.failure;
  const found = await fresh(state, key, () => findInstallation(state, repository));
  absent.delete(key);
  if (isFailure(found) && found.code === "forbidden") {
    absent.set(key, { failure: found, until: plus(clock(), ABSENCE) });
  }
  return found;
}

/** The installation that is remembered under a key, asked for again when it is old. */
async function fresh(
  { installations, clock }: State,
  key: string,
  ask: () => Promise<Installation | Failure>,
): Promise<Installation | Failure> {
  const known = installations.get(key);
  const installation = await known;
  const old = installation !== undefined && !isFailure(installation) && between(installation.at, clock()) > GRANTS;
  if (old && installations.get(key) === known) installations.delete(key);
  return once(installations, key, ask);
}

/** A token for a scope, renewed before it ends. */
async function kept(state: State, installation: Installation, scope: Scope): Promise<Token | Failure> {
  const { tokens, clock, asApp } = state;
  const key = `${installation.id} ${JSON.stringify(scope)}`;
  const known = tokens.get(key);
  if (known !== undefined) {
    const token = await known;
    if (isFailure(token) || between(clock(), token.expiresAt) > MARGIN) return token;
    if (tokens.get(key) === known) tokens.delete(key); // unless another request renewed it
  }
  return once(tokens, key, () => createToken(asApp, installation, scope));
}

async function forget(state: State, token: string): Promise<void> {
  const { tokens } = state;
  for (const [key, known] of tokens) {
    const value = await known;
    if (isFailure(value) || value.token !== token) continue;
    if (tokens.get(key) === known) tokens.delete(key);
    await forgetInstallation(state, Number.parseInt(key, 10));
  }
}

async function forgetInstallation({ installations }: State, id: number): Promise<void> {
  for (const [key, known] of installations) {
    const value = await known;
    if (!isFailure(value) && value.id === id && installations.get(key) === known) installations.delete(key);
  }
}

async function granted(state: State, repository: RepositoryName): Promise<Permissions | Failure> {
  const found = await findInstallation(state, repository);
  return isFailure(found) ? found : (found.permissions ?? {});
}

/** The body of a request for a token: one repository by its name, and permissions. What is left out is not bounded. */
type Scope = { readonly repositories?: readonly [string]; readonly permissions?: Permissions };

/** A host that does not say what it granted is asked for all of it. */
function scopeOf({ permissions }: Installation, repository: RepositoryName | undefined, needs: Permissions): Scope {
  return {
    ...(repository !== undefined && { repositories: [repository.name] as const }),
    ...(permissions !== undefined && { permissions: withinGranted(needs, permissions) }),
  };
}

/** One answer per key, shared while it is under way and kept unless it failed. */
async function once<K, V>(known: Map<K, Promise<V | Failure>>, key: K, ask: () => Promise<V | Failure>) {
  const current = known.get(key) ?? ask();
  known.set(key, current);
  const answer = await current;
  if (isFailure(answer) && known.get(key) === current) known.delete(key);
  return answer;
}

async function findInstallation({ asApp, clock }: State, repository: RepositoryName): Promise<Installation | Failure> {
  const name = `${repository.owner}/${repository.name}`;
  const path = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}/installation`;
  const answer = await asApp("GET", path);
  if (isFailure(answer) && answer.code === "not-found") {
    return new Failure("forbidden", `The GitHub App is not installed on ${name}. Install it there to give it access.`);
  }
  if (isFailure(answer)) return answer;
  const installation = INSTALLATION.safeParse(answer);
  return installation.success ? { ...installation.data, at: clock() } : notUnderstood(path);
}

async function firstInstallation({ asApp, clock }: State): Promise<Installation | Failure> {
  const path = "/app/installations?per_page=1";
  const answer = await asApp("GET", path);
  if (isFailure(answer)) return answer;
  const list = z.array(INSTALLATION).safeParse(answer);
  if (!list.success) return notUnderstood(path);
  const [first] = list.data;
  if (first === undefined) return new Failure("misconfigured", "The GitHub App is not installed on any account.");
  return { ...first, at: clock() };
}

async function createToken(asApp: AsApp, { id }: Installation, scope: Scope): Promise<Token | Failure> {
  const path = `/app/installations/${id}/access_tokens`;
  const answer = await asApp("POST", path, scope);
  if (isFailure(answer)) return answer;
  const token = ACCESS_TOKEN.safeParse(answer);
  return token.success ? { token: token.data.token, expiresAt: token.data.expires_at } : notUnderstood(path);
}

function notUnderstood(path: string): Failure {
  return new Failure("unreadable", `GitHub's answer to ${path} was not understood.`);
}
