import type { DeliverContext } from "../../src/deliver/channel.ts";
import type { Delivery } from "../../src/domain/bump.ts";
import type { Digest, DigestEntry, Notice } from "../../src/domain/digest.ts";
import type { Recipient } from "../../src/domain/recipient.ts";
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { aCandidate, aDecision, aScore, NOW } from "../support/build.ts";
import { urlsToNowhere } from "../support/urls.ts";

/** A candidate in a digest: proposed, of a strong project. */
export function anEntry(given: Partial<DigestEntry> = {}): DigestEntry {
  const candidate = given.candidate ?? aCandidate();
  const card = { upstream: candidate.component.upstream, score: aScore(), checks: [] };
  return { project: "example", candidate, decision: aDecision(), card, ...given };
}

/** Somebody who gets everything. */
export function aRecipient(given: Partial<Recipient> = {}): Recipient {
  const address = given.address ?? "ann@example.org";
  return {
    address,
    mailbox: address,
    projects: [],
    upstreams: [],
    only: [],
    quiet: "never",
    immediate: true,
    ...given,
  };
}

/** Trouble that is told for the first time. */
export function aNotice(given: Partial<Notice> = {}): Notice {
  return {
    thread: "a1b2c3",
    fingerprint: "f1",
    state: "open",
    first: true,
    project: "example",
    upstream: "pkg:github/example/tool",
    severity: "critical",
    part: "alerts",
    title: "tag moved: example/tool",
    summary: "example/tool v1.0.0, which is pinned here, points at another commit than before.",
    facts: [{ mark: "in", text: "Dockerfile:7" }],
    next: "Compare what is there with what was pinned.",
    at: NOW,
    ...given,
  };
}

/** A digest of one day in which nothing happened. */
export function aDigest(given: Partial<Digest> = {}): Digest {
  return {
    key: "digest-2026-11-20-example",
    title: "example: 0 updates",
    from: "2026-11-19T12:00:00.000Z",
    until: NOW,
    proposed: [],
    held: [],
    waiting: [],
    blocked: [],
    alerts: [],
    advisories: [],
    merged: [],
    takenBack: [],
    changed: [],
    unpinned: [],
    drifting: [],
    sideBySide: [],
    unused: [],
    unchecked: [],
    ending: [],
    watched: { projects: 1, components: 40, upstreams: 38 },
    ...given,
  };
}

/** What a channel may use, with everything that it records. Reaching out is an error unless a client is given. */
export function aContext(given: Partial<DeliverContext> = {}): DeliverContext & { readonly recorded: Delivery[] } {
  const recorded: Delivery[] = [];
  const url = "https://unreachable.invalid";
  return {
    options: {},
    forge: undefined,
    fetcher: { fetch: () => Promise.reject(new Error("nothing is fetched here")), close: async () => {} },
    urls: urlsToNowhere({ github: { api: url, graphql: url, web: "https://github.com" } }),
    smtp: createSmtp,
    now: NOW,
    record: async (delivery) => void recorded.push(delivery),
    recorded,
    ...given,
  };
}
