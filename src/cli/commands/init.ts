import { existsSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { presentInEnvironment, readConfigText } from "../../config.ts";
import { isUnpinned, toComponents } from "../../domain/pin.ts";
import type { ForgeId } from "../../domain/project.ts";
import { configText, countRules, type Proposal, proposeConfig } from "../../flow/discover/propose-config.ts";
import { type Survey, surveyCheckout } from "../../flow/discover/survey-checkout.ts";
import { isFailure } from "../../lib/failure.ts";
import { fileTrouble } from "../../lib/file-trouble.ts";
import { makeFolder } from "../../lib/make-folder.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { count, printable, say, type Terminal, wrap } from "../terminal.ts";

/** What `headgate init` may be told. `fromRenovate` and `fromDependabot`: a file, true (the usual ones), or false (none). */
export type InitOptions = {
  readonly output: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly fromRenovate?: string | boolean;
  readonly fromDependabot?: string | boolean;
  /** What the remote's host is, where its name does not say. */
  readonly forge?: ForgeId;
};

/** Where commands look when nobody names a file. */
const USUAL = "config/headgate.yaml";

/** `headgate init [PATH]`: proposes a configuration for a checkout, explains it, and writes it when told to. */
export async function initCommand(path: string, options: InitOptions, terminal: Terminal): Promise<number> {
  const wish = {
    renovate: options.fromRenovate ?? true,
    dependabot: options.fromDependabot ?? true,
    forge: options.forge,
  };
  const survey = await surveyCheckout(path, wish).catch((error: Error) => error);
  if (survey instanceof Error) return fail(survey.message, terminal);
  const proposal = proposeConfig({
    path: relative(process.cwd(), resolve(path)) || ".",
    ...{ origin: survey.origin, imported: survey.imported },
    environment: presentInEnvironment(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const text = configText(proposal, new Date().toISOString().slice(0, 10));
  const checked = readConfigText(text, "the proposal");
  explain(survey, terminal);
  if (isFailure(checked)) return fail(checked.message, terminal);
  if (isFolder(options.output)) return fail(`${options.output} is a folder. Name a file in it with -o.`, terminal);
  terminal.out(`\n${text.trimEnd()}\n`);
  return finish({ ...options, path, text, next: proposal.next }, terminal);
}

/** What config/headgate.yaml watches as it ships. */
const AS_SHIPPED = { watch: [{ path: ".", ignore: ["test/**"] }] };

/** The file that Headgate ships, in which nobody has written anything: a proposal may take its place. */
function isAsShipped(file: string): boolean {
  try {
    return isDeepStrictEqual(parse(readFileSync(file, "utf8")), AS_SHIPPED);
  } catch {
    return false; // it is somebody's, then
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A proposal as it would be written, and what people do next. */
type Draft = InitOptions & Pick<Proposal, "next"> & { readonly path: string; readonly text: string };

/** Writes the proposal when told to: by an option, or by the person who sits there. */
async function finish(draft: Draft, terminal: Terminal): Promise<number> {
  const { text, output, yes, force, next } = draft;
  const taken = existsSync(output) && force !== true && !isAsShipped(output);
  if (taken && yes === true)
    return fail(`${output} exists and was left as it is. --force replaces it; -o FILE writes another one.`, terminal);
  if (taken) {
    say(`Nothing was written: ${output} exists. --force replaces it; -o FILE writes another one.`, terminal);
    return EXIT.done;
  }
  if (yes !== true && !(await agreed(output))) {
    say(`Nothing was written. ${commandThatWrites(draft)} writes it to ${output}.`, terminal);
    return EXIT.done;
  }
  const trouble = await write(output, text);
  if (trouble !== undefined) return fail(trouble, terminal);
  terminal.out(`Written to ${output}. Next:`);
  const named = output === USUAL ? "" : ` --config ${printable(output)}`;
  for (const step of next)
    for (const line of wrap(step.replace(/^headgate \w+/, `$&${named}`), terminal.width, "  ")) terminal.out(line);
  return EXIT.done;
}

/** Why a file could not be written; undefined when it was. */
async function write(file: string, text: string): Promise<string | undefined> {
  try {
    makeFolder(dirname(file));
    await writeFile(file, text);
    return undefined;
  } catch (error) {
    return `${file} could not be written: ${fileTrouble(error)}. -o FILE writes another one.`;
  }
}

/** The same call again, with everything it was told. */
function commandThatWrites({ path, output, forge, fromRenovate, fromDependabot }: Draft): string {
  const rules = Object.entries({ renovate: fromRenovate, dependabot: fromDependabot }).flatMap(([bot, from]) => {
    if (from === false) return [`--no-from-${bot}`];
    return typeof from === "string" ? [`--from-${bot} ${from}`] : [];
  });
  return [
    "headgate init",
    ...(path === "." ? [] : [path]),
    ...(forge === undefined ? [] : [`--forge ${forge}`]),
    ...rules,
    "--yes",
    ...(output === USUAL ? [] : [`-o ${output}`]),
  ].join(" ");
}

/** Asks a person; where none sits, the answer is no. */
async function agreed(output: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question(`Write it to ${output}? [Y/n] `);
  asking.close();
  return /^(?:y|yes|)$/i.test(answer.trim());
}

/** What was found; why each section is as it is stands in the file itself, which is shown next. */
function explain({ pins, imported, seen }: Survey, terminal: Terminal): void {
  const components = toComponents("", pins);
  const formats = new Set(pins.map(({ format }) => format));
  if (pins.length === 0)
    say(
      "Nothing is pinned in the files here that Headgate reads; headgate formats lists those. Is it the right folder?",
      terminal,
    );
  else
    say(
      `Found ${count(pins.length, "pin")} of ${count(components.length, "component")} in ${count(formats.size, "kind")} of files: ${[...formats].sort().join(", ")}.`,
      terminal,
    );
  const open = components.flatMap((component) => component.pins).filter(isUnpinned).length;
  const drifting = components.filter(({ current }) => current.length > 1).length;
  if (open + drifting > 0)
    say(
      `Not pinned: ${count(open, "place")}. In several versions: ${count(drifting, "component")}. headgate pins lists all.`,
      terminal,
    );
  for (const { file, read } of imported)
    say(
      read.rules.length === 0
        ? `${file}: it holds no rule that has to be carried over.`
        : `${file}: ${count(read.rules.length, "rule")} carried over (${countRules(read.rules)}).`,
      terminal,
    );
  for (const { what, why } of seen) say(`${what} is here: ${why}`, terminal);
}
