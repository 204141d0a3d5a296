import type { Candidate, Decision, Reason } from "../../domain/bump.ts";
import { checksumSource, type NewChecksum } from "../../domain/checksum.ts";
import type { TrustCard } from "../../domain/digest.ts";
import type { Instant } from "../../domain/instant.ts";
import { type Pin, whyByHand } from "../../domain/pin.ts";
import { type Advisory, type CheckResult, shownDimensions } from "../../domain/trust.ts";
import { moment } from "../../views/time.ts";
import { count, decidedBy, OUTCOMES, shortVersion, title, trustPhrase } from "../../views/words.ts";
import { placeChange } from "./change.ts";
import { code, fold, link, prose, proseToCopy, table } from "./markdown.ts";

/** Rows of one table; what goes beyond is counted. */
const MAX_ROWS = 60;

/** Reasons that stand in the open; the others are folded (a reviewer reads three sentences, not twenty). */
const OPEN_REASONS = 3;

/** By an advisory's id, the moment by which it is to be answered. */
export type DueDates = Readonly<Record<string, Instant>>;

/** What a reviewer must not miss, above everything else. Empty when there is nothing. */
export function warnings(decision: Decision, checks: readonly CheckResult[], candidate: Candidate): string {
  const said = new Set<string>();
  const lines = [
    ...decision.reasons
      .filter((reason) => ["warn", "hold", "block"].includes(reason.level))
      .map((reason) => reason.summary),
    ...checks.filter((check) => ["warn", "hold", "block"].includes(check.outcome)).map((check) => check.summary),
    ...candidate.introduces.map((advisory) => `This version has a known advisory: ${advisory.id}, ${advisory.summary}`),
  ].filter((line) => !said.has(line) && said.add(line));
  if (lines.length === 0) return "";
  const shown = lines.slice(0, 12).map((line) => `> - ${prose(line)}`);
  const more = lines.length > shown.length ? [`> - and ${lines.length - shown.length} more below`] : [];
  return [
    "> [!WARNING]",
    `> **Look at ${lines.length === 1 ? "this" : "these"} before merging:**`,
    ">",
    ...shown,
    ...more,
  ].join("\n");
}

/** Places that stand in the open, when there are many more: the others are one click away, as they are in the diff. */
const OPEN_PLACES = 12;

/** Every place that moves: file and line, what is written now, what will be. */
export function places(candidate: Candidate): string {
  const header = ["Place", "Name", "From", "To"];
  const rows = candidate.component.pins.slice(0, MAX_ROWS).map((pin) => {
    const { from, to } = placeChange(pin, candidate.to);
    const sum = pin.edits.some((edit) => edit.role === "checksum") ? " and its checksum" : "";
    return [code(`${pin.path}:${pin.line}`), code(pin.name), code(from), `${code(to)}${sum}`];
  });
  const open = rows.length > OPEN_PLACES + 3 ? OPEN_PLACES : rows.length;
  const folded = rows.slice(open);
  const parts = [
    table(header, rows.slice(0, open)),
    ...(folded.length === 0 ? [] : [fold(count(folded.length, "more place"), table(header, folded))]),
  ];
  return `### What changes\n\n${cut(parts.join("\n\n"), candidate.component.pins.length, "place")}`;
}

/** Who says of each new checksum that it is of the file. */
export function checksums(list: readonly NewChecksum[] = []): string {
  if (list.length === 0) return "";
  const rows = list
    .slice(0, MAX_ROWS)
    .map((one) => [code(one.file), code(`${one.algorithm}:${one.hex.slice(0, 12)}…`), prose(checksumSource(one))]);
  return `### Checksums\n\n${cut(table(["File", "New checksum", "From"], rows), list.length, "checksum")}`;
}

/** Places of the same component that this change leaves alone. */
export function byHand(pins: readonly Pin[], version: string): string {
  if (pins.length === 0) return "";
  const rows = pins.slice(0, MAX_ROWS).map((pin) => {
    const why =
      pin.lockedBy === undefined ? proseToCopy(whyByHand(pin, version), 1_000) : whyByHand(pin, version, code);
    return [code(`${pin.path}:${pin.line}`), code(pin.text), why];
  });
  return `### Change these by hand\n\n${cut(table(["Place", "Now", "Why"], rows), pins.length, "place")}`;
}

/** The reasons of the decision, which clock ran, and who decided. */
export function whyNow(decision: Decision, checks: readonly CheckResult[]): string {
  const isElsewhere = ({ level, rule }: Reason) => ["warn", "hold", "block"].includes(level) || rule === "not-checked";
  const reasons = decision.reasons.filter((reason) => !isElsewhere(reason));
  const lines = reasons.map(reasonLine);
  const clock = checks.find((check) => check.clock !== undefined)?.clock;
  const isSaid = reasons.some(({ summary }) => clock !== undefined && summary.includes(clock.since.slice(0, 10)));
  const clockLine =
    clock === undefined || isSaid
      ? []
      : [
          `- Clock: ${clock.kind === "registry" ? "published on the registry's own clock" : "this content first seen by Headgate"} on ${moment(clock.since)}`,
        ];
  const person = decision.by === "policy" ? [] : [`- Decided by ${prose(decidedBy(decision), 100)}`];
  const rest = lines.slice(OPEN_REASONS);
  const folded = rest.length === 0 ? [] : [fold(`${count(rest.length, "more reason")}`, rest.join("\n"))];
  const open = [...lines.slice(0, OPEN_REASONS), ...clockLine, ...person];
  return open.length === 0 ? "" : [`### Why now`, open.join("\n"), ...folded].join("\n\n");
}

