import { writeFile } from "node:fs/promises";
import type { DigestPreview, SentDigest } from "../../flow/letters/send-digest.ts";
import { isFailure, toFailure } from "../../lib/failure.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import type { Terminal } from "../terminal.ts";

/** `headgate digest`: renders the digest into a file, or sends it now. */
export async function digestCommand(
  options: { config?: string; preview?: string },
  terminal: Terminal,
): Promise<number> {
  return options.preview === undefined ? send(options, terminal) : preview(options.preview, options, terminal);
}

async function preview(file: string, options: { config?: string }, terminal: Terminal): Promise<number> {
  const rendered = await runCommand<DigestPreview>("preview-digest", {}, options);
  if (isFailure(rendered)) return fail(rendered.message, terminal);
  const text = file.endsWith(".txt") ? rendered.text : file.endsWith(".md") ? rendered.markdown : rendered.html;
  const written = await writeFile(file, text).catch((error: unknown) =>
    toFailure(error, "misconfigured", `${file} could not be written`),
  );
  if (isFailure(written)) return fail(written.message, terminal);
  terminal.out(`${rendered.subject}\nWritten to ${file}.`);
  return EXIT.done;
}

async function send(options: { config?: string }, terminal: Terminal): Promise<number> {
  const sent = await runCommand<SentDigest>("send-digest", {}, options);
  if (isFailure(sent)) return fail(sent.message, terminal);
  terminal.out(sent.summary);
  return sent.complete ? EXIT.done : EXIT.incomplete;
}
