import type { Alert } from "../../domain/bump.ts";
import { type Digest, type DigestEntry, type DueAdvisory, type Notice, sortAlerts } from "../../domain/digest.ts";
import type { PullRequestNews } from "../../domain/pull-request-news.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { safeUrl } from "../../views/html.ts";
import { plainLine } from "../../views/plain.ts";
import { count, list, shortVersion } from "../../views/words.ts";
import type { Announcement } from "../channel.ts";

/** Of each part of a digest so many entries travel; `more` says how many there are besides. */
const MOST = 100;

/** An announcement as other programs read it: `type`, `timestamp` and `data`, as Standard Webhooks recommends. */
export function webhookPayload(announcement: Announcement): object {
  if (announcement.kind === "notice") {
    const { notice } = announcement;
    return { type: `notice.${notice.state}`, timestamp: notice.at, data: noticeData(notice) };
  }
  const { digest } = announcement;
  return { type: "digest", timestamp: digest.until, data: digestData(digest) };
}

function noticeData({ fingerprint: _, first: __, ...notice }: Notice): object {
  return notice;
}

function digestData(digest: Digest): object {
  const { title, from, until, watched } = digest;
  const entries = (all: readonly DigestEntry[]) => some(all, entryData);
  return {
    ...{ title, from, until, watched },
    proposed: entries(digest.proposed),
    held: entries(digest.held),
    waiting: entries(digest.waiting),
    blocked: entries(digest.blocked),
    alerts: some(digest.alerts, alertData),
    advisories: some(digest.advisories, advisoryData),
    unchecked: some(digest.unchecked, (entry) => entry),
    changed: some(digest.changed, (entry) => entry),
  };
}

function some<Entry>(all: readonly Entry[], map: (entry: Entry) => object): object {
  return { items: all.slice(0, MOST).map(map), more: Math.max(all.length - MOST, 0) };
}

function entryData({ project, candidate, decision, url, isNew }: DigestEntry): object {
  const { id, component, from, to, step, fixes } = candidate;
  return {
    ...{ project, candidate: id, upstream: component.upstream, from, to: to.version, step, url, new: isNew },
    ...{ verdict: decision.verdict, until: decision.until, fixes: fixes.map((advisory) => advisory.id) },
    reasons: decision.reasons.map(({ summary }) => summary),
  };
}

function alertData({ id, project, upstream, class: kind, severity, state, summary, next }: Alert): object {
  return { id, project, upstream, class: kind, severity, state, summary, next };
}

function advisoryData({ project, upstream, advisory, dueAt, overdue, fix }: DueAdvisory): object {
  const { id, severity, summary, url } = advisory;
  return { project, upstream, advisory: id, severity, summary, url, dueAt, overdue, fix };
}

/** A step of a pull request as other programs read it. */
export function newsPayload({ event: _, step, at, ...news }: PullRequestNews): object {
  return { type: `pull-request.${step}`, timestamp: at, data: news };
}

/** The same for people in a chat. */
export function slackNewsPayload({ step, project, url, by, reason, moves }: PullRequestNews): object {
  const names = moves.map(({ upstream, from, to }) =>
    `${upstreamLabel(upstream)} ${from.map(shortVersion).join(", ")} → ${shortVersion(to)}`.replace(/ +/g, " "),
  );
  const who = by === undefined ? "" : ` by ${slackText(by)}`;
  const why = reason === undefined ? "" : `: ${slackText(reason)}`;
  return { text: `${STEP_WORDS[step]}${who}: ${link(list(names, 4), url)} (${slackText(project)})${why}` };
}

const STEP_WORDS: Readonly<Record<PullRequestNews["step"], string>> = {
  opened: ":sparkles: *Opened*",
  updated: ":pencil2: *Updated*",
  merged: ":white_check_mark: *Merged*",
  closed: ":no_entry_sign: *Closed*",
  withdrawn: ":leftwards_arrow_with_hook: *Withdrawn*",
};

/** Slack shows at most 40,000 characters and cuts long before; people read fewer. */
const LONGEST = 3_500;

/** The same for people in a chat: Slack's `mrkdwn` (https://docs.slack.dev/messaging/formatting-message-text), in one `text`. */
export function slackPayload(announcement: Announcement): object {
  const lines = announcement.kind === "notice" ? noticeLines(announcement.notice) : digestLines(announcement.digest);
  let text = "";
  for (const [index, line] of lines.entries()) {
    const left = `\n…and ${count(lines.length - index, "more line")}.`;
    if (text.length + line.length + left.length > LONGEST) return { text: text + left };
    text += (index === 0 ? "" : "\n") + line;
  }
  return { text };
}

const STATES: Readonly<Record<Notice["state"], string>> = {
  open: ":rotating_light:",
  changed: ":rotating_light:",
  over: ":white_check_mark: Over:",
};

function noticeLines({ state, title, summary, facts, next, url, project, severity }: Notice): string[] {
  return [
    `${STATES[state]} *${slackText(title)}* (${slackText(project)}, ${severity})`,
    link(summary, url),
    ...facts.map(({ mark, text }) => `• ${slackText(`${mark}: ${text}`)}`),
    ...(next === undefined || state === "over" ? [] : [`_Next:_ ${slackText(next)}`]),
  ];
}

function digestLines(digest: Digest): string[] {
  const section = (heading: string, lines: readonly string[]) => (lines.length === 0 ? [] : [`*${heading}*`, ...lines]);
  const moves = (entries: readonly DigestEntry[]) => entries.map(moveLine);
  const { unlisted, others } = sortAlerts(digest);
  return [
    `*${slackText(digest.title)}*`,
    ...section(
      "Look at these now",
      [...unlisted, ...others].map(({ summary }) => `• ${slackText(summary)}`),
    ),
    ...section("Advisories", digest.advisories.map(advisoryLine)),
    ...section("Proposed", moves(digest.proposed)),
    ...section("Held", moves(digest.held)),
    ...section("Blocked", moves(digest.blocked)),
    `${count(digest.waiting.length, "candidate")} waiting, ${digest.unchecked.length} could not be checked.`,
  ];
}

function moveLine({ candidate, decision, url }: DigestEntry): string {
  const move = `${upstreamLabel(candidate.component.upstream)} ${candidate.from.map(shortVersion).join(", ")} → ${shortVersion(candidate.to.version)}`;
  const why = decision.verdict === "propose" ? "" : `: ${slackText(decision.reasons[0]?.summary ?? "")}`;
  return `• ${link(move, url)}${why}`;
}

function advisoryLine({ upstream, advisory, dueAt, overdue }: DueAdvisory): string {
  const due = dueAt === undefined ? "" : `, ${overdue ? "was due" : "due"} ${dueAt.slice(0, 10)}`;
  return `• ${link(advisory.id, advisory.url)} ${slackText(`${upstreamLabel(upstream)} (${advisory.severity}${due})`)}`;
}

/** `<address|words>`; without an address that may be linked to, the words. */
function link(words: string, url: string | undefined): string {
  const safe = safeUrl(url);
  const text = slackText(words).replaceAll("|", "¦");
  return safe === undefined ? text : `<${safe.replace(/[|<>]/g, encodeURIComponent)}|${text}>`;
}

/** The three characters that Slack gives a meaning to; marks such as `*` only make letters bold. */
function slackText(text: string): string {
  return plainLine(text, 500).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