/** Known vulnerabilities of what is pinned now that this version fixes, and by when the policy wants an answer. */
export function advisories(candidate: Candidate, dueDates: DueDates = {}): string {
  if (candidate.fixes.length === 0) return "";
  const rows = candidate.fixes.slice(0, MAX_ROWS).map((advisory: Advisory) => {
    const aliases = advisory.aliases.slice(0, 3).map((alias) => prose(alias, 40));
    const names = [link(prose(advisory.id, 60), advisory.url), ...aliases].join(", ");
    const due = dueDates[advisory.id];
    return [names, advisory.severity, due === undefined ? "—" : moment(due), prose(advisory.summary, 300)];
  });
  return `### Fixes\n\n${cut(table(["Advisory", "Severity", "Due", "What it is"], rows), candidate.fixes.length, "advisory", "advisories")}`;
}

/** What was verified about this version: what did not pass in the open, worst first; what nobody could look at in one line; what passed folded. */
export function checks(results: readonly CheckResult[]): string {
  if (results.length === 0) return "";
  const order = ["block", "hold", "warn"];
  const open = results
    .filter((check) => order.includes(check.outcome))
    .toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const passed = results.filter((check) => check.outcome === "pass");
  const rows = open.slice(0, MAX_ROWS).map((check) => [name(check), `**${OUTCOMES[check.outcome]}**`, seen(check)]);
  const passes = passed.slice(0, MAX_ROWS).map((check) => [name(check), seen(check)]);
  return [
    "### Checks of this version",
    ...(open.length === 0 ? [] : [table(["Check", "Result", "What was seen"], rows)]),
    ...notChecked(results),
    ...(passed.length === 0
      ? []
      : [fold(`${count(passed.length, "check")} passed`, table(["Check", "What was seen"], passes))]),
  ].join("\n\n");
}

function notChecked(results: readonly CheckResult[]): string[] {
  const unknown = results.filter((check) => check.outcome === "not-checked");
  if (unknown.length === 0) return [];
  const said = unknown.slice(0, MAX_ROWS).map((check) => `${name(check)} (${seen(check).replace(/\.$/, "")})`);
  const more = unknown.length > said.length ? `; and ${unknown.length - said.length} more` : "";
  return [`**Not checked:** ${said.join("; ")}${more}.`];
}

/** The trust card of the upstream, folded: it is for people, and no part of it says that this version is good. */
export function trust(card: TrustCard): string {
  const { score } = card;
  if (score === undefined) return "";
  const dimensions = shownDimensions(score).map((one) => [
    title(one.dimension),
    one.value === undefined ? "not known" : one.value.toFixed(1),
    `${one.weight}%`,
  ]);
  const findings = score.findings
    .filter((finding) => finding.outcome !== "not-applicable")
    .slice(0, MAX_ROWS)
    .map((finding) => [prose(title(finding.signal), 60), finding.outcome, prose(finding.reason, 300)]);
  const body = [
    dimensions.length === 0 ? "" : table(["Heading", "0 to 10", "Weight"], dimensions),
    findings.length === 0 ? "" : table(["Signal", "Outcome", "What was observed"], findings),
    "*Project trust only lengthens waits. It never shortens one or lifts a hold.*",
  ];
  return fold(`Trust in the upstream: ${trustPhrase(score)}`, body.filter((part) => part !== "").join("\n\n"));
}

/** Said instead of notes, so that their absence is not taken for an oversight. */
export function noNotes(candidate: Candidate, compare = ""): string {
  const versions = candidate.between.length;
  return versions === 0
    ? ""
    : `### Release notes\n\n*No notes are known for ${versions === 1 ? "this version" : `these ${versions} versions`}: neither a changelog nor a release nor a news file tells of ${versions === 1 ? "it" : "them"}.*${compare === "" ? "" : ` What changed: ${compare}.`}`;
}

/** How to say no, or not yet. */
export function answer(candidate: Candidate): string {
  const version = code(shortVersion(candidate.to.version));
  const id = idOf(candidate);
  return [
    "---",
    `**Not this one?** Close the pull request: ${version} is not proposed again, the next version is.`,
    "To leave a reason, write one of these as a line of a comment. It is read at the next look, from people who may write to this repository:",
    "```\n/headgate hold REASON\n/headgate skip REASON\n/headgate approve REASON\n/headgate reopen REASON\n```",
    `Or, where Headgate runs:`,
    `\`\`\`sh\nheadgate hold ${id} --reason "why" --until DATE\nheadgate skip ${id} --reason "why"\n\`\`\``,
    "A commit of your own on this branch freezes it: Headgate adds nothing to it any more.",
  ].join("\n\n");
}

/** A candidate's id as it stands in commands and markers: nothing in it needs quotes. */
export function idOf({ id }: Candidate): string {
  return id.replace(/[^\w-]/g, "");
}

function name(check: CheckResult): string {
  return prose(title(check.check), 60);
}

function seen(check: CheckResult): string {
  return prose(check.summary, 400);
}

function reasonLine(reason: Reason): string {
  const until = reason.until === undefined ? "" : ` (until ${moment(reason.until)})`;
  return `- ${prose(reason.summary)}${until}`;
}

function cut(rows: string, total: number, one: string, many?: string): string {
  return total <= MAX_ROWS
    ? rows
    : `${rows}\n\n*and ${count(total - MAX_ROWS, `more ${one}`, `more ${many ?? `${one}s`}`)}*`;
}
