import type { Digest, DigestEntry } from "../../domain/digest.ts";
import { type DigestPart, isAtLeast, type Recipient } from "../../domain/recipient.ts";
import type { Severity } from "../../domain/trust.ts";
import { globMatcher } from "../../lib/syntax/glob.ts";
import type { DigestMaterial } from "./build-digest.ts";

/** Whether something of a project and an upstream, or of only one of them, is for a recipient. */
export type IsFor = (where: {
  readonly project?: string | undefined;
  readonly upstream?: string | undefined;
}) => boolean;

/** The projects and upstreams that a recipient chose. */
export function isFor(recipient: Recipient): IsFor {
  const projects = anyOf(recipient.projects);
  const upstreams = anyOf(recipient.upstreams);
  return ({ project, upstream }) =>
    (project === undefined || projects(project)) && (upstream === undefined || upstreams(upstream));
}

/** True for what is severe enough for a recipient. */
export function isSevere(recipient: Recipient, severity: Severity): boolean {
  return recipient.severity === undefined || isAtLeast(severity, recipient.severity);
}

/** The material of one recipient: their projects and upstreams, and only what is severe enough. */
export function chooseMaterial(material: DigestMaterial, recipient: Recipient): DigestMaterial {
  const mine = isFor(recipient);
  const components = material.components.filter(mine);
  const projects = material.projects.filter((project) => mine({ project }));
  const watched = new Set(components.map((component) => component.upstream));
  const isMine = (entry: { readonly project: string; readonly candidate: DigestEntry["candidate"] }) =>
    mine({ project: entry.project, upstream: entry.candidate.component.upstream });
  const fixes = (entry: { readonly candidate: DigestEntry["candidate"] }) =>
    entry.candidate.fixes.some((advisory) => isSevere(recipient, advisory.severity));
  const everything = recipient.severity === undefined;
  return {
    ...material,
    projects,
    components,
    entries: material.entries.filter(
      (entry) =>
        isMine(entry) &&
        (everything || entry.decision.verdict === "block" || fixes(entry) || introduces(entry, recipient)),
    ),
    merged: material.merged.filter((entry) => isMine(entry) && (everything || fixes(entry))),
    takenBack: material.takenBack.filter((entry) => isMine(entry) && (everything || fixes(entry))),
    ending: material.ending.filter(mine),
    alternatives: material.alternatives.filter(mine),
    changed: material.changed.filter(mine),
    alerts: material.alerts.filter((alert) => mine(alert) && isSevere(recipient, alert.severity)),
    unchecked: material.unchecked.filter(
      (entry) =>
        mine(entry) && (entry.project !== undefined || entry.upstream === undefined || watched.has(entry.upstream)),
    ),
  };
}

/** Only the parts that a recipient chose. Whoever asked for what is severe did not ask what floats, drifts or grows old. */
export function chooseParts(digest: Digest, recipient: Recipient): Digest {
  const { only, severity } = recipient;
  const wants = (part: DigestPart) => only.length === 0 || only.includes(part);
  const keep = <Entry>(part: DigestPart, entries: readonly Entry[]) => (wants(part) ? entries : []);
  const tidiness = (part: DigestPart) => (severity !== undefined && !only.includes(part) ? false : wants(part));
  return {
    ...digest,
    advisories: keep("advisories", digest.advisories).filter(({ advisory }) => isSevere(recipient, advisory.severity)),
    alerts: keep("alerts", digest.alerts),
    proposed: keep("proposed", digest.proposed),
    blocked: keep("blocked", digest.blocked),
    held: keep("held", digest.held),
    waiting: keep("waiting", digest.waiting),
    merged: keep("merged", digest.merged),
    takenBack: keep("merged", digest.takenBack),
    unchecked: keep("unchecked", digest.unchecked),
    changed: tidiness("changed") ? digest.changed : [],
    ending: tidiness("support") ? digest.ending : [],
    drifting: tidiness("drift") ? digest.drifting : [],
    sideBySide: tidiness("drift") ? digest.sideBySide : [],
    unused: tidiness("drift") ? digest.unused : [],
    unpinned: tidiness("unpinned") ? digest.unpinned : [],
  };
}

function introduces({ candidate }: DigestEntry, recipient: Recipient): boolean {
  return candidate.introduces.some((advisory) => isSevere(recipient, advisory.severity));
}

function anyOf(globs: readonly string[]): (text: string) => boolean {
  const matchers = globs.map(globMatcher);
  return (text) => matchers.length === 0 || matchers.some((matches) => matches(text));
}
