import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { webhook } from "../../../src/deliver/channels/webhook.ts";
import { HOUR, MINUTE, plus } from "../../../src/domain/instant.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { resumeLetters } from "../../../src/flow/letters/post-letters.ts";
import { sendPullRequestNews } from "../../../src/flow/letters/send-pull-request-news.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { WATCHED } from "../../demo/world.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { closePullRequest, mergePullRequest } from "../../upstreams/github/builders.ts";
import { findRepository, type Repository } from "../../upstreams/github/world.ts";
import { yankFromPypi } from "../../upstreams/pypi.ts";
import { type Receiver, startReceiver } from "../../upstreams/receiver.ts";

let suite: Suite;
let receiver: Receiver;
let repository: Repository;

beforeEach(async () => {
  suite = await startSuite();
  receiver = await startReceiver();
  const [owner = "", name = ""] = WATCHED.split("/");
  const found = findRepository(suite.world.github, owner, name);
  if (found === undefined) throw new Error("the watched repository is gone");
  repository = found;
});
afterEach(async () => {
  await receiver.close();
  await suite.close();
});

/** One hook at the receiver that wants to hear of pull requests. */
function hooked(given: object = {}) {
  const hook = { name: "ops", url: receiver.url, secret: "whatever", events: ["pull-request"], ...given };
  const deliver = { ...suite.flow.deliver, webhook: webhook.options.parse({ hooks: [hook] }) };
  return { ...suite.flow, deliver, fetcher: aFetcher([receiver]) };
}

async function look(): Promise<void> {
  suite.days.now = plus(suite.days.now, HOUR);
  await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await deliverProject(suite.flow, project);
}

type Told = {
  readonly type: string;
  readonly data: { readonly url: string; readonly by?: string; readonly moves: readonly { readonly to: string }[] };
};
const told = () => receiver.received.map(({ body }) => JSON.parse(body) as Told);
const inShort = () =>
  told().map(({ type, data }) => [type, ...data.moves.map(({ to }) => to), data.by].filter(Boolean).join(" "));
const pullAbout = (name: string) => repository.pullRequests.find(({ title }) => title.includes(name))?.number ?? 0;

describe("pull requests", () => {
  it("are told of as they are opened, merged, closed and withdrawn, each step once", async () => {
    const flow = hooked();
    await sendPullRequestNews(flow);
    expect(told()).toEqual([]); // what was before is no news
    await look();
    await sendPullRequestNews(flow);
    await sendPullRequestNews(flow);
    expect(inShort().toSorted()).toEqual(
      ["1.5.0", "2.32.5", "3.1.6", "5.1.0"].map((version) => `pull-request.opened ${version}`),
    );
    mergePullRequest(suite.world.github, repository, pullAbout("jinja2"), "maintainer");
    closePullRequest(suite.world.github, repository, pullAbout("checkout"), "maintainer");
    yankFromPypi(suite.world.pypi, "requests", "2.32.5");
    yankFromPypi(suite.world.pypi, "requests", "2.32.4");
    receiver.received.length = 0;
    await look();
    await sendPullRequestNews(flow);
    expect(inShort().toSorted()).toEqual([
      "pull-request.closed 5.1.0 maintainer",
      "pull-request.merged 3.1.6 maintainer",
      "pull-request.withdrawn 2.32.5",
    ]);
    expect(told().every(({ data }) => data.url.startsWith(suite.standIns.github.url))).toBe(true);
  });

  it("are told of later, once, when nobody takes it now", async () => {
    const flow = hooked();
    await sendPullRequestNews(flow);
    await look();
    receiver.answer = { status: 503 };
    await sendPullRequestNews(flow);
    const first = inShort();
    receiver.received.length = 0;
    receiver.answer = { status: 204 };
    await sendPullRequestNews(flow);
    expect(told()).toEqual([]); // not before its time
    suite.days.now = plus(suite.days.now, 2 * MINUTE);
    await resumeLetters(flow);
    await resumeLetters(flow);
    expect(inShort().toSorted()).toEqual(first.toSorted());
  });

  it("are told to those whose filters choose them, in a chat's own words", async () => {
    const flow = hooked({ form: "slack", upstreams: ["pkg:pypi/requests"] });
    await sendPullRequestNews(flow);
    await look();
    await sendPullRequestNews(flow);
    const [said, ...more] = receiver.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(more).toEqual([]);
    expect(said).toMatch(/^:sparkles: \*Opened\*: <http[^|]*\/pull\/\d+\|requests 2\.32\.3 → 2\.32\.5> \(suite\)$/);
  });

  it("are told to nobody who did not ask", async () => {
    const flow = hooked({ events: ["digest"] });
    await sendPullRequestNews(flow);
    await look();
    await sendPullRequestNews(flow);
    expect(told()).toEqual([]);
  });
});
