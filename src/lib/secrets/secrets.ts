import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TOKEN_FORGE_IDS, type TokenForgeId } from "../../domain/project.ts";
import type { ConfigurationError } from "../config/checked-yaml.ts";
import { Failure, isFailure } from "../failure.ts";
import { PROFILES } from "../forge/profiles.ts";
import type { GitHubCredential } from "../github/client.ts";
import { proofsIn } from "../http/echo.ts";
import { type DockerLogins, readDockerLogins } from "../registry/docker-config.ts";
import { basicOf, type RegistryLogin } from "../registry/token-request.ts";
import { readNetrc, readNpmrc, type UrlLogin } from "./logins.ts";
import { passwordTexts } from "./password-texts.ts";

/** Environment variables, handed over by the one who may read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment holds. Never printed, never stored. */
export type Secrets = {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly github: GitHubCredential | undefined;
  /** Of forges besides GitHub. */
  readonly forgeTokens: Readonly<Partial<Record<TokenForgeId, string>>>;
  readonly httpToken: string | undefined;
  /** By registry host, from DOCKER_CONFIG. */
  readonly registryLogins: Readonly<Record<string, RegistryLogin>>;
  /** Registries whose login only a credential helper has, which is not started. */
  readonly registryHelpers: readonly string[];
  /** By address, from NETRC and NPM_CONFIG_USERCONFIG. */
  readonly logins: readonly UrlLogin[];
};

/** Every text that must be nowhere: the secrets themselves, and the forms in which they travel. */
export function secretTexts(secrets: Secrets, ...urls: readonly (string | undefined)[]): string[] {
  const { github, httpToken, databaseUrl, redisUrl } = secrets;
  const own =
    github?.kind === "app"
      ? github.privateKey.split("\n").filter((line) => /^[\w+/=]{16,}$/.test(line))
      : [github?.token];
  const registries = Object.values(secrets.registryLogins).flatMap((login) =>
    "identityToken" in login ? login.identityToken : [login.password, basicOf(login)?.slice("Basic ".length)],
  );
  const logins = secrets.logins.flatMap(({ authorization }) => proofsIn({ authorization }));
  const passwords = [databaseUrl, redisUrl, ...urls].flatMap(passwordTexts);
  return [...own, ...Object.values(secrets.forgeTokens), httpToken, ...registries, ...logins, ...passwords].filter(
    (text) => text !== undefined && text !== "",
  ) as string[];
}

/** Of the hooks of the channel `webhook`: what they sign with, and paths of addresses, which chat services keep secret. */
export function hookSecrets(options: unknown): string[] {
  const { hooks = [] } = (options ?? {}) as { hooks?: readonly { url?: string; secret?: string }[] };
  const paths = hooks.flatMap(({ url = "" }) => (URL.canParse(url) ? [new URL(url).pathname] : []));
  const keys = hooks.flatMap(({ secret = "" }) => secret.split(/\s+/));
  return [...keys, ...paths].filter((text) => text.length >= 8);
}

/** Secrets, the mail server's URL (which joins the channel's options), and what is wrong with them. */
export type ReadSecrets = {
  readonly secrets: Secrets;
  readonly smtpUrl: string | undefined;
  /** Addresses and secrets of webhooks, by the names of their variables. */
  readonly webhooks: Readonly<Record<string, string>>;
  readonly errors: readonly ConfigurationError[];
};

/** Reads every secret, from its variable or from the file that `<NAME>_FILE` names. Errors never hold a value. */
export function readSecrets(environment: Environment): ReadSecrets {
  const errors: ConfigurationError[] = [];
  const read = (name: string) => readOne(environment, name, errors);
  const docker = readRegistryLogins(environment.DOCKER_CONFIG, errors);
  const secrets = {
    databaseUrl: read("DATABASE_URL"),
    redisUrl: read("REDIS_URL"),
    github: readGitHub(read, errors),
    forgeTokens: readForgeTokens(read),
    httpToken: readHttpToken(read, errors),
    registryLogins: docker.logins,
    registryHelpers: docker.kept,
    logins: [
      ...readNetrc(readNamed(environment, "NETRC", errors)),
      ...readNpmrc(readNamed(environment, "NPM_CONFIG_USERCONFIG", errors), environment),
    ],
  };
  return { secrets, smtpUrl: read("SMTP_URL"), webhooks: readWebhooks(environment, read), errors };
}

