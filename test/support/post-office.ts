import PostalMime, { type Email } from "postal-mime";
import type { Database } from "../../src/db/database.ts";
import { ensureProjects } from "../../src/db/projects/projects.ts";
import type { Candidate, Decision } from "../../src/domain/bump.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { Project } from "../../src/domain/project.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { createLog } from "../../src/lib/log.ts";
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { takenLetters } from "../../src/lib/mail/taken-letters.ts";
import { aContext } from "../deliver/support.ts";
import type { SmtpStandIn } from "../upstreams/smtp.ts";
import { aDecision, aPolicy, NOW } from "./build.ts";
import { aFolder } from "./folder.ts";
import { recordDecision, upsertCandidate } from "./stored.ts";

/** The project that letters are about. */
const project: Project = {
  id: "example",
  name: "example",
  source: { kind: "path", path: "/nowhere" },
  ignorePaths: [],
};

/** A clock that tests set, and what was said in the log. */
export type Office = { readonly flow: FlowContext; readonly days: { now: Instant }; readonly said: string[] };

/** A flow that can do nothing but write letters: it reads the store, and reaches only the mail server. */
export async function openOffice(
  db: Database,
  smtpUrl: string,
  options: object = { to: ["ann@example.org"] },
  given: Partial<FlowContext> = {},
): Promise<Office> {
  const days = { now: NOW };
  const said: string[] = [];
  const { fetcher, urls } = aContext();
  const needed: Partial<FlowContext> = {
    db,
    projects: [project],
    policy: aPolicy(),
    deliver: { "e-mail": { url: smtpUrl, from: "Headgate <headgate@example.org>", ...options } },
    urls,
    fetcher,
    smtp: createSmtp,
    taken: takenLetters(aFolder()),
    log: createLog({ json: true, level: "info", write: (line) => void said.push(line) }),
    clock: () => days.now,
    ...given,
  };
  const flow = needed as FlowContext; // letters ask for nothing else: a test that does fails
  await ensureProjects(db, flow.projects, days.now);
  return { flow, days, said };
}

/** Stores a decided candidate, as planning does. */
export async function plan(
  db: Database,
  candidate: Candidate,
  given: Partial<Decision> = {},
  now = NOW,
): Promise<void> {
  const decision = aDecision(given);
  const card = { upstream: candidate.component.upstream, score: undefined, checks: [] };
  const states = { propose: "seen", hold: "held", wait: "waiting", block: "blocked", skip: "skipped" } as const;
  await upsertCandidate(db, candidate, { state: states[decision.verdict], card }, now);
  await recordDecision(db, candidate.id, { decision, checks: [], score: undefined, content: {} }, now);
}

/** The mails that a server took, read. */
export function mailsIn(smtp: SmtpStandIn): Promise<(Email & { readonly recipient: string })[]> {
  return Promise.all(
    smtp.messages.map(async ({ raw, to }) => ({ ...(await PostalMime.parse(raw)), recipient: to.join(", ") })),
  );
}
