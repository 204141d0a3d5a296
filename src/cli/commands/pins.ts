import {
  type Component,
  isFloating,
  isUnpinned,
  type Pin,
  type PinFinding,
  type Problem,
  toComponents,
} from "../../domain/pin.ts";
import { parsePurl, upstreamLabel } from "../../domain/upstream.ts";
import { type ReadPins, readFindings, readPinsAt, toPinRows } from "../../flow/discover/read-pins.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { explainPin } from "../explain-pin.ts";
import { fail } from "../fail.ts";
import { count, printable, shorten, type Terminal, wrap } from "../terminal.ts";

/** `headgate pins [PATH]`: what is pinned here. Offline, no configuration, no database. */
export async function pinsCommand(
  path: string,
  options: { json?: boolean; explain?: string },
  terminal: Terminal,
): Promise<number> {
  if (options.explain !== undefined) return explainPin(path, options.explain, terminal);
  const found = await readPinsAt(path);
  if (isFailure(found)) return fail(found.message, terminal);
  if (options.json === true) terminal.out(JSON.stringify(toPinRows(found.pins), null, 2));
  else printPins(found, terminal);
  return found.problems.length > 0 ? EXIT.incomplete : EXIT.done;
}

function printPins(found: ReadPins, terminal: Terminal): void {
  const { pins, problems } = found;
  const components = toComponents("", pins);
  const layout = layoutOf(components, terminal);
  for (const component of components) printComponent(component, terminal, layout);
  printProblems(problems, terminal);
  printNotes(readFindings(found), terminal);
  terminal.out();
  const summary = pins.length + problems.length === 0 ? NOTHING : summaryOf(pins, components, problems);
  for (const line of wrap(summary, terminal.width, "")) terminal.out(line);
}

const NOTHING =
  "Nothing is pinned in the files here that Headgate reads; headgate formats lists those. Is it the right folder?";

/** How wide the column of places is, and which labels name upstreams of several kinds. */
type Layout = { readonly places: number; readonly ambiguous: ReadonlySet<string> };

function layoutOf(components: readonly Component[], terminal: Terminal): Layout {
  const longest = Math.max(0, ...components.flatMap(({ pins }) => pins.map((pin) => placeOf(pin).length)));
  const upstreams = new Set(components.map(({ upstream }) => upstream));
  const labels = [...upstreams].map(upstreamLabel);
  return {
    places: Math.min(longest, terminal.width - 28),
    ambiguous: new Set(labels.filter((label, index) => labels.indexOf(label) !== index)),
  };
}

function printComponent(component: Component, terminal: Terminal, { places, ambiguous }: Layout): void {
  const label = upstreamLabel(component.upstream);
  const name = printable(ambiguous.has(label) ? `${label} (${kindOf(component.upstream)})` : label);
  const drift = component.current.length > 1 ? "  drift" : "";
  const versions = shorten(
    printable(statusOf(component)),
    Math.max(terminal.width - name.length - drift.length - 2, 12),
  );
  terminal.out(`${terminal.style("bold", name)}  ${versions}${terminal.style("yellow", drift)}`);
  for (const pin of component.pins) {
    const written = pin.text === "" ? "(no version)" : pin.text;
    const place = shorten(printable(placeOf(pin)), places).padEnd(places);
    const mark = markOf(pin);
    const text = shorten(printable(written), Math.min(24, terminal.width - places - mark.length - 4));
    terminal.out(`  ${place}  ${text}${terminal.style("yellow", mark)}`);
  }
}

function statusOf({ current, pins }: Component): string {
  if (current.length > 0) return current.join(", ");
  return pins.some(isUnpinned)
    ? "not pinned"
    : pins.every(({ lockedBy }) => lockedBy)
      ? "pinned elsewhere"
      : "pinned by content";
}

function markOf(pin: Pin): string {
  if (isUnpinned(pin)) return "  not pinned";
  return isFloating(pin) && pin.lockedBy !== undefined ? `  ${shorten(printable(pin.lockedBy), 12)}` : "";
}

function placeOf({ path, line }: Pin): string {
  return `${path}:${line}`;
}

function kindOf(purl: string): string {
  return parsePurl(purl)?.type ?? "";
}

function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  if (problems.length === 0) return;
  terminal.out();
  terminal.out(terminal.style("bold", "Not understood"));
  for (const problem of problems) {
    const place = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`;
    const text = problem.message.startsWith(problem.path) ? problem.message : `${place}: ${problem.message}`;
    for (const line of wrap(printable(text), terminal.width, "  ")) terminal.out(line);
  }
}

/** What the list above does not show by itself. */
function printNotes(findings: readonly PinFinding[], terminal: Terminal): void {
  const mutable = findings.filter(({ kind }) => kind === "mutable").flatMap(({ places }) => places).length;
  const unused = findings.filter(({ kind }) => kind === "unused").flatMap(({ places }) => places);
  const notes = [
    ...(mutable === 0
      ? []
      : [
          `${count(mutable, "place")} on a tag that its owner can move: a digest, or an action's commit, cannot be moved.`,
        ]),
    ...unused.map(({ path }) => `${path}: nothing that Headgate reads here names it. Is it still used?`),
  ];
  if (notes.length === 0) return;
  terminal.out();
  terminal.out(terminal.style("bold", "Notes"));
  for (const note of notes) for (const line of wrap(printable(note), terminal.width, "  ")) terminal.out(line);
}

function summaryOf(pins: readonly Pin[], components: readonly Component[], problems: readonly Problem[]): string {
  const own = pins.filter((pin) => pin.own === true).length;
  const ignored = pins.filter((pin) => pin.own !== true && pin.word?.kind === "ignore").length;
  const watched = components.flatMap((component) => component.pins);
  const unpinned = watched.filter(isUnpinned).length;
  const alternatives = pins.filter((pin) => pin.alternative === true).length;
  const drifting = components.filter((component) => component.current.length > 1).length;
  const upstreams = new Set(components.map((component) => component.upstream)).size;
  return [
    `${count(watched.length, "pin")} of ${count(upstreams, "upstream")}`,
    `${unpinned} not pinned`,
    `${drifting} drifting`,
    ...(own > 0 ? [`${own} of this project's own`] : []),
    ...(alternatives > 0 ? [`${alternatives} tried side by side`] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    `${problems.length} not understood`,
  ].join(", ");
}
