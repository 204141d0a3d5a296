import { createHash } from "node:crypto";
import type { Candidate, FileChange, Reason } from "../../domain/bump.ts";
import { checksumSource } from "../../domain/checksum.ts";
import type { TrustCard } from "../../domain/digest.ts";
import { tagOfVersion } from "../../domain/release.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { comparePage, upstreamPage } from "../../views/upstream-page.ts";
import { count, list, STEPS, shortVersion } from "../../views/words.ts";
import type { ProposalToDeliver } from "../channel.ts";
import { composeNotes } from "../notes/compose.ts";
import { ANYWHERE, type BodyStyle } from "./body-style.ts";
import { changeFingerprint, exactContent, neutral, placeChange, renderTitle } from "./change.ts";
import { code, link, prose } from "./markdown.ts";
import * as sections from "./sections.ts";

/** A pull request, before it exists. */
export type PullRequestText = {
  readonly title: string;
  readonly body: string;
  /** Names the component, not the version: a newer version supersedes in place. */
  readonly branch: string;
  readonly commitMessage: { readonly headline: string; readonly body: string };
  /** Changes when something changed that readers should see again; a date that comes nearer is nothing of the kind. */
  readonly fingerprint: string;
  readonly change: string;
};

/** Writes what a reviewer reads. Pure and without the current time: the same proposal always gives the same text. */
export function renderPullRequest(item: ProposalToDeliver, style: BodyStyle = ANYWHERE): PullRequestText {
  const { candidate, changes } = item.proposal;
  const title = renderTitle(candidate);
  const change = changeFingerprint(changes);
  const fingerprint = contentFingerprint(item, title, change);
  return {
    title,
    body: renderBody(item, style, fingerprint),
    branch: branchName(candidate),
    commitMessage: { headline: title, body: commitBody(candidate, changes, change) },
    fingerprint,
    change,
  };
}

/**
 * What a body says of itself, to find out whether it must be written again: never to recognise a pull request as ours.
 * The last one counts: upstream notes may show another one as code, above it.
 */
export function readMarker(body: string): { readonly candidate: string; readonly fingerprint: string } | undefined {
  const markers = body.matchAll(/<!-- headgate candidate=([\w-]{1,80}) content=([0-9a-f]{32}) -->/g);
  const [, candidate, fingerprint] = [...markers].at(-1) ?? [];
  return candidate === undefined || fingerprint === undefined ? undefined : { candidate, fingerprint };
}

/**
 * `headgate/<upstream>-<hash>`: the same for every version of one component on one watched branch. New content of the version
 * that is pinned has a branch of its own, since it may come beside a newer version.
 */
export function branchName(candidate: Candidate): string {
  const { component } = candidate;
  const watched = component.project.includes("@") ? component.project.slice(component.project.indexOf("@")) : "";
  const hash = createHash("sha256")
    .update(`${component.key}\n${watched}${candidate.step === "digest" ? "\ndigest" : ""}`)
    .digest("hex")
    .slice(0, 8);
  const slug = upstreamLabel(component.upstream)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `headgate/${slug.slice(0, 60).replace(/-$/, "")}-${hash}`;
}

function renderBody(item: ProposalToDeliver, style: BodyStyle, fingerprint: string): string {
  const { web, longest, quietLink } = style;
  const { proposal, card } = item;
  const { candidate, decision } = proposal;
  const before = [
    sections.warnings(decision, card.checks, candidate),
    summary(candidate, web),
    sections.places(candidate),
    sections.checksums(proposal.checksums),
    sections.byHand(proposal.byHand, candidate.to.version),
    sections.whyNow(decision, card.checks),
    sections.advisories(candidate, item.dueDates),
    sections.checks(card.checks),
  ];
  const after = [
    sections.trust(card),
    sections.answer(candidate),
    `<!-- headgate candidate=${sections.idOf(candidate)} content=${fingerprint} -->`,
  ];
  const room = longest - length([...before, ...after]) - 100;
  const notes = room < 1_000 ? "" : composeNotes(candidate.between, room, { quietLink });
  const notesSection =
    notes === "" ? sections.noNotes(candidate, compareLink(candidate, web)) : `### Release notes\n\n${notes}`;
  return keepWhole([...before, notesSection, ...after], style).join("\n\n");
}

