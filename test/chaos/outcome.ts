import { type DemoWorld, WATCHED } from "../demo/world.ts";
import { findRepository, history } from "../upstreams/github/world.ts";
import type { Receiver } from "../upstreams/receiver.ts";
import type { SmtpStandIn } from "../upstreams/smtp.ts";
import { isBetweenDataAndAnswer, isBetweenHookAndAnswer } from "./watch-points.ts";

/** What exists in the end. */
export type Outcome = {
  /** Branches of pull requests with their state and the number of commits on each. */
  readonly pulls: readonly string[];
  /** Comments under pull requests, by their first lines. */
  readonly comments: readonly string[];
  /** Message-ID and recipient of each mail. */
  readonly mails: readonly string[];
  /** Id and kind of each webhook. */
  readonly hooks: readonly string[];
  readonly decisions: number;
};

/** What the forge and the mail server have. */
export function readOutcome(world: DemoWorld, smtp: SmtpStandIn, receiver: Receiver): Omit<Outcome, "decisions"> {
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  const base = new Set(history(repository, repository.refs.get("refs/heads/main") ?? "").map(({ oid }) => oid));
  const commits = (oid: string) => history(repository, oid).filter((one) => !base.has(one.oid)).length;
  const branches = [...repository.refs].filter(([ref]) => ref.startsWith("refs/heads/headgate/"));
  const pulls = repository.pullRequests;
  return {
    pulls: [
      ...pulls.map(
        (pull) => `${pull.state} pull request of ${pull.headRefName} with ${commits(pull.headRefOid)} commit`,
      ),
      ...branches.map(([ref, oid]) => `branch ${ref.slice("refs/heads/".length)} with ${commits(oid)} commit`),
    ].sort(),
    comments: pulls
      .flatMap((pull) => pull.comments.map(({ body }) => `under ${pull.headRefName}: ${wordsOf(body)}`))
      .sort(),
    hooks: receiver.received.map(({ headers, body }) => `${headers["webhook-id"]} ${kindOf(body)}`).sort(),
    mails: smtp.messages
      .map(({ to, raw }) => `${/^message-id: (.*)$/im.exec(raw.toString())?.[1]} to ${to.join(", ")}`)
      .sort(),
  };
}

/** What people see of it: our marks name moments, which differ. */
function wordsOf(body: string): string {
  return body
    .replace(/<!--.*?-->/g, "")
    .trim()
    .slice(0, 80);
}

function kindOf(body: string): string {
  const { type, data } = JSON.parse(body) as { type: string; data: { moves?: readonly { to: string }[] } };
  return [type, ...(data.moves ?? []).map(({ to }) => to)].join(" ");
}

/** What is wrong after a process was killed at a point and another one recovered; none when all is as without a kill. */
export function differences(clean: Outcome, now: Outcome, point: string): string[] {
  const before = [...clean.pulls, ...clean.comments];
  const after = [...now.pulls, ...now.comments];
  const missing = before.filter((one) => !after.includes(one));
  const more = after.filter((one, index) => !before.includes(one) || after.indexOf(one) !== index);
  const recipients = (mails: readonly string[]) =>
    [...new Set(mails.map((mail) => mail.split(" to ")[1]))].sort().join(" ");
  const distinct = [...new Set(now.mails)];
  const copies = isBetweenDataAndAnswer(point) ? 1 : 0;
  return [
    ...missing.map((one) => `missing: ${one}`),
    ...more.map((one) => `too much: ${one}`),
    ...(distinct.length === clean.mails.length && recipients(distinct) === recipients(clean.mails)
      ? []
      : [`${distinct.length} different mails to ${recipients(distinct)}, not ${clean.mails.length}`]),
    ...(now.mails.length - distinct.length <= copies ? [] : [`${now.mails.length} mails for ${distinct.length}`]),
    ...hookDifferences(clean, now, point),
    ...(now.decisions >= clean.decisions ? [] : [`${clean.decisions - now.decisions} decisions are lost`]),
  ];
}

/** Each piece of news once, under one id; a copy only where nobody can know whether it was taken. */
function hookDifferences(clean: Outcome, now: Outcome, point: string): string[] {
  const kinds = (hooks: readonly string[]) =>
    [...new Set(hooks)]
      .map((one) => one.replace(/^\S+ /, ""))
      .sort()
      .join(", ");
  const copies = now.hooks.length - new Set(now.hooks).size;
  return [
    ...(kinds(now.hooks) === kinds(clean.hooks) ? [] : [`webhooks ${kinds(now.hooks)}, not ${kinds(clean.hooks)}`]),
    ...(copies <= (isBetweenHookAndAnswer(point) ? 1 : 0) ? [] : [`${copies} webhooks twice`]),
  ];
}
