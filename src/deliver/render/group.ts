import { createHash } from "node:crypto";
import type { Candidate } from "../../domain/bump.ts";
import { REBUILT_IMAGES } from "../../domain/policy.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { plainLine } from "../../views/plain.ts";
import { day } from "../../views/time.ts";
import { upstreamPage } from "../../views/upstream-page.ts";
import { count, list, STEPS, shortVersion } from "../../views/words.ts";
import type { ProposalToDeliver } from "../channel.ts";
import { composeNotes } from "../notes/compose.ts";
import type { BodyStyle } from "./body-style.ts";
import { changeFingerprint, neutral, renderTitle } from "./change.ts";
import { code, fold, link, prose, table } from "./markdown.ts";
import { compareLink, type PullRequestText, renderPullRequest, summary } from "./pull-request.ts";
import * as sections from "./sections.ts";

/** Notes of one member get at least so much of the body, as long as there is any left. */
const LEAST_NOTES = 1_000;

/** Writes the pull request of a group: a table of what moves, then each member with its reasons, notes and trust, folded. */
export function renderGroup(
  id: string,
  group: string,
  items: readonly ProposalToDeliver[],
  style: BodyStyle,
): PullRequestText {
  const candidates = items.map((item) => item.proposal.candidate);
  const title = groupTitle(group, candidates);
  const change = changeFingerprint(items[0]?.proposal.changes ?? []);
  const members = items.map((item) => renderPullRequest(item, style).fingerprint);
  const fingerprint = createHash("sha256")
    .update([title, change, ...members.sort()].join("\n"))
    .digest("hex")
    .slice(0, 32);
  return {
    title,
    body: groupBody(id, items, style, fingerprint),
    branch: groupBranch(group, candidates),
    commitMessage: { headline: title, body: commitBody(candidates, change) },
    fingerprint,
    change,
  };
}

/** Whether a group is the one of images that were built again, which has no name of a person's. */
export function isWave(group: string): boolean {
  return group === REBUILT_IMAGES || group.startsWith(`${REBUILT_IMAGES}-`);
}

function groupTitle(group: string, candidates: readonly Candidate[]): string {
  const fixed = new Set(candidates.flatMap((candidate) => candidate.fixes.map((advisory) => advisory.id))).size;
  const fixes = fixed === 0 ? "" : ` (fixes ${count(fixed, "advisory", "advisories")})`;
  const what = isWave(group)
    ? `Refresh ${count(candidates.length, "rebuilt image")}: same versions, new content`
    : `Update ${group}: ${count(candidates.length, "upstream")}`;
  return neutral(plainLine(`${what}${fixes}`, 200));
}

/** The same for a group on one watched branch, whoever its members are. */
export function groupBranch(group: string, [first]: readonly Candidate[]): string {
  const project = first?.component.project ?? "";
  const watched = project.includes("@") ? project.slice(project.indexOf("@")) : "";
  const hash = createHash("sha256").update(`group ${group}\n${watched}`).digest("hex").slice(0, 8);
  return `headgate/group-${group}-${hash}`;
}

function commitBody(candidates: readonly Candidate[], change: string): string {
  const lines = candidates.map((candidate) => renderTitle(candidate));
  const ids = candidates.map((candidate) => `Headgate-Candidate: ${candidate.id}`);
  return [...lines, "", ...ids, `Headgate-Change: ${change} (${count(candidates.length, "upstream")})`].join("\n");
}

