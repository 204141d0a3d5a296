import { candidatesOf } from "../../../src/db/decisions/candidates.ts";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { HOUR, plus } from "../../../src/domain/instant.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { WATCHED } from "../../demo/world.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { findRepository, type PullRequest, type Repository } from "../../upstreams/github/world.ts";

/** The demo's suite whose pull requests are open, and what becomes of them. */
export type OpenPulls = {
  readonly suite: Suite;
  readonly repository: Repository;
  /** One hour later, everything is asked, planned and delivered once. */
  readonly look: () => Promise<void>;
  /** Pull requests about a package, oldest first. */
  readonly pullsAbout: (name: string) => PullRequest[];
  /** The newest of them. */
  readonly pullAbout: (name: string) => PullRequest;
  /** The state of the candidate that leads to a version. */
  readonly stateOf: (version: string) => Promise<string | undefined>;
};

/** Opens them with a first look, in a store of its own. */
export async function startOpenPulls(store: Parameters<typeof startSuite>[2]): Promise<OpenPulls> {
  const suite = await startSuite(undefined, "", store);
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(suite.world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  const look = async () => {
    suite.days.now = plus(suite.days.now, HOUR);
    await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
    const [project] = suite.flow.projects;
    if (project === undefined) throw new Error("nothing is watched");
    await deliverProject(suite.flow, project);
  };
  const pullsAbout = (about: string) => repository.pullRequests.filter((pull) => pull.title.includes(about));
  const pullAbout = (about: string) => {
    const pull = pullsAbout(about).at(-1);
    if (pull === undefined) throw new Error(`no pull request is about ${about}`);
    return pull;
  };
  const stateOf = async (version: string) =>
    (await candidatesOf(suite.flow.db, "suite")).find((one) => one.to === version)?.state;
  await look();
  return { suite, repository, look, pullsAbout, pullAbout, stateOf };
}
