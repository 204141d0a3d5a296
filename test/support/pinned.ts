import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standingAlerts } from "../../src/db/deliveries/alerts.ts";
import { eventsSince } from "../../src/db/deliveries/events.ts";
import { watchedUpstreams } from "../../src/db/projects/pins.ts";
import type { Alert } from "../../src/domain/bump.ts";
import { HOUR, plus } from "../../src/domain/instant.ts";
import { lookAtPinned } from "../../src/flow/poll/look-at-pinned.ts";
import { pollUpstreams } from "../../src/flow/poll/poll-upstreams.ts";
import { pushCommit } from "../upstreams/github/builders.ts";
import { findRepository, type Repository, resolveCommit } from "../upstreams/github/world.ts";
import { pushImage } from "../upstreams/oci/world.ts";
import { publishToPypi, sha256Of } from "../upstreams/pypi.ts";
import { type Suite, startSuite } from "./suite.ts";

/** The upstream of the release that is pinned; its repository is `pilot`. */
export const PILOT = "pkg:github/harbourlights/pilot";

/** The image that is pinned to a full version. */
export const ENGINE = "pkg:docker/search/engine?repository_url=registry.example";

/** The project's one Dockerfile. */
export const DOCKERFILE = `FROM registry.example/search/engine:2.1.0
FROM registry.example/search/engine:latest
FROM redis:7.4-alpine
ENV PILOT_VERSION=1.4.0
RUN curl -fsSL https://github.com/harbourlights/pilot/releases/download/v\${PILOT_VERSION}/pilot-linux-amd64 -o /pilot
RUN git clone --branch main https://github.com/harbourlights/tide
`;

/** The file of `lantern` whose checksum a place names, beside that of the archive. */
export const WHEEL = "lantern-2.1-py3-none-any.whl";
const LOCKED = `lantern==2.1 --hash=sha256:${sha256Of(WHEEL)} --hash=sha256:${sha256Of("lantern-2.1.tar.gz")}\nbuoy==1.0\n`;

/** A project that was looked at once, so that all it pins is known. */
export type Pinned = {
  readonly suite: Suite;
  readonly folder: string;
  /** Polls everything an hour later, and looks at what is pinned. */
  readonly look: () => Promise<void>;
  /** Late enough that the files of releases are asked for again. */
  readonly lookHoursLater: () => Promise<void>;
  /** Alerts that stand, about one upstream or all. */
  readonly standing: (upstream?: string) => Promise<Alert[]>;
  /** Begins a test: `happened` tells what was noted since. */
  readonly begin: () => void;
  readonly happened: () => ReturnType<typeof eventsSince>;
  readonly repository: (name: string) => Repository;
  readonly pilot: () => Repository;
  /** The commit that a tag of the pilot points at. */
  readonly commitOf: (tag: string) => string;
  /** Another commit of the pilot, with a file of that name. */
  readonly elsewhere: (message: string) => string;
  readonly close: () => Promise<void>;
};

/** Starts the suite with the project, and looks once. */
export async function startPinned(): Promise<Pinned> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-pinned-"));
  writeFileSync(join(folder, "Dockerfile"), DOCKERFILE);
  writeFileSync(join(folder, "requirements.txt"), "pyyaml==6.0.2\njinja2==3.1.4\n");
  const suite = await startSuite(`{ path: "${folder}", name: example }`);
  pushImage(suite.world.other, "search/engine", "2.1.0", { content: "engine 2.1.0" });
  publishToPypi(suite.world.pypi, "lantern", "2.1", "2026-01-05T00:00:00Z");
  publishToPypi(suite.world.pypi, "buoy", "1.0", "2026-01-05T00:00:00Z");
  writeFileSync(join(folder, "requirements-locked.txt"), LOCKED);
  await suite.plan();
  await lookLater(suite, HOUR);
  const repository = (name: string) => repositoryOf(suite, name);
  const pilot = () => repository("harbourlights/pilot");
  let since = suite.days.now;
  return {
    ...{ suite, folder, repository, pilot },
    look: () => lookLater(suite, HOUR),
    lookHoursLater: () => lookLater(suite, 7 * HOUR),
    standing: async (upstream) => {
      const alerts = (await standingAlerts(suite.flow.db)).filter(({ class: kind }) => kind !== "advisory"); // jinja2's is overdue
      return alerts.filter((alert) => upstream === undefined || alert.upstream === upstream);
    },
    begin: () => {
      since = plus(suite.days.now, 1);
    },
    happened: () => eventsSince(suite.flow.db, { from: since }, { kinds: ["alert", "alert-resolved", "integrity"] }),
    commitOf: (tag) => resolveCommit(pilot(), `refs/tags/${tag}`) ?? "",
    elsewhere: (message) =>
      pushCommit(suite.world.github, pilot(), { message, files: { [message]: `${message}\n` }, branch: "aside" }),
    close: async () => {
      await suite.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function lookLater(suite: Suite, later: number): Promise<void> {
  suite.days.now = plus(suite.days.now, later);
  const watched = await watchedUpstreams(suite.flow.db);
  await pollUpstreams(suite.flow, watched);
  await lookAtPinned(suite.flow, watched);
}

function repositoryOf({ world }: Suite, name: string): Repository {
  const [owner = "", short = ""] = name.split("/");
  const found = findRepository(world.github, owner, short);
  if (found === undefined) throw new Error(`${name} is gone`);
  return found;
}