function groupBody(id: string, items: readonly ProposalToDeliver[], style: BodyStyle, fingerprint: string): string {
  const { web, longest } = style;
  const rows = items.map(({ proposal: { candidate } }) => {
    const name = link(
      prose(upstreamLabel(candidate.component.upstream)),
      upstreamPage(candidate.component.upstream, web),
    );
    const from = list(
      candidate.from.map((version) => code(shortVersion(version))),
      4,
    );
    return [
      name,
      from,
      code(shortVersion(candidate.to.version)),
      STEPS[candidate.step],
      count(candidate.component.pins.length, "place"),
      code(sections.idOf(candidate)),
    ];
  });
  const warned = items.map(({ proposal, card }) =>
    sections.warnings(proposal.decision, card.checks, proposal.candidate),
  );
  const head = [
    ...new Set(warned.filter((part) => part !== "")),
    table(["Upstream", "From", "To", "Step", "Where", "Id"], rows),
    whyTogether(items.map((item) => item.proposal.candidate)),
  ].filter(isThere);
  const marker = `<!-- headgate candidate=${id} content=${fingerprint} -->`;
  const tail = [answer(items), marker];
  const bare = items.map((item) => memberParts(item, style));
  let room = longest - length([...head, ...tail]) - bare.reduce((sum, { size }) => sum + size + 200, 0);
  const members = items.map(({ proposal: { candidate } }, index) => {
    const share = Math.floor(Math.max(0, room) / (items.length - index));
    const notes = notesOf(candidate, share, style);
    room -= notes.length;
    const { before = [], after = [] } = bare[index] ?? {};
    return fold(prose(renderTitle(candidate), 200), [...before, notes, ...after].filter(isThere).join("\n\n"));
  });
  return [...withinLimit([...head, ...members], length(tail), style), ...tail].join("\n\n");
}

/** Where all of them are images that were built again: when, and why that is one change. */
function whyTogether(candidates: readonly Candidate[]): string {
  if (candidates.length < 2 || candidates.some(({ step }) => step !== "digest")) return "";
  const seen = candidates.map(({ to }) => to.contentFirstSeenAt).sort();
  const [first = "", last = ""] = [seen[0], seen.at(-1)];
  const when = day(first) === day(last) ? `on ${day(first)}` : `from ${day(first)} to ${day(last)}`;
  return `### Why together\n\nThe tags are the same; these images were first seen with new content ${when}. When a base image is rebuilt, what is built on it follows: they come as one change, to be tried once. A rule with \`group: false\` gives an image a pull request of its own.`;
}

/** What stands around the notes of one member, and how long it is. */
function memberParts({ proposal, card, dueDates }: ProposalToDeliver, { web }: BodyStyle) {
  const { candidate, decision, byHand, checksums } = proposal;
  const before = [
    summary(candidate, web),
    sections.places(candidate),
    sections.checksums(checksums),
    sections.byHand(byHand, candidate.to.version),
    sections.whyNow(decision, card.checks),
    sections.advisories(candidate, dueDates),
    sections.checks(card.checks),
  ];
  const after = [sections.trust(card)];
  return { before, after, size: length([...before, ...after]) };
}

function notesOf(candidate: Candidate, share: number, { web, quietLink }: BodyStyle): string {
  if (share < LEAST_NOTES) return "";
  const notes = composeNotes(candidate.between, share - 100, { quietLink });
  return notes === "" ? sections.noNotes(candidate, compareLink(candidate, web)) : `### Release notes\n\n${notes}`;
}

function isThere(part: string): boolean {
  return part !== "";
}

/** Whole parts as long as they fit; what does not is counted. */
function withinLimit(parts: readonly string[], taken: number, { longest, forge }: BodyStyle): string[] {
  let left = longest - taken - 100;
  const kept = parts.filter((part) => {
    const fits = part.length + 2 <= left;
    if (fits) left -= part.length + 2;
    return fits;
  });
  const missing = parts.length - kept.length;
  return missing === 0
    ? kept
    : [...kept, `*${count(missing, "section")} left out: this text would be too long for ${forge}.*`];
}

function answer(items: readonly ProposalToDeliver[]): string {
  const commands = items.slice(0, 20).map(({ proposal: { candidate } }) => {
    const label = upstreamLabel(candidate.component.upstream).replace(/[^\w./@-]/g, "");
    return `headgate skip ${sections.idOf(candidate)} --reason "why"   # ${label}`;
  });
  return [
    "---",
    "**Not one of these?** Write one of these as a line of a comment, with its id from the table; the next look takes it out of this pull request. It is read from people who may write to this repository:",
    "```\n/headgate hold ID REASON\n/headgate skip ID REASON\n```",
    "Without an id it is about all of them, and so is closing the pull request, which skips all of them.",
    "Or, where Headgate runs:",
    `\`\`\`sh\n${commands.join("\n")}\n\`\`\``,
    "A commit of your own on this branch freezes it: Headgate adds nothing to it any more.",
  ].join("\n\n");
}

function length(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length + 2, 0);
}