/** Whole sections that fit, in their order; the last two (how to answer, the marker) always do. */
function keepWhole(parts: readonly string[], { longest, forge }: BodyStyle): string[] {
  const present = parts.filter((part) => part !== "");
  const [head, tail] = [present.slice(0, -2), present.slice(-2)];
  let left = longest - length(tail) - 100;
  const kept = head.filter((part) => {
    const fits = part.length + 2 <= left;
    if (fits) left -= part.length + 2;
    return fits;
  });
  const missing = head.length - kept.length;
  const said =
    missing === 0 ? [] : [`*${count(missing, "section")} left out: this text would be too long for ${forge}.*`];
  return [...kept, ...said, ...tail];
}

function length(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length + 2, 0);
}

/** One line: what moves from where to where, how far, in how many places, and where to compare. */
export function summary(candidate: Candidate, web: string): string {
  const { component, to } = candidate;
  const name = link(`**${prose(upstreamLabel(component.upstream))}**`, upstreamPage(component.upstream, web));
  const from = list(
    candidate.from.map((version) => code(shortVersion(version))),
    4,
  );
  const target = candidate.step === "pin" ? prose(exactContent(to)) : code(shortVersion(to.version));
  const move = candidate.from.length === 0 ? target : `${from} → ${target}`;
  const links = [compareLink(candidate, web), link("release", to.notesUrl)].filter((text) => text.startsWith("["));
  const where = count(component.pins.length, "place");
  return `${name} ${move} · ${STEPS[candidate.step]} · ${where}${links.length === 0 ? "" : ` · ${links.join(" · ")}`}`;
}

/** The comparison of the two versions at their forge, as a link; nothing where there is none. */
export function compareLink({ component, from, to, step }: Candidate, web: string): string {
  const [version] = from;
  if (version === undefined || from.length > 1 || step === "pin") return "";
  const before = tagOfVersion(version, component.pins[0]?.tagTemplate);
  const page = before === to.tag ? undefined : comparePage(component.upstream, before, to.tag, web);
  return page === undefined ? "" : link("compare", page);
}

function commitBody(candidate: Candidate, changes: readonly FileChange[], change: string): string {
  const { pins } = candidate.component;
  const lines = pins.slice(0, 100).map((pin) => {
    const { from, to } = placeChange(pin, candidate.to);
    return neutral(`${pin.path}:${pin.line}: ${from === "" ? "(nothing)" : from} -> ${to}`.replace(/\s+/g, " "));
  });
  const more = pins.length > lines.length ? [`and ${pins.length - lines.length} more places`] : [];
  const files = count(changes.length, "file");
  return [...lines, ...more, "", `Headgate-Candidate: ${candidate.id}`, `Headgate-Change: ${change} (${files})`].join(
    "\n",
  );
}

function contentFingerprint(item: ProposalToDeliver, title: string, change: string): string {
  const { candidate, decision, byHand, checksums = [] } = item.proposal;
  const facts = [
    title,
    change,
    candidate.id,
    decision.verdict,
    decision.by,
    decision.reasons.map((reason: Reason) => [reason.rule, reason.level, reason.until]),
    checkFacts(item.card),
    candidate.fixes.map((advisory) => advisory.id),
    candidate.introduces.map((advisory) => advisory.id),
    candidate.between.map((release) => [release.tag, release.notes]),
    byHand.map((pin) => [pin.path, pin.line]),
    ...checksums.map((one) => [one.file, checksumSource(one)]),
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
}

function checkFacts(card: TrustCard): unknown {
  return card.checks.map((check) => [check.check, check.outcome]);
}
