import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { ConfigurationError } from "../config/checked-yaml.ts";
import type { Environment } from "../secrets/secrets.ts";
import { type Network, NO_PROXY_ENTRY } from "./proxy.ts";

/** The network section as it is written: `environment` asks for the variables that other programs know. */
export type WrittenNetwork = {
  readonly proxy: string | null;
  readonly "no-proxy": readonly string[];
  readonly "ca-file"?: string | undefined;
};

/**
 * How connections leave, and what is wrong with it. Without `proxy: environment`, HTTPS_PROXY and its kin change nothing:
 * what a machine sets for other programs must not redirect tokens unnoticed.
 */
export function readNetwork(
  written: WrittenNetwork,
  environment: Environment,
): { readonly network: Network; readonly errors: readonly ConfigurationError[] } {
  const errors: ConfigurationError[] = [];
  const fromEnvironment = written.proxy === "environment";
  const proxy = fromEnvironment ? proxyOf(environment, errors) : (written.proxy ?? undefined);
  const listed = fromEnvironment ? noProxyOf(environment) : [];
  const file = written["ca-file"];
  const certificateAuthorities = file === undefined ? [] : readCertificates(file, errors);
  return { network: { proxy, noProxy: [...written["no-proxy"], ...listed], certificateAuthorities }, errors };
}

function proxyOf(environment: Environment, errors: ConfigurationError[]): string | undefined {
  const names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  const name = names.find((one) => (environment[one] ?? "") !== "");
  const value = name === undefined ? undefined : environment[name];
  if (name === undefined || value === undefined) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  errors.push({ where: name, message: "is not the address of an HTTP proxy: it looks like http://host:3128" });
  return undefined;
}

/** Entries that other programs understand and we do not are left out: they then go through the proxy. */
function noProxyOf(environment: Environment): string[] {
  const value = environment.NO_PROXY ?? environment.no_proxy ?? "";
  return value
    .split(/[\s,]+/)
    .map((entry) => entry.replace(/^\*\./, "."))
    .filter((entry) => NO_PROXY_ENTRY.test(entry));
}

function readCertificates(file: string, errors: ConfigurationError[]): string[] {
  const fail = (message: string) => {
    errors.push({ where: "network.ca-file", message });
    return [];
  };
  if (!existsSync(file)) return fail(`there is no file at ${file}`);
  const blocks =
    readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return fail(`${file} holds no certificate in PEM form`);
  return blocks.every(isCertificate) ? blocks : fail(`${file} holds a certificate that cannot be read`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== "";
  } catch {
    return false;
  }
}
