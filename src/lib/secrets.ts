import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigurationError } from "./checked-yaml.ts";
import { readDockerLogins } from "./docker-config.ts";
import { Failure, isFailure } from "./failure.ts";
import type { GitHubCredential } from "./github.ts";
import type { RegistryLogin } from "./registry-token.ts";

/** Environment variables, handed over by the one who may read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment holds. Never printed, never stored. */
export type Secrets = {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly github: GitHubCredential | undefined;
  readonly httpToken: string | undefined;
  /** By registry host, from DOCKER_CONFIG. */
  readonly registryLogins: Readonly<Record<string, RegistryLogin>>;
};

/** Secrets, the mail server's URL (which joins the channel's options), and what is wrong with them. */
export type ReadSecrets = {
  readonly secrets: Secrets;
  readonly smtpUrl: string | undefined;
  readonly errors: readonly ConfigurationError[];
};

/** Reads every secret, from its variable or from the file that `<NAME>_FILE` names. Errors never hold a value. */
export function readSecrets(environment: Environment): ReadSecrets {
  const errors: ConfigurationError[] = [];
  const read = (name: string) => readOne(environment, name, errors);
  const secrets = {
    databaseUrl: read("DATABASE_URL"),
    redisUrl: read("REDIS_URL"),
    github: readGitHub(read, errors),
    httpToken: read("HEADGATE_HTTP_TOKEN"),
    registryLogins: readRegistryLogins(environment.DOCKER_CONFIG, errors),
  };
  return { secrets, smtpUrl: read("SMTP_URL"), errors };
}

function readOne(environment: Environment, name: string, errors: ConfigurationError[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === "") return environment[name] === "" ? undefined : environment[name];
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  errors.push({ where: `${name}_FILE`, message: `there is no file at ${file}` });
  return undefined;
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
function readRegistryLogins(folder: string | undefined, errors: ConfigurationError[]): Secrets["registryLogins"] {
  if (folder === undefined || folder === "") return {};
  const path = join(folder, "config.json");
  const logins = existsSync(path)
    ? readDockerLogins(readFileSync(path, "utf8"))
    : new Failure("misconfigured", "there is no such file");
  if (!isFailure(logins)) return logins;
  errors.push({ where: "DOCKER_CONFIG", message: `${path}: ${logins.message}` });
  return {};
}
