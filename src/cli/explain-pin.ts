import type { Edit, Pin, Place } from "../domain/pin.ts";
import { explainPinAt } from "../flow/discover/read-pins.ts";
import { isFailure } from "../lib/failure.ts";
import { EXIT } from "./exit.ts";
import { fail } from "./fail.ts";
import { printable, type Terminal, wrap } from "./terminal.ts";

type Explanation = Exclude<Awaited<ReturnType<typeof explainPinAt>>, Error>;
type Explained = Explanation["pins"][number];
type Origin = Explained["origins"][number];

/** `headgate pins --explain FILE:LINE`: how a line was understood, or why it holds no pin. */
export async function explainPin(path: string, written: string, terminal: Terminal): Promise<number> {
  const place = placeOf(written);
  if (place === undefined)
    return fail(`"${written}" is no place. Write --explain FILE:LINE, as the list of pins does.`, terminal);
  const explained = await explainPinAt(path, place);
  if (isFailure(explained)) return fail(explained.message, terminal);
  const lines = explained.pins.length === 0 ? whyNone(explained, place) : explained.pins.flatMap(pinLines);
  for (const line of lines) terminal.out(line === "" ? "" : printable(line));
  for (const { message } of explained.problems) {
    for (const line of wrap(printable(`Not understood: ${message}`), terminal.width, "")) terminal.out(line);
  }
  return EXIT.done;
}

function placeOf(written: string): Place | undefined {
  const [, path, line] = /^(?:\.\/)?(.+):([1-9]\d{0,8})$/.exec(written) ?? [];
  return path === undefined ? undefined : { path, line: Number(line) };
}

function whyNone(explained: Explanation, { path, line }: Place): string[] {
  if (explained.format === undefined) return [`${path} is not read: no format knows files of this name.`];
  const read = `${path} is read as: ${explained.format}.`;
  if (explained.unused.length === 0 && explained.problems.length > 0) return [read];
  if (explained.unused.length === 0) return [read, `Line ${line} names nothing that has versions upstream.`];
  const found = explained.unused.map(
    (origin) => `Line ${line} holds ${phraseOf(origin)}, from which no upstream with versions follows.`,
  );
  return [read, ...found];
}

/** One fact on a line, its name in front. */
function pinLines({ pin, origins }: Explained): string[] {
  const row = (name: string, text: string) => `  ${name.padEnd(10)} ${text}`;
  return [
    `${pin.path}:${pin.line}  ${pin.name}`,
    row("upstream", pin.upstream),
    ...origins.map((origin) => row("from", `${phraseOf(origin)} (${origin.at.path}:${origin.at.line})`)),
    ...(origins.length === 0 ? [row("from", "its own name, or a comment beside it that names the upstream")] : []),
    row("written", pin.text === "" ? "no version" : pin.text),
    ...(pin.version === "" || pin.version === pin.text ? [] : [row("version", pin.version)]),
    ...(pin.digest === undefined || pin.digest === pin.text ? [] : [row("digest", pin.digest)]),
    row("precision", PRECISIONS[pin.precision]),
    row("tag", pin.tagTemplate ?? "the version itself"),
    row(
      "compared",
      `as ${pin.scheme}${pin.variant === undefined ? "" : `, only with others that end in ${pin.variant}`}`,
    ),
    row("format", pin.format),
    ...pin.linked.map((place) => row("also", `${place.path}:${place.line}`)),
    ...pin.edits.map((edit) => row("edit", editPhrase(edit))),
    ...stays(pin).map((reason) => row("stays", reason)),
    "",
  ];
}

const PRECISIONS: Readonly<Record<Pin["precision"], string>> = {
  exact: "exact: one version",
  range: "a range: the newest version in it is taken",
  floating: "floating: whatever is newest is taken",
  branch: "a branch: whatever it holds is taken",
};

const KINDS: Readonly<Record<Origin["kind"], string>> = {
  image: "the image",
  url: "the address",
  git: "the repository",
  action: "the action",
  version: "the package",
};

function phraseOf({ kind, text }: Origin): string {
  return `${KINDS[kind]} ${text === "" ? "(no version)" : text}`;
}

function editPhrase(edit: Edit): string {
  const of = edit.of === undefined ? "" : ` of ${edit.of.url}`;
  const what = edit.start === edit.end ? `inserts a ${edit.role}` : `replaces the ${edit.role}${of}`;
  return `${edit.path}:${edit.line ?? "?"} ${what} by ${edit.spelling}`;
}

function whyNoEdit({ alternative, format }: Pin): string {
  if (alternative === true) return "it is one of several versions that are tried side by side";
  return format === "git-modules" ? "git's tree records it: git moves it" : "no single place can be changed";
}

function stays(pin: Pin): string[] {
  return [
    ...(pin.own === true ? ["it is the project's own"] : []),
    ...(pin.lockedBy === undefined ? [] : [`${pin.lockedBy} governs it`]),
    ...(pin.word === undefined ? [] : [`a comment says ${pin.word.kind}`]),
    ...(pin.edits.length === 0 ? [whyNoEdit(pin)] : []),
  ];
}
