import { startGithub } from "../github.ts";
import { askRest, type RestReply } from "./ask.ts";
import { addInstallation, addRepository, githubWorld } from "./builders.ts";
import type { GithubWorld, Repository } from "./world.ts";

/** What an App proves itself with; the stand-in takes any. */
export const JWT = "aaa.bbb.ccc";

/** The files of `acme/app`: one of every mode. */
const FILES = {
  Dockerfile: "FROM debian:12\n",
  "scripts/run.sh": { mode: "100755" as const, text: "#!/bin/sh\n" },
  "scripts/latest": { mode: "120000" as const, text: "run.sh" },
  vendored: { commit: "1".repeat(40) },
};

/** A GitHub with one repository, `acme/app`. */
export type Acme = {
  readonly world: GithubWorld;
  readonly app: Repository;
  readonly github: Awaited<ReturnType<typeof startGithub>>;
  /** Asks its REST API; `path` begins with a slash. */
  readonly ask: (method: string, path: string, given?: Parameters<typeof askRest>[2]) => Promise<RestReply>;
  /** A token of an App that is installed there. */
  readonly appToken: (given?: Parameters<typeof addInstallation>[1]) => Promise<string>;
};

/** Starts it. */
export async function startAcme(clock: () => string): Promise<Acme> {
  const world = githubWorld({ clock });
  const app = addRepository(world, "acme/app", { files: FILES });
  const github = await startGithub(world);
  const ask: Acme["ask"] = (method, path, given) => askRest(github.url + path, method, given);
  const appToken: Acme["appToken"] = async (given) => {
    const { id } = addInstallation(world, given);
    const { body } = await ask("POST", `/app/installations/${id}/access_tokens`, { token: JWT, body: {} });
    return String(body.token);
  };
  return { world, app, github, ask, appToken };
}
