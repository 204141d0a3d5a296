import { own } from "../../domain/own.ts";

const SCHEMES: Readonly<Record<string, string>> = {
  docker: "docker-tag",
  pypi: "pep440",
  npm: "semver",
  cargo: "semver",
  golang: "semver",
};

/** The id of the scheme that orders what a registry has, by the type of its purls; `loose` where nobody says an order. */
export function usualScheme(type: string): string {
  return own(SCHEMES, type) ?? "loose";
}
