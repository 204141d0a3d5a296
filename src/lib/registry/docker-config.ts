import { z } from "zod";
import { Failure } from "../failure.ts";
import { parseJson } from "../json.ts";
import type { RegistryLogin } from "./token-request.ts";

const text = z.string().optional().catch(undefined);
const schema = z.object({
  auths: z.record(z.string(), z.object({ auth: text, identitytoken: text }).catch({})).default({}),
  credsStore: text,
  credHelpers: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** Logins by registry host. `kept`: for whom a credential helper keeps the login, which nobody is started to ask. */
export type DockerLogins = {
  readonly logins: Readonly<Record<string, RegistryLogin>>;
  readonly kept: readonly string[];
};

/**
 * Logins from Docker's own `config.json` (https://docs.docker.com/reference/cli/docker/login/#credential-stores). Those
 * that a credential helper keeps are not there and stay unknown: no program is started for them.
 */
export function readDockerLogins(content: string): DockerLogins | Failure {
  const read = schema.safeParse(parseJson(content));
  if (!read.success) return new Failure("misconfigured", "it is not a Docker configuration (JSON with auths)");
  const { auths, credsStore, credHelpers } = read.data;
  const entries = Object.entries(auths).map(([key, entry]) => ({ host: hostOf(key), login: loginOf(entry) }));
  const logins = Object.fromEntries(entries.flatMap(({ host, login }) => (login === undefined ? [] : [[host, login]])));
  const stored = credsStore === undefined ? [] : entries.map(({ host }) => host);
  const kept = [...new Set([...stored, ...Object.keys(credHelpers ?? {}).map(hostOf)])];
  return { logins, kept: kept.filter((host) => logins[host] === undefined).sort() };
}

function loginOf({ auth, identitytoken }: { auth?: string | undefined; identitytoken?: string | undefined }) {
  if (identitytoken !== undefined && identitytoken !== "") return { identityToken: identitytoken };
  const [username = "", ...password] = Buffer.from(auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return username === "" || password.length === 0 ? undefined : { username, password: password.join(":") };
}

/** Docker Hub is written as the URL of its first API. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}
