import { discoverer } from "../../discover/discover.ts";
import type { Proposal } from "../../domain/bump.ts";
import type { NewChecksum } from "../../domain/checksum.ts";
import { LOCKED, PIN_BY_HAND } from "../../domain/digest.ts";
import { type Pin, whyByHand } from "../../domain/pin.ts";
import { Failure, isFailure, succeeded } from "../../lib/failure.ts";
import { type RewriteTarget, rewrite } from "../../lib/rewrite.ts";
import { blobId } from "../../lib/trees/blob-id.ts";
import type { FlowContext } from "../context.ts";
import type { SourceFile } from "../discover/read-pins.ts";
import type { Planned } from "../plan/planned.ts";
import { addressOf, fileOf, resolveTarget } from "./resolve-target.ts";

/**
 * Turns a decided candidate into the change that carries it out: every file as it will be, or why that is not possible.
 * `discover` may remember files: proposals of one project change few of many. Behind the first: what the same edits move.
 */
export async function buildProposal(
  flow: FlowContext,
  [planned, ...together]: readonly [Planned, ...Planned[]],
  files: readonly SourceFile[],
  discover = discoverer(),
): Promise<Proposal | Failure> {
  const { candidate, decision, project } = planned;
  const [own, ...also] = await Promise.all([planned, ...together].map((one) => moveOf(flow, one)));
  const failed = [own, ...also].find(isFailure);
  if (own === undefined || isFailure(own) || failed !== undefined) return failed ?? new Failure("refused", "no target");
  const rewritten = rewrite({ ...own, also: succeeded(also), files, discover });
  if (isFailure(rewritten)) return rewritten;
  const byHand = rewritten.skipped.map((pin) => withHand(pin, planned, own.target));
  if (rewritten.changes.length === 0) return nothingToWrite(candidate.to.version, byHand);
  const checksums = checksumsIn([own, ...succeeded(also)]);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const changes = rewritten.changes.flatMap(({ path, text }) => {
    const file = byPath.get(path);
    return file === undefined ? [] : [{ path, text, mode: file.entry.mode, before: blobId(file.text) }];
  });
  return {
    project: project.id,
    candidate,
    decision,
    changes,
    byHand,
    ...(checksums.length > 0 && { checksums }),
  };
}

/** The proposal with those places alone that its change moves: the others are listed as what is done by hand. */
export function withMovedPlaces(proposal: Proposal): Proposal {
  const { candidate, byHand } = proposal;
  const keyOf = ({ path, line, name }: Pin) => `${path}:${line} ${name}`;
  const left = new Set(byHand.map(keyOf));
  const pins = candidate.component.pins.filter((pin) => !left.has(keyOf(pin)));
  return { ...proposal, candidate: { ...candidate, component: { ...candidate.component, pins } } };
}

/** What to write there, with what it is pinned to; of other steps there is nothing to say. */
function withHand(pin: Pin, { candidate: { step } }: Planned, target: RewriteTarget): Pin {
  const { pinByHand, ...rest } = pin;
  if (pinByHand === undefined || step !== "pin") return rest;
  const [place] = pin.linked;
  const { digest, commit } = target;
  const known: Readonly<Record<string, string | undefined>> = { digest, commit, tag: pin.text };
  const said = pinByHand.replace(/\{(digest|commit|tag)\}/g, (hole, name) => known[name] ?? hole);
  return { ...rest, pinByHand: place === undefined ? said : `${said} (${place.path}:${place.line})` };
}

function nothingToWrite(version: string, byHand: readonly Pin[]): Failure {
  const told = byHand.filter(({ pinByHand }) => pinByHand !== undefined);
  if (told.length > 0) return new Failure("refused", `${PIN_BY_HAND}: ${placesOf(told, version)}.`);
  const locked = byHand.filter(({ lockedBy }) => lockedBy !== undefined);
  if (locked.length > 0) return new Failure("refused", `${LOCKED}: ${placesOf(locked, version)}.`);
  if (byHand.length > 0) return new Failure("refused", `${PIN_BY_HAND}: ${placesOf(byHand, version)}.`);
  return new Failure("refused", `Every place is at ${version} already.`);
}

/** The first places with what is to be done there. */
function placesOf(pins: readonly Pin[], version: string): string {
  const more = pins.length > 3 ? `; and ${pins.length - 3} more` : "";
  const places = pins.slice(0, 3).map((pin) => `${pin.path}:${pin.line}: ${whyByHand(pin, version)}`);
  return `${places.join("; ")}${more}`;
}

async function moveOf(flow: FlowContext, { candidate }: Planned) {
  const target = await resolveTarget(flow, candidate);
  return isFailure(target) ? target : { pins: candidate.component.pins, target };
}

/** Each file once; the hashes of a whole package are its index's, and many. */
function checksumsIn(moves: readonly Exclude<Awaited<ReturnType<typeof moveOf>>, Failure>[]): NewChecksum[] {
  const found = moves.flatMap(({ target }) =>
    target.checksums
      .filter(({ url }) => !url.includes("#file-"))
      .map(({ url, ...rest }) => ({ file: fileOf(addressOf(url, target)), ...rest })),
  );
  return [...new Map(found.map((one) => [`${one.file} ${one.algorithm}`, one])).values()];
}
