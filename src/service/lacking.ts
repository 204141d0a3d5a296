import type { Config } from "../config.ts";

/** What a process does without, and what that costs, as sentences. */
export function lackingOf({ secrets, deliver, projects }: Config): string[] {
  const watchesGitHub = projects.some((project) => project.source.kind === "github");
  return [
    ...(secrets.github === undefined
      ? [
          `GITHUB_TOKEN: tags come by the git protocol; release notes, trust facts${watchesGitHub ? ", files of repositories" : ""} and pull requests are not possible.`,
        ]
      : []),
    ...secrets.registryHelpers.map(
      (host) =>
        `${host}: its login is kept by a credential helper, and Headgate starts no programs; add it under auths in DOCKER_CONFIG. Asked anonymously.`,
    ),
    ...(deliver["e-mail"] === undefined
      ? ["deliver.e-mail: no digest is sent; `headgate digest --preview FILE` shows it."]
      : []),
  ];
}
