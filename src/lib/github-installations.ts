import { z } from "zod";
import { between, type Instant, MINUTE, plus } from "../domain/instant.ts";
import { Failure, isFailure } from "./failure.ts";

/** A repository by its name on GitHub. */
export type RepositoryName = { readonly owner: string; readonly name: string };

/** Reading public data works with any installation's token; writing needs the repository's own. */
export type Access = "read" | "write";

/** Hands out the token that requests about a repository use; `forget` is called with one that GitHub refused. */
export type Tokens = {
  readonly tokenFor: (repository: RepositoryName | undefined, access: Access) => Promise<string | Failure>;
  readonly forget: (token: string) => Promise<void>;
};

/** Sends one request as the App itself (a JWT), and returns the parsed body. */
export type AsApp = (method: "GET" | "POST", path: string) => Promise<unknown>;

const INSTALLATION = z.object({ id: z.number() });
const ACCESS_TOKEN = z.object({ token: z.string().min(1), expires_at: z.string() });

/** A token is renewed this long before it ends. */
const MARGIN = 5 * MINUTE;

/** How long it is taken for granted that the App is not installed on a repository. */
const ABSENCE = 5 * MINUTE;

type Token = { readonly token: string; readonly expiresAt: Instant };

/**
 * Installation tokens of a GitHub App, asked for once however many requests want them
 * (https://docs.github.com/en/rest/apps/apps). `home`: whose installation reads what the App is not installed on; absent:
 * the App's first.
 */
export function createInstallationTokens(asApp: AsApp, clock: () => Instant, home?: RepositoryName): Tokens {
  const installations = new Map<string, Promise<number | Failure>>();
  const absent = new Map<string, { readonly failure: Failure; readonly until: Instant }>();
  const tokens = new Map<number, Promise<Token | Failure>>();

  async function tokenFor(repository: RepositoryName | undefined, access: Access): Promise<string | Failure> {
    const own = repository === undefined ? undefined : await installationOn(repository);
    const useAny = own === undefined || (access === "read" && isFailure(own) && own.code === "forbidden");
    const installation = useAny ? await anyInstallation() : own;
    if (isFailure(installation)) return installation;
    const token = await tokenOf(installation);
    return isFailure(token) ? token : token.token;
  }

  function anyInstallation(): Promise<number | Failure> {
    return home === undefined ? once(installations, "", () => firstInstallation(asApp)) : installationOn(home);
  }

  async function installationOn(repository: RepositoryName): Promise<number | Failure> {
    const key = `${repository.owner}/${repository.name}`.toLowerCase();
    const known = absent.get(key);
    if (known !== undefined && clock() < known.until) return known.failure;
    const found = await once(installations, key, () => findInstallation(asApp, repository));
    absent.delete(key);
    if (isFailure(found) && found.code === "forbidden") {
      absent.set(key, { failure: found, until: plus(clock(), ABSENCE) });
    }
    return found;
  }

  async function tokenOf(installation: number): Promise<Token | Failure> {
    const known = tokens.get(installation);
    if (known !== undefined) {
      const token = await known;
      if (isFailure(token) || between(clock(), token.expiresAt) > MARGIN) return token;
      if (tokens.get(installation) === known) tokens.delete(installation); // unless another request renewed it
    }
    return once(tokens, installation, () => createToken(asApp, installation));
  }

  async function forget(token: string): Promise<void> {
    for (const [installation, known] of tokens) {
      const value = await known;
      const isRefused = !isFailure(value) && value.token === token;
      if (isRefused && tokens.get(installation) === known) tokens.delete(installation);
    }
  }

  return { tokenFor, forget };
}

/** One answer per key, shared while it is under way and kept unless it failed. */
async function once<K, V>(known: Map<K, Promise<V | Failure>>, key: K, ask: () => Promise<V | Failure>) {
  const current = known.get(key) ?? ask();
  known.set(key, current);
  const answer = await current;
  if (isFailure(answer) && known.get(key) === current) known.delete(key);
  return answer;
}

async function findInstallation(asApp: AsApp, repository: RepositoryName): Promise<number | Failure> {
  const name = `${repository.owner}/${repository.name}`;
  const path = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}/installation`;
  const answer = await asApp("GET", path);
  if (isFailure(answer) && answer.code === "not-found") {
    return new Failure("forbidden", `The GitHub App is not installed on ${name}. Install it there to give it access.`);
  }
  if (isFailure(answer)) return answer;
  const installation = INSTALLATION.safeParse(answer);
  return installation.success ? installation.data.id : notUnderstood(path);
}

async function firstInstallation(asApp: AsApp): Promise<number | Failure> {
  const path = "/app/installations?per_page=1";
  const answer = await asApp("GET", path);
  if (isFailure(answer)) return answer;
  const list = z.array(INSTALLATION).safeParse(answer);
  if (!list.success) return notUnderstood(path);
  return list.data[0]?.id ?? new Failure("misconfigured", "The GitHub App is not installed on any account.");
}

async function createToken(asApp: AsApp, installation: number): Promise<Token | Failure> {
  const path = `/app/installations/${installation}/access_tokens`;
  const answer = await asApp("POST", path);
  if (isFailure(answer)) return answer;
  const token = ACCESS_TOKEN.safeParse(answer);
  return token.success ? { token: token.data.token, expiresAt: token.data.expires_at } : notUnderstood(path);
}

function notUnderstood(path: string): Failure {
  return new Failure("unreadable", `GitHub's answer to ${path} was not understood.`);
}
