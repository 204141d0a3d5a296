import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "../secrets/secrets.ts";

/**
 * The registry that the user's own npm configuration names (https://docs.npmjs.com/cli/using-npm/config#registry), without
 * a trailing slash; empty when npm does not say. Where there is no npm, as in the image, the variable and the user's file
 * that npm would read are read here; where they name none it is empty, too. Asked in the folder of the program, not in a
 * watched one. npm is a program of somebody else's: it gets the `environment` that `npmEnvironment` made, and nothing besides.
 */
export async function npmRegistry(environment: Record<string, string>): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"], {
      cwd: import.meta.dirname,
      timeout: 10_000,
      env: environment,
    });
    return registryIn(stdout);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing ? configuredRegistry(environment) : ""; // packages are then said to be not checked, and why
  }
}

function registryIn(text: string): string {
  const registry = text.trim().replace(/(?<!\/)\/+$/, "");
  return URL.canParse(registry) && !registry.includes("${") ? registry : "";
}

/** `NPM_CONFIG_REGISTRY`, in any case, else `registry=` in the user's file. */
function configuredRegistry(environment: Record<string, string>): string {
  const option = (wanted: string) => Object.entries(environment).find(([name]) => name.toLowerCase() === wanted)?.[1];
  const named = option("npm_config_registry") ?? registryOfFile(option("npm_config_userconfig"), environment.HOME);
  return named === undefined ? "" : registryIn(named);
}

function registryOfFile(userconfig: string | undefined, home: string | undefined): string | undefined {
  const file = userconfig ?? (home === undefined ? undefined : join(home, ".npmrc"));
  try {
    const text = file === undefined ? "" : readFileSync(file, "utf8");
    return /^[ \t]*registry[ \t]*=[ \t]*(\S+)/m.exec(text)?.[1];
  } catch {
    return undefined; // most people have no such file
  }
}

/** Where npm itself, its Node and its configuration are found; how it writes. */
const NEEDED = /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LC_\w+|XDG_CONFIG_HOME|PREFIX|NVM_(?:DIR|BIN)|VOLTA_HOME)$/i;
const OPTION = /^npm_config_/i;
/** `npm_config__auth`, `npm_config_//registry.example/:_authToken`, `npm_config_proxy` … : asking for an option needs no login and no network. */
const SECRET = /auth|token|password|secret|otp|proxy|\bkey$|_key$/i;

/** Variables that npm needs to say which registry it would use; none of them holds a secret. */
export function npmEnvironment(environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) => NEEDED.test(name) || (OPTION.test(name) && !SECRET.test(name)),
  );
  return Object.fromEntries(
    kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, withoutLogin(value)]])),
  );
}

/** A registry may be written with a login in its address. */
function withoutLogin(value: string): string {
  return value.replace(/^(https?:\/\/)[^/@\s]*@/i, "$1");
}
