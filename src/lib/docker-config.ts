import { z } from "zod";
import { Failure } from "./failure.ts";
import type { RegistryLogin } from "./registry-token.ts";

const schema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() }).catch({})).default({}),
});

/**
 * Logins by registry host from Docker's own `config.json`
 * (https://docs.docker.com/reference/cli/docker/login/#credential-stores). Those that a credential helper keeps are not
 * there and stay unknown: no program is started for them.
 */
export function readDockerLogins(text: string): Readonly<Record<string, RegistryLogin>> | Failure {
  const read = schema.safeParse(parse(text));
  if (!read.success) return new Failure("misconfigured", "it is not a Docker configuration (JSON with auths)");
  const logins = Object.entries(read.data.auths).flatMap(([host, { auth }]) => {
    const [username = "", ...password] = Buffer.from(auth ?? "", "base64")
      .toString("utf8")
      .split(":");
    return username === "" || password.length === 0 ? [] : [[hostOf(host), { username, password: password.join(":") }]];
  });
  return Object.fromEntries(logins);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Docker Hub is written as the URL of its first API. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}
