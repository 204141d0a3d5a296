import { type DemoWorld, WATCHED } from "../demo/world.ts";
import { findRepository, history } from "../upstreams/github/world.ts";
import type { SmtpStandIn } from "../upstreams/smtp.ts";
import { isBetweenDataAndAnswer } from "./watch-points.ts";

/** What exists in the end. */
export type Outcome = {
  /** Branches of open pull requests with the number of commits on each. */
  readonly pulls: readonly string[];
  /** Message-ID and recipient of each mail. */
  readonly mails: readonly string[];
  readonly decisions: number;
};

/** What the forge and the mail server have. */
export function readOutcome(world: DemoWorld, smtp: SmtpStandIn): Omit<Outcome, "decisions"> {
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  const base = new Set(history(repository, repository.refs.get("refs/heads/main") ?? "").map(({ oid }) => oid));
  const commits = (oid: string) => history(repository, oid).filter((one) => !base.has(one.oid)).length;
  const branches = [...repository.refs].filter(([ref]) => ref.startsWith("refs/heads/headgate/"));
  const open = repository.pullRequests.filter((pull) => pull.state === "OPEN");
  return {
    pulls: [
      ...open.map((pull) => `pull request of ${pull.headRefName} with ${commits(pull.headRefOid)} commit`),
      ...branches.map(([ref, oid]) => `branch ${ref.slice("refs/heads/".length)} with ${commits(oid)} commit`),
    ].sort(),
    mails: smtp.messages
      .map(({ to, raw }) => `${/^message-id: (.*)$/im.exec(raw.toString())?.[1]} to ${to.join(", ")}`)
      .sort(),
  };
}

/** What is wrong after a process was killed at a point and another one recovered; none when all is as without a kill. */
export function differences(clean: Outcome, now: Outcome, point: string): string[] {
  const missing = clean.pulls.filter((one) => !now.pulls.includes(one));
  const more = now.pulls.filter((one, index) => !clean.pulls.includes(one) || now.pulls.indexOf(one) !== index);
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
    ...(now.decisions >= clean.decisions ? [] : [`${clean.decisions - now.decisions} decisions are lost`]),
  ];
}