/** Short ones can be guessed, and commands of this very machine are not slowed down. */
const SHORTEST_TOKEN = 16;

function readHttpToken(read: (name: string) => string | undefined, errors: ConfigurationError[]): string | undefined {
  const token = read("HEADGATE_HTTP_TOKEN");
  if (token === undefined || token.length >= SHORTEST_TOKEN) return token;
  const message = `has fewer than ${SHORTEST_TOKEN} characters: set it to what \`openssl rand -base64 32\` prints, or leave it out`;
  errors.push({ where: "HEADGATE_HTTP_TOKEN", message });
  return undefined;
}

/** `WEBHOOK_URL…` and `WEBHOOK_SECRET…`: the configuration says which belongs to which hook. */
function readWebhooks(environment: Environment, read: (name: string) => string | undefined): Record<string, string> {
  const names = Object.keys(environment)
    .filter((name) => /^WEBHOOK_(?:URL|SECRET)(?:_[A-Z0-9_]+)?$/.test(name))
    .map((name) => name.replace(/_FILE$/, ""));
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const value = read(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function readOne(environment: Environment, name: string, errors: ConfigurationError[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === "") return environment[name] === "" ? undefined : environment[name];
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  errors.push({ where: `${name}_FILE`, message: `there is no file at ${file}` });
  return undefined;
}

/** The text of the file that a variable names; empty when it names none. */
function readNamed(environment: Environment, name: string, errors: ConfigurationError[]): string {
  const file = environment[name];
  if (file === undefined || file === "") return "";
  if (existsSync(file)) return readFileSync(file, "utf8");
  errors.push({ where: name, message: `there is no file at ${file}` });
  return "";
}

/** Of forges besides GitHub, which has a credential of another form. */
function readForgeTokens(read: (name: string) => string | undefined): Secrets["forgeTokens"] {
  const tokens = TOKEN_FORGE_IDS.map((id) => [id, read(PROFILES[id].without.variable)] as const);
  return Object.fromEntries(tokens.filter(([, token]) => token !== undefined));
}

/** A GitHub App is preferred to a token: its commits keep file modes. */
function readGitHub(
  read: (name: string) => string | undefined,
  errors: ConfigurationError[],
): GitHubCredential | undefined {
  const appId = read("GITHUB_APP_ID");
  const privateKey = read("GITHUB_APP_PRIVATE_KEY");
  const token = read("GITHUB_TOKEN");
  if (appId !== undefined && privateKey !== undefined) return { kind: "app", appId, privateKey };
  if (appId !== undefined || privateKey !== undefined) {
    const message = "needs GITHUB_APP_PRIVATE_KEY (or …_FILE) beside it, and the other way round";
    errors.push({ where: "GITHUB_APP_ID", message });
  }
  return token === undefined ? undefined : { kind: "token", token };
}

/** DOCKER_CONFIG names the folder of Docker's own `config.json`. */
function readRegistryLogins(folder: string | undefined, errors: ConfigurationError[]): DockerLogins {
  const none = { logins: {}, kept: [] };
  if (folder === undefined || folder === "") return none;
  const path = join(folder, "config.json");
  const logins = existsSync(path)
    ? readDockerLogins(readFileSync(path, "utf8"))
    : new Failure("misconfigured", "there is no such file");
  if (!isFailure(logins)) return logins;
  errors.push({ where: "DOCKER_CONFIG", message: `${path}: ${logins.message}` });
  return none;
}
