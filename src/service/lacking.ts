import type { Config } from "../config.ts";
import { FORGES } from "../lib/forge/forges.ts";
import { costsWithout } from "../lib/forge/profile.ts";

/** What a process does without, and what that costs, as sentences. */
export function lackingOf({ secrets, deliver, projects }: Config): string[] {
  const forges = Object.values(FORGES).flatMap(({ profile, credentialIn }) => {
    const isWatched = projects.some((project) => project.source.kind === profile.id);
    const costs = costsWithout(profile, isWatched);
    return credentialIn(secrets) !== undefined || costs.length === 0
      ? []
      : [`${profile.without.variable}: ${costs.join("; ")}.`];
  });
  return [
    ...forges,
    ...secrets.registryHelpers.map(
      (host) =>
        `${host}: its login is kept by a credential helper, and Headgate starts no programs; add it under auths in DOCKER_CONFIG. Asked anonymously.`,
    ),
    ...(deliver["e-mail"] === undefined ? [unsent(deliver)] : []),
  ];
}

/** Where no channel is named, that is what people have to know; else who gets no digest. */
function unsent(deliver: Config["deliver"]): string {
  return Object.values(deliver).every((channel) => channel === undefined)
    ? "deliver: nothing is sent, neither pull requests nor digests; the dashboard and `headgate plan` tell."
    : "deliver.e-mail: no digest is sent; `headgate digest --preview FILE` shows it.";
}
