import { type Component, isFloating, type Pin, type PinFinding, type Problem, toComponents } from "../../domain/pin.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type ReadPins, readFindings, readPinsAt, toPinRows } from "../../flow/read-pins.ts";
import { isFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { explainPin } from "../explain-pin.ts";
import { count, printable, shorten, type Terminal, wrap } from "../terminal.ts";

/** `headgate pins [PATH]`: what is pinned here. Offline, no configuration, no database. */
export async function pinsCommand(
  path: string,
  options: { json?: boolean; explain?: string },
  terminal: Terminal,
): Promise<number> {
  if (options.explain !== undefined) return explainPin(path, options.explain, terminal);
  const found = await readPinsAt(path);
  if (isFailure(found)) {
    terminal.error(`headgate: ${found.message}`);
    return EXIT.usage;
  }
  if (options.json === true) terminal.out(JSON.stringify(toPinRows(found.pins), null, 2));
  else printPins(found, terminal);
  return found.problems.length > 0 ? EXIT.incomplete : EXIT.done;
}

function printPins(found: ReadPins, terminal: Terminal): void {
  const { pins, problems } = found;
  const components = toComponents("", pins);
  for (const component of components) printComponent(component, terminal);
  printProblems(problems, terminal);
  printNotes(readFindings(found), terminal);
  terminal.out(summaryOf(pins, components, problems));
}

function printComponent(component: Component, terminal: Terminal): void {
  const held = component.pins.every((pin) => !isFloating(pin) || pin.digest !== undefined);
  const versions =
    component.current.length > 0 ? component.current.join(", ") : held ? "pinned by content" : "not pinned";
  const drift = component.current.length > 1 ? terminal.style("yellow", "  drift") : "";
  terminal.out(
    `${terminal.style("bold", printable(upstreamLabel(component.upstream)))}  ${printable(versions)}${drift}`,
  );
  for (const pin of component.pins) {
    const mark = isFloating(pin) && pin.digest === undefined ? terminal.style("yellow", "  not pinned") : "";
    const written = pin.text === "" ? "(no version)" : pin.text;
    const place = `${pin.path}:${pin.line}`;
    terminal.out(
      `  ${shorten(printable(place), terminal.width - 28).padEnd(Math.min(44, terminal.width - 28))}  ${shorten(printable(written), 24)}${mark}`,
    );
  }
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
  const unpinned = watched.filter((pin) => isFloating(pin) && pin.digest === undefined).length;
  const drifting = components.filter((component) => component.current.length > 1).length;
  const upstreams = new Set(components.map((component) => component.upstream)).size;
  return [
    `\n${count(watched.length, "pin")} of ${count(upstreams, "upstream")}`,
    `${unpinned} not pinned`,
    `${drifting} drifting`,
    ...(own > 0 ? [`${own} of this project's own`] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    `${problems.length} not understood`,
  ].join(", ");
}
