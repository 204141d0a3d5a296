import { Failure } from "../lib/failure.ts";
import type { Scheme } from "./scheme.ts";
import { dockerTag } from "./schemes/docker-tag.ts";
import { loose } from "./schemes/loose.ts";
import { pep440 } from "./schemes/pep440.ts";
import { semver } from "./schemes/semver.ts";

/** Every order of versions that Headgate knows. */
export const SCHEMES: readonly Scheme[] = [semver, pep440, dockerTag, loose];

/** The scheme of that id; a `misconfigured` failure that names the known ones when there is none. */
export function findScheme(id: string): Scheme | Failure {
  const scheme = SCHEMES.find((one) => one.id === id);
  if (scheme !== undefined) return scheme;
  const known = SCHEMES.map((one) => one.id).join(", ");
  return new Failure("misconfigured", `There is no version scheme "${id}". Known schemes: ${known}.`);
}
